/* Every Redis key name, with type, owner and time to live (design 4).
 *
 * Public keys stand in the contract; the rest carries the prefix "parley:".
 * Keys with a word inside are made by key_of(), which joins with ':'.
 */
#ifndef PARLEY_STORE_KEYS_H
#define PARLEY_STORE_KEYS_H

#include "base/arena.h"

/* Contract 4.  String, the session as JSON; SESSION_TTL_SECONDS. */
#define KEY_SECRET "screening:secret:"
/* Contract 4.  String, the secret; as long as its session. */
#define KEY_REVERSE "screening:conversation:"

/* Hash, one screening session by its id (a hash of the secret); INTERVIEW_KEEP_SECONDS.
 * Owner: screening/session.  Fields: session.h. */
#define KEY_SESSION "parley:session:"
/* Sorted set, session ids by creation time in ms; pruned with the sessions. */
#define KEY_SESSIONS "parley:sessions"
/* String "expired" or "revoked" by session id: what remains of a link, without
 * personal data; until 30 days after its end. */
#define KEY_GONE "parley:gone:"
/* Sorted set by session id: its conversations by start in ms; INTERVIEW_KEEP_SECONDS. */
#define KEY_SESSION_CONVERSATIONS "parley:session-conversations:"
/* Sorted set by session id: timeline entries "ms word", by ms; INTERVIEW_KEEP_SECONDS. */
#define KEY_TIMELINE "parley:timeline:"
/* Hash by workspace and issue: session (the current one); INTERVIEW_KEEP_SECONDS. */
#define KEY_ISSUE "parley:issue:"
/* Sorted set, workspace:issue by the ms of its newest known move into the
 * screening state; pruned after INTERVIEW_KEEP_SECONDS. */
#define KEY_ENTERED "parley:issues-entered"
/* String by workspace:issue: the ms of a move that the sweep found; KEEP_SEEN_S. */
#define KEY_SWEPT_MOVE "parley:swept-move:"
/* Hash by session id: evaluations as JSON by job id; INTERVIEW_KEEP_SECONDS. */
#define KEY_EVALUATIONS "parley:evaluations:"

/* Hash by session id: what people decided instead of the model, as JSON by job id (override.h); INTERVIEW_KEEP_SECONDS. */
#define KEY_OVERRIDES "parley:overrides:"
/* String by conversation: ms at which it was erased, so that nothing that comes late is kept; INTERVIEW_KEEP_SECONDS. */
#define KEY_ERASED "parley:erased:"

/* Hash, one conversation: session, or call (the attempt in which it was); state (started,
 * received, void, discarded), started, received, data (the vendor's JSON); INTERVIEW_KEEP_SECONDS.  Owner: screening/conversation. */
#define KEY_CONVERSATION "parley:conversation:"
/* String by attempt (call.h): the conversation that an agent had in it; as long as interviews are kept. */
#define KEY_CALL_CONVERSATION "parley:call-conversation:"
/* Sorted set, conversations whose transcript is awaited, by the ms at which
 * ElevenLabs is asked next. */
#define KEY_AWAITED "parley:conversations:awaited"
/* Sorted set, conversations without a session, by arrival in ms. */
#define KEY_ORPHANS "parley:orphans"

/* Hash, one mail: key, body (exact bytes), session, kind, created, state;
 * KEEP_MAIL_S.  Owner: screening/mail. */
#define KEY_MAIL "parley:mail:"
/* String by Resend's id: our session id; INTERVIEW_KEEP_SECONDS. */
#define KEY_MAIL_SENT "parley:mail-sent:"

/* Hash, one Linear workspace: api_key, webhook_secret, screening_state, pass_state, fail_state,
 * org; no end.  Owner: screening/workspace. */
#define KEY_WORKSPACE "parley:workspace:"
/* Set of workspace names; no end. */
#define KEY_WORKSPACES "parley:workspaces"
/* Hash by workspace: first and until, the ms from and to which the sweep of Linear has looked; no end. */
#define KEY_WORKSPACE_SWEPT "parley:workspace-swept:"

