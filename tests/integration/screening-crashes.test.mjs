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

describe('killed while it tells of something else', { concurrency: 1 }, () => {
	const comment = linear('CommentCreate');
	const admin = (mails) => mails.filter(({ subject }) => /belongs to no interview/.test(subject));

	for (const [ending, fault] of Object.entries(ENDINGS))
		test(`${ending}: what is missing, a bounce, a transcript as comment, a late conversation, an orphan`, async () => {
			await it.killRunners();
			it.startRunner(4);
			const [bouncing, unattached, late] = [it.person('Bo'), it.person('Una'), it.person('Lou')];
			const invited = await Promise.all([bouncing, unattached, late].map((person) => it.invite(person)));
			const [bounce, upload, after] = invited;
			await it.talk(after.secret);
			await it.untilComments(after.id, { verdict: 1 });
			await it.untilQuiet();
			await it.killRunners();
			const missing = await it.addCandidate(it.person('Mo'), { description: 'Nothing.' });
			await it.fault('linear', { method: 'PUT', body: upload.name }, 'status', { status: 400, times: 9 });
			const mailsBefore = admin(await it.mailsTo(it.settings.ADMIN_EMAIL)).length;
			await it.redis('del', 'parley:alert:orphan');

			await killInside([missing, bounce, upload, after].map((one) => ({ one, step: comment, ending: fault })), async () => {
				await it.move(missing.id, 'Screening');
				await it.control('/resend/events', { method: 'POST', body: { email_id: (await it.mailsTo(bounce.email))[0].id, type: 'email.bounced' } });
				await it.talk(upload.secret);
				const { conversation_id: more } = await it.control('/elevenlabs/conversations', { method: 'POST', body: { dynamic_variables: {}, transcript: [], webhook: false } });
				await it.action('start', { secret: after.secret, conversationId: more });
				await it.sendTranscript(more);
			});
			await it.untilComments(missing.id, { missing: 1 });
			await it.untilComments(bounce.id, { bounced: 1 });
			await it.untilComments(upload.id, { transcript: 1, verdict: 1 });
			await it.untilComments(after.id, { late: 1 });
			await it.untilQuiet();
			assert.deepEqual(commentKinds(await it.issue(missing.id)), { missing: 1 });
			assert.deepEqual(commentKinds(await it.issue(bounce.id)), { invited: 1, bounced: 1 });
			assert.deepEqual(commentKinds(await it.issue(upload.id)), { invited: 1, transcript: 1, verdict: 1 });
			assert.deepEqual(commentKinds(await it.issue(after.id)), { invited: 1, verdict: 1, late: 1 });

			await it.killRunners();
			const mail = { vendor: 'resend', match: () => ({ path: '^/emails', body: 'belongs to no interview' }) };
			if (!mailsBefore) {
				await killInside([{ one: null, step: mail, ending: fault }], () => it.control('/elevenlabs/conversations',
					{ method: 'POST', body: { dynamic_variables: {}, transcript: [] } }));
				await until(async () => admin(await it.mailsTo(it.settings.ADMIN_EMAIL)).length > 0, { seconds: 40, what: 'the mail' });
				await it.untilQuiet({ except: /^linear-sweep:/, withinMs: 10_000 });
				assert.equal(admin(await it.mailsTo(it.settings.ADMIN_EMAIL)).length, 1);
			}
		});
});

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
	await it.untilQuiet();

	const isJudged = async () => (await Promise.all(all.map(({ id }) => it.issue(id)))).every(({ comments }) => comments.length > 1);
	await it.killRunners();
	for (const { email } of all)
		await it.talk(await it.secretOf(email));
	for (let round = 1; round <= 8; round++) {
		const seen = (await it.control('/log')).last;
		it.startRunner(4);
		await until(async () => (await it.control(`/log?after=${seen}`)).entries.length >= round || await isJudged(),
			{ seconds: 30, what: 'calls of this runner' });
		await it.killRunners();
	}
	it.startRunner(4);
	for (const one of all)
		await assertJudgedOnce(one);
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
