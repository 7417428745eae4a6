// The console's first page in a browser: an empty install is led on, what runs and what needs somebody is shown, fresh
// without being loaded again, and nothing in it can do harm.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { look, startConsole } from '../support/console.mjs';
import { until } from '../support/stack.mjs';

const NAME = `Spring <b>survey</b> "2026" & ${'unbroken'.repeat(12)}`;

describe('the overview', () => {
	let c, campaign;

	before(async () => {
		c = await startConsole();
		// The sandbox's demo data is for people; an empty install is what the first steps are for.
		for (const { id } of (await c.api('GET', '/api/campaigns')).json.items)
			await c.api('DELETE', `/api/campaigns/${id}`);
	});
	after(() => c?.close());

	test('an empty install is led through its first steps', async () => {
		const page = await c.page('operator');
		await page.goto('/console/');
		await page.getByRole('heading', { name: 'First steps' }).waitFor();
		assert.equal(await page.getByRole('link', { name: 'Make an agent' }).getAttribute('href'), '/console/agents/new');
		await page.getByText('No campaign is running.').waitFor();
		await look(page, 'overview-empty');
		await page.context().close();
	});

	test('what runs and what needs somebody comes by itself, without a jump', async () => {
		const page = await c.page('operator', { timezoneId: 'Asia/Tokyo' });
		await page.goto('/console/');
		await page.getByText('Today in Asia/Tokyo').waitFor();
		const agent = (await c.api('POST', '/api/agents', { name: 'Ada', voice_id: c.stack.settings.ELEVENLABS_VOICE_ID, script: 'Hello {{first_name}}.' })).json;
		campaign = (await c.api('POST', '/api/campaigns', { name: NAME, agent_id: agent.id, mode: 'broadcast', timezone: 'America/New_York',
			calling_hours: { days: ['mon'], start: '00:00', end: '00:01' }, recipient_hours: null })).json;
		await c.api('POST', `/api/campaigns/${campaign.id}/leads`, { leads: [{ phone: '+14155550123', name: 'Ada' }, { phone: '+14155550124', name: 'Bo' }] });
		const started = await c.api('POST', `/api/campaigns/${campaign.id}/start`);
		assert.equal(started.status, 200, started.text);
		await c.stack.redis('ZADD', 'parley:queue:screening:dead', Date.now(), 'mail:lost');
		await page.locator('[data-live="running"]').getByText(NAME).waitFor({ timeout: 30_000 });
		await page.getByText('0 of 2 leads done').waitFor();
		await page.getByText('1 piece of work was given up.').waitFor();
		assert.equal(await page.getByRole('link', { name: 'Retry or discard' }).getAttribute('href'), '/console/dead-letters');
		const windows = page.locator('[data-live="windows"]');
		await windows.getByText('America/New_York').waitFor();
		const always = await c.api('PATCH', `/api/campaigns/${campaign.id}`, { calling_hours: { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], start: '00:00', end: '24:00' } });
		assert.equal(always.status, 200, always.text);
		await page.goto('/console/');
		await windows.getByText('always open').waitFor();
		await c.api('PATCH', `/api/campaigns/${campaign.id}`, { calling_hours: { days: ['mon'], start: '00:00', end: '00:01' } });
		await page.goto('/console/');
		assert.equal(await page.locator('main b').count(), 0, 'a name is only text');
		assert.equal(await page.getByRole('heading', { name: 'First steps' }).count(), 0);
		for (const value of await page.locator('.stat-value').allTextContents()) assert.match(value, /^\d+$/);
		await look(page, 'overview');
		await page.context().close();
	});

	test('a second operator pauses it, and the first sees that with its reason', async () => {
		const page = await c.page('operator');
		await page.goto('/console/');
		await page.locator('[data-live="running"]').getByText(NAME).waitFor();
		await c.api('POST', `/api/campaigns/${campaign.id}/pause`);
		await page.locator('[data-live="attention"]').getByText('is paused').waitFor({ timeout: 30_000 });
		const link = page.locator('[data-live="attention"]').getByRole('link', { name: 'Look at it' });
		assert.equal(await link.getAttribute('href'), `/console/campaigns/${campaign.id}`);
		await page.context().close();
	});

	test('being renewed moves nothing on the page', async () => {
		const page = await c.page('operator');
		await page.goto('/console/');
		await page.evaluate(() => {
			window.shifts = 0;
			window.rounds = 0;
			new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shifts += entry.value; }).observe({ type: 'layout-shift' });
			document.addEventListener('refreshed', () => { window.rounds++; });
		});
		await page.waitForFunction(() => window.rounds >= 2, undefined, { timeout: 40_000 });
		assert.equal(await page.evaluate(() => window.shifts), 0);
		await page.context().close();
	});

	test('numbers lead to the rows behind them', async () => {
		const page = await c.page('viewer');
		await page.goto('/console/');
		const placed = page.getByRole('link', { name: /calls placed today/ });
		assert.match(await placed.getAttribute('href'), /^\/console\/calls\?from=\d{4}-\d\d-\d\dT/);
		assert.match(await page.getByRole('link', { name: /calls under way/ }).getAttribute('href'), /^\/console\/campaigns\?state=running/);
		assert.equal(await page.locator('main button').count(), 0);
		assert.equal(await page.getByRole('link', { name: 'New campaign' }).count(), 0, 'a viewer makes none');
		await page.context().close();
	});

	test('an invitation that did not arrive is told', async () => {
		await c.stack.control('/linear/issues', { method: 'POST', body: { title: 'Grace', state: 'Screening', description: 'Name: Grace\nEmail: grace@candidate.example\n\nC.' } });
		const id = await until(async () => (await c.api('GET', '/api/interviews')).json.items.find((one) => one.candidate_name === 'Grace' && one.email_state === 'delivered')?.id,
			{ what: 'the invitation', seconds: 60 });
		await c.stack.redis('HSET', `parley:session:${id}`, 'email_state', 'bounced');
		const page = await c.page('operator');
		await page.goto('/console/');
		await page.getByText('One invitation did not reach its candidate.').waitFor();
		assert.ok(!(await page.content()).includes('grace@candidate.example'));
		await page.context().close();
	});
});
