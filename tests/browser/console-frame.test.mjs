// The frame around every console page: the menu on a telephone, the theme that the reader chose, times in the reader's
// zone, the way past the navigation, and reading without JavaScript.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startConsole } from '../support/console.mjs';
import { finish } from '../support/browser.mjs';

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

test('an address that is not there says so inside the frame', async () => {
	const page = await c.page();
	const answer = await page.goto('/console/campaigns/none-of-these');
	assert.equal(answer.status(), 404);
	await page.getByRole('navigation', { name: 'Console' }).waitFor();
	await page.getByRole('heading', { level: 1, name: 'There is nothing here' }).waitFor();
	await finish(page);
});
