// Campaigns while Twilio, its callbacks and our own processes fail: nobody is called twice for one attempt, nothing is
// lost, and what is not known is found out. A conversation by an agent of ElevenLabs' stands here too, for it can fail.
import assert from 'node:assert/strict';
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';

import { ONCE, people, phone, startCampaigns, until } from '../support/campaign.mjs';

let it;
before(async () => { it = await startCampaigns({ hostile: true }); });
afterEach(async () => {
	await it.clearFaults();
	await it.deadCalm();
});
after(() => it?.stop());

const patient = { seconds: 60 };
// What is not known takes a minute and a half until it is certain: waited for in the end, all together.
const unsure = [];
const dialsTo = async (number) => (await it.dials()).filter(({ form }) => form.get('To') === number);

describe('a dial', () => {
	test('that Twilio refuses for haste is no attempt, and made later', async () => {
		await it.twilioFault('status', { status: 429, body: JSON.stringify({ code: 20429, message: 'Too Many Requests', status: 429 }), headers: { 'content-type': 'application/json' }, times: 3 });
		const leads = people(5);
		const id = await it.launch(leads, { retry: ONCE });
		await it.untilCompleted(id, patient);
		assert.ok((await it.leads(id)).every(({ attempts, outcome }) => attempts === 1 && outcome === 'answered'));
		assert.equal((await it.dials()).filter(({ status, form }) => status === 429 && leads.some(({ phone: one }) => one === form.get('To'))).length, 3);
	});

	for (const mode of ['cut_after', 'malformed', 'truncate'])
		test(`whose answer is lost (${mode}) is known by its callback, and not made again`, async () => {
			const number = phone('96');
			await it.twilioFault(mode);
			const id = await it.launch([{ phone: number }], { retry: ONCE });
			await it.untilCompleted(id, patient);
			assert.deepEqual(await it.outcomes(id), { [number]: 'interested' });
			assert.equal((await dialsTo(number)).length, 1);
		});

	test('answered with 503 without effect holds the number until it is sure, while others go on', async () => {
		await it.twilioFault('status', { status: 503, body: '' });
		const [first, ...others] = people(4);
		const id = await it.launch([first, ...others], { retry: ONCE, calls_per_second: 10, max_concurrent_calls: 2 });
		await it.untilStatus(id, ({ counts }) => counts.done === 3);
		const [call] = await it.calls(id, `?lead=${(await it.leads(id)).find(({ state }) => state === 'calling').id}`);
		assert.equal(call.status, 'unknown');
		assert.ok((await it.logs()).includes('"call.unknown_outcome"'));
		unsure.push(id);
	});
});

describe('callbacks', () => {
	for (const [name, mode] of [['doubled', { duplicate: 2 }], ['out of order', { reorder: true }], ['without their beginning', { lose: ['initiated', 'ringing', 'answered'] }]])
		test(`${name} settle each call once`, async () => {
			await it.callbacks(mode);
			const leads = ['96', '95', '90', '91', '00'].map((ending) => ({ phone: phone(ending) }));
			const id = await it.launch(leads);
			const { outcomes } = await it.untilCompleted(id, patient);
			assert.deepEqual(outcomes, { interested: 1, opted_out: 1, busy: 1, no_answer: 1, answered: 1 });
		});

	test('that never come are made up for by asking', async () => {
		await it.callbacks({ enabled: false });
		const [talked, busy] = [phone('96'), phone('90')];
		const id = await it.launch([{ phone: talked }, { phone: busy }], { retry: ONCE });
		await it.untilCompleted(id, { seconds: 60 });
		assert.deepEqual(await it.outcomes(id), { [talked]: 'interested', [busy]: 'busy' });
	});
});

