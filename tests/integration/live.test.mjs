// The live feed through the real nginx: who may read, what comes first, that nothing is
// missing afterwards, and that whatever is restarted, a reader is never silently wrong.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { people, startCampaigns } from '../support/campaign.mjs';
import { campaignId, happen, read } from '../support/live.mjs';
import { root, startStack, until } from '../support/stack.mjs';

const build = process.env.PARLEY_BUILD || join(root, 'build-test');
const [A, B, C] = ['A', 'B', 'C'].map(campaignId);
const kinds = ['websocket', 'eventsource'];

describe('the live feed', () => {
	let stack, relay;

	const startRelay = () => {
		const child = spawn(join(build, 'bench/live-relay'), ['--env', join(stack.state, 'parley.env')],
			{ env: { ...process.env, ...stack.env, PARLEY_RUN_DIR: join(stack.state, 'run') }, stdio: ['ignore', 'ignore', 'inherit'] });
		child.ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
		return child;
	};
	const api = (path, headers = { authorization: `Bearer ${stack.settings.ORCHESTRATOR_API_KEY}` }) => fetch(`${stack.url}${path}`, { headers });
	const eventsAfter = async (campaign, seq) => (await (await api(`/api/campaigns/${campaign}/events?after=${seq}&limit=10000`)).json()).items;
	const seen = (reader, seq) => until(() => reader.view.last === seq, { what: `event ${seq} (at ${reader.view.last}; ${reader.view.faults})` });

	before(async () => {
		spawnSync('make', ['-C', build, 'bench/live-relay'], { stdio: 'ignore' });
		stack = await startStack({ sandbox: false, runner: false });
		relay = startRelay();
	});
	after(async () => {
		relay?.kill('SIGTERM');
		const code = await relay?.ended;
		await stack?.stop();
		assert.equal(code, 0);
	});

	for (const by of kinds) {
		test(`by ${by}: nobody reads without the key, and nothing that is not there`, async () => {
			await happen(stack, A, 1);
			for (const [campaign, headers, status, code] of [
				[A, {}, 401, 'unauthorized'], [A, { authorization: 'Bearer wrong' }, 401, 'unauthorized'],
				[B, undefined, 404, 'not_found'], ['a%2e', undefined, 404, 'not_found'], [`${A}/x`, undefined, 404, 'not_found'],
			]) {
				const answer = await read(stack, campaign, { by, headers }).opened;
				assert.equal(answer.status, status, campaign);
				assert.equal(JSON.parse(answer.body).error.code, code);
			}
		});

		test(`by ${by}: a status first, then every event`, async () => {
			const last = await happen(stack, A, 3);
			const reader = read(stack, A, { by });
			await until(() => reader.view.messages > 0, { what: 'the first message' });
			assert.equal(reader.view.first.type, 'status');
			assert.equal(reader.view.first.status.state, 'running');
			await seen(reader, last);
			for (let i = 1; i <= 5; i++)
				await happen(stack, A, 2);
			await seen(reader, last + 10);
			assert.deepEqual(reader.view.faults, []);
			assert.equal(reader.view.jumps, 0);
			reader.close();
		});
	}

	test('a campaign whose feed was never read gives its status at once', async () => {
		await stack.redis('hset', `parley:campaign:${B}`, 'state', 'draft');
		const reader = read(stack, B);
		await until(() => reader.view.messages > 0, { what: 'a status' });
		assert.equal(reader.view.first.status.seq, 0);
		reader.close();
	});

	test('an ordinary request is told how to ask', async () => {
		assert.equal((await api(`/live/campaigns/${A}`)).status, 400);
		assert.equal((await fetch(`${stack.url}/live/campaigns/${A}`, { method: 'POST' })).status, 405);
		assert.equal((await api(`/-live/${A}`)).status, 404);
	});

	test('a reader cannot say where to begin', async () => {
		const reader = read(stack, A, { by: 'eventsource', headers: { authorization: `Bearer ${stack.settings.ORCHESTRATOR_API_KEY}`, 'last-event-id': '1:0' } });
		await until(() => reader.view.messages > 0);
		assert.equal(reader.view.first.type, 'status');
		reader.close();
	});

	test('nobody publishes from outside', async () => {
		for (const path of [`/status/${A}`, `/event/${A}`])
			assert.equal((await fetch(`${stack.url}${path}`, { method: 'POST', body: '{}' })).status, 404);
	});

	test('what was missed between two connections is read from the API', async () => {
		const first = read(stack, A);
		await until(() => first.view.messages > 0);
		const last = await happen(stack, A, 1);
		await seen(first, last);
		first.close();
		const later = await happen(stack, A, 7);
		const second = read(stack, A);
		await seen(second, later);
		const items = await eventsAfter(A, last);
		assert.deepEqual(items.map((item) => item.seq), [1, 2, 3, 4, 5, 6, 7].map((n) => last + n));
		second.close();
	});

	test('hundreds of readers come and go while events are written: none sees a gap', async () => {
		let last = 0, done = false;
		const readers = [], faults = [];
		let views = 0, jumps = 0;
		const live = async (n) => {
			while (!done) {
				const reader = read(stack, C, { by: kinds[n % 3 === 0 ? 1 : 0] });
				readers[n] = reader;
				await reader.opened;
				await Promise.race([new Promise((resolve) => setTimeout(resolve, 100 + 2000 * Math.random())), finished]);
				if (!done)
					reader.close();
				views++;
				jumps += reader.view.jumps;
				faults.push(...reader.view.faults);
			}
		};
		let finish;
		const finished = new Promise((resolve) => { finish = resolve; });
		await happen(stack, C, 1);
		const all = Array.from({ length: 300 }, (_, n) => live(n));
		await until(() => readers.filter((reader) => reader?.view.messages > 0).length > 200, { what: 'readers' });
		for (let i = 0; i < 150; i++)
			last = await happen(stack, C, 1 + (i % 7));
		done = true;
		finish();
		await Promise.all(all);
		await until(() => readers.every((reader) => reader.view.last === last), { what: 'the last event at every reader' });
		for (const reader of readers) {
			faults.push(...reader.view.faults);
			reader.close();
		}
		assert.deepEqual(faults, []);
		assert.ok(views > 300, `${views} views`);
		assert.ok(jumps < views / 10, `${jumps} jumps in ${views} views`);
	});

	test('relays that follow each other leave no seam', async () => {
		const reader = read(stack, A);
		await until(() => reader.view.messages > 0);
		let last;
		for (let i = 0; i < 5; i++) {
			const next = startRelay();
			last = await happen(stack, A, 3);
			relay.kill('SIGTERM');
			last = await happen(stack, A, 3);
			assert.equal(await relay.ended, 0);
			last = await happen(stack, A, 3);
			relay = next;
			await seen(reader, last);
		}
		assert.deepEqual(reader.view.faults, []);
		assert.equal(reader.view.jumps, 0);
		reader.close();
	});

	test('a relay that is killed is followed by one that begins with a status', async () => {
		const reader = read(stack, A);
		await until(() => reader.view.messages > 0);
		relay.kill('SIGKILL');
		await relay.ended;
		await happen(stack, A, 5);
		relay = startRelay();
		await seen(reader, await happen(stack, A, 1));
		await seen(reader, await happen(stack, A, 5));
		assert.deepEqual(reader.view.faults, []);
		reader.close();
	});

	for (const signal of ['SIGHUP', 'SIGKILL']) {
		test(`nginx gets ${signal} while events are written: readers come back to a status and miss nothing`, async () => {
			const known = new Set();
			const faults = [];
			let stop = false, connections = 0, last = 0, at = 0, reader;
			const following = (async () => {
				while (!stop) {
					reader = read(stack, A, { onMessage: (text) => { const { seq } = JSON.parse(text); known.add(seq); at = seq; } });
					connections++;
					await reader.closed;
					faults.push(...reader.view.faults);
					await new Promise((resolve) => setTimeout(resolve, 50));
				}
			})();
			let from;
			try {
				await until(() => known.size > 0, { what: 'the first status' });
				from = Math.min(...known);
				const master = await stack.pid('nginx.pid');
				for (let i = 0; i < 40; i++) {
					if (i === 10)
						process.kill(master, signal);
					last = await happen(stack, A, 2);
				}
				await until(() => connections > 1 && at === last,
					{ seconds: 30, what: `event ${last} after a restart` }).catch((error) => {
					throw new Error(`${error.message}: at ${at}, ${connections} connections`);
				});
			} finally {
				stop = true;
				reader.close();
				await following;
			}
			assert.deepEqual(faults, []);
			for (const item of await eventsAfter(A, from))
				known.add(item.seq);
			for (let seq = from; seq <= last; seq++)
				assert.ok(known.has(seq), `event ${seq}`);
		});
	}

	test('no log names a campaign\'s feed, and nothing of nginx crashed', async () => {
		const log = await stack.logs('access.log');
		assert.match(log, /"path":"\/live\/campaigns\/-"/);
		assert.doesNotMatch(log, new RegExp(A));
		assert.doesNotMatch(await readFile(join(stack.state, 'log/nginx-error.log'), 'utf8'), /exited on signal (?!9)/);
	});
});