/* String counters with their window as time to live. */
#define KEY_LIMIT "parley:limit:"

/* String by webhook delivery: seen before; KEEP_SEEN_S. */
#define KEY_SEEN "parley:seen:"

/* String: an alert of that kind was mailed or logged; its quiet time. */
#define KEY_ALERT "parley:alert:"
/* List by kind, or by the job that took them: lines for an alert mail; INTERVIEW_KEEP_SECONDS. */
#define KEY_ALERT_LINES "parley:alert-lines:"

/* String by host: token of the runner that is on duty; a few minutes. */
#define KEY_RUNNER "parley:runner:"
/* String: ms of the last turn of any screening runner; for readiness. */
#define KEY_RUNNER_SEEN "parley:runner-seen"

/* String: proof that Redis takes writes; a minute.  Owner: screening/readiness. */
#define KEY_PROBE "parley:probe"

/* Hash by address: an operator's password (argon2id), role, created, epoch (a session of another
 * epoch is over); no end.  Owner: access/operator. */
#define KEY_OPERATOR "parley:operator:"
/* Set of operators' addresses; no end. */
#define KEY_OPERATORS "parley:operators"
/* Hash by a hash of the cookie's token: email, epoch, csrf, created, seen (ms), client, agent;
 * KEEP_CONSOLE_IDLE_S after its last use, KEEP_CONSOLE_S at most.  Owner: access/session. */
#define KEY_CONSOLE_SESSION "parley:console-session:"
/* Sorted set by address: the operator's sessions by creation in ms; KEEP_CONSOLE_S. */
#define KEY_CONSOLE_SESSIONS "parley:console-sessions:"
/* Hash by a hash of an address, or by client address: count of sign-ins that were not right, until
 * (the ms before which no other is tried); KEEP_SIGN_IN_S.  A client's with ":told": string, the trail knows that it
 * has to wait; as long as that.  Owner: access/sign_in. */
#define KEY_SIGN_IN "parley:sign-in:"
/* Stream: what was changed, by whom (access/audit.h); about the last AUDIT_KEPT entries. */
#define KEY_AUDIT "parley:audit"

/* The queue "name": sorted sets due, leased, dead (job id by ms); list wake;
 * hash serial (word to the job that holds it).  Hash per job: queue.h. */
#define KEY_QUEUE "parley:queue:"
#define KEY_JOB "parley:job:"

/* ---- campaigns (owner: src/campaign) ---- */

/* Hash: telephone number to its entry of the do-not-call list, JSON; no end. */
#define KEY_DO_NOT_CALL "parley:do-not-call"
/* Sorted set, all scores 0: the telephone numbers of the do-not-call list in their order; no end. */
#define KEY_DO_NOT_CALL_LIST "parley:do-not-call-list"

/* String by hash of filter and cursor, or "one:" and a voice's id: "ms JSON", a page of voices or the voice as it was read
 * then; KEEP_VOICES_S. */
#define KEY_VOICES "parley:voices:"
/* String by "models" or "usage": the same, of ElevenLabs' models and the account's use; KEEP_VOICES_S. */
#define KEY_VOICE_ACCOUNT "parley:voice-account:"

/* Hash by an uploaded recording's hash: name, bytes, duration, created (ms); no end. */
#define KEY_RECORDING "parley:recording:"
/* Sorted set, hashes of the uploaded recordings by creation in ms; no end. */
#define KEY_RECORDINGS "parley:recordings"

/* String by an audio's hash: why it is not bought now, "unknown" or ElevenLabs' word; one or ten minutes. */
#define KEY_AUDIO_FAILED "parley:audio-failed:"
/* String: the audio worker buys nothing; until ElevenLabs may be asked again. */
#define KEY_AUDIO_SLOW "parley:audio-slow"

