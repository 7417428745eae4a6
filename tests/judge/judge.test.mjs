// That the judge can fail: a record in which all is well, and for each rule the same record with exactly that spoiled.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { at, forge, iso, orderly } from './forged.mjs';
import { isOpen, wallClock } from './hours.mjs';
import { judge, ruleNames, told } from './judge.mjs';

const NEW_YORK = 'America/New_York';
const rulesOf = (findings) => [...new Set(findings.map(({ rule }) => rule))];
const spoiledRules = new Set();

/** Spoils an orderly record, and wants exactly these rules to object. */
function spoiled(name, rules, spoil, { late } = {}) {
	for (const rule of [rules].flat())
		spoiledRules.add(rule);
	test(name, () => {
		const forged = orderly();
		spoil?.(forged);
		forged.campaign.end();
		late?.(forged);
		const findings = judge(forged.record);
		assert.deepEqual(rulesOf(findings), [rules].flat(), told(findings));
	});
}

/** A fine record changed in a way that is allowed. */
function allowed(name, change, { late } = {}) {
	test(`allows ${name}`, () => {
		const forged = orderly();
		change?.(forged);
		forged.campaign.end();
		late?.(forged);
		assert.deepEqual(judge(forged.record), []);
	});
}

/** Moves a dial with all that belongs to it. */
function move({ dial, row, call }, second) {
	const by = at(second) - Date.parse(dial.time);
	const moved = (time) => time && iso(Date.parse(time) + by);
	dial.time = moved(dial.time);
	Object.assign(row, { placed_at: moved(row.placed_at), ended_at: moved(row.ended_at) });
	for (const name of call ? Object.keys(call.times) : [])
		call.times[name] += by;
}

const edit = ({ campaign }, second, changes) => campaign.settings.push({ sent: at(second), answered: at(second) + 5, settings: { ...campaign.settings[0].settings, ...changes } });
const hoursFrom = (start, end) => ({ days: ['fri'], start, end });

describe('an orderly record', () => {
	allowed('one of everything', null);
	test('and with nothing in it', () => {
		const { record, campaign } = forge();
		campaign.end();
		assert.deepEqual(judge(record), []);
	});
});

describe('hours', () => {
	spoiled('before the campaign opens', 'hours', (f) => { f.campaign.settings[0].settings.calling_hours = hoursFrom('10:01', '20:00'); });
	spoiled('on a day that is not one of its days', 'hours', (f) => { f.campaign.settings[0].settings.calling_hours = { days: ['sat'], start: '09:00', end: '20:00' }; });
	spoiled('on a holiday', 'hours', (f) => { f.campaign.settings[0].settings.holidays = ['2026-11-20']; });
	spoiled('too early where the lead is, by its zone', 'hours', (f) => { f.lead.answered.timezone = 'America/Los_Angeles'; });
	spoiled('too early where the lead is, by its prefix', 'hours', (f) => {
		const lead = f.campaign.lead('+14152000000');
		f.campaign.dial(lead, { second: 40 });
	});
	spoiled('when an edit has closed the hours', 'hours', (f) => edit(f, 15, { calling_hours: hoursFrom('12:00', '13:00') }));
	allowed('a call while an edit is on its way', (f) => edit(f, 22.5, { calling_hours: hoursFrom('12:00', '13:00') }));
	allowed('hours over midnight', (f) => { f.campaign.settings[0].settings.calling_hours = { days: ['thu'], start: '22:00', end: '11:00' }; });

	test('are those of the wall clock, on both sides of a change of the clocks', () => {
		assert.deepEqual(wallClock(NEW_YORK, Date.parse('2026-03-08T06:59:00Z')).minutes, 119);
		assert.deepEqual(wallClock(NEW_YORK, Date.parse('2026-03-08T07:00:00Z')).minutes, 180);
		assert.equal(wallClock('Asia/Kolkata', Date.parse('2026-11-20T20:00:00Z')).date, '2026-11-21');
	});
	for (const [hours, utc, open] of [
		[{ start: '09:00', end: '20:00' }, '2026-11-20T14:00:00Z', true], [{ start: '09:00', end: '20:00' }, '2026-11-20T13:59:59.999Z', false],
		[{ start: '09:00', end: '20:00' }, '2026-11-21T00:59:59Z', true], [{ start: '09:00', end: '20:00' }, '2026-11-21T01:00:00Z', false],
		[{ start: '00:00', end: '24:00' }, '2026-11-21T04:59:59Z', true], [{ start: '09:00', end: '09:00' }, '2026-11-20T14:00:00Z', false],
		[{ days: ['fri'], start: '22:00', end: '02:00' }, '2026-11-21T06:00:00Z', true], [{ days: ['sat'], start: '22:00', end: '02:00' }, '2026-11-21T06:00:00Z', false],
	])
		test(`${JSON.stringify(hours)} are ${open ? 'open' : 'closed'} at ${utc}`, () => assert.equal(isOpen(hours, NEW_YORK, Date.parse(utc)), open));
});