describe('the live feed of a campaign at work', () => {
	let it;
	before(async () => { it = await startCampaigns(); });
	after(() => it?.stop());

	test('every change of it, in order, and statuses that agree with the API; its end sends the readers away', async () => {
		const { id } = await it.createCampaign();
		await it.importLeads(id, people(20, '00'));
		const events = [], statuses = [];
		const readers = kinds.map((by) => read(it, id, { by, onMessage: (text) => {
			const message = JSON.parse(text);
			(message.type === 'status' ? statuses : events).push(message);
		} }));
		await until(() => readers.every((reader) => reader.view.messages > 0), { what: 'a first status', seconds: 30 });
		assert.equal(readers[0].view.first.status.state, 'draft');
		await it.start(id);
		const end = await it.untilCompleted(id);
		await until(() => readers.every((reader) => reader.view.last === end.seq), { what: 'the last event' });
		for (const { view } of readers) {
			assert.deepEqual(view.faults, []);
			assert.equal(view.jumps, 0);
		}
		const { items } = await it.ask(`/api/campaigns/${id}/events?after=0&limit=10000`);
		assert.deepEqual(items.map(({ seq }) => seq), Array.from({ length: end.seq }, (_, i) => i + 1));
		for (const event of events)
			assert.deepEqual(event, items[event.seq - 1]);
		assert.equal(events.length, 2 * items.length);
		await until(() => statuses.filter(({ seq }) => seq === end.seq).length >= 2, { what: 'the last status' });
		for (const name of ['id', 'state', 'counts', 'outcomes', 'attempts', 'daily_cap', 'blocked'])
			assert.deepEqual(statuses.at(-1).status[name], end[name], name);
		await it.ask(`/api/campaigns/${id}`, { method: 'DELETE', expect: 204 });
		await Promise.all(readers.map((reader) => reader.closed));
		assert.equal((await read(it, id).opened).status, 404);
	});
});
