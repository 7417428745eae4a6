// An interview in several conversations: the connection was lost and the candidate came back, or did not. One verdict
// over everything that was said, as soon as nothing more is to come.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { commentKinds, commentOf, movesTo, resultOf, SHORT, startScreening, STRONG, talkOf, until } from '../support/screening.mjs';

let it;
before(async () => { it = await startScreening({ workers: 3, settings: { PARLEY_SWEEP_AFTER_SECONDS: 3600 } }); });
after(() => it.stop());

const FIRST = talkOf(STRONG.slice(0, 1)), SECOND = talkOf(STRONG.slice(1));
const start = async (secret, conversationId) => assert.equal((await it.action('start', { secret, conversationId })).status, 200);
const end = async (secret, conversationId, reason) => assert.equal((await it.action('end', { secret, conversationId, reason })).status, 200);

async function assertOneVerdict(one, more = {}) {
	await it.untilComments(one.id, { verdict: 1 });
	await it.untilQuiet();
	const issue = await it.issue(one.id);
	assert.deepEqual(commentKinds(issue), { invited: 1, verdict: 1, ...more });
	assert.equal(movesTo(issue, 'Done'), 1);
	return issue;
}

/** Both talks belong to the session, the second is the newest. */
async function twoTalks(one, { second = {} } = {}) {
	const a = await it.beginTalk(one.secret, { transcript: FIRST });
	const b = await it.beginTalk(one.secret, { transcript: SECOND, ...second });
	return [a, b];
}

test('the verdict waits for the newest conversation and judges both', async () => {
	const one = await it.invite();
	const [a, b] = await twoTalks(one, { second: { status: 'in-progress' } });
	assert.equal((await it.sessionOf(one.secret)).conversationId, b);
	assert.equal(await it.redis('get', `screening:conversation:${a}`), one.secret);
	await it.sendTranscript(a);
	await it.untilQuiet();
	assert.deepEqual(commentKinds(await it.issue(one.id)), { invited: 1 });
	await it.control(`/elevenlabs/conversations/${b}`, { method: 'PATCH', body: { status: 'done' } });
	await it.sendTranscript(b);
	const issue = await assertOneVerdict(one);
	const [{ content }] = issue.attachments;
	assert.match(content.text, /^\[1\/00:08\] Candidate: I spent four years/m);
	assert.match(content.text, /^\[2\/00:08\] Candidate: I led the repair/m);
	assert.match(commentOf(issue, 'verdict'), /all 2 conversations were judged together/);
});

test('two transcripts at the same moment are one verdict', async () => {
	const all = await Promise.all(Array.from({ length: 6 }, () => it.invite()));
	const talks = await Promise.all(all.map((one) => twoTalks(one)));
	await Promise.all(talks.flat().map((talk) => it.sendTranscript(talk)));
	for (const one of all)
		assert.equal((await assertOneVerdict(one)).attachments.length, 1);
});

test('transcripts that come in the wrong order are one verdict', async () => {
	const one = await it.invite();
	const [a, b] = await twoTalks(one);
	await it.sendTranscript(b);
	await it.sendTranscript(a);
	await assertOneVerdict(one);
});

test('a newest conversation that ElevenLabs does not know holds nothing up', async () => {
	const one = await it.invite();
	const a = await it.beginTalk(one.secret);
	await start(one.secret, 'conv_that_never_was');
	await it.sendTranscript(a);
	const issue = await assertOneVerdict(one);
	assert.equal(issue.attachments.length, 1);
	assert.equal(resultOf(issue), 'pass');
});

test('nor does it make a second inconclusive verdict', async () => {
	const one = await it.invite();
	const a = await it.beginTalk(one.secret, { transcript: talkOf(SHORT) });
	await start(one.secret, 'conv_that_never_was_either');
	await it.sendTranscript(a);
	await it.untilComments(one.id, { verdict: 1 });
	await it.untilQuiet();
	assert.deepEqual(commentKinds(await it.issue(one.id)), { invited: 1, verdict: 1 });
});

test('a lost connection holds the verdict until the candidate came back and ended', async () => {
	const one = await it.invite();
	const a = await it.beginTalk(one.secret, { transcript: FIRST });
	await end(one.secret, a, 'lost');
	await it.sendTranscript(a);
	await until(async () => /may come back/.test(await it.redis('hget', `parley:job:${await verdictJob()}`, 'reason')), { what: 'the verdict that waits' });
	assert.deepEqual(commentKinds(await it.issue(one.id)), { invited: 1 });
	assert.equal((await it.page(one.secret)).status, 200);
	const b = await it.beginTalk(one.secret, { transcript: SECOND });
	await end(one.secret, b);
	await it.sendTranscript(b);
	const issue = await it.untilComments(one.id, { verdict: 1 });
	assert.match(issue.attachments[0].content.text, /\[2\/00:08\]/);
	await it.untilQuiet();
	assert.deepEqual(commentKinds(await it.issue(one.id)), { invited: 1, verdict: 1 });
});

/** The id of a verdict that is due. */
async function verdictJob() {
	const due = (await it.redis('zrange', 'parley:queue:screening:due', 0, -1)).split('\n');
	return due.find((id) => id.startsWith('verdict:')) ?? '-';
}

test('a candidate who does not come back is judged by what is there', async () => {
	const one = await it.invite();
	const a = await it.beginTalk(one.secret);
	await end(one.secret, a, 'lost');
	await it.sendTranscript(a);
	const job = await until(async () => /may come back/.test(await it.redis('hget', `parley:job:${await verdictJob()}`, 'reason')) && verdictJob(), { what: 'the verdict that waits' });
	// Three minutes pass.
	const rows = (await it.redis('--scan', '--pattern', 'parley:session:*')).split('\n');
	for (const row of rows)
		if (await it.redis('hget', row, 'lost_conversation') === a)
			await it.redis('hset', row, 'lost_at', Date.now() - 180_000);
	await it.redis('zadd', 'parley:queue:screening:due', 'XX', 1, job);
	assert.equal(resultOf(await assertOneVerdict(one)), 'pass');
});

test('a conversation after the result is attached and told, and changes nothing', async () => {
	const one = await it.invite();
	await it.talk(one.secret);
	await assertOneVerdict(one);
	const { conversation_id: late } = await it.control('/elevenlabs/conversations', { method: 'POST',
		body: { dynamic_variables: {}, transcript: talkOf(['I forgot to say that I also know Rust and have used it for two years now.']), webhook: false } });
	await start(one.secret, late);
	await it.sendTranscript(late);
	await it.untilComments(one.id, { late: 1 });
	const issue = await assertOneVerdict(one, { late: 1 });
	assert.equal(issue.attachments.length, 2);
	assert.match(issue.attachments[1].content.text, /know Rust/);
});

test('an inconclusive talk may be taken up again, and both are judged', async () => {
	const one = await it.invite();
	await it.talk(one.secret, { transcript: talkOf(SHORT) });
	await it.untilComments(one.id, { verdict: 1 });
	await it.talk(one.secret, { transcript: talkOf(STRONG) });
	const issue = await it.untilComments(one.id, { verdict: 2 });
	assert.equal(issue.state.name, 'Done');
	await it.untilQuiet();
	assert.deepEqual(commentKinds(await it.issue(one.id)), { invited: 1, verdict: 2 });
});

test('nothing was given up', async () => {
	await it.untilQuiet();
	assert.deepEqual(await it.deadJobs(), []);
});
