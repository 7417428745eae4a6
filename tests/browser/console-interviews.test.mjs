// The interviews in the console: the board, one interview beside its recording, a decision, an erasure, a transcript that
// finds its interview; as an operator, as a viewer, with hostile words, on a telephone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { look, startConsole } from '../support/console.mjs';
import { screeningOn, STRONG, talkOf, until, WEAK } from '../support/screening.mjs';

let c, it, page;
before(async () => {
	c = await startConsole();
	it = await screeningOn(c.stack);
	page = await c.page('operator');
});
after(() => c.close());

const quiet = () => it.untilQuiet({ except: /^erasure:|^alert:|^linear-sweep:/ });

async function judged(transcript, person) {
	const one = await it.invite(person);
	const talk = await it.talk(one.secret, { transcript });
	await it.untilComments(one.id, { verdict: 1 });
	await quiet();
	const { json } = await c.api('GET', `/api/interviews?search=${encodeURIComponent(one.name)}`);
	return { ...one, talk, interview: json.items[0].id };
}

// What the page does when the reader comes back to it: it looks again at once.
const lookAgain = () => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));

test('without interviews the page says how Linear begins one', async () => {
	await page.goto('/console/interviews');
	await page.getByRole('heading', { name: 'No interview yet' }).waitFor();
	await page.getByText('move it to the state “Screening”').waitFor();
	await look(page, 'interviews-empty');
	await page.goto('/console/interviews/orphans');
	await page.getByRole('heading', { name: 'Nothing is lost' }).waitFor();
});

test('the board shows who is where, follows what happens, and can be searched', async () => {
	const passed = await judged(talkOf(STRONG), { name: 'Grace Hopper', email: 'grace@example.org' });
	await judged(talkOf(WEAK), { name: 'Linus Weak', email: 'linus@example.org' });
	await it.invite({ name: 'Barbara Liskov', email: 'barbara@example.org' });
	await page.goto('/console/interviews');
	const moved = page.getByRole('region', { name: /^Moved/ });
	await moved.getByRole('link', { name: /Grace Hopper.*pass/s }).waitFor();
	await moved.getByRole('link', { name: /Linus Weak.*fail/s }).waitFor();
	await page.getByRole('region', { name: /^Invited/ }).getByRole('link', { name: /Barbara Liskov/ }).waitFor();
	assert.ok(!(await page.content()).includes(passed.secret));
	// Somebody new appears without a word, and focus stays.
	await moved.getByRole('link', { name: /Grace Hopper/ }).focus();
	await it.invite({ name: 'Ada Lovelace', email: 'ada@example.org' });
	await lookAgain();
	await page.getByRole('region', { name: /^Invited/ }).getByRole('link', { name: /Ada Lovelace/ }).waitFor();
	assert.match(await page.evaluate(() => document.activeElement.textContent), /Grace Hopper/);
	await look(page, 'interviews-board');

	await page.getByLabel('Search').fill('liskov');
	await page.getByRole('button', { name: 'Show' }).click();
	await page.waitForURL(/\?search=liskov$/);
	assert.equal(await page.getByRole('link', { name: /Grace Hopper/ }).count(), 0);
	await page.goto('/console/interviews');
	await page.getByLabel('Verdict').selectOption('fail');
	await page.waitForURL(/\?verdict=fail$/);
	await page.getByRole('link', { name: /Linus Weak/ }).waitFor();
	assert.equal(await page.getByRole('link', { name: /Grace Hopper/ }).count(), 0);
	await page.goto('/console/interviews?stage=moved');
	await page.getByRole('heading', { name: 'Moved' }).waitFor();
	assert.equal(await page.locator('.interviews-card').count(), 2);
});

test('an interview shows its verdict and its words beside the recording', async () => {
	const one = await judged(talkOf(STRONG), { name: 'Margaret Hamilton', email: 'margaret@example.org' });
	await page.goto('/console/interviews');
	await page.getByRole('link', { name: /Margaret Hamilton/ }).click();
	await page.getByRole('heading', { name: 'Margaret Hamilton', level: 1 }).waitFor();
	await page.getByText('margaret@example.org', { exact: true }).waitFor();
	assert.ok(!(await page.content()).includes(one.secret));
	// A key point leads to what was said.
	const point = page.locator('[data-turn-link]').first();
	const turn = page.locator(`#turn-${await point.getAttribute('data-turn-link')}`);
	await point.click();
	await turn.locator('mark').waitFor();
	assert.ok(await turn.evaluate((node) => node.dataset.marked !== undefined && node.contains(document.activeElement)));
	// A turn is heard by a click, and marked while it plays.
	const second = page.locator('#turn-1');
	await second.getByText(STRONG[0]).click();
	await page.waitForFunction(() => !document.querySelector('#audio').paused && document.querySelector('#audio').currentTime >= 8);
	await page.locator('#turn-1[aria-current="true"]').waitFor();
	// By the keyboard: Enter pauses it, an arrow leads to the next turn.
	await second.getByRole('button').focus();
	await page.keyboard.press('Enter');
	await page.waitForFunction(() => document.querySelector('#audio').paused);
	await page.keyboard.press('ArrowUp');
	assert.equal(await page.evaluate(() => document.activeElement.id), 'time-0');
	await page.keyboard.press('Enter');
	await page.locator('#turn-0[aria-current="true"]').waitFor();
	await page.evaluate(() => document.querySelector('#audio').pause());
	await look(page, 'interview');
});