/* Hash, an agent: json (contract 3.3 less the id), revision (from one counter for all agents: a change, or a
 * campaign that turns to this agent, makes it greater than any before), before (the one that was changed), created,
 * changed (ms); no end. */
#define KEY_AGENT "parley:agent:"
/* String counter: the last revision given to an agent; no end. */
#define KEY_AGENT_REVISION "parley:agent-revision"
/* Sorted set, agent ids by creation in ms; no end. */
#define KEY_AGENTS "parley:agents"
/* Set by agent id: the campaigns that name it; no end. */
#define KEY_AGENT_CAMPAIGNS "parley:agent-campaigns:"

/* Hash, a campaign: settings (JSON, campaign_settings.h), revision, state, reason, created, changed (ms of the
 * state), move (token of the last change of state, so that it is made once), leads (last number given), seq (last
 * event), failures (dials that failed in a row), lost (calls in a row that we lost), missing (name of a variable that leads lack, for the reason), deleted
 * (last lead that is deleted; its state is "deleting"), test_of (it is a test call of that campaign, and in no list), and
 * those of redial.h; no end. */
#define KEY_CAMPAIGN "parley:campaign:"
/* Sorted set, campaign ids by creation in ms; no end. */
#define KEY_CAMPAIGNS "parley:campaigns"
/* Sorted set, test calls (campaigns of one lead) by the ms from which three minutes are counted:
 * then one that was not placed is ended, an old one deleted. */
#define KEY_TEST_CALLS "parley:test-calls"
/* String by telephone number: a test call to it was begun a moment ago; half a minute. */
#define KEY_TEST_CALL_BEGUN "parley:test-call-begun:"
/* Set, the campaigns that the runner has work with: running, or stopped with leads
 * to end, or being deleted; no end. */
#define KEY_CAMPAIGNS_ACTIVE "parley:campaigns-active"
/* Set, the campaigns whose calls that wait at Twilio are to be canceled; no end. */
#define KEY_CAMPAIGNS_QUIET "parley:campaigns-quiet"
/* String: campaigns were looked through for those kept long enough; an hour. */
#define KEY_RETENTION "parley:retention"
/* Hash, campaigns whose leads are being copied from another (redial.h): that other one; no end. */
#define KEY_CAMPAIGNS_COPYING "parley:campaigns-copying"
/* Hash by campaign: total, pending, calling, waiting, done, attempts; changed in the
 * same script as the lead; no end. */
#define KEY_COUNTS "parley:counts:"
/* Hash by campaign: outcome to how many leads are done with it; no end. */
#define KEY_OUTCOMES "parley:outcomes:"
/* Hash by campaign: name of a group (lead.h) to its number, from 0; no end. */
#define KEY_GROUPS "parley:groups:"

/* Hash by campaign and number, "{cid}:{n}": a lead (lead.h); no end. */
#define KEY_LEAD "parley:lead:"
/* Sorted set by campaign: names of its leads' variables in the order in which they came; no end. */
#define KEY_VARIABLES "parley:variables:"
/* String by upload of leads: number of its last batch and what became of it, for the case
 * that the batch is sent twice; KEEP_BATCH_S. */
#define KEY_IMPORT "parley:import:"
/* Hash by campaign and upload, "{cid}:{import}": state (running, done, failed), rows, accepted, duplicates, suppressed,
 * rejected, bytes, bytes_total; KEEP_BATCH_S. */
#define KEY_IMPORT_PROGRESS "parley:import-progress:"
/* Hash by campaign and bucket (lead.h): telephone number to the lead's number; no end. */
#define KEY_PHONES "parley:phones:"
/* Sorted set by campaign and group, "{cid}:{g}": leads that may be called when they are due:
 * never called by their number, waiting for a retry by the ms of it (lead.h); no end. */
#define KEY_DUE "parley:due:"
/* Sorted set by campaign, group and reason, "{cid}:{g}:{reason}": leads held back, by the ms
 * of the next look (missing_variable, text_refused: by the agent's revision,
 * which is greater when there is reason to look again); no end. */
