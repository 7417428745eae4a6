// Agents and campaigns on a whole stack: through nginx, from the first draft to the last
// trace, and every way to ask wrongly.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { startStack, until } from '../support/stack.mjs';

let stack, agent, campaign;

const api = (path, { method = 'GET', body, type = 'application/json', key = stack.settings.ORCHESTRATOR_API_KEY } = {}) =>
	fetch(stack.url + path, { method, body: typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body),
		headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': type }) } });
const post = (path, body, more) => api(path, { method: 'POST', body, ...more });

async function ask(status, path, options) {
	const answer = await api(path, options);
	const text = await answer.text();
	assert.equal(answer.status, status, `${options?.method ?? 'GET'} ${path}: ${text}`);
	return text ? JSON.parse(text) : null;
}

const newAgent = (members = {}) => ask(201, '/api/agents', { method: 'POST', body: { name: 'Ann', script: 'Hi {{first_name}}!', ...members } });
const newCampaign = (members = {}) => ask(201, '/api/campaigns', { method: 'POST',
	body: { name: 'Spring survey', agent_id: agent.id, timezone: 'America/New_York', ...members } });
const act = (status, id, action) => ask(status, `/api/campaigns/${id}/${action}`, { method: 'POST' });

// Nobody is called: only on a day that is days ahead.
const closed = { calling_hours: { days: [['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][new Date(Date.now() + 3 * 86400e3).getUTCDay()]],
	start: '12:00', end: '13:00' } };

before(async () => {
	stack = await startStack();
	agent = await newAgent();
	campaign = await newCampaign();
});
after(() => stack?.stop());

describe('what is asked wrongly', () => {
	const long = 'x'.repeat(5001);
	const agents = [
		['{}', 'name'], [{ name: 'n' }, 'script'], [{ name: 7, script: 's' }, 'name'], [{ name: '', script: 's' }, 'name'],
		[{ name: 'a\nb', script: 's' }, 'name'], [{ name: 'x'.repeat(201), script: 's' }, 'name'],
		[{ name: 'n', script: long }, 'script'], [{ name: 'n', script: '{{x' }, 'script'], [{ name: 'n', script: '{{a b}}' }, 'script'],
		[{ name: 'n', script: ['s'] }, 'script'], [{ name: 'n', script: 's\u0000' }, 'script'],
		[{ name: 'n', script: 's', language: 'eng' }, 'language'], [{ name: 'n', script: 's', voice_id: '../x' }, 'voice_id'],
		[{ name: 'n', script: 's', model_id: true }, 'model_id'], [{ name: 'n', script: 's', elevenlabs_agent_id: {} }, 'elevenlabs_agent_id'],
		[{ name: 'n', script: 's', voice_settings: 'loud' }, 'voice_settings'],
		[{ name: 'n', script: 's', voice_settings: { speed: 9 } }, 'voice_settings.speed'],
		[{ name: 'n', script: 's', colour: 'red' }, 'colour'], [{ name: 'n', script: 's', id: 'mine' }, 'id'],
		[{ name: 'n', script: 's', __proto__x: 1 }, '__proto__x'],
	];
	const campaigns = [
		['{}', 'name'], [{ agent_id: 'nobody' }, 'agent_id'], [{ agent_id: 7 }, 'agent_id'], [{ timezone: 'Nowhere' }, 'timezone'],
		[{ timezone: '../../etc/passwd' }, 'timezone'], [{ mode: 'fax' }, 'mode'], [{ caller_id: '4155550100' }, 'caller_id'],
		[{ calling_hours: { days: [], start: '09:00', end: '10:00' } }, 'calling_hours.days'],
		[{ calling_hours: { days: ['mon'], start: '9:00', end: '10:00' } }, 'calling_hours.start'],
		[{ calling_hours: null }, 'calling_hours'],
		[{ recipient_hours: { start: '08:00', end: '24:01' } }, 'recipient_hours.end'],
		[{ daily_cap: 0 }, 'daily_cap'], [{ daily_cap: '5' }, 'daily_cap'], [{ daily_cap: 1e99 }, 'daily_cap'],
		[{ max_concurrent_calls: -1 }, 'max_concurrent_calls'], [{ calls_per_second: 0 }, 'calls_per_second'],
		[{ retry: { max_attempts: 1, delays_seconds: { answered: [1] } } }, 'retry.delays_seconds.answered'],
		[{ keys: { a: { outcome: 'x' } } }, 'keys.a'], [{ keys: { 1: { outcome: 'a b' } } }, 'keys.1.outcome'],
		[{ voicemail: 'sing' }, 'voicemail'], [{ speech: 'yes' }, 'speech'], [{ state: 'running' }, 'state'], [{ id: 'mine' }, 'id'],
	];

	test('is refused by name, for a new one and a change, and changes nothing', async () => {
		const whole = { name: 'n', agent_id: agent.id, timezone: 'UTC' };
		for (const [path, rows, complete] of [['/api/agents', agents, {}], ['/api/campaigns', campaigns, whole]])
			for (const [body, field] of rows) {
				const { error } = await ask(400, path, { method: 'POST', body: typeof body === 'string' ? body : { ...complete, ...body } });
				assert.deepEqual([error.code, error.field], ['bad_request', field], `${path} ${JSON.stringify(body).slice(0, 90)}`);
			}
		for (const [path, row, rows] of [['/api/agents/', agent, agents], ['/api/campaigns/', campaign, campaigns]]) {
			for (const [body, field] of rows.filter(([given]) => given !== '{}' && Object.keys(given).some((name) => name !== 'name')))
				assert.equal((await ask(400, path + row.id, { method: 'PATCH', body })).error.field, field);
			const now = await ask(200, path + row.id);
			assert.deepEqual({ ...now, ...row }, now); // an agent tells who uses it besides
		}
		assert.equal((await ask(200, '/api/agents')).items.length, 1);
		assert.equal((await ask(200, '/api/campaigns')).items.length, 1);
	});

	test('is refused when it is no JSON object, has another type, or is too large', async () => {
		for (const path of ['/api/agents', '/api/campaigns', `/api/agents/${agent.id}`, `/api/campaigns/${campaign.id}`]) {
			const method = path.split('/').length > 3 ? 'PATCH' : 'POST';
			for (const body of ['', '[]', 'null', '"x"', '{', '{"name":"a"}x', '{"name":"\xff"}', '['.repeat(50)])
				assert.equal((await ask(400, path, { method, body: Buffer.from(body, 'latin1') })).error.code, 'bad_request');
			assert.equal((await ask(415, path, { method, body: '{}', type: 'text/plain' })).error.code, 'unsupported_media_type');
			assert.equal((await ask(413, path, { method, body: { name: 'x'.repeat(300_000) } })).error.code, 'too_large');
			assert.equal((await ask(413, path, { method, body: { name: 'x'.repeat(6 << 20) } })).error.code, 'too_large');
		}
	});

	test('has nothing behind it, or is no way to ask', async () => {
		for (const path of ['/api/agents/nobody', '/api/campaigns/nobody', '/api/campaigns/nobody/status', '/api/agents/..%2f..%2fx',
			`/api/campaigns/${agent.id}`, `/api/agents/${campaign.id}`, `/api/agents/${'x'.repeat(300)}`, '/api/campaigns/%00'])
			assert.ok([400, 404].includes((await api(path)).status), path);
		for (const action of ['start', 'pause', 'resume', 'stop'])
			await act(404, 'nobody', action);
		for (const path of ['/api/agents/nobody', '/api/campaigns/nobody']) {
			await ask(404, path, { method: 'DELETE' });
			await ask(404, path, { method: 'PATCH', body: {} });
		}
		for (const [path, method, allow] of [['/api/agents', 'DELETE', 'GET, POST'], [`/api/agents/${agent.id}`, 'POST', 'GET, PATCH, DELETE'],
			[`/api/campaigns/${campaign.id}/start`, 'GET', 'POST'], [`/api/campaigns/${campaign.id}/status`, 'POST', 'GET']]) {
			const answer = await api(path, { method });
			assert.equal(answer.status, 405, path);
			assert.equal(answer.headers.get('allow'), allow);
		}
		for (const [query, field] of [['limit=0', 'limit'], ['limit=101', 'limit'], ['limit=x', 'limit'], ['cursor=x', 'cursor'],
			['cursor=1.%2e%2e%2f', 'cursor']])
			for (const path of ['/api/agents', '/api/campaigns'])
				assert.equal((await ask(400, `${path}?${query}`)).error.field, field);
		assert.equal((await ask(400, '/api/campaigns?state=asleep')).error.field, 'state');
	});

	test('comes without the key', async () => {
		for (const [path, method] of [['/api/agents', 'GET'], ['/api/agents', 'POST'], [`/api/campaigns/${campaign.id}`, 'DELETE'],
			[`/api/campaigns/${campaign.id}/start`, 'POST'], [`/api/campaigns/${campaign.id}/status`, 'GET']])
			assert.equal((await ask(401, path, { method, key: 'wrong' })).error.code, 'unauthorized');
	});
});

describe('an agent', () => {
	test('is created with its defaults, changed, listed and deleted', async () => {
		const one = await newAgent({ language: 'en', voice_settings: { speed: 1.1, stability: 0.25 } });
		assert.match(one.id, /^[\w-]{22}$/);
		assert.equal(one.voice_id, stack.settings.ELEVENLABS_VOICE_ID);
		assert.deepEqual(one.voice_settings, { stability: 0.25, speed: 1.1 });
		assert.equal(one.elevenlabs_agent_id, null);
		const changed = await ask(200, `/api/agents/${one.id}`, { method: 'PATCH', body: { name: 'Zoë ☎', voice_settings: null } });
		assert.deepEqual(changed, { ...one, name: 'Zoë ☎', voice_settings: null, updated_at: changed.updated_at, revision: changed.revision });
		const [listed] = (await ask(200, '/api/agents?limit=1')).items;
		assert.deepEqual({ ...listed, ...changed }, listed);
		await ask(204, `/api/agents/${one.id}`, { method: 'DELETE' });
		await ask(404, `/api/agents/${one.id}`);
	});

	test('stays while a campaign names it', async () => {
		const { error } = await ask(409, `/api/agents/${agent.id}`, { method: 'DELETE' });
		assert.deepEqual(error, { code: 'conflict', message: '1 campaign uses this agent.' });
	});

	test('keeps what several people change at the same time', async () => {
		const one = await newAgent();
		await Promise.all(['name', 'language', 'voice_id', 'model_id'].map((member) =>
			ask(200, `/api/agents/${one.id}`, { method: 'PATCH', body: { [member]: 'xy' } })));
		const { name, language, voice_id, model_id } = await ask(200, `/api/agents/${one.id}`);
		assert.deepEqual([name, language, voice_id, model_id], ['xy', 'xy', 'xy', 'xy']);
		await ask(204, `/api/agents/${one.id}`, { method: 'DELETE' });
	});
});

describe('a campaign', () => {
	const lead = (id) => ask(200, `/api/campaigns/${id}/leads`, { method: 'POST', body: { leads: [{ phone: '+14155550123', name: 'Ada' }] } });

	test('has every member of the contract', async () => {
		const one = await newCampaign({ daily_cap: 500, keys: { 1: { outcome: 'interested', say: 'Thank you.' } } });
		assert.deepEqual(Object.keys(one).sort(), ['agent_id', 'caller_id', 'calling_hours', 'calls_per_second', 'created_at', 'daily_cap', 'holidays',
			'id', 'keys', 'max_concurrent_calls', 'mode', 'name', 'recipient_hours', 'retry', 'speech', 'state', 'state_reason', 'timezone', 'voicemail']);
		assert.equal(one.caller_id, stack.settings.TWILIO_CALLER_ID);
		assert.equal(one.state_reason, null);
		assert.deepEqual(await ask(200, `/api/campaigns/${one.id}`), one);
		await ask(204, `/api/campaigns/${one.id}`, { method: 'DELETE' });
	});

	test('goes through its states, and says in one sentence why it is where it is', async () => {
		const { id } = await newCampaign(closed);
		assert.match((await act(409, id, 'start')).error.message, /no leads/);
		await lead(id);
		for (const action of ['pause', 'resume', 'stop'])
			assert.match((await act(409, id, action)).error.message, /^The campaign is draft; .*\.$/);
		for (const [action, state] of [['start', 'running'], ['pause', 'paused'], ['resume', 'running'], ['stop', 'stopped']]) {
			const one = await act(200, id, action);
			assert.equal(one.state, state);
			assert.match(one.state_reason, /^\S.*\.$/);
			if (state === 'running')
				assert.equal((await ask(409, `/api/campaigns/${id}`, { method: 'DELETE' })).error.code, 'conflict');
		}
		for (const action of ['start', 'pause', 'resume', 'stop'])
			await act(409, id, action);
		const status = await ask(200, `/api/campaigns/${id}/status`);
		assert.deepEqual(status.counts, { total: 1, pending: 0, calling: 0, waiting: 0, done: 1 });
		assert.deepEqual(status.outcomes, { stopped: 1 });
		assert.equal(status.seq, 4);
		assert.equal(status.next_call_at, null);
		const { items } = await ask(200, `/api/campaigns/${id}/events?after=0`);
		assert.deepEqual(items.map((event) => [event.seq, event.type, event.state]),
			[[1, 'state', 'running'], [2, 'state', 'paused'], [3, 'state', 'running'], [4, 'state', 'stopped']]);
		await ask(204, `/api/campaigns/${id}`, { method: 'DELETE' });
		await ask(404, `/api/campaigns/${id}/status`);
	});

	test('is started by one of many who try', async () => {
		const { id } = await newCampaign(closed);
		await lead(id);
		const answers = await Promise.all(Array.from({ length: 8 }, () => post(`/api/campaigns/${id}/start`)));
		assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, ...Array(7).fill(409)]);
		assert.equal((await ask(200, `/api/campaigns/${id}/status`)).seq, 1);
		await act(200, id, 'stop');
		await ask(204, `/api/campaigns/${id}`, { method: 'DELETE' });
	});

	test('is found in pages, the newest first, by its state', async () => {
		const ids = [campaign.id];
		for (let n = 0; n < 6; n++)
			ids.unshift((await newCampaign({ name: `number ${n}` })).id);
		const seen = [];
		let cursor = '';
		do {
			const page = await ask(200, `/api/campaigns?limit=3&state=draft${cursor}`);
			seen.push(...page.items.map((one) => one.id));
			cursor = page.next_cursor && `&cursor=${encodeURIComponent(page.next_cursor)}`;
		} while (cursor);
		assert.deepEqual(seen, ids);
		assert.deepEqual((await ask(200, '/api/campaigns?state=running')).items, []);
	});

	test('that is a conversation may use the settings\' agent of ElevenLabs', async () => {
		const { id } = await newCampaign({ ...closed, mode: 'conversation' });
		await lead(id);
		assert.equal((await act(200, id, 'start')).state, 'running');
		await act(200, id, 'stop');
	});
});

test('no id of a campaign or an agent is in nginx\'s log', async () => {
	await until(async () => (await stack.logs('access.log')).includes('"/api/campaigns/-/status"'), { what: 'the address without its id' });
	const log = await stack.logs('access.log');
	assert.ok(log.includes('"/api/agents/-"') && log.includes('"/api/campaigns/-/start"'));
	assert.ok(!log.includes(campaign.id) && !log.includes(agent.id));
});
