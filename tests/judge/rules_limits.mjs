// Rules about how many: pace, calls at once, a day's calls, calls to one number, attempts and the waits between them.
import { clock, groupBy, inForce, shown } from './facts.mjs';
import { wallClock } from './hours.mjs';
import { about } from './rules_dials.mjs';

/* Over any stretch in which n dials are allowed (n the pace rounded up, so a second for whole paces) there are at most
 * n. At Twilio the way there may have pushed them together by `jitter`; the product decides on some calls together, `ahead`. */
export function* pace({ dials, campaigns, record, tolerance }) {
	yield* tooFast(dials.map(({ at }) => at), () => record.account.calls_per_second, tolerance.jitter, 'at Twilio, of the account');
	for (const campaign of campaigns) {
		const its = dials.filter((dial) => dial.campaign === campaign);
		const most = (since, until) => Math.max(...inForce(campaign, since, until, tolerance).map((one) => one.calls_per_second));
		yield* tooFast(its.map(({ at }) => at), most, tolerance.jitter, `at Twilio, of campaign ${campaign.id}`);
		const decided = (campaign.final?.calls ?? []).filter((row) => row.placed_at).map((row) => Date.parse(row.placed_at)).sort((a, b) => a - b);
		yield* tooFast(decided, most, tolerance.ahead, `as decided, of campaign ${campaign.id}`);
	}
}

function* tooFast(times, paceOf, jitter, where) {
	for (let i = 0; i < times.length; i++) {
		const perSecond = paceOf(times[i], times[i] + 1000);
		const count = Math.ceil(perSecond);
		const stretch = 1000 * count / perSecond;
		const last = times[i + count];
		if (last !== undefined && last - times[i] < stretch - jitter)
			yield `${count + 1} calls within ${last - times[i]} ms ${where}, from ${clock(times[i])}; ${perSecond} a second are allowed`;
	}
}

/** Never more calls at once than the campaign allows. */
export function* concurrent({ placed, campaigns, tolerance }) {
	for (const campaign of campaigns) {
		const changes = placed.filter((dial) => dial.campaign === campaign && dial.call)
			.flatMap(({ call: { times, sid } }) => [{ at: times.created, step: 1, sid }, { at: times.ended ?? Infinity, step: -1, sid }])
			.sort((a, b) => a.at - b.at || a.step - b.step);
		let live = 0;
		for (const { at, step, sid } of changes) {
			live += step;
			const most = at === Infinity ? Infinity : Math.max(...inForce(campaign, at - tolerance.arrival, at, tolerance).map((one) => one.max_concurrent_calls));
			if (step > 0 && live > most)
				yield `${live} calls of campaign ${campaign.id} at once at ${clock(at)} with ${sid}; ${most} are allowed`;
		}
	}
}

/** Calls placed in the campaign's calendar day; `daily_cap` null is none. */
export function* dailyCap({ placed, campaigns, tolerance }) {
	for (const campaign of campaigns) {
		const days = new Map();
		for (const dial of placed.filter((one) => one.campaign === campaign)) {
			const at = dial.row?.placed_at ? Date.parse(dial.row.placed_at) : dial.at;
			const settings = inForce(campaign, at, at, tolerance);
			const day = wallClock(settings[0].timezone, at).date;
			const count = (days.get(day) ?? 0) + 1;
			days.set(day, count);
			const most = Math.max(...settings.map((one) => one.daily_cap ?? Infinity));
			if (count > most)
				yield `call ${count} of ${day} in campaign ${campaign.id}, ${most} are allowed: ${about(dial)}`;
		}
	}
}

/** The ledger of a number over all campaigns: a gap between calls, and so many in any 24 hours. */
export function* ledger({ placed, record, tolerance }) {
	const { contact_min_gap_seconds: gap, contact_max_per_day: most } = record.account;
	for (const dials of groupBy(placed, ({ to }) => to).values())
		dials.forEach((dial, i) => {
			dial.since = i ? dial.at - dials[i - 1].at : Infinity;
			dial.sameDay = dials.filter(({ at }) => at <= dial.at && at > dial.at - 86_400_000).length;
		});
	for (const dial of placed) {
		if (gap && dial.since < gap * 1000 - tolerance.jitter)
			yield `${shown(dial.to)} was called again after ${dial.since} ms, the gap is ${gap} s: ${about(dial)}`;
		if (most && dial.sameDay > most)
			yield `${shown(dial.to)} was called ${dial.sameDay} times in a day, ${most} are allowed: ${about(dial)}`;
	}
}

const LOST_MOST = 2; // calls of a lead that were answered and lost by the product's own fault: they are no attempts, but they rang

const wasLost = ({ row, call }) => row?.outcome === 'failed' && call?.status === 'completed';

/** Attempts of a lead: no more than the rule, as many as were dialled, and each after its delay. */
export function* attempts({ placed, dials, campaigns, tolerance }) {
	const refused = groupBy(dials.filter(({ sid }) => !sid), ({ row }) => row?.lead_id);
	for (const campaign of campaigns.filter(({ final }) => final)) {
		const most = Math.max(...campaign.settings.map(({ settings }) => settings.retry.max_attempts));
		const ofLead = groupBy(placed.filter((dial) => dial.campaign === campaign), ({ row }) => row.lead_id);
		for (const [id, lead] of campaign.leads) {
			const rang = (ofLead.get(id) ?? []).filter(({ call }) => call?.status !== 'canceled');
			const its = rang.filter((dial) => !wasLost(dial));
			if (rang.length - its.length > LOST_MOST)
				yield `lead ${id} of campaign ${campaign.id} was called ${rang.length - its.length} times for nothing, by the product's fault`;
			const without = (refused.get(id) ?? []).filter((dial) => dial.campaign === campaign).length;
			if (lead.attempts > most || its.length > most)
				yield `lead ${id} of campaign ${campaign.id} had ${Math.max(lead.attempts, its.length)} attempts, ${most} are allowed`;
			if (lead.attempts < its.length || lead.attempts > its.length + without)
				yield `lead ${id} of campaign ${campaign.id} tells of ${lead.attempts} attempts, Twilio of ${its.length}${without ? ` and ${without} refused` : ''}`;
			yield* tooEarly(campaign, id, its, tolerance);
		}
	}
}

const REASONS = { busy: 'busy', 'no-answer': 'no_answer', failed: 'failed' };

/** Why a call is repeated, in the words of the retry rule. */
export function retryReason(call) {
	return REASONS[call.status] ?? (/^machine|^fax/.test(call.answered_by ?? '') ? 'voicemail' : null);
}

function* tooEarly(campaign, id, dials, tolerance) {
	for (let n = 1; n < dials.length; n++) {
		const { call } = dials[n - 1];
		if (!call?.times.ended)
			continue;
		const reason = retryReason(call);
		if (!reason) {
			yield `lead ${id} of campaign ${campaign.id} was called again although ${call.sid} was ${call.status}: ${about(dials[n])}`;
			continue;
		}
		const delays = inForce(campaign, call.times.ended, dials[n].at, tolerance).map(({ retry }) => retry.delays_seconds[reason] ?? [])
			.map((list) => list[Math.min(n, list.length) - 1] ?? 0);
		const waited = dials[n].at - call.times.ended;
		if (waited < Math.min(...delays) * 1000 - tolerance.rounding)
			yield `lead ${id} of campaign ${campaign.id} was called again ${waited} ms after ${reason}, the delay is ${Math.min(...delays)} s: ${about(dials[n])}`;
	}
}
