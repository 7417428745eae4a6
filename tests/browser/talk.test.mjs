// During and after the talk: captions, mute, the ends of a talk, lost connections, reloads, and the notes to the server.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { buildAssets, finish, launchBrowser, openPage, until } from '../support/browser.mjs';
import { SECRET, startPageDouble } from '../support/page-double.mjs';

let assets, browser, double, page;

before(async () => {
	assets = await buildAssets();
	browser = await launchBrowser();
});
after(async () => {
	await browser.close();
	await assets.remove();
});
beforeEach(async () => {
	double = await startPageDouble({ assets: assets.directory });
	page = await openPage(browser);
});
afterEach(async () => {
	await finish(page);
	await double.close();
});

const button = (name) => page.getByRole('button', { name, exact: true });
const agree = () => page.getByRole('checkbox', { name: /^I agree/ }).check();
const status = (text) => page.getByRole('status').filter({ hasText: text }).waitFor();
const heading = (name) => page.getByRole('heading', { name }).waitFor();
const log = () => page.getByRole('log');
const lastCall = () => double.agent.calls.at(-1);
const noted = (action, conversationId, reason) => until(() => double.requests.some((request) => request.action === action
	&& request.body.secret === SECRET && request.body.conversationId === conversationId && request.body.reason === reason),
`${action} of ${conversationId}`);

// Opens the page and gets the talk going.
async function talk() {
	await page.goto(double.url);
	await agree();
	await button('Start interview').click();
	await status('Connected');
	await page.waitForFunction(() => !document.getElementById('mute').disabled);
	return lastCall();
}

test('the captions show both sides in order, as plain text', async () => {
	const call = await talk();
	call.hear('Yes. <img src=x onerror=alert(1)>').say('Tell me about {{your}} work.');
	await log().getByText('Tell me about {{your}} work.').waitFor();
	assert.deepEqual((await log().innerText()).split(/\n+/), [
		'Interviewer', 'Hello Ada, shall we start?', 'You', 'Yes. <img src=x onerror=alert(1)>', 'Interviewer', 'Tell me about {{your}} work.',
	]);
	assert.equal(await log().locator('img').count(), 0);
});

test('a sentence grows in the captions while it is spoken, and stands there once in the end', async () => {
	const call = await talk();
	call.hearing('I have');
	await log().getByText('I have …', { exact: true }).waitFor();
	call.hearing('I have worked');
	await log().getByText('I have worked …', { exact: true }).waitFor();
	call.hear('I have worked with C.');
	await log().getByText('I have worked with C.', { exact: true }).waitFor();
	assert.equal(await log().getByText(/^I have/).count(), 1);
});

test('what the interviewer did not get to say is taken out of the captions', async () => {
	const call = await talk();
	call.say('Great. First question about your experience with distributed systems.');
	await log().getByText('distributed systems').waitFor();
	call.correct('Great. First question about your experience with distributed systems.', 'Great. First question');
	await log().getByText('Great. First question', { exact: true }).waitFor();
	assert.equal(await log().getByText('distributed systems').count(), 0);
});

test('the page says who is speaking, and counts the time', async () => {
	const call = await talk();
	call.say('A rather long sentence follows here.', 3);
	await page.getByText('The interviewer is speaking').waitFor();
	await page.getByText('Your turn: the interviewer is listening').waitFor();
	await page.getByRole('timer').filter({ hasText: /0:0[2-9]/ }).waitFor();
});

test('mute sends silence, unmute sends sound again, and both are visible', async () => {
	const call = await talk();
	await until(() => call.peaks.some((peak) => peak > 500), 'sound');
	await button('Mute').click();
	await page.getByText('You are muted').waitFor();
	await until(() => call.peaks.length > 60 && call.peaks.slice(-60).every((peak) => peak === 0), 'two seconds of silence');
	await button('Unmute').click();
	await until(() => call.peaks.slice(-20).some((peak) => peak > 500), 'sound again');
	await button('Mute').waitFor();
});

test('ending needs a confirmation, ends the call properly and thanks', async () => {
	const call = await talk();
	await button('End interview').click();
	await button('Keep talking').click();
	await status('Connected');
	await button('End interview').click();
	await button('End now').click();
	await heading('Thank you, Ada Lovelace');
	await until(() => call.closed, 'the end of the call');
	assert.deepEqual(call.closed, { code: 1000, reason: 'User ended conversation' });
	await noted('end', call.id, 'finished');
	assert.equal(await page.getByRole('button').count(), 0);
});

