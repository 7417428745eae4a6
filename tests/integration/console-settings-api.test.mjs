// The doctor, dead letters, workspaces and the overview over the JSON API, on a whole stack with sandbox vendors: a vendor
// that is made to fail turns red with a sentence, and a campaign that needs it is not started.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startStack, until } from '../support/stack.mjs';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const JOBS = 'parley:queue:screening:dead';

describe('settings over the JSON API', () => {
	let stack;
	const everything = [];

	async function api(method, path, body, key = stack.settings.ORCHESTRATOR_API_KEY) {
		const answer = await fetch(stack.url + path, {
			method, body: body === undefined ? undefined : JSON.stringify(body),
			headers: { ...(key && { authorization: `Bearer ${key}` }), ...(body !== undefined && { 'content-type': 'application/json' }) },
		});
		const text = await answer.text();
		everything.push(text);
		return { status: answer.status, json: text ? JSON.parse(text) : null };
	}
	// Two runs are some seconds apart; the tests do not wait for that.
	async function check() {
		await stack.redis('DEL', 'parley:check-begun');
		const { status, json } = await api('POST', '/api/doctor');
		assert.equal(status, 200);
		return Object.fromEntries(json.items.map((item) => [item.name, item]));
	}
	const fail = (vendor, path, more = {}) => stack.control('/faults', { method: 'POST', body: { vendor, mode: 'status', status: 503, match: { path }, ...more } });
	const bury = async (id, kind, reason, payload = '') => {
		const now = Date.now();
		await stack.redis('HSET', `parley:job:${id}`, 'id', id, 'kind', kind, 'payload', payload, 'state', 'dead', 'attempts', 7, 'created', now - 60_000, 'reason', reason);
		await stack.redis('ZADD', JOBS, now, id);
	};
	const healthy = () => stack.control('/faults', { method: 'DELETE' });

	before(async () => {
		stack = await startStack();
		await until(async () => Number(await stack.redis('GET', 'parley:campaign-runner-seen')) > 0, { what: 'a campaign runner', seconds: 60 });
	});
	after(async () => {
		await stack?.stop();
		for (const text of everything)
			for (const name of ['ELEVENLABS_API_KEY', 'ELEVENLABS_WEBHOOK_SECRET', 'TWILIO_AUTH_TOKEN', 'LINEAR_API_KEY', 'LINEAR_WEBHOOK_SECRET', 'CEREBRAS_API_KEY', 'RESEND_API_KEY', 'RESEND_WEBHOOK_SECRET', 'ORCHESTRATOR_API_KEY'])
				assert.ok(!text.includes(stack.settings[name]), `${name} is shown: ${text}`);
	});

	test('nobody without a key comes in', async () => {
		for (const [method, path] of [['GET', '/api/doctor'], ['POST', '/api/doctor'], ['GET', '/api/jobs'], ['POST', '/api/jobs/retry'], ['GET', '/api/workspaces'], ['GET', '/api/overview']])
			assert.equal((await api(method, path, undefined, null)).status, 401, `${method} ${path}`);
	});

	test('before the first run nothing is known', async () => {
		const { status, json } = await api('GET', '/api/doctor');
		assert.equal(status, 200);
		assert.equal(json.checked_at, null);
		assert.ok(json.items.length > 20);
		assert.ok(json.items.every((item) => item.state === null && item.at === null));
		assert.equal(json.counts.never, json.items.length);
	});

	test('on a healthy stack nothing is red', async () => {
		const checks = await check();
		assert.deepEqual(Object.values(checks).filter((item) => item.state === 'fail'), []);
		for (const name of ['twilio.account', 'twilio.caller', 'elevenlabs.key', 'elevenlabs.speech', 'elevenlabs.voice', 'redis.writes', 'redis.durability', 'runner.campaigns',
			'webhooks.twilio', 'webhooks.elevenlabs', 'webhooks.linear', 'webhooks.resend', 'linear.workspaces', 'linear.webhooks', 'cerebras.model', 'resend.domain', 'clock', 'disk', 'assets', 'live.feed', 'address.public'])
			assert.equal(checks[name]?.state, 'ok', `${name}: ${checks[name]?.sentence}`);
		assert.equal(checks['supabase.bucket'].state, 'off');
		for (const item of Object.values(checks)) {
			assert.match(item.at, ISO);
			assert.ok(item.sentence.length > 5 && item.group && item.title, item.name);
			assert.ok(item.seconds >= 0 && item.seconds < 10, item.name);
		}
		const { json } = await api('GET', '/api/doctor');
		assert.match(json.checked_at, ISO);
		assert.equal(json.running, false);
	});

	test('looking changes nothing and sends nothing', async () => {
		const before = await stack.control('/state');
		const queue = await stack.redis('ZCARD', 'parley:queue:screening:due');
		await check();
		const after = await stack.control('/state');
		assert.equal(after.resend.emails.length, before.resend.emails.length);
		assert.equal(after.twilio.calls.length, before.twilio.calls.length);
		assert.deepEqual(after.elevenlabs.conversations, before.elevenlabs.conversations);
		assert.equal(await stack.redis('ZCARD', 'parley:queue:screening:due'), queue);
		const { entries } = await stack.control('/log?vendor=elevenlabs');
		assert.ok(entries.length > 0 && !entries.some((entry) => /text-to-speech/.test(entry.path)));
	});

	test('a vendor that fails turns red, says so and what to do; nobody else does', async () => {
		await fail('twilio', '/Accounts/[^/]+\\.json');
		const checks = await check();
		await healthy();
		assert.equal(checks['twilio.account'].state, 'fail');
		assert.match(checks['twilio.account'].sentence, /HTTP 503/);
		assert.ok(checks['twilio.account'].todo.length > 10);
		assert.deepEqual(Object.values(checks).filter((item) => item.state === 'fail').map((item) => item.name), ['twilio.account']);
		assert.equal(await stack.redis('HGET', 'parley:check:twilio.account', 'state'), 'fail');
		assert.equal((await api('GET', '/api/doctor')).json.counts.fail, 1);
		const { json } = await api('GET', '/api/overview');
		assert.ok(json.attention.some((need) => need.kind === 'check' && /HTTP 503/.test(need.sentence)), JSON.stringify(json.attention));
		assert.equal((await check())['twilio.account'].state, 'ok');
	});

	test('a silent vendor is given up in time', async () => {
		await stack.control('/faults', { method: 'POST', body: { vendor: 'cerebras', mode: 'timeout' } });
		const begun = Date.now();
		const checks = await check();
		await healthy();
		assert.equal(checks['cerebras.model'].state, 'fail');
		assert.ok(Date.now() - begun < 20_000);
	});

	test('a suspended account and a strange caller id are told apart', async () => {
		await stack.control('/limits', { method: 'PUT', body: { twilio: { account: { status: 'suspended', own: [] } } } });
		const checks = await check();
		await stack.control('/limits', { method: 'PUT', body: { twilio: {} } });
		assert.match(checks['twilio.account'].sentence, /suspended/);
		assert.equal(checks['twilio.caller'].state, 'fail');
		assert.ok(!checks['twilio.caller'].sentence.includes(stack.settings.TWILIO_CALLER_ID));
	});

	test('a campaign that needs what is red is not started, and is told why', async () => {
		const agent = (await api('POST', '/api/agents', { name: 'Ada', voice_id: stack.settings.ELEVENLABS_VOICE_ID, script: 'Hello.' })).json;
		const campaign = (await api('POST', '/api/campaigns', { name: 'Gate', agent_id: agent.id, mode: 'broadcast', timezone: 'UTC' })).json;
		await api('POST', `/api/campaigns/${campaign.id}/leads`, { leads: [{ phone: '+14155550123' }] });
		await fail('twilio', '/Accounts/[^/]+\\.json');
		await check();
		await healthy();
		const refused = await api('POST', `/api/campaigns/${campaign.id}/start`);
		assert.equal(refused.status, 409, JSON.stringify(refused.json));
		assert.match(refused.json.error.message, /Twilio/);
		await check();
		const started = await api('POST', `/api/campaigns/${campaign.id}/start`);
		assert.equal(started.status, 200, JSON.stringify(started.json));
		await api('POST', `/api/campaigns/${campaign.id}/stop`);
	});

	test('two who ask at once get one run', async () => {
		await stack.redis('DEL', 'parley:check-begun');
		const from = (await stack.control('/log')).entries?.at(-1)?.seq;
		const answers = await Promise.all([api('POST', '/api/doctor'), api('POST', '/api/doctor'), api('POST', '/api/doctor')]);
		assert.ok(answers.every(({ status }) => status === 200));
		const since = ((await stack.control('/log')).entries ?? []).filter((entry) => from === undefined || entry.seq > from);
		assert.equal(since.filter((entry) => entry.vendor === 'cerebras').length, 1, 'each vendor is asked once');
	});

	// ---- dead letters ----

	test('dead letters are told with what they are about, retried and discarded with a reason', async () => {
		const hostile = '<script>alert(1)</script> =cmd()';
		await bury('transcript:conv_lost', 'transcript', hostile);
		await bury('verdict:abc', 'verdict', 'Cerebras: refused (HTTP 400)', JSON.stringify({ session: 'S'.repeat(22), conversation: 'conv_1' }));
		await bury('comment:1', 'comment', 'Linear: refused (HTTP 401)', JSON.stringify({ session: 'T'.repeat(22), markdown: 'ada@candidate.example said +14155550123' }));
		const { json } = await api('GET', '/api/jobs?state=dead');
		const by = Object.fromEntries(json.items.map((job) => [job.id, job]));
		assert.deepEqual(json.dead_by_kind, { transcript: 1, verdict: 1, comment: 1 });
		assert.equal(by['transcript:conv_lost'].object, 'conversation conv_lost');
		assert.equal(by['transcript:conv_lost'].link, '/console/interviews/orphans');
		assert.equal(by['transcript:conv_lost'].reason, hostile);
		assert.equal(by['verdict:abc'].link, `/console/interviews/${'S'.repeat(22)}`);
		assert.equal(by['verdict:abc'].attempts, 7);
		assert.match(by['verdict:abc'].at, ISO);
		assert.ok(!JSON.stringify(json).includes('candidate.example') && !JSON.stringify(json).includes('5550123'));

		assert.equal((await api('POST', '/api/jobs/verdict%3Aabc/discard', {})).status, 400);
		assert.equal((await api('POST', '/api/jobs/verdict%3Aabc/discard', { reason: '   ' })).status, 400);
		assert.equal((await api('POST', '/api/jobs/verdict%3Aabc/discard', { reason: 'a test', more: 1 })).json.error.field, 'more');
		const discarded = await api('POST', '/api/jobs/verdict%3Aabc/discard', { reason: 'a test' });
		assert.equal(discarded.status, 200);
		assert.equal(await stack.redis('HGET', 'parley:job:verdict:abc', 'state'), 'discarded');
		assert.equal((await api('POST', '/api/jobs/verdict%3Aabc/discard', { reason: 'again' })).status, 409);
		assert.equal((await api('POST', '/api/jobs/none/retry')).status, 404);
		const retried = await api('POST', '/api/jobs/transcript%3Aconv_lost/retry');
		assert.deepEqual([retried.status, retried.json.state], [200, 'due']);
		// It is tried at once; there is nothing in it, so it dies of something else.
		await until(async () => await stack.redis('HGET', 'parley:job:transcript:conv_lost', 'reason') !== hostile, { what: 'another attempt' });
	});

	test('dead letters come in pages, and a kind is retried as a whole', async () => {
		await stack.redis('DEL', JOBS);
		for (let i = 0; i < 7; i++)
			await bury(`mail:${i}`, i % 2 ? 'mail' : 'alert', `reason ${i}`, 'none');
		const ids = [];
		let cursor = null;
		do {
			const { json } = await api('GET', `/api/jobs?limit=3${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
			assert.ok(json.items.length <= 3);
			ids.push(...json.items.map((job) => job.id));
			cursor = json.next_cursor;
		} while (cursor);
		assert.deepEqual(ids, [6, 5, 4, 3, 2, 1, 0].map((i) => `mail:${i}`));
		const mails = (await api('GET', '/api/jobs?kind=mail&limit=2')).json;
		assert.deepEqual(mails.items.map((job) => job.id), ['mail:5', 'mail:3']);
		const rest = (await api('GET', `/api/jobs?kind=mail&limit=2&cursor=${encodeURIComponent(mails.next_cursor)}`)).json;
		assert.deepEqual(rest.items.map((job) => job.id), ['mail:1']);
		for (const query of ['state=done', 'limit=0', 'limit=x', 'cursor=x', 'kind=a%20b'])
			assert.equal((await api('GET', `/api/jobs?${query}`)).status, 400, query);
		assert.deepEqual((await api('POST', '/api/jobs/retry', { kind: 'mail' })).json, { retried: 3 });
		assert.equal((await api('POST', '/api/jobs/retry', {})).status, 400);
		assert.equal((await api('GET', '/api/overview')).json.attention.filter((need) => need.kind === 'jobs').length, 1);
		await stack.redis('DEL', JOBS);
	});

	// ---- workspaces ----

	test('workspaces are added, changed and removed; their secrets never come back', async () => {
		const good = { name: 'second', api_key: stack.settings.LINEAR_API_KEY, webhook_secret: 'lin_wh_of_the_second' };
		assert.deepEqual((await api('GET', '/api/workspaces')).json.items.map((one) => [one.name, one.is_default]), [['default', true]]);
		for (const [field, change] of [['name', { name: 'default' }], ['name', { name: 'a b' }], ['api_key', { api_key: 'two words' }], ['api_key', { api_key: undefined }],
			['webhook_secret', { webhook_secret: '' }], ['api_key', { api_key: 'lin_api_of_nobody' }], ['pass_state', { pass_state: 'x'.repeat(101) }], ['pass_state', { pass_state: 7 }], ['colour', { colour: 'red' }]]) {
			const refused = await api('POST', '/api/workspaces', { ...good, ...change });
			assert.equal(refused.status, 400, JSON.stringify(change));
			assert.equal(refused.json.error.field, field, JSON.stringify(change));
		}
		const added = await api('POST', '/api/workspaces', { ...good, fail_state: '  Declined ' });
		assert.equal(added.status, 201, JSON.stringify(added.json));
		assert.equal(added.json.fail_state, 'Declined');
		assert.deepEqual(added.json.own_states, { screening_state: null, pass_state: null, fail_state: 'Declined' });
		assert.ok(!('api_key' in added.json) && added.json.organization);
		assert.equal((await api('POST', '/api/workspaces', good)).status, 409);
		const changed = await api('PATCH', '/api/workspaces/second', { pass_state: 'Nowhere', fail_state: null });
		assert.equal(changed.json.pass_state, 'Nowhere');
		assert.equal(changed.json.own_states.fail_state, null);
		assert.equal(await stack.redis('HGET', 'parley:workspace:second', 'webhook_secret'), 'lin_wh_of_the_second');
		const checks = await check();
		assert.match(checks['linear.workspaces'].sentence, /second: no team that this key sees has a state Nowhere/);
		assert.equal(checks['webhooks.linear'].state, 'ok');
		assert.equal((await api('PATCH', '/api/workspaces/default', { pass_state: 'x' })).status, 409);
		assert.equal((await api('PATCH', '/api/workspaces/third', { pass_state: 'x' })).status, 404);
		assert.equal((await api('DELETE', '/api/workspaces/second')).status, 204);
		assert.equal((await api('DELETE', '/api/workspaces/second')).status, 404);
		everything.push(await stack.logs());
		assert.ok(!everything.at(-1).includes('lin_wh_of_the_second'));
		everything.pop();
	});

	test('the audit trail tells who dropped what and why, and is not filled by looking', async () => {
		const { json } = await api('GET', '/api/audit?limit=100');
		const dropped = json.items.find((entry) => entry.action === 'job.discard');
		assert.equal(dropped.object, 'verdict:abc');
		assert.match(dropped.detail, /a test/);
		for (const action of ['job.retry', 'job.retry_all', 'workspace.add', 'workspace.change', 'workspace.remove'])
			assert.ok(json.items.some((entry) => entry.action === action), action);
		assert.ok(!JSON.stringify(json).includes('doctor'));
	});

	// ---- the overview ----

	test('the overview has the members that its page shows', async () => {
		const { status, json } = await api('GET', '/api/overview?timezone=Asia/Tokyo');
		assert.equal(status, 200);
		assert.equal(json.timezone, 'Asia/Tokyo');
		assert.match(json.today_from, /T15:00:00/);
		for (const name of ['placed_today', 'under_way'])
			assert.equal(typeof json.calls[name], 'number');
		for (const name of ['invited_today', 'started_today', 'passed_today', 'failed_today', 'waiting'])
			assert.equal(typeof json.interviews[name], 'number');
		for (const list of ['running', 'attention', 'windows'])
			assert.ok(Array.isArray(json[list]), list);
		assert.equal((await api('GET', '/api/overview?timezone=..%2F..%2Fetc%2Fpasswd')).status, 400);
		assert.equal((await api('GET', '/api/overview?timezone=Mars')).json.timezone, 'UTC');
	});
});