describe('a number', () => {
	spoiled('called although it is on the list', 'suppressed', (f) => f.record.suppressions.push({ phone: f.lead.answered.phone, from: at(-10) }));
	spoiled('that was decided upon after it was listed', 'suppressed', (f) => f.record.suppressions.push({ phone: f.lead.answered.phone, from: at(-0.01) }));
	allowed('one taken off the list again', (f) => f.record.suppressions.push({ phone: f.lead.answered.phone, from: at(-10), until: at(-5) }));
	spoiled('in two live calls', 'two_live', (f) => {
		f.campaign.settings[0].settings.retry.delays_seconds.busy = [0];
		f.dials.busy.call.times.ended = at(22.9);
		move(f.dials.again, 22.9);
		f.dials.again.call.times.created -= 100;
	});
	spoiled('in two campaigns at once', 'two_live', (f) => {
		const other = f.addCampaign('B');
		other.dial(other.lead(f.lead.answered.phone), { second: 4 });
		other.end();
	});
	spoiled('in a log', 'logs', (f) => f.record.logs.push({ name: 'access.log', text: `GET /x?To=${f.lead.busy.phone.slice(1)} 200` }));
});

describe('an attempt', () => {
	spoiled('dialled twice', 'once', (f) => {
		const copy = { ...f.dials.invalid.dial, seq: 90, time: iso(at(14)) };
		f.record.wire.push(copy);
		f.lead.invalid.attempts = 2;
	});
	spoiled('that no dial names', ['once', 'known'], (f) => {
		f.dials.answered.dial.body = f.dials.answered.dial.body.replace(/att%3D\w+/, '');
		f.dials.answered.call.params.Url = 'https://parley.example.com/api/twilio/webhook/answer';
	}, { late: (f) => { f.lead.answered.attempts = 0; f.campaign.final.status.attempts--; f.lead.answered.outcome = 'incomplete'; f.campaign.final.status.outcomes = { ...f.campaign.final.status.outcomes, answered: 1, incomplete: 2 }; } });
	spoiled('too many', 'attempts', (f) => { f.campaign.settings[0].settings.retry.max_attempts = 1; });
	spoiled('that the lead does not count', 'attempts', (f) => { f.lead.answered.attempts = 0; });
	spoiled('that never was', 'attempts', (f) => { f.lead.answered.attempts = 2; });
	spoiled('before its delay', 'attempts', (f) => move(f.dials.again, 20));
	spoiled('after somebody answered', ['attempts'], (f) => f.campaign.dial(f.lead.answered, { second: 40 }));
	const lose = (f, times) => {
		for (let i = 0; i < times; i++)
			f.campaign.dial(f.lead.incomplete, { second: 40 + 10 * i, outcome: 'failed' });
		f.campaign.dial(f.lead.incomplete, { second: 100 });
		f.lead.incomplete.attempts = 1;
	};
	allowed('two that were lost by the product itself', (f) => lose(f, 2));
	spoiled('lost again and again by the product itself', 'attempts', (f) => lose(f, 3));
	allowed('a canceled one besides', (f) => { f.campaign.dial(f.lead.incomplete, { second: 40, status: 'canceled', outcome: null }); f.lead.incomplete.attempts = 0; },
		{ late: (f) => { f.lead.incomplete.outcome = 'stopped'; f.campaign.final.campaign.state = 'stopped'; f.campaign.final.status.state = 'stopped'; f.campaign.final.events.at(-1).state = 'stopped';
			f.campaign.final.status.outcomes.stopped = 1; } });
	spoiled('without an end', 'known', (f) => { f.dials.answered.row.ended_at = null; });
	spoiled('that is never settled', ['known', 'events'], (f) => { f.dials.answered.row.status = 'ringing'; });
	allowed('one of which nothing was ever known', (f) => f.campaign.final.calls.push({ ...f.dials.answered.row, id: 'x', call_sid: null, status: 'unknown', outcome: null }), {
		late: (f) => { f.campaign.final.events.splice(-1, 0, { seq: 16, type: 'call', call: f.campaign.final.calls.at(-1) }); f.campaign.final.events.at(-1).seq = f.campaign.final.status.seq = f.campaign.final.events.length; f.campaign.final.events.at(-2).seq = f.campaign.final.events.length - 1; } });
	spoiled('with the call of another', 'known', (f) => { f.dials.answered.row.call_sid = f.dials.busy.call.sid; });
	spoiled('that ended differently', ['known', 'events'], (f) => { f.dials.answered.row.status = 'busy'; });
	spoiled('that Twilio does not have', ['known', 'events'], (f) => f.campaign.final.calls.push({ ...f.dials.answered.row, id: 'x', call_sid: 'CAx' }));
	spoiled('that the product forgot', ['known', 'attempts', 'outcomes'], (f) => {
		f.campaign.final.calls = f.campaign.final.calls.filter((row) => row !== f.dials.answered.row);
	});
});