test('the whole way can be walked with the keyboard, and the focus follows the view', async () => {
	const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
	const tabTo = async (id) => {
		for (let presses = 0; presses < 15 && (await focused()) !== id; presses++) await page.keyboard.press('Tab');
		assert.equal(await focused(), id);
	};
	await page.goto(double.url);
	await page.keyboard.press('Tab');
	assert.equal(await focused(), 'Skip to the interview');
	await tabTo('consent');
	await page.keyboard.press('Space');
	await tabTo('start');
	await page.keyboard.press('Enter');
	await status('Connected');
	assert.equal(await focused(), 'talk-title');
	await tabTo('announce');
	await page.keyboard.press('Enter');
	assert.equal(await log().getAttribute('aria-live'), 'polite');
	await tabTo('end');
	await page.keyboard.press('Enter');
	assert.equal(await focused(), 'keep');
	await page.keyboard.press('Escape');
	assert.equal(await focused(), 'end');
	await page.keyboard.press('Enter');
	await tabTo('end-now');
	await page.keyboard.press('Enter');
	await heading('Thank you, Ada Lovelace');
	assert.equal(await focused(), 'done-title');
});

for (const [name, act] of [
	['hangs up', (call) => call.close(1000)], ['uses its tool for ending', (call) => call.endCall()],
	['reaches the longest duration', (call) => call.overtime()],
]) {
	test(`when the interviewer ${name}, the page thanks`, async () => {
		const call = await talk();
		call.hear('I am done.');
		await button('End interview').click();
		act(call);
		await heading('Thank you, Ada Lovelace');
		await noted('end', call.id, 'finished');
		assert.equal(await page.getByRole('dialog').count(), 0);
	});
}

test('an interviewer who hangs up unheard leaves the way back open, also after a reload', async () => {
	const call = await talk();
	call.close(1000);
	await heading('You could not be heard');
	await noted('end', call.id, 'lost');
	await page.reload();
	await heading('Your interview was interrupted');
	await agree();
	await button('Start interview').click();
	await status('Connected');
});

test('who is on the way back into the talk cannot finish it at the same time', async () => {
	const call = await talk();
	call.close(1011, 'internal');
	await heading('The connection was lost');
	let answer;
	const good = double.actions.session;
	double.actions.session = () => new Promise((resolve) => {
		answer = () => resolve(good());
	});
	await button('Continue interview').click();
	await until(() => answer, 'the question for a new session');
	assert.equal(await button('Finish here').isDisabled(), true);
	answer();
	await status('Connected');
});

for (const [name, act] of [['closes with an error', (call) => call.close(1011, 'internal')], ['vanishes', (call) => call.vanish()]]) {
	test(`when the connection ${name}, the talk can be continued with a fresh session`, async () => {
		const first = await talk();
		await button('Mute').click();
		act(first);
		await heading('The connection was lost');
		assert.equal(await page.getByText('internal').count(), 0);
		await noted('end', first.id, 'lost');
		await button('Continue interview').click();
		await status('Connected');
		const second = lastCall();
		assert.notEqual(second.id, first.id);
		await noted('start', second.id);
		assert.equal(double.count('session'), 2);
		// What was said before stays readable, and the microphone stays as it was.
		assert.equal(await log().getByText('Hello Ada, shall we start?').count() >= 1, true);
		await button('Unmute').waitFor();
		await until(() => second.peaks.length > 30 && second.peaks.slice(-20).every((peak) => peak === 0), 'silence in the second call');
	});
}

test('continuing can fail and be tried again, or be left', async () => {
	const call = await talk();
	const good = double.actions.session;
	double.actions.session = () => ({ status: 502, body: { success: false, error: 'Not now.', code: 'x', retryable: true } });
	call.vanish();
	await button('Continue interview').click();
	await page.getByRole('alert').filter({ hasText: 'Not now.' }).waitFor();
	double.actions.session = good;
	await button('Try again').click();
	await status('Connected');
	lastCall().vanish();
	await button('Finish here').click();
	await heading('Thank you, Ada Lovelace');
});

test('a device that stays offline loses the talk calmly', async () => {
	await page.clock.install();
	await talk();
	await page.context().setOffline(true);
	await page.clock.runFor(2000);
	await page.getByText('You seem to be offline.').waitFor();
	await page.clock.runFor(14_000);
	await heading('The connection was lost');
	await page.context().setOffline(false);
	await button('Continue interview').click();
	await status('Connected');
});

test('a short time offline only shows and passes', async () => {
	await page.clock.install();
	await talk();
	await page.context().setOffline(true);
	await page.clock.runFor(2000);
	await page.getByText('You seem to be offline.').waitFor();
	await page.getByRole('status').filter({ hasText: 'Connected, weak signal' }).waitFor();
	await page.context().setOffline(false);
	await page.clock.runFor(2000);
	await page.getByRole('status').filter({ hasText: /^Connected$/ }).waitFor();
	assert.equal(await page.getByText('You seem to be offline.').count(), 0);
});

