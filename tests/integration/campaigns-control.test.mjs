// Steering a campaign while it runs: its states, its limits, changes to it; and two that share a telephone line.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';

import { wallClock } from '../judge/hours.mjs';
import { ALWAYS, ONCE, people, phone, startCampaigns, until } from '../support/campaign.mjs';

let it;
before(async () => { it = await startCampaigns({ pace: 20 }); });
afterEach(async () => {
	await it.script({ default: {} });
	await it.judged();
});
after(() => it?.stop());

/** A talk goes on until somebody ends it. */
const endless = { queue_seconds: 0.1, ring_seconds: 1e6 };
const queued = { queue_seconds: 1e6 };
const dialled = async (id) => (await it.calls(id)).length;

describe('states', () => {
	test('a campaign without leads does not start', async () => {
		const { id } = await it.createCampaign();
		await it.start(id, { expect: 409 });
		assert.equal((await it.campaign(id)).state, 'draft');
	});

	test('what does not apply is refused with a reason', async () => {
		const { id } = await it.createCampaign();
		for (const word of ['pause', 'resume'])
			await (word === 'pause' ? it.pause : it.resume)(id, { expect: 409 });
		const { json } = await it.api(`/api/campaigns/${id}/pause`, { method: 'POST', body: {} });
		assert.match(json.error.message, /\.$/);
	});

	test('pausing holds within a second, resuming goes on where it was', async () => {
		const id = await it.launch(people(60), { calls_per_second: 20, max_concurrent_calls: 100 });
		await until(async () => await dialled(id) >= 10, { what: 'the first calls' });
		await it.pause(id);
		const status = await it.untilStatus(id, ({ counts }) => counts.calling === 0);
		assert.ok(status.counts.pending > 10, JSON.stringify(status.counts));
		assert.equal(status.state, 'paused');
		assert.match(status.state_reason, /\.$/);
		await it.resume(id);
		await it.untilCompleted(id);
	});

	test('stopping cancels what is queued at Twilio and ends every lead', async () => {
		await it.script({ default: queued });
		const id = await it.launch(people(8), { max_concurrent_calls: 5 });
		await until(async () => await dialled(id) === 5, { what: 'five calls' });
		await it.stopCampaign(id);
		const status = await it.untilStatus(id, ({ counts }) => counts.done === 8);
		assert.deepEqual([status.state, status.outcomes], ['stopped', { stopped: 8 }]);
		for (const { call_sid: sid } of await it.calls(id))
			assert.equal((await it.control(`/twilio/calls/${sid}`)).status, 'canceled');
		await it.resume(id, { expect: 409 });
	});

	test('deleting waits for the end', async () => {
		await it.script({ default: endless });
		const id = await it.launch(people(1));
		await it.untilStatus(id, ({ counts }) => counts.calling === 1);
		const { status } = await it.api(`/api/campaigns/${id}`, { method: 'DELETE' });
		assert.equal(status, 409);
		await it.stopCampaign(id);
		await it.untilStatus(id, ({ counts }) => counts.done === 1);
		await it.deleteCampaign(id);
		assert.equal((await it.api(`/api/campaigns/${id}`)).status, 404);
	});
});