#define KEY_HELD "parley:held:"
/* Set by campaign: attempts that are live; no end. */
#define KEY_LIVE_CALLS "parley:live-calls:"

/* Hash, one attempt to call a lead (call.h); as long as its campaign. */
#define KEY_CALL "parley:call:"
/* Sorted set by campaign: its attempts by the ms at which they were placed; no end. */
#define KEY_CALLS "parley:calls:"
/* Sorted set: the attempts of all campaigns by the ms at which they were placed; no end. */
#define KEY_CALLS_ALL "parley:calls-all"
/* Hash by campaign: "{hour}:{outcome}", hours since 1970, to how many of its calls ended so; no end. */
#define KEY_SERIES "parley:series:"
/* Hash by campaign and UTC day since 1970, "{cid}:{day}": "{minute}:{outcome}", minutes since 1970, to the same; KEEP_MINUTES_S. */
#define KEY_SERIES_DAY "parley:series-day:"
/* Sorted set: attempts that have not ended, by the ms at which Twilio is asked; no end. */
#define KEY_CALLS_OPEN "parley:calls-open"
/* String by Twilio's CallSid: the attempt; KEEP_SID_S. */
#define KEY_SID "parley:sid:"
/* Hash: telephone number to the attempt that is live on it, over all campaigns; no end. */
#define KEY_NUMBERS_LIVE "parley:numbers-live"
/* Sorted set by telephone number: attempts placed in the last day, by ms; a day and the gap. */
#define KEY_CONTACT "parley:contact:"
/* String by campaign, or "account": the us before which no further call is placed; a minute more than that. */
#define KEY_PACE "parley:pace:"
/* String: the ms until which Twilio asked us to wait (429); as long. */
#define KEY_TWILIO_SLOW "parley:twilio-slow"
/* String counter by campaign and its day, "{cid}:2026-11-20": calls placed; KEEP_PLACED_S. */
#define KEY_PLACED "parley:placed:"

/* Stream by campaign, id "{seq}-0", field e: the event as JSON (live/events.h); the last 10,000. */
#define KEY_EVENTS "parley:events:"
/* Stream, field c: a campaign that has a new event; a hint, about the last 10,000. */
#define KEY_LIVE "parley:live"

/* ---- checks (owner: src/doctor) ---- */

/* Hash by a check's name ("twilio.account"): group, state (ok, warn, fail, off), sentence, todo (empty: nothing),
 * took (ms), at (ms of its end); KEEP_CHECK_S. */
#define KEY_CHECK "parley:check:"
/* String: who runs the checks now; as long as that may take. */
#define KEY_CHECK_RUN "parley:check-run"
/* String: ms at which the checks were last begun; a few seconds. */
#define KEY_CHECK_BEGUN "parley:check-begun"
/* String: ms of the last turn of any campaign runner. */
#define KEY_CAMPAIGN_RUNNER_SEEN "parley:campaign-runner-seen"

enum keep {
	KEEP_CHECK_S = 7 * 86400,
	KEEP_MAIL_S = 30 * 86400,
	KEEP_GONE_S = 30 * 86400,
	KEEP_SEEN_S = 48 * 3600, /* Linear's last retry comes after 7 h, Resend's after 28 h */
	KEEP_DONE_JOBS_S = 7 * 86400,
	KEEP_SID_S = 7 * 86400,
	KEEP_PLACED_S = 3 * 86400,
	KEEP_BATCH_S = 3600,
	KEEP_MINUTES_S = 8 * 86400,
	KEEP_CONSOLE_IDLE_S = 12 * 3600,
	KEEP_CONSOLE_S = 7 * 86400,
	KEEP_SIGN_IN_S = 24 * 3600,
	KEEP_VOICES_S = 86400, /* asked for again after five minutes, kept for when nobody answers */
};

/* prefix + name */
static inline char *key_of(struct arena *a, const char *prefix, const char *name)
{
	return arena_join(a, prefix, name);
}

#endif
