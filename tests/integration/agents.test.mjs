// Agents over the JSON API on a whole stack: two who change the same one, what a script can name, what would be said.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { startStack } from '../support/stack.mjs';

describe('agents', () => {
	let stack;

	async function api(method, path, body, { key = stack.settings.ORCHESTRATOR_API_KEY, headers = {} } = {}) {
		const answer = await fetch(`${stack.url}/api/${path}`, {
			method, body: body === undefined ? undefined : JSON.stringify(body),
			headers: { ...(key && { authorization: `Bearer ${key}` }), ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
		});
		const text = await answer.text();
		return { status: answer.status, json: text ? JSON.parse(text) : null };
	}
	const make = async (more = {}) => (await api('POST', 'agents', { name: 'Ann', script: 'Hello {{first_name}} of {{city}}.', ...more })).json;
	const campaign = async (agent_id) => (await api('POST', 'campaigns', { name: 'Survey', agent_id, timezone: 'America/New_York' })).json;

	// Signs an operator in: { cookie, token }.
	async function signIn(role) {
		const { stdout, code, output } = await stack.exec('bin/parley', 'operator', 'add', `${role}@agents.example`, '--role', role);
		assert.equal(code, 0, output);
		const password = stdout.trim().split(' / ')[1];
		const page = await fetch(`${stack.url}/login`);
		const cookies = page.headers.getSetCookie().map((one) => one.split(';')[0]);
		const csrf = /name="csrf" value="([^"]*)"/.exec(await page.text())?.[1] ?? '';
		const signed = await fetch(`${stack.url}/login`, {
			method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: cookies.join('; '), origin: stack.url },
			body: new URLSearchParams({ email: `${role}@agents.example`, password, csrf }),
		});
		assert.equal(signed.status, 303);
		const cookie = signed.headers.getSetCookie().map((one) => one.split(';')[0]).join('; ');
		const home = await (await fetch(`${stack.url}/console/agents`, { headers: { cookie } })).text();
		return { cookie, 'x-csrf-token': /name="csrf-token" content="([^"]*)"/.exec(home)[1], origin: stack.url };
	}

	before(async () => { stack = await startStack(); }, { timeout: 60_000 });
	after(() => stack?.stop());

	test('of many who change one revision at the same time one succeeds', async () => {
		const { id, revision } = await make();
		const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => api('PATCH', `agents/${id}`, { script: `Words ${i}.`, revision })));
		assert.equal(answers.filter((answer) => answer.status === 200).length, 1);
		for (const { status, json } of answers.filter((answer) => answer.status !== 200)) {
			assert.equal(status, 409);
			assert.deepEqual(json.error, { code: 'conflict', message: 'Somebody else has changed this agent since you opened it.', field: 'revision' });
		}
		const won = answers.find((answer) => answer.status === 200).json;
		assert.equal((await api('GET', `agents/${id}`)).json.script, won.script);
		// Without a revision the last one wins, as the contract has it.
		assert.equal((await api('PATCH', `agents/${id}`, { script: 'Last.' })).status, 200);
		assert.equal((await api('PATCH', `agents/${id}`, { script: 'Late.', revision: won.revision })).status, 409);
	});

	test('what a script can name follows the leads that were imported', async () => {
		const agent = await make(), { id: cid } = await campaign(agent.id);
		const named = async () => (await api('GET', `agents/${agent.id}/variables`)).json.items.map((item) => `${item.name}:${item.source}`);
		assert.deepEqual(await named(), ['first_name:lead', 'name:lead', 'phone:lead', 'city:script']);
		await api('POST', `campaigns/${cid}/leads`, { leads: [{ phone: '+14155550111', name: 'Ada', city: 'London', plan: 'gold' }] });
		assert.deepEqual(await named(), ['first_name:lead', 'name:lead', 'phone:lead', 'city:column', 'plan:column']);
		assert.ok((await api('GET', 'agents/variables')).json.items.some((item) => item.name === 'plan'));
		const { campaigns, campaign_count: total } = (await api('GET', `agents/${agent.id}`)).json;
		assert.deepEqual(campaigns, [{ id: cid, name: 'Survey', state: 'draft' }]);
		assert.equal(total, 1);
		assert.equal((await api('DELETE', `agents/${agent.id}`)).status, 409);
		assert.equal((await api('DELETE', `campaigns/${cid}`)).status, 204);
		assert.equal((await api('DELETE', `agents/${agent.id}`)).status, 204);
	});

	test('a preview says what a call would', async () => {
		const { json } = await api('POST', 'agents/preview', { script: 'Hi {{first_name}}, {{plan|basic}} {{city}}', variables: { name: 'Ada Lovelace', plan: '' } });
		assert.deepEqual([json.text, json.missing, json.characters], ['Hi Ada, basic {{city}}', ['city'], 22]);
		const wrong = await api('POST', 'agents/preview', { script: '{{' });
		assert.deepEqual([wrong.status, wrong.json.error.field], [400, 'script']);
		assert.equal((await api('POST', 'agents/preview', { script: 'a' }, { key: 'wrong' })).status, 401);
		assert.equal((await api('GET', 'agents/preview')).status, 404);
	});

	test('a viewer may try a script, but neither change an agent nor spend', async () => {
		const headers = await signIn('viewer'), { id } = await make();
		const as = (method, path, body) => api(method, path, body, { key: null, headers });
		assert.equal((await as('GET', `agents/${id}`)).status, 200);
		assert.equal((await as('POST', 'agents/preview', { script: 'Hi' })).status, 200);
		for (const [method, path, body] of [['POST', 'agents', { name: 'x', script: 'x' }], ['PATCH', `agents/${id}`, { name: 'x' }], ['DELETE', `agents/${id}`], ['POST', 'voice/test', { text: 'x' }], ['POST', 'voice/recordings', {}]])
			assert.equal((await as(method, path, body)).status, 403, path);
		assert.equal((await api('POST', 'agents/preview', { script: 'Hi' }, { key: null, headers: { ...headers, 'x-csrf-token': 'wrong' } })).status, 403);
	});

	test('the trail names the change of an agent and what speech was bought, and no preview', async () => {
		const headers = await signIn('operator');
		const as = (method, path, body) => api(method, path, body, { key: null, headers });
		const { id } = (await as('POST', 'agents', { name: 'Trail', script: 'x' })).json;
		await as('POST', 'agents/preview', { script: 'Hi' });
		await as('PATCH', `agents/${id}`, { name: 'Trailed' });
		await as('POST', 'voice/test', { text: 'A trail of speech.' });
		await as('POST', 'voice/test', { text: 'A trail of speech.' });
		await as('DELETE', `agents/${id}`);
		const { items } = (await api('GET', 'audit?limit=50')).json;
		const mine = items.filter((item) => item.actor === 'operator@agents.example').map((item) => item.action).reverse();
		assert.deepEqual(mine.filter((action) => /^(agent|speech|POST)/.test(action)), ['agent.create', 'agent.change', 'speech.buy', 'speech.hear', 'agent.delete']);
	});
});
