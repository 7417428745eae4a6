// Rules about what came of it: every lead in one state with one outcome that its calls bear out, sums that add up,
// events without a hole, nobody passed over, and no number in a log.
import { clock, groupBy, REFUSED_NUMBER, shown, TERMINAL } from './facts.mjs';
import { retryReason } from './rules_limits.mjs';

const OVER = ['completed', 'stopped'];
const FIXED = ['answered', 'opted_out', 'no_answer', 'busy', 'failed', 'voicemail', 'invalid_number', 'suppressed', 'incomplete', 'stopped'];

const finished = (campaigns) => campaigns.filter(({ final }) => final);

/** Every imported row is one lead, and every lead of a campaign that is over is done with one outcome that exists. */
export function* leads({ campaigns }) {
	for (const campaign of finished(campaigns)) {
		const { id, final, imports } = campaign;
		const accepted = imports.reduce((sum, { answer }) => sum + answer.accepted, 0);
		if (campaign.leads.size !== final.leads.length || campaign.byPhone.size !== final.leads.length)
			yield `campaign ${id} lists ${final.leads.length} leads, but ${campaign.leads.size} ids and ${campaign.byPhone.size} numbers`;
		if (final.leads.length !== accepted)
			yield `campaign ${id} accepted ${accepted} leads and lists ${final.leads.length}`;
		const known = new Set([...FIXED, ...campaign.settings.flatMap(({ settings }) => Object.values(settings.keys ?? {}).map(({ outcome }) => outcome))]);
		for (const lead of final.leads) {
			if (OVER.includes(final.campaign.state) && lead.state !== 'done')
				yield `lead ${lead.id} of campaign ${id} is ${lead.state}, though the campaign is ${final.campaign.state}`;
			if ((lead.state === 'done') !== (lead.outcome !== null))
				yield `lead ${lead.id} of campaign ${id} is ${lead.state} with the outcome ${lead.outcome}`;
			if (lead.outcome !== null && !known.has(lead.outcome))
				yield `lead ${lead.id} of campaign ${id} has the outcome ${lead.outcome}, which does not exist`;
		}
	}
}

/** The outcome is what the last call bears out, by Twilio's word and not by the product's. */
export function* outcomes(facts) {
	const { dials, campaigns } = facts;
	for (const campaign of finished(campaigns)) {
		const ofLead = groupBy(dials.filter((dial) => dial.campaign === campaign), ({ row }) => row.lead_id);
		for (const lead of campaign.leads.values()) {
			const last = (ofLead.get(lead.id) ?? []).at(-1);
			const why = lead.outcome && contradiction(facts, campaign, lead, last);
			if (why)
				yield `lead ${lead.id} of campaign ${campaign.id} ended as ${lead.outcome}, but ${why}`;
		}
	}
}

function contradiction({ record }, { final }, lead, last) {
	const call = last?.call;
	const said = call ? `its last call ${call.sid} was ${call.status}${call.answered_by ? ` by ${call.answered_by}` : ''}` : last ? `its last dial was answered ${last.status}` : 'it was never called';
	const listed = record.suppressions.some(({ phone }) => phone === lead.phone);
	switch (lead.outcome) {
	case 'no_answer':
	case 'busy':
	case 'voicemail':
		return call && retryReason(call) === lead.outcome ? null : said;
	case 'failed':
		return call?.status === 'failed' || call === null || last && !call ? null : said;
	case 'invalid_number':
		return REFUSED_NUMBER.includes(last?.code) ? null : said;
	case 'suppressed':
		return listed ? null : 'its number was never on the do-not-call list';
	case 'opted_out':
		return !listed ? 'its number was never on the do-not-call list' : call?.status === 'completed' ? null : said;
	case 'stopped':
		return final.campaign.state === 'stopped' ? null : `the campaign is ${final.campaign.state}`;
	case 'incomplete':
		return last ? said : null;
	default:
		return call?.status === 'completed' ? null : said;
	}
}

/** The key that the product took. While it cannot store one it has the call wait and asks again by a redirect that says so; then it has not taken it. */
function keyTaken({ requests }) {
	const digitsOf = ({ url, params }) => params.Digits ?? new URL(url).searchParams.get('digits');
	return digitsOf(requests.find((one) => digitsOf(one) && one.status === 200 && !/<Redirect[^>]*>[^<]*again=/.test(one.twiml ?? '')) ?? { url: 'http://nobody', params: {} });
}

/** A key that reached the product is in its record, and one that opts out was obeyed before the call ended. */
export function* keys({ twilio, attempts, record }) {
	for (const call of twilio.values()) {
		const { row, campaign } = attempts.get(call.attempt) ?? {};
		const pressed = keyTaken(call);
		if (!row || !pressed)
			continue;
		if (row.digits !== pressed)
			yield `in ${call.sid} ${pressed} was pressed, the product knows ${row.digits}`;
		const meaning = campaign.settings.map(({ settings }) => settings.keys?.[pressed]?.outcome);
		if (!meaning.every((one) => one === 'opt_out'))
			continue;
		const entry = record.suppressions.find(({ phone }) => phone === call.to);
		if (!entry)
			yield `in ${call.sid} the opt-out key was pressed, but the number is not on the do-not-call list`;
		else if (call.times.ended !== null && entry.from > call.times.ended)
			yield `in ${call.sid} the opt-out key was pressed, but the number was listed ${entry.from - call.times.ended} ms after the call's end`;
	}
}

