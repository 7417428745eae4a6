// Campaigns from the import to the last outcome, by the sandbox's telephones: what is said and pressed, whom nobody
// reaches, whom nobody may call. In the end the judge looks at all of it.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';

import { KEYS, ONCE, people, phone, SOON, startCampaigns, until } from '../support/campaign.mjs';

let it;
before(async () => { it = await startCampaigns(); });
afterEach(() => it.judged());
after(() => it?.stop());

const heardIn = async (number) => (await it.twilioCallsTo(number)).at(-1).heard;
const only = (list) => {
	assert.equal(list.length, 1, JSON.stringify(list));
	return list[0];
};

describe('a broadcast', () => {
	test('plays the script, hears keys and words, and knows each one\'s outcome', async () => {
		const wanted = { 96: 'interested', 95: 'opted_out', '00': 'answered', 94: 'answered', 97: 'answered' };
		const leads = Object.keys(wanted).map((ending) => ({ phone: phone(ending), name: 'Ada Lovelace' }));
		const id = await it.launch(leads, { speech: true });
		const status = await it.untilCompleted(id);
		assert.deepEqual(await it.outcomes(id), Object.fromEntries(leads.map(({ phone: number }) => [number, wanted[number.slice(-2)]])));
		assert.deepEqual(status.outcomes, { interested: 1, opted_out: 1, answered: 3 });
		assert.deepEqual([status.attempts, status.placed_today], [5, 5]);
		assert.match(status.state_reason, /\.$/);

		const calls = Object.fromEntries((await it.calls(id)).map((call) => [leads.find((_, i) => String(i + 1) === call.lead_id)?.phone.slice(-2), call]));
		assert.deepEqual([calls[96].digits, calls[95].digits, calls[97].speech], ['1', '9', 'Yes, please.']);
		assert.ok(Object.values(calls).every(({ status: word, duration_seconds: seconds }) => word === 'completed' && seconds >= 1));
		const heard = await heardIn(leads[0].phone);
		assert.ok(heard.some(({ verb, status: code }) => verb === 'Play' && code === 200), `nothing was played: ${JSON.stringify(heard)}`);
	});

	test('lists who opted out before the call ends, and calls that number nowhere again', async () => {
		const number = phone('95');
		const first = await it.launch([{ phone: number, name: 'Ada' }]);
		await it.untilCompleted(first);
		const entry = await it.suppressed(number);
		assert.ok(entry, 'no entry of the do-not-call list');
		assert.ok(Date.parse(entry.created_at) <= only(await it.twilioCallsTo(number)).times.ended);

		const second = await it.createCampaign();
		const answer = await it.importLeads(second.id, [{ phone: number }, { phone: phone() }]);
		assert.deepEqual([answer.accepted, answer.suppressed], [2, 1]); // it is a lead, done from the start
		await it.start(second.id);
		await it.untilCompleted(second.id);
		only(await it.twilioCallsTo(number));
	});

	test('says the names and variables of each lead in its own speech', async () => {
		const { id: agent } = await it.createAgent({ script: 'Hello {{first_name}} from {{city|your city}}.' });
		const leads = [{ phone: phone(), name: 'Ada Lovelace', city: 'London' }, { phone: phone(), name: 'Grace Hopper' }];
		const id = await it.launch(leads, { agent_id: agent });
		await it.untilCompleted(id);
		const played = await Promise.all(leads.map(async ({ phone: number }) => (await heardIn(number)).find(({ verb }) => verb === 'Play').url));
		assert.equal(new Set(played).size, 2);
	});
});

