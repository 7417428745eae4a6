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

/* Hash, one screening session by its id (a hash of the secret); KEEP_RECORDS_S.
 * Owner: screening/session.  Fields: session.h. */
#define KEY_SESSION "parley:session:"
/* Sorted set, session ids by creation time in ms; pruned with the sessions. */
#define KEY_SESSIONS "parley:sessions"
/* String "expired" or "revoked" by session id: what remains of a link, without
 * personal data; until 30 days after its end. */
#define KEY_GONE "parley:gone:"
/* Sorted set by session id: its conversations by start in ms; KEEP_RECORDS_S. */
#define KEY_SESSION_CONVERSATIONS "parley:session-conversations:"
/* Sorted set by session id: timeline entries "ms word", by ms; KEEP_RECORDS_S. */
#define KEY_TIMELINE "parley:timeline:"
/* Hash by workspace and issue: session (the current one); KEEP_RECORDS_S. */
#define KEY_ISSUE "parley:issue:"
/* Sorted set, workspace:issue by the ms of its newest known move into the
 * screening state; pruned after KEEP_RECORDS_S. */
#define KEY_ENTERED "parley:issues-entered"
/* String by workspace:issue: the ms of a move that the sweep found; KEEP_SEEN_S. */
#define KEY_SWEPT_MOVE "parley:swept-move:"
/* Hash by session id: evaluations as JSON by job id; KEEP_RECORDS_S. */
#define KEY_EVALUATIONS "parley:evaluations:"

/* Hash, one conversation: session, state (started, received, void), started,
 * received, data (the vendor's JSON); KEEP_RECORDS_S.  Owner: screening/conversation. */
#define KEY_CONVERSATION "parley:conversation:"
/* Sorted set, conversations whose transcript is awaited, by the ms at which
 * ElevenLabs is asked next. */
#define KEY_AWAITED "parley:conversations:awaited"
/* Sorted set, conversations without a session, by arrival in ms. */
#define KEY_ORPHANS "parley:orphans"

/* Hash, one mail: key, body (exact bytes), session, kind, created, state;
 * KEEP_MAIL_S.  Owner: screening/mail. */
#define KEY_MAIL "parley:mail:"
/* String by Resend's id: our session id; KEEP_RECORDS_S. */
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

/* String: an alert of that kind was mailed; its quiet time. */
#define KEY_ALERT "parley:alert:"
/* List by kind, or by the job that took them: lines for an alert mail; KEEP_RECORDS_S. */
#define KEY_ALERT_LINES "parley:alert-lines:"

/* String by host: token of the runner that is on duty; a few minutes. */
#define KEY_RUNNER "parley:runner:"
/* String: ms of the last turn of any screening runner; for readiness. */
#define KEY_RUNNER_SEEN "parley:runner-seen"

/* String: proof that Redis takes writes; a minute.  Owner: screening/readiness. */
#define KEY_PROBE "parley:probe"

/* Hash by address: an operator's password (argon2id), role, created; no end.  Owner: cli/operator. */
#define KEY_OPERATOR "parley:operator:"
/* Set of operators' addresses; no end. */
#define KEY_OPERATORS "parley:operators"

/* The queue "name": sorted sets due, leased, dead (job id by ms); list wake;
 * hash serial (word to the job that holds it).  Hash per job: queue.h. */
#define KEY_QUEUE "parley:queue:"
#define KEY_JOB "parley:job:"

/* ---- campaigns (owner: src/campaign, scripts campaign_*.lua, lead_*.lua, call_*.lua) ---- */

/* Hash, an agent: agent.h; no end. */
#define KEY_AGENT "parley:agent:"
/* Sorted set, agent ids by creation in ms; no end. */
#define KEY_AGENTS "parley:agents"
/* Hash, a campaign: config (JSON of its settings), state, state_reason, revision, created, started,
 * seq (of its last event), next_lead, failures (in a row, of the system), last_failures; no end. */