describe('limits', () => {
	spoiled('the account\'s pace', 'pace', (f) => { f.record.account.calls_per_second = 0.5; });
	spoiled('the campaign\'s pace', 'pace', (f) => { move(f.dials.interested, 0.2); move(f.dials.optedOut, 0.4); });
	spoiled('a pace below one', 'pace', (f) => { f.campaign.settings[0].settings.calls_per_second = 0.4; });
	spoiled('the pace as it was decided', 'pace', (f) => { f.dials.interested.row.placed_at = iso(at(0.4)); f.dials.optedOut.row.placed_at = iso(at(0.8)); });
	allowed('what the way to Twilio pushed together', (f) => { f.dials.optedOut.dial.time = iso(at(0.8)); });
	spoiled('calls at once', 'concurrent', (f) => { f.campaign.settings[0].settings.max_concurrent_calls = 2; });
	spoiled('calls at once after an edit', 'concurrent', (f) => edit(f, -0.5, { max_concurrent_calls: 2 }));
	spoiled('calls of a day', 'daily_cap', (f) => { f.campaign.settings[0].settings.daily_cap = 5; });
	spoiled('the gap between calls to a number', 'ledger', (f) => { f.record.account.contact_min_gap_seconds = 30; });
	spoiled('a number\'s calls of a day', 'ledger', (f) => { f.record.account.contact_max_per_day = 1; });
	allowed('the gap kept', (f) => { f.record.account.contact_min_gap_seconds = 12; f.record.account.contact_max_per_day = 2; });
});

