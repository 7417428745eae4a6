// How every state looks and reads: axe finds nothing to complain about in light and dark, on a desk and on a small telephone,
// nothing is wider than the window, and a picture of each state is kept for a person to look at.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, buildAssets, finish, launchBrowser, openPage, screenshot } from '../support/browser.mjs';
import { startPageDouble } from '../support/page-double.mjs';

const LOOKS = {
	'light': { colorScheme: 'light' },
	'dark': { colorScheme: 'dark' },
	'phone-light': { colorScheme: 'light', viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
	'phone-dark': { colorScheme: 'dark', viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, reducedMotion: 'reduce' },
};

let assets, browser, shy;

before(async () => {
	assets = await buildAssets();
	browser = await launchBrowser();
	shy = await launchBrowser({ grant: false });
});
after(async () => {
	await browser.close();
	await shy.close();
	await assets.remove();
});

const agree = (page) => page.getByRole('checkbox', { name: /^I agree/ }).check();
const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const connected = (page) => page.getByRole('status').filter({ hasText: 'Connected' }).waitFor();

async function start(page, double) {
	await page.goto(double.url);
	await agree(page);
	await press(page, 'Start interview');
}

async function converse(page, double) {
	await start(page, double);
	await connected(page);
	const call = double.agent.calls.at(-1);
	call.hear('Yes, good morning. I am ready.');
	call.say('Tell me about a system you built, and about something that went wrong with it.', 4);
	call.hear('I built a payment queue. It lost jobs when the machine restarted, so we wrote every job to disk before answering.');
	await page.getByRole('log').getByText('payment queue').waitFor();
	return call;
}

const STATES = {
	prepare: (page, double) => page.goto(double.url),
	returning: (page, double) => {
		double.values = { RETURNING: true };
		return page.goto(double.url);
	},
	microphone: async (page, double) => {
		await page.goto(double.url);
		await press(page, 'Check microphone');
		await page.getByText('We can hear you.').waitFor();
		await agree(page);
	},
	refused: async (page, double) => {
		await start(page, double);
		await page.getByRole('alert').waitFor();
	},
	connecting: async (page, double) => {
		double.agent.onConnect = () => {};
		await start(page, double);
		await page.getByRole('status').filter({ hasText: 'Connecting' }).waitFor();
	},
	unavailable: async (page, double) => {
		double.actions.session = () => ({ status: 502, body: { success: false, error: 'The interviewer cannot be reached right now. Please try again in a moment.', code: 'x', retryable: true } });
		await start(page, double);
		await page.getByRole('alert').waitFor();
	},
	talk: converse,
	speaking: async (page, double) => {
		await converse(page, double);
		await page.getByText('The interviewer is speaking').waitFor();
	},
	muted: async (page, double) => {
		double.agent.onConnect = (call) => call.accept();
		await start(page, double);
		await connected(page);
		await press(page, 'Mute');
		await page.getByText('You are muted').waitFor();
	},
	trouble: async (page, double) => {
		await converse(page, double);
		await page.context().setOffline(true);
		await page.getByText('You seem to be offline.').waitFor();
	},
	confirm: async (page, double) => {
		await converse(page, double);
		await press(page, 'End interview');
		await page.getByRole('dialog').waitFor();
	},
	lost: async (page, double) => {
		(await converse(page, double)).vanish();
		await page.getByRole('heading', { name: 'The connection was lost' }).waitFor();
	},
	stopped: async (page, double) => {
		double.actions.session = () => ({ status: 404, body: { success: false, error: 'This interview has expired.', code: 'expired', retryable: false } });
		await start(page, double);
		await page.getByRole('heading', { name: 'The interview cannot go on' }).waitFor();
	},
	done: async (page, double) => {
		(await converse(page, double)).close(1000);
		await page.getByRole('heading', { name: /^Thank you/ }).waitFor();
	},
	finished: (page, double) => {
		double.values = { FINISHED: true };
		return page.goto(double.url);
	},
	notice: (page, double) => page.goto(`${double.origin}/interview/unknown`),
	noscript: (page, double) => page.goto(double.url),
};

for (const [state, reach] of Object.entries(STATES)) {
	test(`the state "${state}" is accessible and fits, light and dark, wide and narrow`, async () => {
		for (const [look, options] of Object.entries(LOOKS)) {
			const double = await startPageDouble({ assets: assets.directory });
			const page = await openPage(state === 'refused' ? shy : browser, { ...options, javaScriptEnabled: state !== 'noscript' });
			await reach(page, double);
			await screenshot(page, `${state}-${look}`);
			if (state !== 'noscript') {
				await assertAccessible(page, `${state}, ${look}`);
				const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
				assert.ok(content <= window, `${state}, ${look}: ${content} px of content in ${window} px`);
			}
			await finish(page);
			await double.close();
		}
	});
}
