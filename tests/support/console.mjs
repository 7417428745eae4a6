// The console in a browser: a stack of its own with sandbox vendors, operators of every role, one Chromium. Pages are
// watched as in browser.mjs: an error in a script or a violation of the policy fails the test that closes them.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { assertAccessible, launchBrowser, openPage } from './browser.mjs';
import { root, startStack } from './stack.mjs';

const screenshots = process.env.PARLEY_SCREENSHOTS ?? join(root, 'build-test/screenshots');
const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 860 };

// Gives { stack, url, browser, page(role), api(method, path, body), close() }. `page` opens a new context that is signed in
// as an operator of that role ('admin', 'operator', 'viewer'); `api` uses the bearer key and gives { status, json }.
export async function startConsole(options = {}) {
	const stack = await startStack(options);
	const browser = await launchBrowser();
	const passwords = {}, opened = [];

	async function operator(role) {
		if (!passwords[role]) {
			const email = `${role}@console.example`;
			const { stdout, output, code } = await stack.exec('bin/parley', 'operator', 'add', email, '--role', role);
			assert.equal(code, 0, output);
			passwords[role] = { email, password: stdout.trim().split(' / ')[1] };
		}
		return passwords[role];
	}

	async function page(role = 'operator', contextOptions = {}) {
		const opening = await openPage(browser, { baseURL: stack.url, viewport: DESK, ...contextOptions });
		const { email, password } = await operator(role);
		await opening.goto('/login');
		await opening.getByLabel('Email').fill(email);
		await opening.getByLabel('Password').fill(password);
		await opening.getByRole('button', { name: 'Sign in' }).click();
		await opening.waitForURL(/\/console\//);
		opened.push(opening);
		return opening;
	}

	async function api(method, path, body) {
		const answer = await fetch(stack.url + path, {
			method,
			headers: { authorization: `Bearer ${stack.settings.ORCHESTRATOR_API_KEY}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const text = await answer.text();
		return { status: answer.status, json: text && /json/.test(answer.headers.get('content-type')) ? JSON.parse(text) : null, text };
	}

	return {
		stack, browser, url: stack.url, operator, page, api,
		async close() {
			const faults = opened.flatMap((one) => one.faults);
			await browser.close();
			await stack.stop();
			assert.deepEqual(faults, []);
		},
	};
}

// A picture of the page in light, dark and at the width of a small telephone; nothing is wider than the window, and axe
// finds nothing in any of them.
export async function look(page, name) {
	await mkdir(screenshots, { recursive: true });
	for (const [looks, viewport, colorScheme] of [['light', DESK, 'light'], ['dark', DESK, 'dark'], ['phone', PHONE, 'light']]) {
		await page.setViewportSize(viewport);
		await page.emulateMedia({ colorScheme });
		await page.evaluate(() => document.fonts.ready);
		await page.screenshot({ path: join(screenshots, `console-${name}-${looks}.png`), animations: 'disabled', fullPage: true });
		const { wide, window: width } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, window: innerWidth }));
		const culprits = wide <= width ? [] : await page.evaluate(() => [...document.querySelectorAll('body *')].filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
			.map((node) => `${node.tagName.toLowerCase()}${node.id && `#${node.id}`}.${node.getAttribute('class') ?? ''}`).slice(0, 8));
		assert.ok(wide <= width, `"${name}" is ${wide} px wide at ${width} px (${looks}): ${culprits.join(', ')}`);
		await assertAccessible(page, `${name}, ${looks}`);
	}
	await page.setViewportSize(DESK);
	await page.emulateMedia({ colorScheme: 'light' });
}
