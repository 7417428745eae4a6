// What quickstart promises to a person: one command, then a console address, a
// login, and a demo link that works; again, and nothing has changed.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { freePort, root, run, stage } from '../support/stack.mjs';

let state, port;
const quickstart = (...args) => run(join(root, 'quickstart'), [...args, '--state', state, '--no-install'], { env: { PARLEY_STAGE: stage, PARLEY_WORKERS: '2' } });
const line = (result, name) => new RegExp(`^${name}: (.*)$`, 'm').exec(result.stdout)?.[1];

before(async () => {
	state = await mkdtemp(join(tmpdir(), 'parley-t-'));
	port = await freePort();
});
after(async () => {
	await quickstart('--stop');
	await rm(state, { recursive: true, force: true });
});

let first;
test('it starts everything with the sandbox vendors and prints the ways in', async () => {
	first = await quickstart('--port', String(port));
	assert.equal(first.code, 0, first.output);
	assert.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 200);
	assert.equal(line(first, 'console'), `http://127.0.0.1:${port}/console/`);
	assert.match(line(first, 'login'), /^\S+@\S+ \/ \S+$/);
	assert.match(line(first, 'demo interview'), new RegExp(`^http://127\\.0\\.0\\.1:${port}/interview/[A-Za-z0-9_-]{43}$`));
	assert.equal((await fetch(line(first, 'sandbox vendors'))).status, 200);
});

test('the demo link opens an interview', async () => {
	const answer = await fetch(line(first, 'demo interview'));
	assert.equal(answer.status, 200);
	assert.match(answer.headers.get('cache-control'), /no-store/);
});

test('again: the same login and link, and nothing is done twice', async () => {
	const again = await quickstart('--port', String(port));
	assert.equal(again.code, 0, again.output);
	assert.equal(line(again, 'login'), line(first, 'login'));
	assert.equal(line(again, 'demo interview'), line(first, 'demo interview'));
});

test('after a stop: the same login and link', async () => {
	assert.equal((await quickstart('--stop')).code, 0);
	const again = await quickstart('--port', String(port));
	assert.equal(again.code, 0, again.output);
	assert.equal(line(again, 'login'), line(first, 'login'));
	assert.equal(line(again, 'demo interview'), line(first, 'demo interview'));
	assert.equal((await fetch(line(again, 'demo interview'))).status, 200);
});

test('the password and the link are kept for their owner alone, and are in no log', async () => {
	const [password, secret] = [line(first, 'login').split(' / ')[1], line(first, 'demo interview').split('/').pop()];
	for (const file of ['operator', 'demo-link', 'parley.env'])
		assert.equal((await stat(join(state, file))).mode & 0o077, 0, file);
	// The sandbox is Resend and Linear here, and they know the link.
	for (const name of ['access.log', 'nginx-error.log', 'nginx.log', 'interview.log', 'actions.log', 'webhooks.log', 'api.log', 'screening-runner.log', 'campaign-runner.log', 'cron-loop.log', 'redis.log']) {
		const text = await readFile(join(state, 'log', name), 'utf8').catch(() => '');
		assert.equal(text.includes(secret), false, name);
		assert.equal(text.includes(password), false, name);
	}
});
