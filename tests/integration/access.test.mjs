// Who may do what, through the real nginx and every program: the key, sessions, roles, tokens, foreign sites, the brake on guessing,
// what viewers see, and the trail of it all.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { campaignId, happen, read } from '../support/live.mjs';
import { root, startStack, until } from '../support/stack.mjs';
import { operator, post, signIn } from '../support/visitor.mjs';

const build = process.env.PARLEY_BUILD || join(root, 'build-test');
const NUMBER = '+14155550100', MASKED = '+1••••••0100';

describe('access', () => {
	let stack, relay, viewer, worker, admin, campaign;
	const key = { authorization: '' };

	before(async () => {
		spawnSync('make', ['-C', build, 'bench/live-relay'], { stdio: 'ignore' });
		stack = await startStack({ sandbox: false, runner: false });
		key.authorization = `Bearer ${stack.settings.ORCHESTRATOR_API_KEY}`;
		relay = spawn(join(build, 'bench/live-relay'), ['--env', join(stack.state, 'parley.env')],
			{ env: { ...process.env, ...stack.env, PARLEY_RUN_DIR: join(stack.state, 'run') }, stdio: ['ignore', 'ignore', 'inherit'] });
		relay.ended = new Promise((resolve) => relay.once('exit', resolve));
		viewer = await signIn(stack, await operator(stack, 'viewer'));
		worker = await signIn(stack, await operator(stack, 'operator'));
		admin = await signIn(stack, await operator(stack, 'admin'));
	}, { timeout: 180_000 });
	after(async () => {
		relay?.kill('SIGTERM');
		await relay?.ended;
		await stack?.stop();
	});

	test('an operator makes a campaign with a session as an integration does with the key', async () => {
		const agent = await worker.ask('POST', '/api/agents', { name: 'A', script: 'Hello {{first_name}}' });
		assert.equal(agent.status, 201, agent.text);
		const made = await worker.ask('POST', '/api/campaigns', { name: 'C', agent_id: agent.json.id, mode: 'broadcast', timezone: 'America/New_York', caller_id: '+14155550199' });
		assert.equal(made.status, 201, made.text);
		campaign = made.json.id;
		const leads = await worker.ask('POST', `/api/campaigns/${campaign}/leads`, { leads: [{ phone: NUMBER, name: 'Ada Lovelace', mail: 'ada@example.com' }] });
		assert.equal(leads.json.accepted, 1, leads.text);
		assert.equal((await worker.ask('POST', '/api/do-not-call', { phone: '+14155550111' })).status, 201);
	});

	test('each program asks for the role that its routes need', async () => {
		const rows = [
			['GET', '/api/campaigns', 200, 200, 200], ['GET', '/api/agents', 200, 200, 200], ['GET', '/api/do-not-call', 200, 200, 200],
			['GET', '/api/interviews', 200, 200, 200], ['GET', '/api/account', 200, 200, 200], ['GET', '/console/account', 200, 200, 200],
			['POST', '/api/campaigns', 403, 400, 400], ['POST', '/api/campaigns/none/pause', 403, 404, 404], ['PATCH', '/api/agents/none', 403, 404, 404],
			['POST', '/api/do-not-call', 403, 400, 400], ['DELETE', '/api/do-not-call/+14155550122', 403, 404, 404],
			['POST', '/api/interviews/none/revoke', 403, 404, 404], ['POST', '/api/voice/test', 403, 400, 400], ['POST', '/api/account/password', 400, 400, 400],
			['GET', '/api/operators', 403, 403, 200], ['GET', '/api/audit', 403, 403, 200], ['GET', '/console/operators', 403, 403, 200], ['GET', '/console/audit', 403, 403, 200],
		];
		for (const [method, path, ...wanted] of rows) {
			const body = method === 'GET' || method === 'DELETE' ? undefined : {};
			for (const [i, who] of [viewer, worker, admin].entries()) {
				const { status, text } = await who.ask(method, path, body);
				assert.equal(status, wanted[i], `${method} ${path} by ${who.email}: ${text.slice(0, 200)}`);
			}
			const stranger = await fetch(stack.url + path, { method, redirect: 'manual', headers: body ? { 'content-type': 'application/json' } : {}, body: body && '{}' });
			assert.equal(stranger.status, path.startsWith('/console') ? 303 : 401, path);
		}
		assert.equal((await fetch(`${stack.url}/healthz`)).status, 200);
		assert.equal((await fetch(`${stack.url}/api/campaigns`, { headers: { cookie: admin.cookie, authorization: 'Bearer wrong' } })).status, 401);
	});

	test('a change by cookie needs the page’s token and our own site; the key needs neither', async () => {
		const change = (headers) => fetch(`${stack.url}/api/do-not-call`, { method: 'POST', body: JSON.stringify({ phone: '+14155550133' }), headers: { 'content-type': 'application/json', ...headers } });
		const cookie = { cookie: worker.cookie }, token = { 'x-csrf-token': worker.csrf };
		const code = async (headers, status) => {
			const answer = await change(headers);
			assert.equal(answer.status, status, JSON.stringify(headers));
			return (await answer.json()).error?.code;
		};
		assert.equal(await code(cookie, 403), 'csrf');
		assert.equal(await code({ ...cookie, 'x-csrf-token': admin.csrf }, 403), 'csrf');
		assert.equal(await code({ ...cookie, ...token, origin: 'https://evil.example' }, 403), 'foreign_origin');
		assert.equal(await code({ ...cookie, ...token, 'sec-fetch-site': 'cross-site' }, 403), 'foreign_origin');
		await code({ ...cookie, ...token, origin: stack.url }, 201);
		await code({ ...key, origin: 'https://evil.example' }, 200);
		const login = await post(stack, '/login', { email: worker.email, password: worker.password }, { origin: 'https://evil.example' });
		assert.equal(login.status, 403);
		assert.equal(login.headers.get('set-cookie'), null);
	});

	test('viewers see no telephone number, address or variable that holds one, wherever it is answered', async () => {
		for (const path of [`/api/campaigns/${campaign}/leads`, `/api/campaigns/${campaign}/leads/1`, `/api/campaigns/${campaign}/leads.csv`]) {
			const theirs = (await viewer.ask('GET', path)).text, ours = (await worker.ask('GET', path)).text;
			assert.ok(ours.includes(NUMBER) && ours.includes('ada@example.com'), ours);
			assert.ok(theirs.includes(MASKED) && !theirs.includes(NUMBER), theirs);
			assert.ok(theirs.includes('a•••@example.com') && !theirs.includes('ada@example.com'), theirs);
			assert.ok(theirs.includes('Ada Lovelace'));
		}
		const listed = (await viewer.ask('GET', '/api/do-not-call')).json.items.map(({ phone }) => phone);
		assert.ok(listed.length >= 2 && listed.every((phone) => /^\+1•{6}\d{4}$/.test(phone)), listed.join());
		assert.equal((await fetch(`${stack.url}/api/campaigns/${campaign}/leads/1`, { headers: key }).then((answer) => answer.json())).phone, NUMBER);
	});

	test('the console’s pages show viewers no more than the API', async () => {
		await stack.redis('hset', 'parley:call:masked-1', 'v', 1, 'campaign', campaign, 'lead', 1, 'phone', NUMBER, 'from', '+14155550199', 'status', 'completed',
			'digits', '4242', 'speech', 'call me at noon', 'placed', Date.now(), 'sid', 'CA00000000000000000000000000000001');
		const pages = [`/console/campaigns/${campaign}`, `/console/campaigns/${campaign}/leads/1`, `/console/campaigns/${campaign}/calls/masked-1`,
			'/console/do-not-call', '/console/calls', '/console/', '/console/interviews', '/console/settings'];
		for (const path of pages) {
			const theirs = await viewer.ask('GET', path), ours = await worker.ask('GET', path);
			assert.deepEqual([theirs.status, ours.status], [200, 200], path);
			for (const secret of [NUMBER, NUMBER.slice(1), 'ada@example.com', '+14155550133', '4242', 'call me at noon'])
				assert.ok(!theirs.text.includes(secret), `${path} shows a viewer ${secret}`);
		}
		assert.ok((await worker.ask('GET', pages[1])).text.includes(NUMBER));
		assert.ok((await worker.ask('GET', pages[2])).text.includes('call me at noon'));
		const shown = (await viewer.ask('GET', `/api/campaigns/${campaign}/calls/masked-1`)).text;
		assert.ok(!shown.includes(NUMBER) && !shown.includes('4242') && !shown.includes('at noon'), shown);
	});

	test('the live feed is open to a session; viewers get statuses and read the rest masked', async () => {
		const id = campaignId('V');
		await happen(stack, id, 2);
		for (const by of ['websocket', 'eventsource']) {
			assert.equal((await read(stack, id, { by, headers: {} }).opened).status, 401);
			if (by === 'websocket')
				assert.equal((await read(stack, id, { by, headers: { cookie: worker.cookie, origin: 'https://evil.example' } }).opened).status, 403);
			const types = { viewer: [], worker: [] };
			const readers = Object.entries({ viewer, worker }).map(([name, { cookie }]) =>
				read(stack, id, { by, headers: { cookie }, onMessage: (text) => types[name].push(JSON.parse(text).type) }));
			await until(() => readers.every(({ view }) => view.messages > 0), { what: 'the first status' });
			const last = await happen(stack, id, 3);
			await until(() => readers.every(({ view }) => view.last === last), { what: 'the last change' });
			assert.ok(types.viewer.every((type) => type === 'status'), types.viewer.join());
			assert.equal(types.worker.filter((type) => type === 'call').length, 3);
			assert.deepEqual(readers.flatMap(({ view }) => view.faults), []);
			readers.forEach((reader) => reader.close());
		}
		const said = JSON.stringify({ seq: 9, at: '2026-01-01T00:00:00Z', type: 'call', call: { id: 'x', digits: '42', speech: 'my number is 4155550100' } });
		await stack.redis('xadd', `parley:events:${id}`, '9-0', 'e', said);
		const events = await viewer.ask('GET', `/api/campaigns/${id}/events?after=8`);
		assert.deepEqual(events.json.items[0].call, { id: 'x', digits: '•••', speech: '•••' });
		assert.equal((await worker.ask('GET', `/api/campaigns/${id}/events?after=8`)).json.items[0].call.digits, '42');
	});

	test('signing out ends a session, signing out everywhere all of them, another role too', async () => {
		const who = await operator(stack, 'viewer', 'temp@console.example');
		const [one, two, three] = [await signIn(stack, who), await signIn(stack, who), await signIn(stack, who)];
		const isIn = async (visitor) => (await visitor.ask('GET', '/api/account')).status === 200;
		const out = await post(stack, '/logout', { csrf: one.csrf }, { cookie: one.cookie });
		assert.equal(out.status, 303);
		assert.match(out.headers.get('set-cookie'), /^parley_session=;.*Max-Age=0/);
		assert.deepEqual([await isIn(one), await isIn(two)], [false, true]);
		assert.equal((await two.ask('POST', '/api/account/sign-out-everywhere', {})).status, 204);
		assert.deepEqual([await isIn(two), await isIn(three)], [false, false]);
		const again = await signIn(stack, who);
		assert.equal((await admin.ask('PATCH', `/api/operators/${encodeURIComponent(who.email)}`, { role: 'operator' })).json.role, 'operator');
		assert.equal(await isIn(again), false);
		const removed = await signIn(stack, who);
		assert.equal((await stack.exec('bin/parley', 'operator', 'remove', who.email)).code, 0);
		assert.equal(await isIn(removed), false);
	});

	test('guessing is braked, and says how long; another address is not held up', async () => {
		const who = await operator(stack, 'viewer', 'guessed@console.example');
		for (let i = 0; i < 5; i++)
			assert.equal((await post(stack, '/login', { email: who.email, password: `guess ${i}` })).status, 401);
		const locked = await post(stack, '/login', who);
		assert.equal(locked.status, 429);
		assert.ok(Number(locked.headers.get('retry-after')) > 0);
		assert.match(await locked.text(), /Please wait \d+ seconds/);
		await signIn(stack, viewer);
	});

	test('the trail tells all of this, and no log tells an address or a password', async () => {
		const { items } = (await admin.ask('GET', '/api/audit?limit=500')).json;
		const has = (wanted) => items.some((entry) => Object.entries(wanted).every(([name, value]) => entry[name] === value));
		assert.ok(has({ actor: worker.email, role: 'operator', action: 'agent.create', result: 'done', client: '127.0.0.1' }));
		assert.ok(has({ actor: 'key', action: 'sign-in' }) === false);
		assert.ok(has({ actor: 'guessed@console.example', action: 'sign-in', result: 'refused' }));
		assert.ok(has({ actor: 'guessed@console.example', action: 'sign-in', result: 'locked out' }));
		assert.ok(has({ actor: admin.email, action: 'operator.role', object: 'temp@console.example', detail: 'viewer → operator' }));
		assert.ok(has({ actor: 'temp@console.example', action: 'account.sign-out-everywhere' }));
		const line = items.find(({ action }) => action === 'operator.role');
		assert.match(await stack.logs('access.log'), new RegExp(line.request_id));
		const csv = await admin.ask('GET', '/api/audit.csv?action=operator.');
		assert.match(csv.headers.get('content-type'), /^text\/csv/);
		assert.match(csv.text, /^at,actor,role,action,object,detail,client,request_id,result\r?\n/);
		const logs = await stack.logs();
		for (const secret of ['console.example', viewer.password, 'guess 3', viewer.cookie.split('=')[1], viewer.csrf, NUMBER])
			assert.ok(!logs.includes(secret), secret);
	});
});
