// kill -9 at each step of both pipelines: while one vendor call hangs, the runner and all its workers are killed;
// once the vendor carries the call out all the same, once it does not. Another runner takes over, and in the end
// everything happened exactly once. One kill serves many candidates, each caught at another step.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { commentKinds, movesTo, startScreening, until } from '../support/screening.mjs';

const WORKERS = 12;
const linear = (operation, body = ({ id }) => id) => ({ vendor: 'linear', match: (one) => ({ operation, body: body(one) }) });
const model = { vendor: 'cerebras', match: ({ name }) => ({ path: 'chat/completions', body: name }) };
const INVITATION_STEPS = {
	'ScreeningIssue': linear('ScreeningIssue'),
	'pointers': model,
	'emails': { vendor: 'resend', match: ({ email }) => ({ path: '^/emails', body: email }) },
	'CommentCreate': linear('CommentCreate'),
};
const VERDICT_STEPS = {
	'FileUpload': linear('FileUpload', ({ identifier }) => `interview-${identifier}.txt`),
	'PUT': { vendor: 'linear', match: ({ name }) => ({ method: 'PUT', body: name }) },
	'AttachmentCreate': linear('AttachmentCreate'),
	'evaluation': model,
	'ScreeningIssue': linear('ScreeningIssue'),
	'IssueMove': linear('IssueMove'),
	'CommentCreate': linear('CommentCreate'),
};
// The connection dies with the worker; "delay" then goes on at once, "timeout" never.
const ENDINGS = {
	'the vendor carries it out': ['delay', { delay_ms: 60_000 }],
	'the vendor does not': ['timeout', {}],
};

let it;
before(async () => {
	it = await startScreening({ workers: 0, settings: { PARLEY_JOB_LEASE_SECONDS: 6, PARLEY_SWEEP_AFTER_SECONDS: 3600 } });
});
after(() => it.stop());

/** Sets a trap for each candidate, lets `begin` run into it, kills, and lets another runner finish. */
async function killInside(caught, begin) {
	const faults = [];
	for (const { one, step, ending: [mode, more] } of caught)
		faults.push(await it.fault(step.vendor, step.match(one), mode, more));
	await begin();
	it.startRunner(WORKERS);
	await until(async () => {
		const { faults: all } = await it.control('/faults');
		return all.filter(({ id, hits }) => hits && faults.some((fault) => fault.id === id)).length === faults.length;
	}, { seconds: 30, what: 'every candidate caught in a call' });
	await it.killRunners();
	it.startRunner(WORKERS);
}

function each(steps, persons, ending) {
	return Object.values(steps).map((step, index) => ({ one: persons[index], step, ending }));
}

async function people(word, count) {
	const made = [];
	for (let i = 0; i < count; i++) {
		const person = it.person(word);
		const { id, identifier } = await it.addCandidate(person);
		made.push({ ...person, id, identifier });
	}
	return made;
}

async function assertInvitedOnce({ id, email }) {
	const issue = await it.untilComments(id, { invited: 1 });
	assert.deepEqual(commentKinds(issue), { invited: 1 });
	assert.equal((await it.mailsTo(email)).length, 1, 'mails');
}

async function assertJudgedOnce({ id, email }) {
	const issue = await it.untilComments(id, { verdict: 1 });
	assert.deepEqual(commentKinds(issue), { invited: 1, verdict: 1 });
	assert.equal((await it.mailsTo(email)).length, 1, 'mails');
	assert.equal(issue.attachments.length, 1, 'attachments');
	assert.equal(movesTo(issue, 'Done'), 1, 'moves');
	assert.equal(issue.state.name, 'Done');
}

for (const [ending, fault] of Object.entries(ENDINGS)) {
	describe(`killed during a call, and ${ending}`, { concurrency: 1 }, () => {
		describe('an invitation', { concurrency: 1 }, () => {
			let all;
			before(async () => {
				all = await people('Ivo', Object.keys(INVITATION_STEPS).length);
				await killInside(each(INVITATION_STEPS, all, fault), async () => {
					for (const { id } of all)
						await it.move(id, 'Screening');
				});
			});
			after(() => it.killRunners());
			Object.keys(INVITATION_STEPS).forEach((name, index) => test(`at ${name}`, () => assertInvitedOnce(all[index])));
			test('its link works, and only that one was made', async () => {
				await it.untilQuiet();
				for (const { email } of all)
					assert.equal((await it.page(await it.secretOf(email))).status, 200);
				const made = (await it.redis('--scan', '--pattern', 'screening:secret:*')).split('\n');
				const sessions = await Promise.all(made.map(async (key) => JSON.parse(await it.redis('get', key))));
				for (const { id } of all)
					assert.equal(sessions.filter(({ issueId }) => issueId === id).length, 1);
			});
		});

		describe('a verdict', { concurrency: 1 }, () => {
			let all;
			const invite = async (count) => {
				it.startRunner(4);
				const made = await Promise.all(Array.from({ length: count }, () => it.invite(it.person('Vim'))));
				await it.untilQuiet();
				await it.killRunners();
				return made;
			};
			before(async () => {
				all = await invite(Object.keys(VERDICT_STEPS).length);
				await killInside(each(VERDICT_STEPS, all, fault), async () => {
					for (const { secret } of all)
						await it.talk(secret);
				});
			});
			after(() => it.killRunners());
			Object.keys(VERDICT_STEPS).forEach((name, index) => test(`at ${name}`, () => assertJudgedOnce(all[index])));

			// Its request does not name the issue: this one is alone.
			test('at TeamStates', async () => {
				await it.untilQuiet();
				await it.killRunners();
				const [one] = await invite(1);
				const step = { vendor: 'linear', match: () => ({ operation: 'TeamStates' }) };
				await killInside([{ one, step, ending: fault }], () => it.talk(one.secret));
				await assertJudgedOnce(one);
			});
		});
	});
}

test('a runner that is killed again and again still ends each job once', async () => {
	await it.killRunners();
	const all = await people('Rex', 6);
	for (const { id } of all)
		await it.move(id, 'Screening');
	// Somewhere in the flow, wherever that is just now; fast ones may be through before the last round.
	const isThrough = async () => (await Promise.all(all.map(({ id }) => it.issue(id)))).every(({ comments }) => comments.length);
	for (let round = 1; round <= 4; round++) {
		const seen = (await it.control('/log')).last;
		it.startRunner(4);
		await until(async () => (await it.control(`/log?after=${seen}`)).entries.length >= round || await isThrough(),
			{ seconds: 30, what: 'calls of this runner' });
		await it.killRunners();
	}
	it.startRunner(4);
	for (const one of all)
		await assertInvitedOnce(one);
});

test('two runners at once share the work', async () => {
	it.startRunner(2);
	it.startRunner(2);
	const all = await Promise.all(Array.from({ length: 8 }, () => it.invite(it.person('Duo'))));
	for (const { secret } of all)
		await it.talk(secret);
	for (const one of all)
		await assertJudgedOnce(one);
});

test('nothing was given up', async () => {
	await it.untilQuiet();
	assert.deepEqual(await it.deadJobs(), []);
});