test('a recording that cannot be had says why', async () => {
	const one = await judged(talkOf(STRONG), { name: 'Quiet Person', email: 'quiet@example.org' });
	await it.fault('elevenlabs', { path: `/v1/convai/conversations/${one.talk}/audio` }, 'status', { status: 500, times: 9 });
	await page.goto(`/console/interviews/${one.interview}`);
	await page.locator('#time-1').click();
	await page.locator('#player-status').getByText('did not give the recording').waitFor();
	await it.clearFaults();
	page.faults.splice(0); // the browser tells each failed fetch
});

test('a person decides otherwise, with a reason, and Linear follows', async () => {
	const one = await judged(talkOf(WEAK), { name: 'Second Chance', email: 'second@example.org' });
	await page.goto(`/console/interviews/${one.interview}`);
	await page.getByRole('button', { name: 'Decide…' }).click();
	const dialog = page.getByRole('dialog', { name: 'Decide about this interview' });
	await dialog.getByRole('button', { name: 'Decide' }).click();
	await dialog.getByText('Please choose a result.').waitFor();
	await dialog.getByLabel('Pass').check();
	await dialog.getByLabel('Reason').fill('Excellent references.');
	await look(page, 'interview-decide');
	await dialog.getByRole('button', { name: 'Decide' }).click();
	await dialog.waitFor({ state: 'hidden' });
	await until(async () => (await it.issue(one.id)).state.name === 'Done', { what: 'the move', seconds: 40 });
	await quiet();
	await lookAgain();
	const verdict = page.locator('#interview-verdict');
	await verdict.getByText('The issue was moved to Done.').waitFor();
	await verdict.getByText('operator@console.example').waitFor();
	await verdict.getByText('Excellent references.').waitFor();
	assert.match(await verdict.textContent(), /fail/); // the model's word is still there
	await look(page, 'interview-decided');
});

