// Every vendor call of a screening fails in turn, in every way the vendors can fail: the flow ends as it would have
// without the failure, and everything in it happened exactly once. One row is one call and one failure; the rows run
// side by side, a fault finds its candidate by what the request says.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { commentKinds, movesTo, resultOf, startScreening, until } from '../support/screening.mjs';

const FAILURES = {
	'429': ['status', { status: 429, body: 'slow down' }],
	'429 with Retry-After': ['status', { status: 429, headers: { 'retry-after': '1' }, body: '{"message":"slow down"}' }],
	'500': ['status', { status: 500, body: '<html>oops</html>' }],
	'no answer': ['timeout', {}],
	'a cut connection': ['cut', {}],
	'a connection cut after the effect': ['cut_after', {}],
	'a malformed body': ['malformed', {}],
	'half an answer': ['truncate', {}],
};
const RATELIMITED = ['status', { status: 400, headers: { 'x-ratelimit-requests-remaining': '0' },
	body: '{"errors":[{"message":"Rate limit exceeded","extensions":{"code":"RATELIMITED","type":"ratelimited"}}]}' }];

// Each call: its vendor, and what a request about this candidate looks like.
const linear = (operation, body) => ({ vendor: 'linear', match: (one) => ({ operation, body: body(one) }) });
const INVITATION_CALLS = {
	'Linear ScreeningIssue': linear('ScreeningIssue', ({ id }) => id),
	'Cerebras pointers': { vendor: 'cerebras', match: ({ name }) => ({ path: 'chat/completions', body: name }) },
	'Resend emails': { vendor: 'resend', match: ({ email }) => ({ path: '^/emails', body: email }) },
	'Linear CommentCreate': linear('CommentCreate', ({ id }) => id),
};
const VERDICT_CALLS = {
	'Linear FileUpload': linear('FileUpload', ({ identifier }) => `interview-${identifier}.txt`),
	'Linear storage PUT': { vendor: 'linear', storage: true, match: ({ name }) => ({ method: 'PUT', body: name }) },
	'Linear AttachmentCreate': linear('AttachmentCreate', ({ id }) => id),
	'Cerebras evaluation': { vendor: 'cerebras', match: ({ name }) => ({ path: 'chat/completions', body: name }) },
	'Linear ScreeningIssue': linear('ScreeningIssue', ({ id }) => id),
	'Linear IssueMove': linear('IssueMove', ({ id }) => id),
	'Linear CommentCreate': linear('CommentCreate', ({ id }) => id),
};

let it;
before(async () => {
	it = await startScreening({ workers: 8, settings: { PARLEY_VENDOR_TIMEOUT_SECONDS: 3, PARLEY_SWEEP_AFTER_SECONDS: 1 } });
});
after(() => it.stop());

/** The rows of a table of calls as tests. */
function rows(calls, run, { concurrency = 8 } = {}) {
	for (const [call, { vendor, storage, match }] of Object.entries(calls))
		describe(call, { concurrency }, () => {
			const failures = vendor === 'linear' && !storage ? { ...FAILURES, 'RATELIMITED as HTTP 400': RATELIMITED } : FAILURES;
			for (const [failure, [mode, more]] of Object.entries(failures))
				test(failure, () => run((one) => it.fault(vendor, match(one), mode, more)));
		});
}

/** All of it, each once. */
async function assertOnce(one, { verdict }) {
	const issue = await it.issue(one.id);
	assert.deepEqual(commentKinds(issue), verdict ? { invited: 1, verdict: 1 } : { invited: 1 });
	assert.equal((await it.mailsTo(one.email)).length, 1, 'mails');
	assert.equal(movesTo(issue, 'Screening'), 1);
	if (!verdict)
		return;
	assert.equal(resultOf(issue), 'pass');
	assert.equal(issue.state.name, 'Done');
	assert.equal(movesTo(issue, 'Done'), 1, 'moves');
	assert.equal(issue.attachments.length, 1, 'attachments');
	assert.match(issue.attachments[0].content.text, /settlement batch from Java to C/);
}

