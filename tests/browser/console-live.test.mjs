// A campaign while it runs, in the browser: what happens appears by itself, two operators see each other's changes, and
// whatever becomes of the connection, the numbers shown are those of the API.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { look, startConsole } from '../support/console.mjs';
import { ALWAYS, KEYS, phone } from '../support/campaign.mjs';
import { until } from '../support/stack.mjs';

const HOSTILE = '<img src=x onerror="document.title=\'owned\'">"\'{{X}}';

describe('a campaign that runs', () => {
	let c, agent;

	const ok = async (method, path, body, status = 200) => {
		const answer = await c.api(method, path, body);
		assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
		return answer.json;
	};
	const get = (path) => ok('GET', path);

	async function campaign(endings, more = {}) {
		const { id } = await ok('POST', '/api/campaigns', { name: 'Spring survey', agent_id: agent.id, mode: 'broadcast', timezone: 'America/New_York',
			calling_hours: ALWAYS, recipient_hours: null, max_concurrent_calls: 5, calls_per_second: 20,
			retry: { max_attempts: 2, delays_seconds: { busy: [3600], no_answer: [3600] } }, keys: KEYS, ...more }, 201);
		const leads = endings.map((ending, i) => ({ phone: phone(ending), name: i === 0 ? HOSTILE : `Ada Nr${i + 1}`, city: 'Rome' }));
		await ok('POST', `/api/campaigns/${id}/leads`, { leads });
		return { id, leads, path: `/console/campaigns/${id}`, act: (word) => ok('POST', `/api/campaigns/${id}/${word}`, {}) };
	}

	const shown = (page, code) => page.locator(`#counts [data-count="${code}"] .stat-value`).innerText().then((text) => Number(text.replaceAll(/\D/g, '')));
	const isLive = (page, words = 'Live') => page.locator('#connection').filter({ hasText: words }).waitFor({ timeout: 30_000 });
	// The page says what the API says, once nothing changes any more.
	const isExact = (page, id) => until(async () => {
		const { counts, outcomes, state } = await get(`/api/campaigns/${id}/status`);
		const bars = await page.locator('#outcomes li').evaluateAll((rows) => Object.fromEntries(rows.map((row) => [row.dataset.key ?? row.querySelector('span').textContent, Number(row.querySelector('.number').textContent)])));
		return (await page.locator('#state').innerText()).toLowerCase() === state &&
			(await Promise.all(Object.keys(counts).map(async (code) => (await shown(page, code)) === counts[code]))).every(Boolean) &&
			Object.values(bars).reduce((sum, n) => sum + n, 0) === Object.values(outcomes).reduce((sum, n) => sum + n, 0);
	}, { seconds: 30, what: 'the page and the API agree' });

	before(async () => {
		c = await startConsole({ settings: { TWILIO_CALLS_PER_SECOND: 50 } });
		await c.stack.control('/limits', { method: 'PUT', body: { twilio: { calls_per_second: 1000 } } });
		await c.stack.control('/twilio/script', { method: 'POST', body: { speed: 20 } });
		agent = await ok('POST', '/api/agents', { name: 'Ann', script: 'Hello {{first_name|there}}.' }, 201);
	});
	after(() => c?.close());

	test('appears by itself: numbers, calls, events, the chart and the leads', async () => {
		const it = await campaign(['00', '96', '90', '91', '95', '97', '80', '00', '96', '96']);
		const page = await c.page('operator');
		await page.goto(it.path);
		await isLive(page);
		assert.equal(await page.locator('#state').innerText(), 'Draft');
		await it.act('start');
		await until(async () => (await page.locator('#state').innerText()) === 'Running', { what: 'the state' });
		await until(async () => (await get(`/api/campaigns/${it.id}/status`)).counts.done >= 7, { seconds: 40, what: 'calls' });
		await isExact(page, it.id);
		await page.locator('#outcomes li', { hasText: 'Interested' }).waitFor();
		await page.locator('#outcomes li', { hasText: 'Opted out' }).waitFor();
		await page.locator('#chart canvas').waitFor();
		assert.match(await page.locator('#chart').getAttribute('aria-label'), /calls placed/);
		assert.ok(await page.locator('#feed li').count() > 5);
		await page.locator('#feed li', { hasText: 'Running' }).waitFor();
		// who is busy waits for a retry, and the table says so in a sentence
		await page.locator('#lead-table tr', { hasText: 'Waiting' }).first().locator('td', { hasText: 'due later' }).waitFor();
		assert.notEqual(await page.title(), 'owned');
		await page.locator('#lead-table a', { hasText: HOSTILE }).waitFor();
		await look(page, 'campaign-live');

		// numbers lead to the rows behind them
		await page.locator('#outcomes a', { hasText: 'Opted out' }).click();
		await page.waitForURL(/outcome=opted_out/);
		assert.equal(await page.locator('#lead-table tbody tr').count(), 1);
		await page.getByLabel('Name or number').fill('nr2');
		await page.getByLabel('Outcome', { exact: true }).selectOption('');
		await page.getByRole('button', { name: 'Show' }).click();
		await page.waitForURL(/search=nr2/);
		assert.equal(await page.locator('#lead-table tbody tr').count(), 1);

		// down to a lead and its attempt
		await page.locator('#lead-table a', { hasText: 'Ada Nr2' }).click();
		await page.getByRole('heading', { name: /Ada Nr2/ }).waitFor();
		await page.getByText('Rome').waitFor();
		await look(page, 'lead');
		await page.getByRole('rowheader').getByRole('link').first().click();
		await page.getByRole('heading', { name: /Call to Ada Nr2/ }).waitFor();
		const steps = page.locator('.timeline li');
		await steps.filter({ hasText: 'A key was pressed. 1' }).waitFor();
		await steps.filter({ hasText: 'Settled as interested' }).waitFor();
		assert.match(await page.locator('audio').getAttribute('src'), /^\/audio\/[0-9a-f]{64}\.wav$/);
		await look(page, 'call');
		await it.act('stop');
	});

	test('two operators see each other pause, resume and stop, and the question names the consequence', async () => {
		const it = await campaign(Array(12).fill('90'), { retry: { max_attempts: 5, delays_seconds: { busy: [3600] } }, calls_per_second: 1 });
		const [one, two, viewer] = [await c.page('operator'), await c.page('admin'), await c.page('viewer')];
		await it.act('start');
		for (const page of [one, two, viewer]) await page.goto(it.path);
		for (const page of [one, two, viewer]) await isLive(page);
		await one.getByRole('button', { name: 'Pause' }).click();
		for (const page of [two, viewer]) await page.locator('#state', { hasText: 'Paused' }).waitFor({ timeout: 3000 });
		await two.getByRole('button', { name: 'Resume' }).waitFor();
		await two.getByRole('button', { name: 'Resume' }).click();
		await one.locator('#state', { hasText: 'Running' }).waitFor({ timeout: 3000 });
		assert.equal(await viewer.locator('.live-actions').count(), 0);
		assert.doesNotMatch(await viewer.locator('main').innerText(), /\+1415\d/);
		assert.match(await viewer.locator('#lead-table').innerText(), /\+1•+\d{4}/);

		// by keyboard, with a way back
		await one.getByRole('button', { name: 'Stop' }).focus();
		await one.keyboard.press('Enter');
		const dialog = one.getByRole('dialog');
		await dialog.getByText(/leads? ends? as stopped|leads end as stopped/).waitFor();
		await look(one, 'campaign-stop');
		await one.keyboard.press('Escape');
		await dialog.waitFor({ state: 'detached' });
		await one.getByRole('button', { name: 'Stop' }).click();
		await one.getByRole('button', { name: 'Stop it' }).click();
		for (const page of [one, two, viewer]) await page.locator('#state', { hasText: 'Stopped' }).waitFor({ timeout: 5000 });
		await isExact(two, it.id);
		await two.getByRole('button', { name: 'Redial the unreached' }).waitFor();
	});

	test('who was not reached becomes a new run, and a copy keeps the settings', async () => {
		const it = await campaign(['90', '90', '00'], { retry: { max_attempts: 1, delays_seconds: {} } });
		const page = await c.page('operator');
		await it.act('start');
		await until(async () => (await get(`/api/campaigns/${it.id}/status`)).state === 'completed', { seconds: 40, what: 'the end' });
		await page.goto(it.path);
		await page.getByRole('button', { name: 'Redial the unreached' }).click();
		const dialog = page.getByRole('dialog');
		await dialog.getByLabel('Busy (2)').waitFor();
		await dialog.getByRole('button', { name: 'Make the new run' }).click();
		await page.waitForURL((url) => url.pathname.startsWith('/console/campaigns/') && !url.pathname.endsWith(it.id));
		await page.getByText('Holds the 2 leads that an earlier campaign did not reach.').waitFor();
		assert.equal(await shown(page, 'total'), 2);
		const made = (await get('/api/campaigns?limit=1')).items[0];
		assert.equal(made.source_id, it.id);
		await page.goto(it.path);
		await page.getByRole('button', { name: 'Clone' }).click();
		await page.getByRole('button', { name: 'Make the draft' }).click();
		await page.waitForURL(/\/edit$/);
		assert.equal((await get('/api/campaigns?limit=1')).items[0].name, 'Copy of Spring survey');
	});

	test('a reader is exact again after nginx was away', async () => {
		const it = await campaign(Array(40).fill('00'), { calls_per_second: 5 });
		const page = await c.page('operator');
		await page.goto(it.path);
		await isLive(page);
		await it.act('start');
		await until(() => page.locator('#feed li').count(), { what: 'events' });
		process.kill(await c.stack.pid('nginx.pid'), 'SIGTERM');
		await isLive(page, /Reconnecting|Polling/);
		await isLive(page);
		await until(async () => (await get(`/api/campaigns/${it.id}/status`)).state === 'completed', { seconds: 60, what: 'the end' });
		await isExact(page, it.id);
		const { seq } = await get(`/api/campaigns/${it.id}/status`);
		await until(async () => await page.locator('#feed li').count() === Math.min(seq, 200), { what: 'every event once' });
	});

	test('without WebSocket and event stream the page asks, and says so', async () => {
		const it = await campaign(['00', '90']);
		const page = await c.page('operator');
		await page.context().route('**/live/**', (route) => route.abort());
		await page.addInitScript(() => { window.WebSocket = class { constructor() { setTimeout(() => this.onclose?.({}), 10); } close() {} }; });
		await page.goto(it.path);
		await isLive(page, 'Polling');
		await it.act('start');
		await page.locator('#state', { hasText: 'Running' }).waitFor({ timeout: 10_000 });
		await isExact(page, it.id);
		assert.ok(await page.locator('#feed li').count() > 0);
		await it.act('stop');
	});

	test('by event stream where WebSockets do not pass', async () => {
		const it = await campaign(['00']);
		const page = await c.page('operator');
		await page.addInitScript(() => { window.WebSocket = class { constructor() { setTimeout(() => this.onclose?.({}), 10); } close() {} }; });
		await page.goto(it.path);
		await isLive(page);
		await it.act('start');
		await page.locator('#state', { hasText: /Running|Completed/ }).waitFor({ timeout: 5000 });
	});

	test('the log can be held, and reads without a script', async () => {
		const it = await campaign(['00', '00']);
		const page = await c.page('operator');
		await page.goto(it.path);
		await isLive(page);
		await page.getByRole('button', { name: 'Hold' }).click();
		await it.act('start');
		await page.getByRole('button', { name: /Go on \(\d+\)/ }).waitFor();
		assert.equal(await page.locator('#feed li').count(), 0);
		await page.getByRole('button', { name: /Go on/ }).click();
		assert.ok(await page.locator('#feed li').count() > 0);

		await until(async () => (await get(`/api/campaigns/${it.id}/status`)).state === 'completed', { seconds: 40, what: 'the end' });
		const bare = await c.browser.newContext({ javaScriptEnabled: false, baseURL: c.url, storageState: await page.context().storageState() });
		const still = await bare.newPage();
		await still.goto(it.path);
		assert.equal(await still.locator('#state').innerText(), 'Completed');
		assert.ok(await still.locator('#feed li').count() > 0);
		assert.equal(await still.locator('#lead-table tbody tr').count(), 2);
		assert.ok(await still.locator('#chart-table tbody tr').count() > 0);
		await bare.close();
	});

	test('what is not there is said in the frame', async () => {
		const page = await c.page('viewer');
		for (const path of ['/console/campaigns/none', '/console/campaigns/none/leads/1', '/console/campaigns/none/calls/x']) {
			const answer = await page.goto(path);
			assert.equal(answer.status(), 404, path);
			await page.getByRole('link', { name: 'Overview', exact: true }).waitFor();
		}
	});
});