/** What the status counts is what the lists hold. */
export function* sums({ campaigns }) {
	for (const { id, final } of finished(campaigns)) {
		const { status, leads: list } = final;
		const tally = (name) => Object.fromEntries([...groupBy(list.filter((lead) => lead[name] !== null), (lead) => lead[name])].map(([word, its]) => [word, its.length]));
		const states = tally('state');
		const differs = [];
		for (const state of ['pending', 'calling', 'waiting', 'done'])
			if ((states[state] ?? 0) !== status.counts[state])
				differs.push(`${status.counts[state]} ${state}, the list has ${states[state] ?? 0}`);
		if (status.counts.total !== list.length)
			differs.push(`a total of ${status.counts.total}, the list has ${list.length}`);
		const counted = tally('outcome');
		for (const outcome of new Set([...Object.keys(counted), ...Object.keys(status.outcomes)]))
			if ((status.outcomes[outcome] ?? 0) !== (counted[outcome] ?? 0))
				differs.push(`${status.outcomes[outcome] ?? 0} with ${outcome}, the list has ${counted[outcome] ?? 0}`);
		const used = list.reduce((sum, { attempts }) => sum + attempts, 0);
		if (status.attempts !== used)
			differs.push(`${status.attempts} attempts, the leads have ${used}`);
		const held = Object.values(status.blocked).reduce((sum, count) => sum + count, 0);
		if (held > status.counts.pending + status.counts.waiting)
			differs.push(`${held} blocked, but ${status.counts.pending + status.counts.waiting} leads wait`);
		for (const difference of differs)
			yield `the status of campaign ${id} tells of ${difference}`;
	}
}

const RANK = { queued: 0, unknown: 0, initiated: 1, ringing: 2, 'in-progress': 3 };
const rankOf = (status) => RANK[status] ?? (TERMINAL.includes(status) ? 4 : -1);
const MOVES = { draft: ['running'], running: ['paused', 'completed', 'stopped'], paused: ['running', 'stopped', 'completed'], completed: [], stopped: [] };

/** Each change has its number, none is left out, and together they tell what the lists tell. */
export function* events({ campaigns }) {
	for (const { id, final, rows } of finished(campaigns).filter((one) => one.final.events)) {
		const { events: list, events_from: from, status } = final;
		const ranks = new Map(), last = new Map();
		let state = null;
		for (const [index, event] of list.entries()) {
			if (event.seq !== from + index) {
				yield `event ${from + index} of campaign ${id} is missing, ${event.seq} comes in its place`;
				return;
			}
			if (event.type === 'call') {
				const { id: call, status: word } = event.call;
				if (rankOf(word) < (ranks.get(call) ?? -1))
					yield `event ${event.seq} of campaign ${id} takes attempt ${call} back to ${word}`;
				ranks.set(call, rankOf(word));
				last.set(call, event.call);
			} else if (event.type === 'state') {
				if (state && !MOVES[state]?.includes(event.state))
					yield `event ${event.seq} of campaign ${id} goes from ${state} to ${event.state}`;
				({ state } = event);
			}
		}
		if (from + list.length - 1 !== status.seq)
			yield `the last event of campaign ${id} is ${from + list.length - 1}, its status carries ${status.seq}`;
		if (state && state !== status.state)
			yield `the last state told of campaign ${id} is ${state}, it is ${status.state}`;
		for (const [call, row] of rows) {
			const told = last.get(call);
			if (!told && from === 1)
				yield `no event of campaign ${id} tells of attempt ${call}`;
			else if (told && (told.status !== row.status || told.outcome !== row.outcome))
				yield `the last event of attempt ${call} says ${told.status} and ${told.outcome}, it is ${row.status} and ${row.outcome}`;
		}
	}
}

/* Nobody starves. Leads of one campaign with the same zones are called for the first time in the order of the import, and
 * again in the order in which they are due. What other workers had in hand may overtake, that is `fairness.overtaken`
 * (default: twice the calls at once, and 50); and of the two kinds none may wait while `fairness.other_kind` (default 1000)
 * calls of the other are placed. Leads that the ledger or another campaign's call may hold back are left out; one whose
 * dial had an unknown outcome waits until Twilio was asked (contract 3.4), and counts from then on. */