describe('running', () => {
	spoiled('before the start', 'running', (f) => { f.campaign.acts[0].sent = at(1); });
	spoiled('after a pause', 'running', (f) => f.campaign.acts.push({ act: 'pause', sent: at(15), answered: at(15) + 5, status: 200 }));
	allowed('a call after it was resumed', (f) => f.campaign.acts.push({ act: 'pause', sent: at(15), answered: at(15) + 5, status: 200 }, { act: 'resume', sent: at(20), answered: at(20) + 5, status: 200 }));
	allowed('a pause that was refused', (f) => f.campaign.acts.push({ act: 'pause', sent: at(15), answered: at(15) + 5, status: 409 }));
});

describe('leads', () => {
	spoiled('without an outcome', ['leads'], (f) => { f.lead.incomplete.outcome = null; });
	spoiled('that still wait', ['leads'], (f) => Object.assign(f.lead.incomplete, { state: 'waiting', outcome: null }));
	spoiled('with an outcome that does not exist', ['leads'], (f) => { f.lead.answered.outcome = 'delighted'; });
	spoiled('lost on import', 'leads', (f) => { f.campaign.imports[0].answer.accepted++; });
	spoiled('twice', 'leads', (f) => f.campaign.lead(f.lead.incomplete.phone, { state: 'done', outcome: 'incomplete' }));
	spoiled('answered although it was busy', 'outcomes', (f) => { f.dials.again.call.status = f.dials.again.row.status = 'busy'; f.campaign.final.events.at(-1).call.status = 'busy'; });
	spoiled('busy although it was answered', 'outcomes', (f) => { f.lead.answered.outcome = 'busy'; });
	spoiled('suppressed although never listed', 'outcomes', (f) => { f.record.suppressions.pop(); });
	spoiled('invalid although never refused', 'outcomes', (f) => { f.lead.incomplete.outcome = 'invalid_number'; });
	spoiled('stopped in a campaign that ran to its end', 'outcomes', (f) => { f.lead.incomplete.outcome = 'stopped'; });
	spoiled('a key that got lost', 'keys', (f) => { f.dials.interested.row.digits = null; });
	const asksAgain = '<Response><Pause length="2"/><Redirect>https://parley.example.com/api/twilio/webhook/gather?again=1&amp;digits=1</Redirect></Response>';
	allowed('a key that could not be stored, and the product said so', (f) => { f.dials.interested.call.requests[1].twiml = asksAgain; f.dials.interested.row.digits = null; });
	spoiled('a key that got lost when it came again', 'keys', (f) => {
		f.dials.interested.call.requests[1].twiml = asksAgain;
		f.dials.interested.call.requests.push({ url: 'https://parley.example.com/api/twilio/webhook/gather?again=1&digits=1', method: 'POST', params: {}, status: 200, twiml: '<Response/>' });
		f.dials.interested.row.digits = null;
	});
	spoiled('an opt-out that came late', 'keys', (f) => { f.record.suppressions[0].from = at(8); });
	spoiled('an opt-out that was not obeyed', ['outcomes', 'keys'], (f) => { f.record.suppressions.shift(); });
});

describe('sums', () => {
	const late = (change) => ({ late: (f) => change(f.campaign.final.status) });
	spoiled('of the states', 'sums', null, late((status) => { status.counts.done--; status.counts.waiting++; }));
	spoiled('of all leads', 'sums', null, late((status) => { status.counts.total++; }));
	spoiled('of the outcomes', 'sums', null, late((status) => { status.outcomes.answered++; }));
	spoiled('of the attempts', 'sums', null, late((status) => { status.attempts--; }));
	spoiled('of the blocked', 'sums', null, late((status) => { status.blocked = { daily_cap: 1 }; }));
});

describe('events', () => {
	spoiled('with a hole', 'events', (f) => f.campaign.final.events.splice(3, 1));
	spoiled('out of order', 'events', (f) => { const { events } = f.campaign.final; [events[1], events[2]] = [events[2], events[1]]; });
	spoiled('that go back', 'events', (f) => { f.campaign.final.events[2].call.status = 'queued'; f.campaign.final.events[1].call.status = 'completed'; });
	spoiled('that end early', 'events', null, { late: (f) => f.campaign.final.events.pop() });
	spoiled('that tell something else than the list', 'events', (f) => { f.campaign.final.events[2].call.outcome = 'busy'; });
	spoiled('with an impossible change of state', 'events', null, { late: (f) => { f.campaign.final.events[0].state = 'stopped'; } });
});

