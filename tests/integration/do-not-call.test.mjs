// The do-not-call list on a whole stack: through nginx, and never a
// telephone number in a log.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { startStack, until } from '../support/stack.mjs';

const PHONE = '+14155550123';

describe('the do-not-call list', () => {
	let stack;

	const api = (path, { method = 'GET', body, key = stack.settings.ORCHESTRATOR_API_KEY } = {}) =>
		fetch(stack.url + path, { method, body: body && JSON.stringify(body),
			headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) } });
	const items = async () => (await (await api('/api/do-not-call')).json()).items;

	before(async () => { stack = await startStack(); });
	after(() => stack?.stop());

	test('opens to the key only', async () => {
		const answer = await api('/api/do-not-call', { key: 'wrong' });
		assert.equal(answer.status, 401);
		assert.equal((await answer.json()).error.code, 'unauthorized');
	});

	test('lists a number, written in any way, once', async () => {
		for (const [phone, status] of [['+1 (415) 555-0123', 201], [PHONE, 200]]) {
			const answer = await api('/api/do-not-call', { method: 'POST', body: { phone, reason: 'asked by letter' } });
			assert.equal(answer.status, status, phone);
			assert.equal(answer.headers.get('cache-control'), 'no-store');
			assert.equal((await answer.json()).phone, PHONE);
		}
		assert.deepEqual((await items()).map((one) => [one.phone, one.reason, one.source]), [[PHONE, 'asked by letter', 'api']]);
	});

	test('takes it off', async () => {
		assert.equal((await api(`/api/do-not-call/${encodeURIComponent(PHONE)}`, { method: 'DELETE' })).status, 204);
		assert.deepEqual(await items(), []);
		assert.equal((await api(`/api/do-not-call/${encodeURIComponent(PHONE)}`, { method: 'DELETE' })).status, 404);
	});

	test('writes no number into a log', async () => {
		await until(async () => (await stack.logs('access.log')).includes('"/api/do-not-call/-"'), { what: 'the address without its number' });
		assert.ok(!(await stack.logs()).includes('4155550123'), 'a telephone number in a log');
	});
});