test('resending, revoking and evaluating again are one question away', async () => {
	const one = await it.invite({ name: 'Again Please', email: 'again@example.org' });
	const { json } = await c.api('GET', '/api/interviews?search=again');
	await page.goto(`/console/interviews/${json.items[0].id}`);
	await page.getByRole('button', { name: 'Send again' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Mail it again' }).click();
	await page.getByText('The invitation is mailed again.').waitFor();
	await until(async () => (await it.mailsTo(one.email)).length === 2, { what: 'the second mail' });
	await page.getByRole('button', { name: 'Revoke' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
	await page.getByText('The link is revoked.').waitFor();
	await page.getByText('Revoked by operator@console.example').waitFor();
	assert.equal((await it.page(one.secret)).status, 404);
	assert.equal(await page.getByRole('button', { name: 'Send again' }).count(), 0);
});

test('an erasure must be meant, and leaves a page that says so', async () => {
	const one = await judged(talkOf([...STRONG, 'My cat is called Quetzalcoatlus and sits on the keyboard all day long.']), { name: 'Gone Soon', email: 'gone@example.org' });
	await page.goto(`/console/interviews/${one.interview}`);
	await page.getByRole('button', { name: 'Erase…' }).click();
	const dialog = page.getByRole('dialog', { name: 'Erase Gone Soon?' });
	await dialog.getByText('comments and files in Linear').waitFor();
	await dialog.getByLabel(/Type/).fill('Gone');
	await dialog.getByRole('button', { name: 'Erase for good' }).click();
	await dialog.getByText('That is not the same text.').waitFor();
	await look(page, 'interview-erase');
	await dialog.getByLabel(/Type/).fill('Gone Soon');
	await dialog.getByRole('button', { name: 'Erase for good' }).click();
	await page.waitForURL(/\/console\/interviews$/);
	await page.getByText('The candidate is erased.').waitFor();
	assert.equal(await page.getByRole('link', { name: /Gone Soon/ }).count(), 0);
	await until(async () => !(await it.control('/elevenlabs/conversations')).conversations.some(({ conversation_id: id }) => id === one.talk), { what: 'no conversation at ElevenLabs' });
	await it.redis('config', 'set', 'rdbcompression', 'no');
	await until(async () => {
		for (const words of ['Gone Soon', 'gone@example.org', 'Quetzalcoatlus']) {
			const found = await it.redis('eval', `for _, key in ipairs(redis.call('KEYS', '*')) do
				if string.find(key .. redis.call('DUMP', key), ARGV[1], 1, true) then return key end end return ''`, 0, words);
			if (found)
				throw new Error(`${words} in ${found}`);
		}
		return true;
	}, { what: 'an empty Redis' });
	const answer = await page.goto(`/console/interviews/${one.interview}`);
	assert.equal(answer.status(), 410);
	await page.getByRole('heading', { name: 'This interview was erased' }).waitFor();
	page.faults.splice(0); // Chromium tells the 410
});

test('a transcript without an interview finds its own', async () => {
	const one = await it.invite({ name: 'Lost Voice', email: 'lost@example.org' });
	const { conversation_id: id } = await it.control('/elevenlabs/conversations', { method: 'POST',
		body: { webhook: false, transcript: talkOf(STRONG), dynamic_variables: { candidate_name: 'Lost <b>Voice</b>' } } });
	await it.sendTranscript(id);
	await until(async () => (await c.api('GET', '/api/interviews/orphans')).json.items.length === 1, { what: 'the orphan' });
	await page.goto('/console/interviews');
	await page.getByRole('link', { name: /Transcripts without an interview/ }).click();
	await page.getByRole('heading', { name: 'Lost <b>Voice</b>' }).waitFor();
	await look(page, 'interviews-orphans');
	await page.getByRole('button', { name: 'Attach to an interview…' }).click();
	const dialog = page.getByRole('dialog', { name: 'Whose talk was it?' });
	await dialog.getByLabel('Find the interview').fill('lost voice');
	await dialog.getByText('1 found').waitFor();
	await dialog.getByRole('button', { name: 'Attach' }).click();
	await dialog.getByText('Please choose an interview.').waitFor();
	await dialog.getByRole('radio').check();
	await look(page, 'interviews-attach');
	await dialog.getByRole('button', { name: 'Attach' }).click();
	await dialog.waitFor({ state: 'hidden' });
	await it.untilComments(one.id, { verdict: 1 });
	await lookAgain();
	await page.getByRole('heading', { name: 'Nothing is lost' }).waitFor();
	await it.untilComments(one.id, { verdict: 1 });
});

test('a viewer reads all of it and changes nothing, and sees no address', async () => {
	const one = await judged(talkOf([...STRONG, 'Write to me at viewer.test@example.org or call +44 20 7946 0018 any time.']), { name: 'Seen Only', email: 'seen@example.org' });
	const viewer = await c.page('viewer');
	await viewer.goto(`/console/interviews/${one.interview}`);
	await viewer.getByRole('heading', { name: 'Seen Only', level: 1 }).waitFor();
	for (const name of ['Send again', 'Revoke', 'Evaluate again', 'Decide…', 'Erase…'])
		assert.equal(await viewer.getByRole('button', { name }).count(), 0, name);
	const html = await viewer.content();
	for (const word of ['seen@example.org', 'viewer.test@example.org', '7946 0018', one.secret])
		assert.ok(!html.includes(word), word);
	const status = await viewer.evaluate(async (id) => (await fetch(`/api/interviews/${id}/override`, { method: 'POST',
		headers: { 'content-type': 'application/json', 'x-csrf-token': document.querySelector('meta[name="csrf-token"]').content },
		body: '{"result":"fail","reason":"x"}' })).status, one.interview);
	assert.equal(status, 403);
	const found = await viewer.evaluate(async () => (await (await fetch('/api/interviews?search=seen%40example')).json()).items.length);
	assert.equal(found, 0);
	viewer.faults.splice(0); // the 403 of above
});

test('hostile names and words are text', async () => {
	const name = '<img src=x onerror=alert(1)>"\'{{NAME}}</script>';
	const said = '</p><script>alert(2)</script> I rewrote the settlement batch in C, and led the repair of an incident.';
	const one = await judged(talkOf([...STRONG, said]), { name, email: 'hostile@example.org' });
	await page.goto('/console/interviews');
	await page.getByRole('link').filter({ hasText: '<img src=x' }).first().waitFor();
	await page.goto(`/console/interviews/${one.interview}`);
	assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), name);
	await page.locator('#interview-talk').getByText(said).waitFor();
	assert.equal(await page.locator('main img, main script').count(), 0);
	await page.getByRole('button', { name: 'Erase…' }).click();
	await page.getByRole('dialog').getByText(name).first().waitFor();
	await page.keyboard.press('Escape');
});

test('a page that is no interview says so', async () => {
	const answer = await page.goto('/console/interviews/AAAAAAAAAAAAAAAAAAAAAA');
	assert.equal(answer.status(), 404);
	await page.getByRole('heading', { name: 'There is nothing here', exact: true }).waitFor();
	page.faults.splice(0);
});
