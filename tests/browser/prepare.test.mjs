// Before the talk: what the page tells, the consent, the microphone, and every way in which a start can fail and be repeated.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { buildAssets, finish, launchBrowser, openPage, until } from '../support/browser.mjs';
import { SECRET, startPageDouble } from '../support/page-double.mjs';

let assets, browser, shy, double, page;

before(async () => {
	assets = await buildAssets();
	browser = await launchBrowser();
	// A browser whose user has refused the microphone.
	shy = await launchBrowser({ grant: false });
});
after(async () => {
	await browser.close();
	await shy.close();
	await assets.remove();
});
beforeEach(async () => {
	double = await startPageDouble({ assets: assets.directory });
});
afterEach(async () => {
	await finish(page);
	await double.close();
});

const open = async (from = browser, options = {}) => {
	page = await openPage(from, options);
	await page.goto(double.url);
};
const button = (name) => page.getByRole('button', { name, exact: true });
const agree = () => page.getByRole('checkbox', { name: /^I agree/ }).check();
const connected = () => page.getByRole('status').filter({ hasText: 'Connected' }).waitFor();
const problem = (text) => page.getByRole('alert').filter({ hasText: text }).waitFor();
const refuse = (status, error, retryable, code = 'x') => () => ({ status, body: { success: false, error, code, retryable } });

test('the start button waits for the consent and says so', async () => {
	await open();
	const start = button('Start interview');
	assert.equal(await start.isDisabled(), true);
	assert.equal(await page.locator('#start-hint').innerText(), 'Tick the box above to start.');
	await agree();
	assert.equal(await start.isDisabled(), false);
	await page.getByRole('checkbox').uncheck();
	assert.equal(await start.isDisabled(), true);
	assert.equal(double.requests.length, 0);
});

test('the consent goes with the request for the session, in its version', async () => {
	await open();
	await agree();
	await button('Start interview').click();
	await connected();
	assert.deepEqual(double.requests[0], {
		action: 'session', type: 'application/json', body: { secret: SECRET, consent: { version: '2026-11' } },
	});
	assert.deepEqual(double.agent.calls[0].initiation.dynamic_variables, {
		candidate_name: 'Ada Lovelace', company_name: 'Acme Robotics', parley_session: 'session_1',
	});
});

test('the deadline is shown in the time of the candidate', async () => {
	await open(browser, { timezoneId: 'Asia/Tokyo' });
	await page.getByText('Friday 27 November at 21:00 (your time)').waitFor();
});

test('the microphone check shows that the candidate is heard, and lets the microphone be chosen', async () => {
	await open();
	await button('Check microphone').click();
	await page.getByText('We can hear you.').waitFor();
	const names = await page.getByRole('combobox', { name: 'Microphone' }).locator('option').allInnerTexts();
	assert.ok(names.length > 1);
	await page.getByRole('combobox', { name: 'Microphone' }).selectOption({ label: names[1] });
	await page.getByText('We can hear you.').waitFor();
	assert.equal(await page.locator('#mic-device option:checked').innerText(), names[1]);
	await button('Stop checking').click();
	assert.equal(await page.getByRole('meter').count(), 0);
	await agree();
	await button('Start interview').click();
	await connected();
});

test('a refused microphone is explained and uses up no signed URL; once allowed, the same button starts', async () => {
	await open(shy);
	await agree();
	await button('Start interview').click();
	await problem('does not let this page use your microphone');
	await page.getByText('Set Microphone to Allow.').waitFor();
	assert.equal(double.requests.length, 0);
	await page.context().grantPermissions(['microphone'], { origin: double.origin });
	await button('Try again').click();
	await connected();
	assert.equal(double.count('session'), 1);
});

for (const [name, words] of [['NotFoundError', 'No microphone was found'], ['NotReadableError', 'The microphone is in use']]) {
	test(`a microphone that fails with ${name} is explained`, async () => {
		page = await openPage(browser);
		await page.addInitScript((errorName) => {
			navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', errorName));
		}, name);
		await page.goto(double.url);
		await button('Check microphone').click();
		await problem(words);
		await agree();
		await button('Start interview').click();
		await button('Try again').waitFor();
		assert.equal(double.requests.length, 0);
	});
}

test('a browser without a microphone interface is told so and offers no start', async () => {
	page = await openPage(browser);
	await page.addInitScript(() => Object.defineProperty(window, 'AudioWorkletNode', { value: undefined }));
	await page.goto(double.url);
	await page.getByText('This browser cannot hold the interview').waitFor();
	await agree();
	assert.equal(await button('Start interview').isDisabled(), true);
});

