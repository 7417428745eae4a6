// The frame around every console page: the menu on a telephone, the theme that the reader chose, times in the reader's
// zone, the way past the navigation, and reading without JavaScript.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startConsole } from '../support/console.mjs';
import { finish } from '../support/browser.mjs';
import { until } from '../support/stack.mjs';

let c;

before(async () => { c = await startConsole(); });
after(() => c?.close());

test('the first key leads past the navigation', async () => {
	const page = await c.page();
	await page.goto('/console/account');
	await page.keyboard.press('Tab');
	assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the page');
	await page.keyboard.press('Enter');
	assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
	await finish(page);
});

test('the page of the navigation is marked, and what a role cannot use is not offered', async () => {
	const page = await c.page('viewer');
	await page.goto('/console/campaigns');
	const navigation = page.getByRole('navigation', { name: 'Console' });
	assert.equal(await navigation.locator('[aria-current="page"]').innerText(), 'Campaigns');
	assert.equal(await navigation.getByRole('link', { name: 'Operators' }).count(), 0);
	await finish(page);
	const admin = await c.page('admin');
	await admin.goto('/console/campaigns');
	await admin.getByRole('link', { name: 'Operators' }).waitFor();
	await finish(admin);
});

test('the menu opens and closes on a telephone, by key too', async () => {
	const page = await c.page('operator', { viewport: { width: 360, height: 740 } });
	await page.goto('/console/account');
	const menu = page.getByRole('button', { name: 'Menu' });
	const link = page.getByRole('link', { name: 'Campaigns' });
	assert.equal(await link.isVisible(), false);
	await menu.focus();
	await page.keyboard.press('Enter');
	await link.waitFor({ state: 'visible' });
	assert.equal(await menu.getAttribute('aria-expanded'), 'true');
	await page.keyboard.press('Escape');
	await link.waitFor({ state: 'hidden' });
	await finish(page);
});

test('a chosen theme stays, on the next page too', async () => {
	const page = await c.page();
	await page.goto('/console/account');
	const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
	const light = await ground();
	await page.getByRole('button', { name: 'Dark' }).click();
	assert.notEqual(await ground(), light);
	await page.goto('/console/campaigns');
	assert.notEqual(await ground(), light);
	await page.getByRole('button', { name: 'Light' }).click();
	assert.equal(await ground(), light);
	await finish(page);
});

test('without JavaScript the navigation is open and pages can be read', async () => {
	const page = await c.page('operator', { viewport: { width: 360, height: 740 }, javaScriptEnabled: false });
	await page.goto('/console/campaigns');
	assert.equal(await page.getByRole('link', { name: 'Interviews' }).isVisible(), true);
	assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Campaigns');
	await page.getByRole('button', { name: 'Sign out' }).click();
	await page.waitForURL(/\/login/);
	await finish(page);
});

// Layout shift as browsers count it, but for what follows a key or a click; 0.1 is what they call good.
test('nothing jumps while a page comes, on a desk or a telephone', async () => {
	const agent = (await c.api('POST', '/api/agents', { name: 'Ann', script: 'Hello {{first_name}}.' })).json;
	const hours = { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], start: '00:00', end: '24:00' };
	const campaign = (await c.api('POST', '/api/campaigns', { name: 'Survey', agent_id: agent.id, timezone: 'UTC', calling_hours: hours, recipient_hours: null })).json;
	await c.api('POST', `/api/campaigns/${campaign.id}/leads`, { leads: [{ phone: '+14152001001', name: 'Ada' }] });
	assert.equal((await c.api('POST', `/api/campaigns/${campaign.id}/start`)).status, 200);
	await until(async () => (await c.api('GET', `/api/campaigns/${campaign.id}/status`)).json.attempts > 0, { what: 'a call' });
	const page = await c.page('admin');
	await page.addInitScript(() => {
		window.shifts = [];
		new PerformanceObserver((list) => {
			for (const { hadRecentInput, value, sources } of list.getEntries())
				if (!hadRecentInput) window.shifts.push({ value, what: (sources ?? []).map(({ node }) => node?.nodeName).join(' ') });
		}).observe({ type: 'layout-shift', buffered: true });
	});
	const paths = ['/', '/interviews', '/interviews/orphans', '/campaigns', `/campaigns/${campaign.id}`, `/campaigns/${campaign.id}/edit?step=review`,
		'/calls', '/do-not-call', '/agents', `/agents/${agent.id}`, '/voices', '/settings', '/dead-letters', '/workspaces', '/operators', '/audit', '/account'];
	for (const viewport of [{ width: 1280, height: 860 }, { width: 360, height: 740 }]) {
		await page.setViewportSize(viewport);
		for (const path of paths) {
			await page.goto(`/console${path}`);
			await page.waitForLoadState('networkidle');
			const shifts = await page.evaluate(() => window.shifts);
			assert.ok(shifts.reduce((sum, { value }) => sum + value, 0) < 0.1, `${path} at ${viewport.width}: ${JSON.stringify(shifts)}`);
		}
	}
	await finish(page);
});

test('an address that is not there says so inside the frame', async () => {
	const page = await c.page();
	const answer = await page.goto('/console/campaigns/none-of-these');
	assert.equal(answer.status(), 404);
	await page.getByRole('navigation', { name: 'Console' }).waitFor();
	await page.getByRole('heading', { level: 1, name: 'There is nothing here' }).waitFor();
	await finish(page);
});