describe('whom nobody reaches', () => {
	test('is called again after a while, as often as the campaign says', async () => {
		const leads = [['90', 'busy'], ['91', 'no_answer'], ['92', 'failed']].map(([ending, outcome]) => ({ phone: phone(ending), outcome }));
		const id = await it.launch(leads.map(({ phone: number }) => ({ phone: number })));
		const status = await it.untilCompleted(id);
		assert.deepEqual(await it.outcomes(id), Object.fromEntries(leads.map(({ phone: number, outcome }) => [number, outcome])));
		assert.equal(status.attempts, 9);
		assert.ok((await it.leads(id)).every(({ attempts }) => attempts === 3));
	});

	test('and answered at last is answered', async () => {
		const number = phone('90');
		const id = await it.launch([{ phone: number }], { retry: { max_attempts: 3, delays_seconds: { busy: [2] } } });
		const waiting = await it.untilStatus(id, ({ counts }) => counts.waiting === 1);
		const [lead] = await it.leads(id, '?state=waiting');
		assert.deepEqual([lead.attempts, lead.outcome], [1, null]);
		assert.match(lead.reason, /\.$/);
		assert.ok(Date.parse(lead.next_call_at) > Date.now() - 2000 && waiting.next_call_at);
		await it.behave(number, { outcome: 'answered' });
		await it.untilCompleted(id);
		assert.deepEqual(await it.outcomes(id), { [number]: 'answered' });
		assert.deepEqual((await it.twilioCallsTo(number)).map(({ status }) => status), ['busy', 'completed']);
	});

	test('is not called again when the rule has no delay for it', async () => {
		const number = phone('90');
		const id = await it.launch([{ phone: number }], { retry: { max_attempts: 3, delays_seconds: { no_answer: [1] } } });
		await it.untilCompleted(id);
		assert.deepEqual(await it.outcomes(id), { [number]: 'busy' });
		only(await it.twilioCallsTo(number));
	});
});

describe('an answering machine', () => {
	test('is hung up on, and called again', async () => {
		const number = phone('93');
		const id = await it.launch([{ phone: number }], { voicemail: 'hang_up', retry: { max_attempts: 2, delays_seconds: { voicemail: [1] } } });
		await it.untilCompleted(id);
		assert.deepEqual(await it.outcomes(id), { [number]: 'voicemail' });
		const calls = await it.twilioCallsTo(number);
		assert.deepEqual(calls.map(({ answered_by: who }) => who.slice(0, 7)), ['machine', 'machine']);
		assert.ok((await it.calls(id)).every(({ answered_by: who }) => who.startsWith('machine')));
	});

	test('is left the message, once', async () => {
		const number = phone('93');
		const id = await it.launch([{ phone: number }], { voicemail: 'leave_message', retry: ONCE });
		await it.untilCompleted(id);
		assert.deepEqual(await it.outcomes(id), { [number]: 'voicemail' });
		const { heard } = only(await it.twilioCallsTo(number));
		assert.ok(heard.some(({ verb }) => verb === 'Play'), JSON.stringify(heard));
	});

	test('is spoken to like anyone when nobody looks', async () => {
		const number = phone('93');
		const id = await it.launch([{ phone: number }], { voicemail: 'ignore' });
		await it.untilCompleted(id);
		assert.deepEqual(await it.outcomes(id), { [number]: 'answered' });
		assert.equal(only(await it.twilioCallsTo(number)).params.MachineDetection, undefined);
	});
});

