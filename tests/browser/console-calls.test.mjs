// The calls of all campaigns and the do-not-call list, in the browser.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';

import { look, startConsole } from '../support/console.mjs';
import { ALWAYS, KEYS, phone } from '../support/campaign.mjs';
import { until } from '../support/stack.mjs';

const HOSTILE = '<b onclick="x()">"\'{{X}}</b>';

describe('calls and the do-not-call list', () => {
	let c, leads, id;

	const ok = async (method, path, body, status = 200) => {
		const answer = await c.api(method, path, body);
		assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
		return answer.json;
	};

	before(async () => {
		c = await startConsole({ settings: { TWILIO_CALLS_PER_SECOND: 50 } });
		await c.stack.control('/limits', { method: 'PUT', body: { twilio: { calls_per_second: 1000 } } });
		await c.stack.control('/twilio/script', { method: 'POST', body: { speed: 50 } });
		const agent = await ok('POST', '/api/agents', { name: 'Ann', script: 'Hello.' }, 201);
		leads = ['00', '90', '96', '91'].map((ending) => ({ phone: phone(ending), name: HOSTILE }));
		await c.stack.control('/twilio/script', { method: 'POST', body: { numbers: { [leads[2].phone]: { turns: [{ speech: HOSTILE }, { digits: '1' }] } } } });
		({ id } = await ok('POST', '/api/campaigns', { name: HOSTILE, agent_id: agent.id, mode: 'broadcast', timezone: 'America/New_York', calling_hours: ALWAYS,
			recipient_hours: null, max_concurrent_calls: 10, calls_per_second: 20, retry: { max_attempts: 1, delays_seconds: {} }, keys: KEYS, speech: true }, 201));
	});
	after(() => c?.close());

	test('an empty log and an empty list teach what comes there', async () => {
		const page = await c.page('operator');
		await page.goto('/console/calls');
		await page.getByRole('heading', { name: 'No call has been placed yet' }).waitFor();
		await look(page, 'calls-empty');
		await page.goto('/console/do-not-call');
		await page.getByRole('heading', { name: 'The list is empty' }).waitFor();
		await look(page, 'do-not-call-empty');
	});

	test('the log is filtered by its address, leads to each call, and harms nobody', async () => {
		await ok('POST', `/api/campaigns/${id}/leads`, { leads });
		await ok('POST', `/api/campaigns/${id}/start`, {});
		await until(async () => (await ok('GET', `/api/campaigns/${id}/status`)).state === 'completed', { seconds: 40, what: 'the end' });
		const page = await c.page('operator');
		await page.goto('/console/calls');
		assert.equal(await page.locator('tbody tr').count(), 4);
		await page.getByRole('link', { name: HOSTILE }).first().waitFor();
		assert.equal(await page.locator('main b, main [onclick]').count(), 0);
		await look(page, 'calls');
		await page.getByLabel('Outcome').selectOption('busy');
		await page.getByRole('button', { name: 'Show' }).click();
		await page.waitForURL(/outcome=busy/);
		assert.equal(await page.locator('tbody tr').count(), 1);
		assert.equal(await page.getByLabel('Outcome').inputValue(), 'busy');
		await page.goto(`/console/calls?campaign=${id}&phone=${encodeURIComponent(leads[3].phone)}`);
		assert.equal(await page.locator('tbody tr').count(), 1);
		await page.locator('tbody a').first().click();
		await page.getByRole('heading', { name: /^Call to/ }).waitFor();
		await page.goto('/console/calls?phone=hello');
		await page.getByRole('alert').waitFor();
		await page.goto('/console/calls?outcome=voicemail');
		await page.getByRole('heading', { name: 'No call fits' }).waitFor();
	});

	test('a viewer sees numbers masked and can change nothing', async () => {
		await ok('POST', '/api/do-not-call', { phone: '+14155550188', reason: 'asked' }, 201);
		const page = await c.page('viewer');
		for (const path of ['/console/calls', '/console/do-not-call']) {
			await page.goto(path);
			assert.match(await page.locator('table').innerText(), /\+1•+\d{4}/, path);
			assert.doesNotMatch(await page.content(), /\+?1?415(?:2\d{6}|5550188)/, path);
		}
		assert.equal(await page.locator('[data-call], #add, #import').count(), 0);
		const exported = await page.evaluate(() => fetch('/api/do-not-call.csv').then((answer) => answer.text()));
		assert.match(exported, /\+1•+0188/);
		await page.goto('/console/do-not-call?search=%2B14155');
		await page.getByRole('alert').filter({ hasText: 'whole telephone number' }).waitFor();
	});

	test('a number is added, found, and removed after a question', async () => {
		const page = await c.page('operator');
		await page.goto('/console/do-not-call');
		await page.getByLabel('Number', { exact: true }).fill('0123');
		await page.getByRole('button', { name: 'Add', exact: true }).click();
		await page.locator('#add .error').first().filter({ hasText: /\w/ }).waitFor();
		await page.getByLabel('Number', { exact: true }).fill('+1 415 555 0199');
		await page.getByLabel('Reason', { exact: true }).fill(HOSTILE);
		await page.getByRole('button', { name: 'Add', exact: true }).click();
		await page.getByText('The number is on the list.').waitFor();
		await page.getByRole('rowheader', { name: '+14155550199' }).waitFor();
		await page.getByLabel('Number, or how it begins').fill('+1 415 555 01');
		await page.getByRole('button', { name: 'Search' }).click();
		await page.waitForURL(/search=/);
		await look(page, 'do-not-call');
		await page.getByRole('button', { name: 'Remove +14155550199' }).click();
		await page.getByRole('dialog').getByText('may call +14155550199 again').waitFor();
		await page.keyboard.press('Escape');
		await page.getByRole('button', { name: 'Remove +14155550199' }).click();
		await page.getByRole('button', { name: 'Take it off' }).click();
		await page.getByText('The number is off the list.').waitFor();
		assert.equal((await c.api('GET', '/api/do-not-call?search=%2B14155550199')).json.items.length, 0);
	});

	test('a file is looked at before it is imported, bad rows can be taken home, and the export has it all', async () => {
		const page = await c.page('operator');
		await page.goto('/console/do-not-call');
		const file = (text) => page.getByLabel('File', { exact: true }).setInputFiles({ name: 'old.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
		await page.getByRole('button', { name: 'Check the file' }).click();
		await page.locator('#import .error').first().filter({ hasText: 'Choose a file' }).waitFor();
		await file('name,city\nAda,Rome\n');
		await page.getByRole('button', { name: 'Check the file' }).click();
		await page.locator('#import .error').first().filter({ hasText: 'no column' }).waitFor();
		await file('phone,reason\n+14155550131,letter\n(415) 555-0132,\nnobody,\n+14155550188,known\n');
		await page.getByLabel('Country of national numbers').fill('us');
		await page.getByRole('button', { name: 'Check the file' }).click();
		await page.locator('#import-result').filter({ hasText: 'Would add 2 numbers; 1 is on the list already, 1 row cannot be used.' }).waitFor();
		assert.equal((await c.api('GET', '/api/do-not-call?search=%2B1415555013')).json.items.length, 0);
		const download = page.waitForEvent('download');
		await page.getByRole('button', { name: 'Download these rows' }).click();
		assert.match(await readFile(await (await download).path(), 'utf8'), /^row,phone,reason\r\n4,nobody,/);
		await look(page, 'do-not-call-import');
		await page.getByRole('button', { name: 'Import 2 numbers' }).click();
		await page.locator('#import-result').filter({ hasText: 'Added 2 numbers' }).waitFor();
		const { text } = await c.api('GET', '/api/do-not-call.csv');
		assert.match(text, /\+14155550131,letter,import,/);
	});
});
