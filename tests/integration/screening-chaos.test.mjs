// Everything at once: thirty candidates, webhooks doubled and out of order, calls to every vendor that break in every
// way, the runner killed, the programs killed, Redis killed. In the end each candidate has one of everything.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { commentKinds, movesTo, resultOf, startScreening, until } from '../support/screening.mjs';

const CANDIDATES = 30;
const MODES = ['cut', 'cut_after', 'malformed', 'truncate', 'status'];
let it;
before(async () => {
	it = await startScreening({ workers: 6, settings: { PARLEY_JOB_LEASE_SECONDS: 6, PARLEY_VENDOR_TIMEOUT_SECONDS: 3, PARLEY_SWEEP_AFTER_SECONDS: 5 } });
});
after(() => it.stop());

/** Faults along the way of each vendor's calls, none twice in a row. */
async function sow() {
	for (const [vendor, apart] of [['linear', 13], ['cerebras', 7], ['resend', 5]])
		for (let i = 0; i < 12; i++)
			await it.fault(vendor, {}, MODES[i % MODES.length], { after: i * apart + 3, status: 503 });
}

async function killRedis() {
	const pid = await it.pid('redis.pid');
	process.kill(pid, 'SIGKILL');
	await until(async () => await it.pid('redis.pid') !== pid && await it.redis('ping') === 'PONG', { what: 'Redis started again' });
}

async function killRunner() {
	await it.killRunners();
	it.startRunner(6);
}

const patient = { seconds: 120, hurry: true };

test('thirty candidates come through it, each once', async () => {
	await it.control('/webhooks', { method: 'PUT', body: { linear: { duplicate: 1, reorder: true }, elevenlabs: { duplicate: 1 }, resend: { duplicate: 1, reorder: true } } });
	await sow();
	const people = Array.from({ length: CANDIDATES }, () => it.person('Cass'));
	const issues = [];
	for (const person of people)
		issues.push(await it.addCandidate(person));
	for (const [index, { id }] of issues.entries()) {
		await it.move(id, 'Screening');
		if (index === 10 || index === 25)
			await killRunner();
		if (index === 18)
			await killRedis();
	}
	for (const { id } of issues)
		await it.untilComments(id, { invited: 1 }, patient);
	await it.clearFaults();
	await sow();
	for (const [index, { email }] of people.entries()) {
		await it.talk(await it.secretOf(email));
		if (index === 8 || index === 20)
			await killRunner();
		if (index === 14)
			await killRedis();
	}
	for (const { id } of issues)
		await it.untilComments(id, { verdict: 1 }, patient);
	await it.clearFaults();
	await it.untilQuiet({ seconds: 90 });

	for (const [index, { id }] of issues.entries()) {
		const issue = await it.issue(id);
		const { transcript = 0, ...kinds } = commentKinds(issue);
		assert.deepEqual(kinds, { invited: 1, verdict: 1 }, issue.identifier);
		// The file, or after three failures the comment; an answer lost at the third leaves both.
		assert.ok(issue.attachments.length + transcript >= 1 && issue.attachments.length <= 1 && transcript <= 1, issue.identifier);
		assert.equal(resultOf(issue), 'pass');
		assert.equal(movesTo(issue, 'Screening'), 1);
		assert.equal(movesTo(issue, 'Done'), 1, issue.identifier);
		assert.equal((await it.mailsTo(people[index].email)).length, 1, people[index].email);
	}
	assert.deepEqual(await it.deadJobs(), []);
	for (const vendor of ['linear', 'cerebras', 'resend'])
		assert.ok((await it.wire(vendor, ({ fault }) => fault)).length >= 5, `faults of ${vendor} struck`);
});

test('and each mail was sent with one key and the same bytes', async () => {
	const bodies = new Map();
	for (const { headers, body } of await it.wire('resend', ({ path }) => path === '/emails'))
		bodies.set(headers['idempotency-key'], (bodies.get(headers['idempotency-key']) ?? new Set()).add(JSON.stringify(body)));
	assert.ok(bodies.size >= CANDIDATES);
	for (const [key, different] of bodies)
		assert.equal(different.size, 1, key);
});