#define KEY_CAMPAIGN "parley:campaign:"
/* Sorted set, campaign ids by creation in ms; no end. */
#define KEY_CAMPAIGNS "parley:campaigns"
/* Set, campaigns that the runner looks at: running, or with calls, leads or keys left to settle. */
#define KEY_CAMPAIGNS_ACTIVE "parley:campaigns-active"
/* Hash by campaign: total, pending, calling, waiting, done, attempts, o:OUTCOME. */
#define KEY_COUNTS "parley:counts:"
/* Hash by campaign:number, one lead: p (phone), n (name), z (time zone as given), g (group), s (state: p c w d),
 * o (outcome), a (attempts), t (next call, ms), q (its last attempt), h (held for), v:NAME (variables).  Short
 * names: there are millions. */
#define KEY_LEAD "parley:lead:"
/* Hash by campaign:bucket: telephone number to lead number; 16384 buckets keep each small (lead.h). */
#define KEY_PHONES "parley:phones:"
/* Hash by campaign: zones of recipients ("" the campaign's, else names joined by '&') to the group's number. */
#define KEY_GROUPS "parley:groups:"
/* Sorted set by campaign:group, leads to be called: never called ones by their number, waiting ones by due ms. */
#define KEY_DUE "parley:due:"
/* Sorted set by campaign:reason, leads held back, by the ms at which to look again. */
#define KEY_HELD "parley:held:"
/* Sorted set by campaign, leads that are done: outcome's number * 2^32 + lead number. */
#define KEY_DONE "parley:done:"
/* Hash by campaign: outcome to its number. */
#define KEY_OUTCOMES "parley:outcomes:"
/* Hash, one attempt: call.h; KEEP_RECORDS_S. */
#define KEY_CALL "parley:call:"
/* Sorted set by campaign: attempts by placed ms. */
#define KEY_CALLS "parley:calls:"
/* List by campaign:lead: its attempts, oldest first. */
#define KEY_LEAD_CALLS "parley:lead-calls:"
/* Sorted set by campaign: attempts that hold a slot, by placed ms. */
#define KEY_LIVE_CALLS "parley:live-calls:"
/* Sorted set: attempts of all campaigns that are not settled, by the ms at which Twilio is asked. */
#define KEY_CALLS_OPEN "parley:calls-open"
/* String by Twilio's CallSid: the attempt; KEEP_SID_S. */
#define KEY_SID "parley:sid:"
/* Hash, telephone numbers in a live call: number to attempt. */
#define KEY_NUMBERS_LIVE "parley:numbers-live"
/* Sorted set by telephone number: attempts of the last day or gap, by ms. */
#define KEY_CONTACT "parley:contact:"
/* String, us of the next free moment of the pace: by "account" or campaign. */
#define KEY_PACE "parley:pace:"
/* String: Twilio asked for a pause (429); as long as it. */
#define KEY_TWILIO_SLOW "parley:twilio-slow"
/* String counter by campaign:day of its zone: calls placed; KEEP_PLACED_S. */
#define KEY_PLACED "parley:placed:"
/* Hash: telephone number to {"reason","source","created_at"}; no end. */
#define KEY_DO_NOT_CALL "parley:do-not-call"
/* Sorted set: telephone numbers of the do-not-call list by ms; no end. */
#define KEY_DO_NOT_CALL_LIST "parley:do-not-call-list"
/* Stream by campaign, id SEQ-0: its last LIMIT_EVENTS events (live/feed.h). */
#define KEY_EVENTS "parley:events:"
/* Stream of hints "campaign c has an event": what the relay blocks on; about 1000 entries. */
#define KEY_LIVE "parley:live"
/* String by campaign: an import is being read; a few minutes. */
#define KEY_IMPORT "parley:import:"

enum keep {
	KEEP_RECORDS_S = 180 * 86400,
	KEEP_MAIL_S = 30 * 86400,
	KEEP_GONE_S = 30 * 86400,
	KEEP_SEEN_S = 48 * 3600, /* Linear's last retry comes after 7 h, Resend's after 28 h */
	KEEP_DONE_JOBS_S = 7 * 86400,
	KEEP_SID_S = 7 * 86400,
	KEEP_PLACED_S = 3 * 86400,
};

/* prefix + name */
static inline char *key_of(struct arena *a, const char *prefix, const char *name)
{
	return arena_join(a, prefix, name);
}

#endif