describe('limits', () => {
	test('no more calls at once than allowed, though many wait', async () => {
		await it.script({ default: { ring_seconds: 20 } });
		const id = await it.launch(people(12), { max_concurrent_calls: 3 });
		await it.untilCompleted(id);
		const lines = (await it.calls(id)).flatMap(({ placed_at: from, ended_at: to }) => [[Date.parse(from), 1], [Date.parse(to), -1]]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
		let live = 0, most = 0;
		for (const [, step] of lines)
			most = Math.max(most, live += step);
		assert.equal(most, 3, 'all the lines are used');
	});

	test('a day\'s calls', async () => {
		const id = await it.launch(people(6), { daily_cap: 4, timezone: 'Pacific/Honolulu' });
		const status = await it.untilStatus(id, ({ counts, blocked }) => counts.done === 4 && blocked.daily_cap === 2);
		assert.deepEqual([status.placed_today, status.daily_cap], [4, 4]);
		assert.ok(Date.parse(status.next_call_at) > Date.now());
		await it.changeCampaign(id, { daily_cap: 5 });
		await it.untilStatus(id, ({ counts }) => counts.done === 5);
		await it.stopCampaign(id);
		await it.untilStatus(id, ({ counts }) => counts.done === 6);
	});

	test('a slow pace of its own, below the account\'s', async () => {
		const id = await it.launch(people(8), { calls_per_second: 4 });
		await it.untilCompleted(id);
	});

	test('a pace below one', async () => {
		const id = await it.launch(people(3), { calls_per_second: 0.8 });
		await it.untilCompleted(id);
	});

	test('two campaigns share the account\'s pace, and both get on', async () => {
		const [one, two] = [await it.launch(people(40), { calls_per_second: 50 }), await it.launch(people(40), { calls_per_second: 50 })];
		const { counts } = await it.untilStatus(one, (status) => status.counts.done >= 20);
		const other = await it.status(two);
		assert.ok(other.counts.pending < 40, `${counts.done} of the one, ${other.counts.pending} of the other still wait`);
		await it.untilCompleted(one);
		await it.untilCompleted(two);
	});

	test('two campaigns never call one number at once', async () => {
		await it.script({ default: { ring_seconds: 20 } });
		const leads = people(5);
		const [one, two] = [await it.launch(leads), await it.launch(leads)];
		await it.untilCompleted(one);
		await it.untilCompleted(two);
		for (const { phone: number } of leads)
			assert.equal((await it.twilioCallsTo(number)).length, 2);
	});
});

describe('the clocks where people are', () => {
	const clock = (minutes) => `${String(Math.floor(minutes % 1440 / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
	/** Half an hour by the wall's clock of a zone that begins that many minutes after the present one. */
	const window = (zone, later) => {
		const from = wallClock(zone, Date.now()).minutes + later;
		return { start: clock(from), end: clock(from + 30) };
	};

	test('one moment is within the hours of some zones and not of others, until they come there too', async () => {
		const numbers = { newYork: '+12122000100', chicago: '+13122000100', losAngeles: '+14152999900', honolulu: '+18082000100', london: '+442079460000' };
		const moved = '+14152999800', away = '+12122000200'; // their own zone is not their number's
		const leads = [...Object.values(numbers).map((number) => ({ phone: number })), { phone: moved, timezone: 'America/New_York' }, { phone: away, timezone: 'Asia/Tokyo' }];
		const id = await it.launch(leads, { recipient_hours: window('America/New_York', 0), retry: ONCE });
		const status = await it.untilStatus(id, ({ counts, blocked }) => counts.done === 2 && blocked.recipient_hours === 5);
		assert.equal(status.counts.pending, 5);
		assert.ok(Date.parse(status.next_call_at) > Date.now());
		assert.deepEqual((await it.leads(id)).filter(({ state }) => state === 'done').map((lead) => lead.phone).sort(), [numbers.newYork, moved].sort());

		// The hours come to Chicago with the next full minute, and to nobody else.
		const begins = Math.ceil((Date.now() + 5000) / 60_000) * 60_000;
		await it.changeCampaign(id, { recipient_hours: window('America/Chicago', Math.round((begins - Math.floor(Date.now() / 60_000) * 60_000) / 60_000)) });
		await it.untilStatus(id, ({ counts }) => counts.done === 3, { seconds: 100 });
		const [placed] = await it.calls(id, `?lead=${(await it.leads(id)).find((lead) => lead.phone === numbers.chicago).id}`);
		assert.ok(Date.parse(placed.placed_at) >= begins, `placed at ${placed.placed_at}, before ${new Date(begins).toISOString()}`);
		assert.equal((await it.status(id)).blocked.recipient_hours, 4);
		await it.stopCampaign(id);
		await it.untilStatus(id, ({ counts }) => counts.done === leads.length);
	});
});

describe('changes while it runs', () => {
	test('a slower pace, fewer lines and other hours count from their answer on', async () => {
		const id = await it.launch(people(60), { calls_per_second: 20, max_concurrent_calls: 50 });
		await until(async () => await dialled(id) >= 10);
		await it.changeCampaign(id, { calls_per_second: 5 });
		await until(async () => await dialled(id) >= 20);
		await it.changeCampaign(id, { max_concurrent_calls: 1, calls_per_second: 20 });
		await until(async () => await dialled(id) >= 25);
		const day = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][(new Date().getUTCDay() + 3) % 7];
		await it.changeCampaign(id, { timezone: 'UTC', calling_hours: { days: [day], start: '00:00', end: '24:00' } });
		await it.untilStatus(id, ({ counts, blocked }) => counts.calling === 0 && blocked.outside_hours === counts.pending);
		await it.changeCampaign(id, { calling_hours: ALWAYS, max_concurrent_calls: 50 });
		await it.untilCompleted(id);
	});

	test('another script is what the next ones hear', async () => {
		const agent = await it.createAgent({ script: 'The first words.' });
		const id = await it.launch(people(20), { agent_id: agent.id, calls_per_second: 4, max_concurrent_calls: 1 });
		await until(async () => await dialled(id) >= 3);
		await it.ask(`/api/agents/${agent.id}`, { method: 'PATCH', body: { script: 'Entirely different words.' } });
		await it.changeCampaign(id, { calls_per_second: 20, max_concurrent_calls: 10 });
		await it.untilCompleted(id);
		const played = new Set((await it.twilioCalls()).filter(({ params }) => params.Url.includes('att='))
			.slice(-20).map(({ heard }) => heard.find(({ verb }) => verb === 'Play')?.url.replace(/\?.*/, '')));
		assert.equal(played.size, 2);
	});

	test('leads that come later are called too', async () => {
		await it.script({ default: { ring_seconds: 15 } });
		const id = await it.launch(people(2), { retry: ONCE, max_concurrent_calls: 1 });
		const late = phone();
		const answer = await it.importLeads(id, `phone,name\n${late},Late\n${late},Again\nnobody,Wrong\n`);
		assert.deepEqual([answer.accepted, answer.duplicates, answer.rejected.map(({ row }) => row)], [1, 1, [4]]);
		await it.untilCompleted(id);
		assert.equal((await it.outcomes(id))[late], 'answered');
	});
});