test('the association is repeated in the background until the server has it', async () => {
	let times = 0;
	double.actions.start = () => (++times < 3 ? { status: 503, body: { success: false, error: 'x', code: 'x', retryable: true } } : { body: { success: true } });
	const call = await talk();
	await until(() => times === 3, 'the third note');
	await noted('start', call.id);
	await status('Connected');
});

test('a conversation that belongs to another session ends the talk with the reason', async () => {
	double.actions.start = () => ({ status: 409, body: { success: false, error: 'This conversation belongs to another interview.', code: 'conflict', retryable: false } });
	await page.goto(double.url);
	await agree();
	await button('Start interview').click();
	await heading('The interview cannot go on');
	await page.getByText('This conversation belongs to another interview.').waitFor();
	await until(() => lastCall().closed, 'the end of the call');
});

test('a refusal that is only our own mistake does not disturb the talk', async () => {
	double.actions.start = () => ({ status: 400, body: { success: false, error: 'malformed', code: 'malformed', retryable: false } });
	const call = await talk();
	await noted('start', call.id);
	call.say('Still here.');
	await log().getByText('Still here.').waitFor();
	await status('Connected');
});

test('leaving asks first; a reload ends the call, and the page says that the interview can be continued', async () => {
	const call = await talk();
	const asked = [];
	page.on('dialog', (dialog) => {
		asked.push(dialog.type());
		dialog.accept();
	});
	// Browsers ask only after a gesture on the page.
	await log().click();
	await page.reload();
	assert.deepEqual(asked, ['beforeunload']);
	await until(() => call.closed, 'the end of the call');
	await noted('end', call.id, 'lost');
	await heading('Your interview was interrupted');
	await agree();
	await button('Start interview').click();
	await status('Connected');
	assert.notEqual(lastCall().id, call.id);
});

test('a second tab takes the talk over, and the first one says so', async () => {
	const call = await talk();
	const second = await page.context().newPage();
	await second.goto(double.url);
	await second.getByRole('checkbox', { name: /^I agree/ }).check();
	await second.getByRole('button', { name: 'Start interview', exact: true }).click();
	await second.getByRole('status').filter({ hasText: 'Connected' }).waitFor();
	await until(() => call.closed, 'the end of the first call');
	await noted('end', call.id, 'lost');
	await heading('The interview goes on in another tab');
	assert.equal(await button('Finish here').isVisible(), false);
	await button('Continue interview').click();
	await status('Connected');
	await second.getByRole('heading', { name: 'The interview goes on in another tab' }).waitFor();
});

test('leaving before the association got through sends it along', async () => {
	double.actions.start = () => 'cut';
	const call = await talk();
	const before = double.count('start');
	page.on('dialog', (dialog) => dialog.accept());
	await page.goto('about:blank');
	await until(() => double.count('start') > before, 'a last note');
	await noted('end', call.id, 'lost');
});

test('leaving after the end does not lose an association either', async () => {
	double.actions.start = () => 'cut';
	await talk();
	await button('End interview').click();
	await button('End now').click();
	await heading('Thank you, Ada Lovelace');
	const before = double.count('start');
	await page.goto('about:blank');
	await until(() => double.count('start') > before, 'a last note');
});

test('a reload after the end still thanks', async () => {
	await talk();
	await button('End interview').click();
	await button('End now').click();
	await heading('Thank you, Ada Lovelace');
	await page.reload();
	await heading('Thank you, Ada Lovelace');
	assert.equal(await page.getByRole('button').count(), 0);
});

test('a visit from another device to an interview under way says so', async () => {
	double.values = { RETURNING: true };
	await page.goto(double.url);
	await heading('Your interview was interrupted');
});

test('a received interview only thanks', async () => {
	double.values = { RETURNING: true, FINISHED: true };
	await page.goto(double.url);
	await heading('Thank you, Ada Lovelace');
	await status('Interview received');
	assert.equal(await page.getByRole('button').count(), 0);
	assert.equal(await page.getByRole('checkbox').count(), 0);
});

test('an unplugged microphone is replaced by the default one', async () => {
	await page.addInitScript(() => {
		const devices = navigator.mediaDevices;
		const all = devices.enumerateDevices.bind(devices);
		window.unplug = () => {
			devices.enumerateDevices = async () => (await all()).slice(1);
			devices.dispatchEvent(new Event('devicechange'));
		};
		const open = devices.getUserMedia.bind(devices);
		window.opened = 0;
		devices.getUserMedia = (constraints) => {
			window.opened++;
			return open(constraints);
		};
	});
	const call = await talk();
	const before = await page.evaluate(() => window.opened);
	await page.evaluate(() => window.unplug());
	await page.waitForFunction((count) => window.opened > count, before);
	const frames = call.peaks.length;
	await until(() => call.peaks.slice(frames).some((peak) => peak > 500), 'sound from the other microphone');
});