async function struck(fault) {
	assert.equal(await it.faultHits(fault), 1, 'the fault struck');
}

describe('an invitation, when one call fails once', () => {
	rows(INVITATION_CALLS, async (addFault) => {
		const person = it.person('Iris');
		const one = { ...person, ...await it.addCandidate(person) };
		one.name = person.name;
		const fault = await addFault(one);
		await it.move(one.id, 'Screening');
		const issue = await it.untilComments(one.id, { invited: 1 }, { hurry: true });
		await struck(fault);
		assert.doesNotMatch(issue.comments[0].body, /generic/);
		await assertOnce(one, { verdict: false });
	});
});

describe('a verdict, when one call fails once', () => {
	rows(VERDICT_CALLS, async (addFault) => {
		const one = await it.invite(it.person('Vera'));
		const fault = await addFault(one);
		await it.talk(one.secret);
		await it.untilComments(one.id, { verdict: 1 }, { hurry: true });
		await struck(fault);
		await assertOnce(one, { verdict: true });
	});
});

// Its request names the team only, so these rows stand in line.
describe('a verdict, when the list of states fails once', { concurrency: 1 }, () => {
	rows({ 'Linear TeamStates': { vendor: 'linear', match: () => ({ operation: 'TeamStates' }) } }, async (addFault) => {
		const one = await it.invite(it.person('Tess'));
		const fault = await addFault(one);
		await it.talk(one.secret);
		await it.untilComments(one.id, { verdict: 1 }, { hurry: true });
		await struck(fault);
		await assertOnce(one, { verdict: true });
	}, { concurrency: 1 });
});

describe('a transcript that is fetched, when ElevenLabs fails once', () => {
	const calls = { 'ElevenLabs conversation': { vendor: 'elevenlabs', match: ({ talk }) => ({ method: 'GET', path: `conversations/${talk}` }) } };
	rows(calls, async (addFault) => {
		const one = await it.invite(it.person('Fay'));
		const talk = await it.beginTalk(one.secret);
		const fault = await addFault({ ...one, talk });
		// The sweep asks again after a minute; a test does not wait that long.
		await until(async () => {
			const job = `parley:job:check:${talk}:${Math.floor(Date.now() / 60_000)}`;
			if (await it.redis('hget', job, 'state') === 'done')
				await it.redis('del', job);
			await it.redis('zadd', 'parley:conversations:awaited', 'XX', 1, talk);
			return (await it.issue(one.id)).comments.length > 1;
		}, { seconds: 60, what: 'the verdict' });
		await struck(fault);
		await it.untilComments(one.id, { verdict: 1 }, { hurry: true });
		await assertOnce(one, { verdict: true });
	});
});

test('the time that a vendor names is waited', async () => {
	const one = await it.invite(it.person('Walt'));
	await it.fault('linear', { operation: 'CommentCreate', body: one.id }, 'status', { status: 429, headers: { 'retry-after': '4' }, body: '' });
	await it.talk(one.secret);
	await it.untilComments(one.id, { verdict: 1 });
	const times = (await it.wire('linear', ({ operation, body }) => operation === 'CommentCreate' && body.variables.input.issueId === one.id && /Interview result/.test(body.variables.input.body)))
		.map(({ time }) => Date.parse(time));
	assert.equal(times.length, 2);
	assert.ok(times[1] - times[0] >= 4000, `${times[1] - times[0]} ms`);
});

test('every repetition of a mail had the same key and the same bytes', async () => {
	const bodies = new Map();
	for (const entry of await it.wire('resend', ({ path }) => path === '/emails')) {
		const key = entry.headers['idempotency-key'];
		assert.ok(key);
		bodies.set(key, (bodies.get(key) ?? new Set()).add(JSON.stringify(entry.body)));
	}
	assert.ok([...bodies.values()].some(Boolean));
	for (const [key, different] of bodies)
		assert.equal(different.size, 1, key);
});

test('nothing was given up', async () => {
	await it.untilQuiet();
	assert.deepEqual(await it.deadJobs(), []);
});
