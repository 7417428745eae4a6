// The JSON API, monitoring and the admin command on a whole stack with the sandbox
// vendors: an invited candidate is listed, mailed again, revoked; and the doctor
// sees what is wrong with a vendor.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { startStack, until } from '../support/stack.mjs';

const ID = /^[A-Za-z0-9_-]{22}$/;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

describe('the JSON API', () => {
	let stack, key, id;

	const api = (path, { method = 'GET', headers = {}, body } = {}) =>
		fetch(stack.url + path, { method, body, headers: { authorization: `Bearer ${key}`, ...headers } });
	const parley = async (...args) => stack.exec('bin/parley', ...args);
	const issue = (name) => stack.control('/linear/issues', { method: 'POST', body: {
		title: name, state: 'Screening', description: `Name: ${name}\nEmail: ${name.toLowerCase()}@candidate.example\n\nTen years of C.` } });
	const listed = async () => (await (await api('/api/interviews')).json()).items;
	const outbox = async () => JSON.stringify(await stack.control('/resend/outbox'));
	const links = async () => [...(await outbox()).matchAll(/\/interview\/([A-Za-z0-9_-]{43})/g)].map((match) => match[1]);

	before(async () => {
		stack = await startStack();
		key = stack.settings.ORCHESTRATOR_API_KEY;
		await issue('Grace');
		id = await until(async () => (await listed()).find((one) => one.candidate_name === 'Grace' && one.email_state === 'delivered')?.id,
			{ what: 'the invitation', seconds: 60 });
	});
	after(() => stack?.stop());

	test('shows an invited candidate in the members of the contract', async () => {
		const answer = await api(`/api/interviews/${id}`);
		assert.equal(answer.status, 200);
		assert.match(answer.headers.get('content-type'), /^application\/json/);
		assert.equal(answer.headers.get('cache-control'), 'no-store');
		const interview = await answer.json();
		assert.match(interview.id, ID);
		assert.equal(interview.state, 'invited');
		assert.equal(interview.candidate_name, 'Grace');
		assert.equal(interview.company_name, 'Acme (sandbox)');
		assert.equal(interview.conversation_id, null);
		assert.equal(interview.result, null);
		assert.match(interview.created_at, ISO);
		assert.match(interview.expires_at, ISO);
	});

	test('never shows a secret or an e-mail address', async () => {
		const secrets = await links();
		assert.ok(secrets.length > 0);
		const texts = [await (await api('/api/interviews')).text(), await (await api(`/api/interviews/${id}`)).text(),
			(await parley('sessions', 'list', '--json')).output, (await parley('sessions', 'show', '--', id)).output,
			(await parley('jobs', 'list')).output, await (await api('/metrics')).text(), await (await api('/readyz')).text()];
		for (const text of texts) {
			for (const secret of secrets)
				assert.ok(!text.includes(secret), text);
			// One interview's detail, and the list, tell the address to those who may see it.
			if (!text.includes('"candidate_email"'))
				assert.ok(!text.includes('@candidate.example'), text);
		}
	});

	test('refuses who has no key, also through nginx on loopback', async () => {
		for (const headers of [{ authorization: '' }, { authorization: 'Bearer x' }, { authorization: key }]) {
			const answer = await api('/api/interviews', { headers });
			assert.equal(answer.status, 401);
			assert.equal((await answer.json()).error.code, 'unauthorized');
		}
	});

	test('answers in JSON where nginx answers itself', async () => {
		const answer = await api(`/api/interviews/${id}/revoke`, { method: 'POST', body: 'x'.repeat(3 << 20) });
		assert.equal(answer.status, 413);
		assert.equal((await answer.json()).error.code, 'too_large');
		assert.equal((await (await api(`/api/interviews/${id}`)).json()).state, 'invited');
	});

	test('opens /metrics to loopback, unless for somebody behind a proxy', async () => {
		const own = await fetch(`${stack.url}/metrics`);
		assert.equal(own.status, 200);
		assert.match(await own.text(), /^parley_redis_up 1$/m);
		assert.equal((await fetch(`${stack.url}/metrics`, { headers: { 'x-forwarded-for': '192.0.2.1' } })).status, 401);
		assert.equal((await api('/metrics', { headers: { 'x-forwarded-for': '192.0.2.1' } })).status, 200);
	});

	test('mails an invitation again, with the same link', async () => {
		const before = await links();
		const answer = await api(`/api/interviews/${id}/resend`, { method: 'POST' });
		assert.equal(answer.status, 200);
		assert.equal((await answer.json()).id, id);
		const now = await until(async () => {
			const list = await links();
			return list.length > before.length && list;
		}, { what: 'the second mail' });
		assert.deepEqual([...new Set(now)], [...new Set(before)]);
	});

	test('has nothing to evaluate again before a talk', async () => {
		const answer = await api(`/api/interviews/${id}/re-evaluate`, { method: 'POST' });
		assert.equal(answer.status, 409);
		assert.match((await answer.json()).error.message, /no transcript/);
	});

	test('revokes a link, which ends at once', async () => {
		const [secret] = await links();
		assert.equal((await fetch(`${stack.url}/interview/${secret}`)).status, 200);
		const answer = await api(`/api/interviews/${id}/revoke`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
		assert.equal((await answer.json()).state, 'revoked');
		assert.equal((await fetch(`${stack.url}/interview/${secret}`)).status, 404);
		assert.equal((await api(`/api/interviews/${id}/revoke`, { method: 'POST' })).status, 409);
		const shown = await parley('sessions', 'show', '--', id);
		assert.match(shown.stdout, /^state +revoked$/m);
	});

	test('the demo link of the admin command opens an interview', async () => {
		const { stdout, code } = await parley('sessions', 'demo');
		assert.equal(code, 0);
		assert.equal((await fetch(stdout.trim())).status, 200);
	});

	test('the doctor finds everything well', async () => {
		const { stdout, code } = await parley('doctor', '--json');
		const report = JSON.parse(stdout);
		assert.deepEqual(report.checks.filter((check) => check.level === 'fail'), []);
		assert.equal(code, 0);
		for (const name of ['linear', 'elevenlabs', 'cerebras', 'resend', 'redis', 'address', 'templates'])
			assert.ok(report.checks.some((check) => check.name === name && check.level === 'ok'), name);
	});

	test('adds a workspace only when Linear knows the key', async () => {
		const good = join(stack.state, 'good.key'), bad = join(stack.state, 'bad.key');
		await writeFile(good, `${stack.settings.LINEAR_API_KEY}\n`, { mode: 0o600 });
		await writeFile(bad, 'lin_api_of_nobody\n', { mode: 0o600 });
		const refused = await parley('workspaces', 'add', 'second', '--api-key-file', bad, '--webhook-secret-file', good);
		assert.equal(refused.code, 1);
		assert.match(refused.stderr, /does not accept this key/);
		const added = await parley('workspaces', 'add', 'second', '--api-key-file', good, '--webhook-secret-file', good, '--fail-state', 'Nowhere');
		assert.equal(added.code, 0, added.output);
		const doctor = await parley('doctor');
		assert.equal(doctor.code, 1);
		assert.match(doctor.stdout, /^FAIL +linear +second: no team that this key sees has a state Nowhere\.$/m);
		assert.ok(!doctor.output.includes(stack.settings.LINEAR_API_KEY));
		assert.equal((await parley('workspaces', 'remove', 'second')).code, 0);
	});

	test('logs neither the key nor an address', async () => {
		const logs = await stack.logs();
		assert.ok(!logs.includes(key));
		assert.ok(!logs.includes('@candidate.example'));
		assert.match(logs, /"event":"interview.revoked"/);
	});
});