describe('killed', () => {
	const leads = () => [...people(20, '00'), ...people(5, '96'), ...people(5, '90')];

	test('the runner in the middle', async () => {
		const id = await it.launch(leads(), { calls_per_second: 10 });
		for (let round = 1; round <= 3; round++) {
			await it.untilStatus(id, ({ counts }) => counts.done + counts.calling >= round * 5);
			assert.ok(await it.killRunners() > 0, 'no runner was there to be killed');
		}
		await it.untilStatus(id, ({ counts }) => counts.pending === 0);
		unsure.push(id);
	});

	test('Redis in the middle', async () => {
		const id = await it.launch(leads(), { calls_per_second: 10 });
		for (let round = 1; round <= 2; round++) {
			await it.untilStatus(id, ({ counts }) => counts.done + counts.calling >= round * 8);
			const pid = await it.kill('redis.pid');
			await until(async () => await it.pid('redis.pid') !== pid && await it.redis('ping') === 'PONG', { what: 'Redis started again' });
		}
		await it.untilStatus(id, ({ counts }) => counts.pending === 0);
		unsure.push(id);
	});

	test('Redis while somebody asks not to be called again: the wish is kept, and nobody calls them', async () => {
		const [number, before] = [phone(), await it.pid('redis.pid')], conf = join(it.state, 'redis/redis.conf'), heard = join(it.state, 'data/heard');
		await it.behave(number, { ring_seconds: 1, turns: [{ digits: '9', after_seconds: 6 }] });
		await it.script({ speed: 1 });
		const id = await it.launch([{ phone: number }]);
		await it.untilStatus(id, ({ counts }) => counts.calling === 1);
		await until(async () => (await it.calls(id)).some(({ status }) => status === 'in-progress'), { what: 'the call answered' });
		await rename(conf, `${conf}.away`); // its keeper cannot start it again
		try {
			await it.kill('redis.pid');
			await until(async () => (await readdir(heard).catch(() => [])).length === 1, { what: 'the key kept on the disk' });
		} finally {
			await rename(`${conf}.away`, conf);
			await it.script({ speed: 50 });
		}
		await until(async () => await it.pid('redis.pid') !== before && await it.redis('ping') === 'PONG', { what: 'Redis started again', seconds: 60 });
		await until(() => it.suppressed(number), { what: 'the number on the list' });
		await it.untilCompleted(id, patient);
		assert.deepEqual(await it.outcomes(id), { [number]: 'opted_out' });
		const again = await it.launch([{ phone: number }], { retry: ONCE });
		await it.untilCompleted(again, patient);
		assert.deepEqual(await it.outcomes(again), { [number]: 'suppressed' });
		assert.equal((await dialsTo(number)).length, 1);
		assert.deepEqual(await readdir(heard), []);
	});

	test('the programs that Twilio asks', async () => {
		const id = await it.launch(leads(), { calls_per_second: 10 });
		for (let round = 1; round <= 3; round++) {
			await it.untilStatus(id, ({ counts }) => counts.done + counts.calling >= round * 5);
			await it.killProgram('twilio');
		}
		await it.untilStatus(id, ({ counts }) => counts.pending === 0);
		unsure.push(id);
	});
});

describe('a conversation', () => {
	const talking = { mode: 'conversation', retry: ONCE };

	test('hands the answered call to the agent, with what is known of the lead', async () => {
		const number = phone();
		const id = await it.launch([{ phone: number, name: 'Ada Lovelace', city: 'London' }], talking);
		await it.untilCompleted(id);
		assert.deepEqual(await it.outcomes(id), { [number]: 'answered' });
		const [{ heard }] = await it.twilioCallsTo(number);
		const { parameters } = heard.find(({ verb }) => verb === 'Connect');
		assert.deepEqual([parameters.name, parameters.city], ['Ada Lovelace', 'London']);
	});

	test('that ElevenLabs refuses ends the call, which is no attempt', async () => {
		const number = phone();
		await it.control('/faults', { method: 'POST', body: { vendor: 'elevenlabs', match: { path: 'register-call' }, mode: 'status', status: 500, body: '' } });
		const id = await it.launch([{ phone: number }], talking);
		const { attempts } = await it.untilStatus(id, ({ counts }) => counts.waiting === 1);
		assert.equal(attempts, 0);
		await it.stopCampaign(id);
		await it.untilStatus(id, ({ counts }) => counts.done === 1);
		assert.equal((await it.twilioCallsTo(number)).length, 1);
	});
});

test('what was unsure is settled, and the judge finds nothing', async () => {
	for (const id of unsure)
		await it.untilCompleted(id, { seconds: 180 });
	await it.judged();
});
