// What the rules ask of a record, computed once: the dials that reached Twilio, the calls that came of them, and what
// was in force at a time. A record is one JSON object, see recorder.mjs.
export const TERMINAL = ['completed', 'busy', 'failed', 'no-answer', 'canceled'];
export const REFUSED_NUMBER = [21211, 21214, 21217];

/* What the measuring itself may add, in ms. Times at Twilio are taken when the request has arrived, those of the product when it
 * decided; both clocks are this machine's.
 *   arrival   from the decision to the arrival of its request, under a busy machine
 *   ahead     the product decides on a call that long before its moment, at most (CLAIM_AHEAD_US)
 *   edit      an edit, a pause, a suppression counts from its answer on, "within a second" (issue 3)
 *   rounding  the product's times have milliseconds */
export const TOLERANCE = { arrival: 1000, jitter: 300, ahead: 120, edit: 1000, rounding: 3 };

export function factsOf(record) {
	const tolerance = { ...TOLERANCE, ...record.tolerance };
	const dials = record.wire.filter(({ method, path }) => method === 'POST' && /\/Calls\.json$/.test(path)).map(dialOf);
	const twilio = new Map(record.calls.map((call) => [call.sid, { ...call, attempt: attemptOf(call.params.Url) }]));
	const attempts = new Map();
	const campaigns = record.campaigns.map((campaign) => campaignFacts(campaign, attempts));
	for (const dial of dials) {
		dial.call = twilio.get(dial.sid) ?? null;
		({ row: dial.row = null, campaign: dial.campaign = null } = attempts.get(dial.attempt) ?? {});
	}
	dials.sort((a, b) => a.at - b.at || a.seq - b.seq);
	return { record, tolerance, dials, twilio, attempts, campaigns, placed: dials.filter(({ sid }) => sid) };
}

function dialOf({ seq, time, body, status, response, fault }) {
	const form = new URLSearchParams(body ?? '');
	return { seq, at: Date.parse(time), to: form.get('To'), from: form.get('From'), attempt: attemptOf(form.get('Url')), status, fault,
		sid: /^CA/.test(response?.sid ?? '') ? response.sid : null, code: status === 400 ? response?.code ?? null : null };
}

/** The id of the attempt travels in every address that Twilio is given. */
export function attemptOf(url) {
	return URL.canParse(url ?? '') ? new URL(url).searchParams.get('att') : null;
}

function campaignFacts(campaign, attempts) {
	const { id, settings, acts, imports, final } = campaign;
	const facts = { id, settings, acts, imports, final, leads: new Map(), byPhone: new Map(), rows: new Map() };
	for (const lead of final?.leads ?? []) {
		facts.leads.set(lead.id, lead);
		facts.byPhone.set(lead.phone, lead);
	}
	for (const row of final?.calls ?? []) {
		facts.rows.set(row.id, row);
		attempts.set(row.id, { row, campaign: facts });
	}
	return facts;
}

/** The settings that may have been in force: an edit counts from when it was sent, the former until it was answered and a bit. */
export function inForce({ settings }, since, until, { edit }) {
	return settings.filter(({ sent }, index) => sent <= until && (settings[index + 1]?.answered ?? Infinity) + edit >= since).map((one) => one.settings);
}

/** A list by key, keeping its order. */
export function groupBy(list, keyOf) {
	const groups = new Map();
	for (const one of list) {
		const key = keyOf(one);
		if (!groups.has(key))
			groups.set(key, []);
		groups.get(key).push(one);
	}
	return groups;
}

export const clock = (ms) => new Date(ms).toISOString();

/** Telephone numbers in findings are those of a sandbox, but the habit is kept. */
export const shown = (phone) => phone?.replace(/.(?=.{4})/g, '*') ?? 'nobody';