test('a retryable refusal is shown as the server worded it, and trying again starts the talk', async () => {
	const good = double.actions.session;
	double.actions.session = refuse(502, 'The interviewer is not available right now.', true);
	await open();
	await agree();
	await button('Start interview').click();
	await problem('The interviewer is not available right now.');
	await page.waitForFunction(() => document.activeElement.textContent === 'Try again');
	double.actions.session = good;
	await button('Try again').click();
	await connected();
	assert.equal(await page.getByRole('alert').count(), 0);
});

test('a limit that no retry can change is shown without offering one', async () => {
	double.actions.session = refuse(429, 'No more interviews can be held today.', false);
	await open();
	await agree();
	await button('Start interview').click();
	await problem('No more interviews can be held today.');
	assert.equal(await button('Try again').count(), 0);
});

test('an interview that expired in between is final', async () => {
	double.actions.session = refuse(404, 'This interview has expired.', false, 'expired');
	await open();
	await agree();
	await button('Start interview').click();
	await page.getByRole('heading', { name: 'The interview cannot go on' }).waitFor();
	await page.getByText('This interview has expired.').waitFor();
	assert.equal(await page.getByRole('button').count(), 0);
});

test('an interview that was received meanwhile, for example from another device, thanks', async () => {
	double.actions.session = refuse(409, 'This interview is complete.', false, 'interview_finished');
	await open();
	await agree();
	await button('Start interview').click();
	await page.getByRole('heading', { name: 'Thank you, Ada Lovelace' }).waitFor();
});

for (const [name, answer, words] of [
	['a lost connection', () => 'cut', 'We could not reach the interview service'],
	['an answer of a proxy', () => ({ status: 502, body: '<html>Bad Gateway</html>' }), 'not available right now'],
	['an answer without a signed URL', () => ({ body: { success: true } }), 'an answer we cannot read'],
]) {
	test(`${name} is explained with a retry`, async () => {
		const good = double.actions.session;
		double.actions.session = answer;
		await open();
		await agree();
		await button('Start interview').click();
		await problem(words);
		double.actions.session = good;
		await button('Try again').click();
		await connected();
	});
}

test('a refused connection is explained, and the retry uses a fresh signed URL', async () => {
	const given = [];
	const good = double.actions.session;
	double.actions.session = (body) => {
		const answer = good(body);
		given.push(answer.body.signedUrl);
		return answer;
	};
	double.agent.onConnect = (call) => call.close(1008, 'Missing required dynamic variables');
	await open();
	await agree();
	await button('Start interview').click();
	await problem('The interviewer could not be reached.');
	assert.equal(await page.getByText('dynamic variables').count(), 0);
	double.agent.onConnect = (call) => call.accept();
	await button('Try again').click();
	await connected();
	assert.equal(new Set(given).size, 2);
});

test('an interviewer who never answers is given up, and does not come back as a second voice', async () => {
	double.agent.onConnect = () => {};
	page = await openPage(browser);
	await page.clock.install();
	await page.goto(double.url);
	await agree();
	await button('Start interview').click();
	const late = await until(() => double.agent.calls.find((call) => call.initiation), 'the call');
	await page.clock.fastForward(26_000);
	await problem('The interviewer did not answer.');
	late.accept();
	await until(() => late.closed, 'the late call to be closed');
	assert.equal(await page.getByRole('status').innerText(), 'Not started');
});

// The policy of the page refuses every other host, so that a talk at all means that nothing foreign was needed.
test('a browser that cannot choose its sample rate takes the resampler from our own host', async () => {
	page = await openPage(browser);
	await page.addInitScript(() => {
		navigator.mediaDevices.getSupportedConstraints = () => ({});
	});
	await page.goto(double.url);
	await agree();
	await button('Start interview').click();
	await connected();
	const [call] = double.agent.calls;
	await until(() => call.peaks.some((peak) => peak > 500), 'sound from the microphone');
	assert.ok(double.fetched.includes('libsamplerate.worklet.js'));
});

test('the secret stays in the address and the request bodies', async () => {
	page = await openPage(browser);
	const seen = [];
	page.on('request', (request) => request.url() !== double.url && seen.push(request.url(), request.headers().referer ?? ''));
	page.on('console', (message) => seen.push(message.text()));
	await page.goto(double.url);
	await agree();
	await button('Start interview').click();
	await connected();
	seen.push(await page.title(), await page.content(), await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])));
	assert.deepEqual(seen.filter((text) => text.includes(SECRET)), []);
});

test('an unknown link gets the notice page, without any script', async () => {
	page = await openPage(browser);
	const scripts = [];
	page.on('request', (request) => request.resourceType() === 'script' && scripts.push(request.url()));
	const response = await page.goto(`${double.origin}/interview/unknown`);
	assert.equal(response.status(), 404);
	await page.getByRole('heading', { name: 'Interview not found' }).waitFor();
	assert.deepEqual(scripts, []);
});
