// Rules about a single dial: may it be made at that time, to that number, and only once?
import { clock, groupBy, inForce, shown, TERMINAL } from './facts.mjs';
import { isOpen, zonesOf } from './hours.mjs';

/** No call outside the campaign's hours nor the recipient's. */
export function* hours({ dials, tolerance }) {
	for (const dial of dials.filter(({ campaign }) => campaign)) {
		const lead = dial.campaign.byPhone.get(dial.to);
		const placed = dial.row?.placed_at ? Date.parse(dial.row.placed_at) : dial.at;
		for (const [at, early] of [[dial.at, tolerance.arrival], [placed, 0]]) {
			const settings = inForce(dial.campaign, at - early, at, tolerance);
			const allowed = (hoursOf) => settings.some((one) => [at, at - early].some((ms) => hoursOf(one, ms)));
			if (!allowed((one, ms) => isOpen(one.calling_hours, one.timezone, ms, one.holidays)))
				yield `a call at ${clock(at)} outside the campaign's hours: ${about(dial)}`;
			else if (lead && !allowed((one, ms) => !one.recipient_hours || recipientOpen(one, lead, ms)))
				yield `a call at ${clock(at)} outside the recipient's hours (${lead.timezone ?? 'by prefix'}): ${about(dial)}`;
		}
	}
}

function recipientOpen(settings, lead, ms) {
	const zones = zonesOf(lead) ?? [settings.timezone];
	return zones.every((zone) => isOpen(settings.recipient_hours, zone, ms));
}

/** None to a number that was on the do-not-call list. */
export function* suppressed({ dials, record, tolerance }) {
	const spans = groupBy(record.suppressions, ({ phone }) => phone);
	for (const dial of dials)
		for (const { from, until = Infinity } of spans.get(dial.to) ?? []) {
			if (dial.at > from + tolerance.arrival && dial.at < until)
				yield `a call ${dial.at - from} ms after the number was put on the do-not-call list: ${about(dial)}`;
			else if (dial.row?.placed_at && Date.parse(dial.row.placed_at) > from + tolerance.rounding && Date.parse(dial.row.placed_at) < until)
				yield `a call was decided ${Date.parse(dial.row.placed_at) - from} ms after the number was put on the do-not-call list: ${about(dial)}`;
		}
}

/** An attempt is dialled once, whatever the answer was; and every dial says whose attempt it is. */
export function* once({ dials }) {
	for (const dial of dials.filter(({ attempt }) => !attempt))
		yield `a dial that names no attempt: ${about(dial)}`;
	for (const [attempt, of] of groupBy(dials.filter((dial) => dial.attempt), (dial) => dial.attempt))
		if (of.length > 1)
			yield `attempt ${attempt} was dialled ${of.length} times: ${of.map(about).join('; ')}`;
}

/** A number is never in two live calls, over all campaigns. */
export function* twoLive({ twilio }) {
	for (const [phone, calls] of groupBy([...twilio.values()], ({ to }) => to)) {
		calls.sort((a, b) => a.times.created - b.times.created);
		for (let i = 1; i < calls.length; i++) {
			const before = Math.max(...calls.slice(0, i).map(({ times }) => times.ended ?? Infinity));
			if (calls[i].times.created < before)
				yield `${shown(phone)} was in two live calls at ${clock(calls[i].times.created)}: ${calls[i - 1].sid} and ${calls[i].sid}`;
		}
	}
}

/** Nothing is dialled before the start, and after a pause or stop only what was on its way. */
export function* running({ dials, campaigns, tolerance }) {
	for (const campaign of campaigns) {
		const spans = runningSpans(campaign);
		for (const dial of dials.filter((one) => one.campaign === campaign))
			if (!spans.some(([from, to]) => dial.at >= from && dial.at <= to + tolerance.edit))
				yield `a call at ${clock(dial.at)} while the campaign was not running: ${about(dial)}`;
	}
}

function runningSpans({ acts }) {
	const spans = [];
	for (const { act, sent, answered } of acts.filter((one) => one.status === 200)) {
		if (act === 'start' || act === 'resume')
			spans.push([sent, Infinity]);
		else if (spans.length && spans.at(-1)[1] === Infinity)
			spans.at(-1)[1] = answered;
	}
	return spans;
}

/** Every dial that Twilio took is known to the product as that attempt, and ended as it ended there. */
export function* known({ dials, twilio, attempts, campaigns }) {
	const dialled = new Set(dials.map(({ attempt }) => attempt));
	const live = campaigns.some(({ final }) => !final);
	for (const call of twilio.values()) {
		const { row } = attempts.get(call.attempt) ?? {};
		if (!row) {
			if (!live)
				yield `the product does not know the call ${call.sid} to ${shown(call.to)}`;
			continue;
		}
		if (row.call_sid !== call.sid)
			yield `attempt ${row.id} holds the call ${row.call_sid}, Twilio has ${call.sid} for it`;
		if (row.status !== call.status)
			yield `attempt ${row.id} is ${row.status}, at Twilio it is ${call.status}`;
	}
	for (const { row } of attempts.values()) {
		if (row.call_sid && !twilio.has(row.call_sid))
			yield `attempt ${row.id} holds the call ${row.call_sid}, which Twilio does not have`;
		if (!TERMINAL.includes(row.status) && !wasGivenUp(row))
			yield `attempt ${row.id} is not settled: ${row.status}`;
		else if (!row.ended_at)
			yield `attempt ${row.id} is ${row.status} but has no end`;
		if (!dialled.has(row.id) && row.call_sid)
			yield `attempt ${row.id} has a call that nobody dialled`;
	}
}

/** Of its dial nothing is known, and Twilio has no such call: it was never placed. */
const wasGivenUp = ({ status, call_sid: sid }) => status === 'unknown' && !sid;

export const about = ({ seq, at, to, attempt, status, fault }) =>
	`dial ${seq} at ${clock(at)} to ${shown(to)}, attempt ${attempt}, answered ${status}${fault ? ` (${fault})` : ''}`;