describe('fairness', () => {
	const many = (f, order) => {
		const leads = Array.from({ length: 9 }, (_, i) => f.campaign.lead(`+1212300000${i}`));
		order.forEach((index, turn) => f.campaign.dial(leads[index], { second: 100 + turn * 5, seconds: 1 }));
		f.record.fairness = { overtaken: 3 };
	};
	spoiled('when a first call is passed over', 'fairness', (f) => many(f, [1, 2, 3, 4, 5, 0, 6, 7, 8]));
	allowed('what workers had in hand', (f) => many(f, [1, 2, 3, 0, 5, 6, 7, 4, 8]));
	// The first lead's first dial came to nothing, which was known at that second.
	const unsure = (f, second) => {
		many(f, [1, 2, 3, 4, 5, 0, 6, 7, 8]);
		const { final } = f.campaign, row = { ...final.calls[0], id: 'attempt999999999999999', lead_id: final.leads.find(({ phone }) => phone === '+12123000000').id, call_sid: null,
			status: 'unknown', outcome: 'not_placed', answered_by: null, digits: null, placed_at: iso(at(90)), ended_at: iso(at(second)) };
		final.calls.push(row);
		for (const call of [{ ...row, status: 'queued', outcome: null }, row])
			final.events.push({ seq: ++final.status.seq, at: iso(at(second)), type: 'call', call });
	};
	allowed('who waits until it is known that its dial came to nothing', (f) => unsure(f, 118));
	spoiled('when such a one waits on', 'fairness', (f) => unsure(f, 98));
	// The first lead was busy at second 100, and was called again after all others.
	const late = (f) => {
		const leads = Array.from({ length: 9 }, (_, i) => f.campaign.lead(`+1212300000${i}`));
		const busy = f.campaign.dial(leads[0], { second: 100, seconds: 1, status: 'busy' });
		for (let i = 1; i < 9; i++)
			f.campaign.dial(leads[i], { second: 100 + i * 5, seconds: 1 });
		f.campaign.dial(leads[0], { second: 200, seconds: 1 });
		f.record.fairness = { other_kind: 3 };
		return busy;
	};
	spoiled('when a retry waits for first calls', 'fairness', late);
	allowed('a retry of a call whose end came to be known late, in a hostile run', (f) => {
		late(f);
		f.record.hostile = true;
		f.campaign.final.calls.find(({ lead_id: lead, status }) => status === 'busy' && lead === f.campaign.final.leads.find(({ phone }) => phone === '+12123000000').id).ended_at = iso(at(180));
	});
	spoiled('when such a retry waits on', 'fairness', (f) => {
		late(f);
		f.record.hostile = true;
	});
});

describe('the record itself', () => {
	spoiled('with a hole', 'complete', (f) => f.record.gaps.push('requests 3 to 5 of the sandbox\'s log'));
	spoiled('without a dial', ['complete', 'known'], (f) => f.record.wire.shift(), { late: (f) => { f.lead.answered.attempts = 0; f.campaign.final.status.attempts--;
		f.lead.answered.outcome = 'incomplete'; f.campaign.final.status.outcomes = { ...f.campaign.final.status.outcomes, answered: 1, incomplete: 2 }; } });
	spoiled('with Twilio\'s complaints', 'problems', (f) => f.dials.answered.call.problems.push({ code: 11200, message: 'answered 500' }));
	allowed('with complaints in a hostile run', (f) => { f.record.hostile = true; f.dials.answered.call.problems.push({ code: 11200, message: 'answered 500' }); });
});

test('every rule was spoiled at least once', () => assert.deepEqual(ruleNames.filter((name) => !spoiledRules.has(name)), []));