describe('who may not or cannot be called', () => {
	test('a number that Twilio refuses for good is invalid, and not tried again', async () => {
		const leads = ['80', '81'].map((ending) => ({ phone: phone(ending) }));
		const id = await it.launch([...leads, { phone: phone() }]);
		const status = await it.untilCompleted(id);
		assert.deepEqual(status.outcomes, { invalid_number: 2, answered: 1 });
		for (const { phone: number } of leads)
			assert.equal((await it.dials()).filter(({ form }) => form.get('To') === number).length, 1);
	});

	test('a number that is suppressed while the campaign waits for it', async () => {
		const [first, second] = [phone('90'), phone('90')];
		const id = await it.launch([{ phone: first }, { phone: second }], { retry: { max_attempts: 2, delays_seconds: { busy: [2] } } });
		await it.untilStatus(id, ({ counts }) => counts.waiting === 2);
		await it.suppress(first);
		await it.untilCompleted(id);
		assert.deepEqual(await it.outcomes(id), { [first]: 'suppressed', [second]: 'busy' });
		only(await it.twilioCallsTo(first));
	});

	test('a lead without what the script needs waits, and ends incomplete when all others are done', async () => {
		const { id: agent } = await it.createAgent({ script: 'Hello {{first_name}}, about your {{car}}.' });
		const [with_, without, again] = [{ phone: phone(), name: 'Ada', car: 'Mini' }, { phone: phone(), name: 'Bob' }, { phone: phone('90'), name: 'Cy', car: 'Golf' }];
		const id = await it.launch([without, with_, again], { agent_id: agent, retry: { max_attempts: 2, delays_seconds: { busy: [2] } } });
		const status = await it.untilStatus(id, ({ counts, blocked }) => counts.waiting === 1 && counts.done === 1 && blocked.missing_variable === 1);
		assert.equal(status.counts.pending, 1);
		const lead = (await it.leads(id)).find(({ phone: number }) => number === without.phone);
		assert.match(lead.reason, /car/);
		await it.untilCompleted(id);
		assert.deepEqual(await it.outcomes(id), { [without.phone]: 'incomplete', [with_.phone]: 'answered', [again.phone]: 'busy' });
		assert.deepEqual(await it.twilioCallsTo(without.phone), []);
	});

	test('a refused caller id pauses the campaign, and no lead is spent', async () => {
		const id = await it.launch(people(3, '00'), { caller_id: '+14155550199' });
		await it.untilState(id, 'paused');
		const status = await it.untilStatus(id, ({ counts }) => counts.pending === 3);
		assert.match(status.state_reason, /\.$/);
		assert.equal(status.attempts, 0);
		assert.ok((await it.leads(id)).every(({ attempts, outcome }) => attempts === 0 && outcome === null));
		await it.changeCampaign(id, { caller_id: it.settings.TWILIO_CALLER_ID });
		await it.resume(id);
		await it.untilCompleted(id);
	});

	test('outside the hours nobody is called, and the status says so', async () => {
		const day = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][(new Date().getUTCDay() + 3) % 7];
		const id = await it.launch(people(2, '00'), { timezone: 'UTC', calling_hours: { days: [day], start: '00:00', end: '24:00' } });
		const status = await it.untilStatus(id, ({ blocked }) => blocked.outside_hours === 2);
		assert.ok(Date.parse(status.next_call_at) > Date.now() + 86_400_000);
		const [lead] = await it.leads(id);
		assert.match(lead.reason, /hours/);
		await it.changeCampaign(id, { calling_hours: { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], start: '00:00', end: '24:00' } });
		await it.untilCompleted(id);
	});
});

describe('exports', () => {
	test('hold every lead and call, and nothing that a spreadsheet would run', async () => {
		const number = phone('96');
		const id = await it.launch([{ phone: number, name: '=HYPERLINK("http://evil.example")', note: '+cmd' }]);
		await it.untilCompleted(id);
		const leads = await it.api(`/api/campaigns/${id}/leads.csv`), calls = await it.api(`/api/campaigns/${id}/calls.csv`);
		for (const { status, headers } of [leads, calls])
			assert.deepEqual([status, headers.get('content-type').slice(0, 8)], [200, 'text/csv']);
		assert.ok(leads.text.includes(number) && leads.text.includes('interested'));
		assert.doesNotMatch(leads.text, /(^|,)"?[=@]/m);
		assert.doesNotMatch(leads.text, /(^|,)"?\+cmd/m);
		assert.ok(calls.text.includes(only(await it.calls(id)).call_sid));
	});
});

test('the events of a campaign are all there, in order', async () => {
	const id = await it.launch(people(3, '96'), { keys: KEYS, retry: SOON });
	const { seq } = await it.untilCompleted(id);
	const { items } = (await it.api(`/api/campaigns/${id}/events?after=0`)).json;
	assert.deepEqual(items.map((event) => event.seq), Array.from({ length: seq }, (_, i) => i + 1));
	assert.deepEqual(items.filter(({ type }) => type === 'state').map(({ state }) => state), ['running', 'completed']);
	await until(async () => (await it.status(id)).seq === seq);
});
