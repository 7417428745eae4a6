// The whole product through the candidate's eyes: an issue enters the screening state in the sandbox's Linear, the invitation
// arrives, the candidate talks, and the verdict stands on the issue. Needs a running stack:
//
//   PARLEY_STACK_URL=http://127.0.0.1:8080 PARLEY_SANDBOX_JSON=var/sandbox/sandbox.json node --test tests/browser/whole.test.mjs

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFile } from 'node:fs/promises';
import { assertAccessible, finish, launchBrowser, openPage, screenshot, until } from '../support/browser.mjs';

const { PARLEY_STACK_URL: stack, PARLEY_SANDBOX_JSON: sandboxFile } = process.env;
const skip = stack && sandboxFile ? false : 'no running stack was named';
const ANSWERS = [
	'Yes, I am ready.',
	'I owned the settlement service for three years and wrote most of its C code.',
	'I led the repair of a double booking and added the check that would have stopped it.',
	'I start with the failing case in a test, and I review every change of my team.',
];

let browser, ui;

before(async () => {
	if (skip) return;
	browser = await launchBrowser();
	({ ui } = JSON.parse(await readFile(sandboxFile, 'utf8')));
});
after(() => browser?.close());

async function control(method, path, body) {
	const response = await fetch(new URL(path, ui), {
		method, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body),
	});
	const answer = await response.json();
	assert.ok(response.ok, `${method} ${path}: ${JSON.stringify(answer)}`);
	return answer;
}

// Creates a candidate's issue in the screening state and waits for the mail to that candidate; gives {issue, path of the link}.
async function invite(name) {
	const address = `${name.toLowerCase().replace(/\W+/g, '.')}.${Date.now()}@example.com`;
	const issue = await control('POST', '/control/linear/issues', {
		title: name, state: 'Screening',
		description: `Name: ${name}\nEmail: ${address}\n\nI wrote compilers and settlement services in C for ten years.`,
	});
	const mail = await until(async () => (await control('GET', '/control/resend/outbox')).emails.find(({ to }) => to.includes(address)), 'the invitation', 60_000);
	const path = /\/interview\/[A-Za-z0-9_-]{43}/.exec(mail.text)?.[0];
	assert.ok(path, 'the mail holds the link as text');
	assert.ok(mail.html.includes(path), 'the mail holds the link as HTML');
	return { issue, path };
}

test('from the invitation through the talk to the verdict', { skip, timeout: 300_000 }, async () => {
	await control('POST', '/control/elevenlabs/script', { answers: ANSWERS, reply_after_ms: 400, turns: 3, pace: 4 });
	const { issue, path } = await invite('Grace Hopper');
	const page = await openPage(browser);
	const response = await page.goto(stack + path);
	assert.match(response.headers()['cache-control'], /no-store/);
	assert.match(response.headers()['content-security-policy'], /default-src 'none'/);
	await page.getByRole('heading', { name: 'Hello Grace Hopper' }).waitFor();
	await assertAccessible(page, 'the real page');
	await page.getByRole('checkbox', { name: /^I agree/ }).check();
	await page.getByRole('button', { name: 'Start interview', exact: true }).click();
	await page.getByRole('status').filter({ hasText: 'Connected' }).waitFor({ timeout: 40_000 });
	await page.getByRole('log').getByText('Grace Hopper').first().waitFor();
	await screenshot(page, 'whole-talk');
	await page.getByRole('button', { name: 'Mute', exact: true }).click();
	await page.getByRole('button', { name: 'Unmute', exact: true }).click();
	await page.getByRole('heading', { name: /^Thank you/ }).waitFor({ timeout: 120_000 });

	const judged = await until(async () => {
		const now = await control('GET', `/control/linear/issues/${issue.id}`);
		return ['Done', 'Declined'].includes(now.state.name) && now.comments.length > 0 ? now : null;
	}, 'the verdict', 120_000);
	await until(async () => (await control('GET', `/control/linear/issues/${issue.id}`)).comments.some(({ body }) => /settlement service/.test(body)),
		'a comment that quotes the candidate', 60_000);
	const everything = JSON.stringify(judged);
	assert.ok(!everything.includes(path.split('/').pop()), 'the secret is nowhere on the issue');
	await finish(page);

	// Another device sees that the interview is over.
	const later = await openPage(browser);
	await until(async () => {
		await later.goto(stack + path);
		return later.getByRole('heading', { name: /^Thank you/ }).isVisible();
	}, 'the received interview', 60_000);
	assert.equal(await later.getByRole('button').count(), 0);
	await finish(later);
});

test('a reload in the middle of the talk leads back into it', { skip, timeout: 180_000 }, async () => {
	await control('POST', '/control/elevenlabs/script', { answers: ANSWERS, reply_after_ms: 2000, turns: 3, pace: 1 });
	const { path } = await invite('Mary Jackson');
	const page = await openPage(browser);
	page.on('dialog', (dialog) => dialog.accept());
	const start = async () => {
		await page.getByRole('checkbox', { name: /^I agree/ }).check();
		await page.getByRole('button', { name: 'Start interview', exact: true }).click();
		await page.getByRole('status').filter({ hasText: 'Connected' }).waitFor({ timeout: 40_000 });
	};
	await page.goto(stack + path);
	await start();
	await page.reload();
	await page.getByRole('heading', { name: 'Your interview was interrupted' }).waitFor();
	await start();
	await page.getByRole('button', { name: 'End interview', exact: true }).click();
	await page.getByRole('button', { name: 'End now', exact: true }).click();
	await page.getByRole('heading', { name: /^Thank you/ }).waitFor();
	await finish(page);
});

test('a link that nobody was sent is answered with 404 and words', { skip }, async () => {
	const page = await openPage(browser);
	const response = await page.goto(`${stack}/interview/${'A'.repeat(43)}`);
	assert.equal(response.status(), 404);
	await page.getByRole('heading', { name: 'Interview not found' }).waitFor();
	await assertAccessible(page, 'the real notice');
	await screenshot(page, 'whole-notice');
	await finish(page);
});