export function* fairness({ placed, campaigns, record }) {
	const shared = new Set();
	for (const [phone, dials] of groupBy(placed, ({ to }) => to))
		if (new Set(dials.map(({ campaign }) => campaign)).size > 1)
			shared.add(phone);
	for (const campaign of finished(campaigns)) {
		const most = { overtaken: 50 + 2 * Math.max(...campaign.settings.map(({ settings }) => settings.max_concurrent_calls)), other_kind: 1000, ...record.fairness };
		const its = placed.filter((dial) => dial.campaign === campaign && !shared.has(dial.to));
		const seen = new Map(), unsure = groupBy(campaign.final.calls.filter(({ outcome }) => outcome === 'not_placed'), ({ lead_id: lead }) => lead);
		for (const dial of its) {
			dial.since = Math.max(0, ...(unsure.get(dial.row.lead_id) ?? []).map(({ ended_at: ended }) => Date.parse(ended)).filter((ended) => ended <= dial.at));
			dial.before = seen.get(dial.row.lead_id) ?? null;
			seen.set(dial.row.lead_id, dial);
		}
		const first = its.filter(({ before }) => !before);
		for (const [zones, dials] of groupBy(first, ({ to }) => zoneKey(campaign.byPhone.get(to))))
			yield* overtaken(dials, (dial) => Number(dial.row.lead_id), most.overtaken, `first calls of campaign ${campaign.id} (${zones})`);
		const again = its.filter(({ before }) => before?.call?.times.ended && before.call.status !== 'canceled')
			.map((dial) => ({ ...dial, due: dueOf(campaign, dial, record.hostile) })).filter(({ due }) => due !== null);
		for (const [zones, dials] of groupBy(again, ({ to }) => zoneKey(campaign.byPhone.get(to))))
			yield* overtaken(dials, ({ due }) => due, most.overtaken, `retries of campaign ${campaign.id} (${zones})`);
		for (const dial of again) {
			const meanwhile = first.filter(({ at }) => at > Math.max(dial.due, dial.since) + 1000 && at < dial.at).length;
			if (meanwhile > most.other_kind)
				yield `the retry of lead ${dial.row.lead_id} of campaign ${campaign.id}, due at ${clock(dial.due)}, waited for ${meanwhile} first calls`;
		}
	}
}

const zoneKey = (lead) => lead?.timezone ?? lead?.phone.slice(0, 5) ?? '';

// The product may make a delay a tenth longer, so that is the latest time at which the retry is due. It counts from the
// call's end; in a hostile run, where what Twilio told of it may be lost, from when the product came to know it.
function dueOf({ final, settings }, { before, row }, hostile) {
	const reason = retryReason(before.call);
	const lists = settings.map((one) => one.settings.retry.delays_seconds[reason] ?? []);
	const used = final.calls.filter(({ lead_id: lead, placed_at: at }) => lead === row.lead_id && at <= before.row.placed_at).length;
	const delay = Math.max(...lists.map((list) => list[Math.min(used, list.length) - 1] ?? 0));
	const ended = Math.max(before.call.times.ended, hostile ? Date.parse(before.row.ended_at) || 0 : 0);
	return reason ? ended + delay * 1100 : null;
}

/** `dials` in the order of time; one is passed over by each later one in order that was made before it. */
function* overtaken(dials, orderOf, most, what) {
	const made = [];
	for (const [turn, dial] of dials.entries()) {
		const order = orderOf(dial);
		if (dial.since) {
			const others = dials.slice(0, turn).filter((other) => other.at > dial.since && orderOf(other) > order).length;
			if (others > most)
				yield `${what}: lead ${dial.row.lead_id} was passed over by ${others} others after it was known that its dial came to nothing, ${most} are allowed`;
		}
		let low = 0, high = made.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (made[middle] > order) high = middle; else low = middle + 1;
		}
		if (!dial.since && made.length - low > most)
			yield `${what}: lead ${dial.row.lead_id} was passed over by ${made.length - low} others, ${most} are allowed`;
		made.splice(low, 0, order);
	}
}

/** No full telephone number in a log (contract 5). */
export function* logs({ record, campaigns }) {
	const numbers = new Set(campaigns.flatMap(({ byPhone }) => [...byPhone.keys()].map((phone) => phone.slice(1))));
	for (const dial of record.wire)
		numbers.add(new URLSearchParams(typeof dial.body === 'string' ? dial.body : '').get('To')?.slice(1));
	for (const { name, text } of record.logs)
		for (const [digits] of text.matchAll(/\d{7,15}/g))
			if (numbers.has(digits)) {
				yield `${name} holds the telephone number ${shown(digits)}`;
				break;
			}
}

/** The judge cannot judge what it did not see. */
export function* complete({ record, dials, twilio }) {
	for (const gap of record.gaps)
		yield `the record has a hole: ${gap}`;
	for (const { sid } of dials)
		if (sid && !twilio.has(sid))
			yield `the record lacks the call ${sid}`;
	const taken = new Set(dials.map(({ sid }) => sid));
	for (const { sid } of twilio.values())
		if (!taken.has(sid))
			yield `the record lacks the dial of ${sid}`;
}

/** What Twilio's debugger would list; a run against hostile vendors expects some. */
export function* problems({ record }) {
	if (!record.hostile)
		for (const { sid, problems: list } of record.calls)
			for (const { code, message } of list)
				yield `Twilio complained in ${sid}: ${code} ${message}`;
}
