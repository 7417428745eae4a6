// A record of a run that never happened, in which everything is as it should be, and the means to spoil it. Its
// campaign runs on 20 November 2026, a Friday, from 15:00 UTC (10:00 in New York) on, two calls a second.
const NOON = Date.parse('2026-11-20T15:00:00Z');
export const iso = (ms) => new Date(ms).toISOString();
export const at = (seconds) => NOON + seconds * 1000;

const CALLER = '+14155550100';
const WORDS = { completed: 'answered', busy: 'busy', 'no-answer': 'no_answer', failed: 'failed' };

export const SETTINGS = {
	timezone: 'America/New_York', calling_hours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], start: '09:00', end: '20:00' }, recipient_hours: { start: '08:00', end: '21:00' },
	daily_cap: 100, max_concurrent_calls: 3, calls_per_second: 2, retry: { max_attempts: 3, delays_seconds: { busy: [10], no_answer: [20, 40], failed: [10], voicemail: [60] } },
	voicemail: 'hang_up', keys: { 1: { outcome: 'interested', say: null }, 9: { outcome: 'opt_out', say: null } },
};

/** A record with an empty campaign, and what can happen in it. */
export function forge() {
	const record = {
		account: { calls_per_second: 2, contact_min_gap_seconds: 0, contact_max_per_day: 0 }, hostile: false,
		wire: [], calls: [], campaigns: [], suppressions: [], logs: [{ name: 'runner.log', text: '{"event":"call.placed","lead":"17"}\n' }], gaps: [],
	};
	const forged = { record, addCampaign, campaign: null };
	forged.campaign = addCampaign('A');
	return forged;

	function addCampaign(id, changes = {}) {
		const campaign = { id, settings: [{ sent: at(-60), answered: at(-60) + 5, settings: { ...structuredClone(SETTINGS), ...changes } }], acts: [{ act: 'start', sent: at(-1), answered: at(-1) + 5, status: 200 }],
			imports: [{ answer: { accepted: 0 } }], gone: false,
			final: { campaign: { id, state: 'completed' }, status: { state: 'completed', seq: 0, counts: { total: 0, pending: 0, calling: 0, waiting: 0, done: 0 }, outcomes: {}, attempts: 0, blocked: {} },
				leads: [], calls: [], events: [], events_from: 1 } };
		record.campaigns.push(campaign);
		event(campaign, { type: 'state', state: 'running' });
		return Object.assign(campaign, { lead: (phone, more) => addLead(campaign, phone, more), dial: (lead, more) => addDial(campaign, lead, more), end: () => end(campaign) });
	}

	function event({ final }, what) {
		final.events.push({ seq: ++final.status.seq, at: iso(NOON), ...what });
	}

	function addLead(campaign, phone, more = {}) {
		const lead = { id: String(campaign.final.leads.length + 1), phone, name: 'Ada', timezone: null, state: 'pending', outcome: null, attempts: 0, next_call_at: null, reason: null, ...more };
		campaign.final.leads.push(lead);
		campaign.imports[0].answer.accepted++;
		return lead;
	}

	/** A dial with the call that comes of it and all that the product knows; `refuse` is Twilio's code, `seconds` how long it lasts. */
	function addDial(campaign, lead, { second = 0, seconds = 5, status = 'completed', answeredBy = null, digits = null, outcome = WORDS[status], refuse = null } = {}) {
		const number = record.wire.length + 1;
		const id = `attempt${String(number).padStart(15, '0')}`, sid = `CA${String(number).padStart(32, '0')}`;
		const url = `https://parley.example.com/api/twilio/webhook/answer?att=${id}`;
		const dial = { seq: number, time: iso(at(second)), vendor: 'twilio', method: 'POST', path: '/2010-04-01/Accounts/AC1/Calls.json', fault: null,
			body: String(new URLSearchParams({ To: lead.phone, From: CALLER, Url: url })), status: refuse ? 400 : 201, response: refuse ? { code: refuse } : { sid } };
		record.wire.push(dial);
		const row = { id, lead_id: lead.id, call_sid: refuse ? null : sid, status: refuse ? 'failed' : status, outcome: refuse ? 'invalid_number' : outcome, answered_by: answeredBy, digits,
			speech: null, duration_seconds: 1, placed_at: iso(at(second)), ended_at: iso(at(second + seconds)), audio_url: null };
		campaign.final.calls.push(row);
		event(campaign, { type: 'call', call: { ...row, status: 'queued', outcome: null } });
		event(campaign, { type: 'call', call: { ...row } });
		lead.attempts++;
		if (refuse) {
			settle(lead, 'invalid_number');
			return { dial, row };
		}
		const requests = [{ url, method: 'POST', params: {}, status: 200 }];
		if (digits)
			requests.push({ url, method: 'POST', params: { Digits: digits }, status: 200 });
		const call = { sid, to: lead.phone, from: CALLER, status, answered_by: answeredBy, times: { created: at(second), started: at(second), answered: at(second + 1), ended: at(second + seconds), updated: at(second + seconds) },
			params: { Url: url }, requests, problems: [] };
		record.calls.push(call);
		settle(lead, outcome);
		return { dial, row, call };
	}

	function settle(lead, outcome) {
		Object.assign(lead, { state: 'done', outcome });
	}

	/** The sums, and the event of the end. */
	function end(campaign) {
		const { final } = campaign;
		final.status.counts.total = final.leads.length;
		for (const { state, outcome, attempts } of final.leads) {
			final.status.counts[state]++;
			final.status.attempts += attempts;
			if (outcome)
				final.status.outcomes[outcome] = (final.status.outcomes[outcome] ?? 0) + 1;
		}
		event(campaign, { type: 'state', state: 'completed' });
	}
}

/** One of everything that may happen, each as it should be. */
export function orderly() {
	const forged = forge();
	const { campaign, record } = forged;
	const lead = Object.fromEntries(['answered', 'interested', 'optedOut', 'busy', 'voicemail', 'invalid', 'suppressed', 'incomplete']
		.map((name, index) => [name, campaign.lead(`+1212200000${index}`)]));
	const dials = {
		answered: campaign.dial(lead.answered, { second: 0 }),
		interested: campaign.dial(lead.interested, { second: 1, digits: '1', outcome: 'interested' }),
		optedOut: campaign.dial(lead.optedOut, { second: 2, digits: '9', outcome: 'opted_out' }),
		busy: campaign.dial(lead.busy, { second: 10, seconds: 2, status: 'busy' }),
		voicemail: campaign.dial(lead.voicemail, { second: 11, answeredBy: 'machine_start', outcome: 'voicemail' }),
		invalid: campaign.dial(lead.invalid, { second: 12, refuse: 21211 }),
		again: campaign.dial(lead.busy, { second: 23 }),
	};
	record.suppressions.push({ phone: lead.optedOut.phone, from: at(5) }, { phone: lead.suppressed.phone, from: at(-30) });
	Object.assign(lead.suppressed, { state: 'done', outcome: 'suppressed' });
	Object.assign(lead.incomplete, { state: 'done', outcome: 'incomplete' });
	return { ...forged, lead, dials };
}
