// What the console reads of campaigns besides the contract, on a whole stack: a call step by step, calls over time and over
// all campaigns, a redial that processes die in, and long files of numbers that must not be called.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { ONCE, people, startCampaigns, until } from '../support/campaign.mjs';

const sum = (numbers) => numbers.reduce((total, n) => total + n, 0);

describe('campaigns as the console reads them', () => {
	let it;

	before(async () => { it = await startCampaigns(); });
	after(() => it?.stop());

	test('a call tells what happened to it, in order, and its lead tells its calls', async () => {
		const leads = [...people(1, '96'), ...people(1, '90'), ...people(1, '95')];
		const id = await it.launch(leads, { retry: { max_attempts: 2, delays_seconds: { busy: [1] } } });
		await it.untilCompleted(id);
		const calls = await it.calls(id);
		const timeline = async (call) => (await it.ask(`/api/campaigns/${id}/calls/${call.id}`)).timeline;
		for (const call of calls) {
			const steps = await timeline(call);
			assert.deepEqual(steps.map(({ at }) => at), steps.map(({ at }) => at).sort(), 'in order');
			assert.equal(steps[0].event, 'claimed');
			assert.equal(steps.filter(({ event }) => event === 'settled').length, 1, JSON.stringify(steps));
			assert.ok(steps.some(({ event }) => event === 'taken'));
		}
		const [, busy] = await it.leads(id);
		const one = await it.ask(`/api/campaigns/${id}/leads/${busy.id}`);
		assert.deepEqual(one.calls.map(({ status }) => status), ['busy', 'busy']);
		const [last, first] = await Promise.all(one.calls.map(timeline));
		assert.match(first.at(-1).text, /attempt 1 of 2/);
		assert.ok(first.at(-1).next_call_at);
		assert.match(last.at(-1).text, /attempt 2 of 2, the last/);
		const pressed = calls.find(({ outcome }) => outcome === 'interested');
		assert.ok((await timeline(pressed)).some(({ event, value }) => event === 'digits' && value === '1'));
		const gone = await it.ask(`/api/campaigns/${id}/leads/3`);
		assert.equal(gone.do_not_call.phone, leads[2].phone);
		await it.unsuppress(leads[2].phone);

		// the same over time
		const series = await it.ask(`/api/campaigns/${id}/series`);
		assert.equal(sum(series.placed), calls.length);
		assert.equal(sum(Object.values(series.outcomes).flat()), calls.length);
		assert.equal(sum(series.outcomes.busy), 2);
	});

	test('the calls of all campaigns come in exact pages while others are placed', async () => {
		const old = (await it.list('/api/calls')).map((call) => call.id);
		const id = await it.launch(people(60, '00'), { retry: ONCE, calls_per_second: 20 });
		const seen = [];
		await until(async () => (await it.status(id)).attempts > 5, { what: 'the first calls' });
		for (let cursor = ''; cursor !== null;) {
			const page = await it.ask(`/api/calls?limit=2${cursor && `&cursor=${cursor}`}`);
			seen.push(...page.items.map((call) => call.id));
			cursor = page.next_cursor;
		}
		assert.equal(new Set(seen).size, seen.length, 'none twice');
		for (const call of old) assert.ok(seen.includes(call), 'none lost');
		await it.untilCompleted(id);
		const all = await it.list(`/api/calls?campaign=${id}`);
		assert.equal(all.length, 60);
		assert.deepEqual((await it.list(`/api/calls?phone=${encodeURIComponent(all[7].phone)}`)).map((call) => call.id), [all[7].id]);
		assert.equal((await it.list(`/api/calls?campaign=${id}&outcome=busy`)).length, 0);
	});

	test('a redial holds each unreached lead once, though runners die while it is made', async () => {
		const COUNT = 30_000;
		const campaign = await it.createCampaign({ retry: ONCE });
		const csv = ['phone,name', ...Array.from({ length: COUNT }, (_, i) => `+1415${String(3_000_000 + i)},Ada ${i}`)].join('\n');
		await it.importLeads(campaign.id, csv);
		await it.start(campaign.id);
		await it.stopCampaign(campaign.id);
		await it.untilStatus(campaign.id, (status) => status.counts.done === COUNT, { seconds: 60, what: 'the end' });
		await it.suppress('+14153000007');
		const unreached = (await it.status(campaign.id)).outcomes.stopped - 1;
		const made = await it.ask(`/api/campaigns/${campaign.id}/redial`, { method: 'POST', expect: 201, body: { outcomes: ['stopped'] } });
		assert.match(made.state_reason, /Copying the leads/);
		await it.ask(`/api/campaigns/${campaign.id}`, { method: 'DELETE', expect: 409 });
		await it.ask(`/api/campaigns/${made.id}/start`, { method: 'POST', body: {}, expect: 409 });
		assert.ok(await it.killRunners() > 0);
		await until(async () => /Holds the/.test((await it.campaign(made.id)).state_reason), { seconds: 90, what: 'the copy' });
		const { counts } = await it.status(made.id);
		assert.equal(counts.total, unreached);
		assert.equal((await it.ask(`/api/campaigns/${made.id}/leads?search=${encodeURIComponent('+14153000007')}`)).items.length, 0);
		assert.equal((await it.ask(`/api/campaigns/${made.id}/leads?search=${encodeURIComponent('+14153029999')}`)).items.length, 1);
		await it.deleteCampaign(campaign.id);
		await it.unsuppress('+14153000007');
		await it.deleteCampaign(made.id);
	});

	test('a long list of numbers is imported whole and exported whole', async () => {
		const COUNT = 50_000;
		const csv = ['phone,reason', ...Array.from({ length: COUNT }, (_, i) => `+1415${String(4_000_000 + i)},=letter ${i}`)].join('\n');
		const started = Date.now();
		const report = await it.ask('/api/do-not-call/import', { method: 'POST', body: csv });
		assert.deepEqual([report.added, report.already, report.rejected_count], [COUNT, 0, 0]);
		assert.ok(Date.now() - started < 60_000);
		assert.deepEqual((await it.ask('/api/do-not-call?search=%2B14154049999')).items.map(({ reason }) => reason), ['=letter 49999']);
		const { text } = await it.api('/api/do-not-call.csv');
		assert.equal(text.trimEnd().split('\r\n').length, COUNT + 1);
		assert.ok(text.includes("+14154000000,'=letter 0,import,"));
	});
});
