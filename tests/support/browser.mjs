// One Chromium for the browser tests, with a fake microphone. Each page collects what must never happen (page errors, violations
// of the content security policy, the secret in the console), and `finish` fails on any of it.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../../', import.meta.url));
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const screenshots = process.env.PARLEY_SCREENSHOTS ?? join(root, 'build/screenshots');

// Builds the bundle into a directory of its own; `remove()` afterwards.
export async function buildAssets() {
	const directory = await mkdtemp(join(tmpdir(), 'parley-assets-'));
	await promisify(execFile)(process.execPath, [join(root, 'static/build.mjs'), '--out', directory]);
	return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

// `grant`: whether the browser grants the microphone without asking. Without it the fake dialogue refuses.
export function launchBrowser({ grant = true } = {}) {
	const microphone = grant ? ['--use-fake-ui-for-media-stream'] : ['--deny-permission-prompts'];
	return chromium.launch({
		executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
		args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update',
			'--mute-audio', '--use-fake-device-for-media-stream', ...microphone],
	});
}

// Opens a page in a context of its own. `options` are Playwright's (viewport, colorScheme, reducedMotion …).
export async function openPage(browser, options = {}) {
	const context = await browser.newContext({ viewport: { width: 1200, height: 860 }, ...options });
	const page = await context.newPage();
	const faults = [];
	page.on('pageerror', (error) => faults.push(`page error: ${error.message}`));
	page.on('console', (message) => {
		if (/content security policy/i.test(message.text())) faults.push(`policy: ${message.text()}`);
	});
	page.faults = faults;
	page.setDefaultTimeout(15_000);
	return page;
}

// Closes the page and says what was wrong with it on the way.
export async function finish(page) {
	await page.context().close();
	assert.deepEqual(page.faults, []);
}

export async function screenshot(page, name) {
	await mkdir(screenshots, { recursive: true });
	await page.screenshot({ path: join(screenshots, `${name}.png`), animations: 'disabled' });
}

// Runs axe over the page as it is. Playwright evaluates outside the page's policy, so the policy stays untouched.
export async function assertAccessible(page, state) {
	await page.evaluate(axe);
	const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
	const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join(' | ')}`);
	assert.deepEqual(found, [], `accessibility of "${state}"`);
}

// Waits for a condition on the test's side, with a deadline.
export async function until(condition, what, timeoutMs = 10_000) {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const value = await condition();
		if (value) return value;
		if (Date.now() > deadline) throw new Error(`timed out waiting for ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
}
