// The ground under the programs: one command to start, stop and look, everything
// that dies comes back, two stacks do not meet.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { freePort, root, run, stage, startStack, until } from '../support/stack.mjs';

const quickstart = (...args) => run(join(root, 'quickstart'), [...args, '--no-install'], { env: { PARLEY_STAGE: stage } });
const statusOf = async (url) => (await fetch(url).catch(() => ({ status: 0 }))).status;

// The workers of a FastCGI program: children of its multiwatch.
async function workers(stack, name) {
	const head = await stack.pid(`${name}.pid`);
	const found = [];
	for (const pid of await readdir('/proc')) {
		if (!/^\d+$/.test(pid))
			continue;
		const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
		const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
		if (fields[0] !== 'Z' && Number(fields[1]) === head)
			found.push(Number(pid));
	}
	return found;
}

describe('a stack without vendors', () => {
	let stack;
	before(async () => { stack = await startStack({ sandbox: false }); });
	after(() => stack.stop());

	const healthy = () => until(async () => (await statusOf(`${stack.url}/readyz`)) === 200, { what: '/readyz 200' });

	test('answers /readyz with 200', async () => {
		assert.equal(await statusOf(`${stack.url}/readyz`), 200);
	});

	test('keeps settings, secrets and sockets to its user', async () => {
		for (const file of ['parley.env', 'secrets.env', 'stack.conf'])
			assert.equal((await stat(join(stack.state, file))).mode & 0o077, 0, file);
		assert.equal((await stat(join(stack.state, 'run'))).mode & 0o777, 0o700);
		for (const name of ['interview', 'actions', 'webhooks', 'twilio', 'api', 'campaigns', 'voice', 'redis'])
			assert.equal((await stat(join(stack.state, 'run', `${name}.sock`))).mode & 0o077, 0, name);
	});

	test('listens on loopback only', async () => {
		const tables = (await Promise.all(['tcp', 'tcp6'].map((t) => readFile(`/proc/net/${t}`, 'utf8').catch(() => '')))).join('\n');
		const hex = stack.port.toString(16).toUpperCase().padStart(4, '0');
		const listening = tables.split('\n').map((line) => line.trim().split(/\s+/))
			.filter((f) => f[3] === '0A' && f[1].endsWith(`:${hex}`)).map((f) => f[1]);
		assert.deepEqual(listening, [`0100007F:${hex}`]);
	});

	test('the private Redis writes before it answers and never evicts', async () => {
		assert.match(await stack.redis('config', 'get', 'appendonly'), /yes/);
		assert.match(await stack.redis('config', 'get', 'appendfsync'), /always/);
		assert.match(await stack.redis('config', 'get', 'maxmemory-policy'), /noeviction/);
		assert.match(await stack.redis('config', 'get', 'port'), /\n0/);
	});

	test('a second start is harmless: the same processes go on', async () => {
		const parts = ['redis.pid', 'nginx.pid', 'api.pid', 'cron-loop.pid'];
		const pids = await Promise.all(parts.map((part) => stack.pid(part)));
		await stack.start();
		assert.deepEqual(await Promise.all(parts.map((part) => stack.pid(part))), pids);
		assert.equal(await statusOf(`${stack.url}/readyz`), 200);
	});

	test('--status says 0 while it runs', async () => {
		const result = await quickstart('--status', '--state', stack.state);
		assert.equal(result.code, 0, result.output);
		assert.match(result.stdout, /nginx: running/);
	});

	test('a killed worker is replaced at once', async () => {
		const [victim] = await workers(stack, 'api');
		process.kill(victim, 'SIGKILL');
		await until(async () => {
			const now = await workers(stack, 'api');
			return now.length === 2 && !now.includes(victim);
		}, { what: 'a new worker' });
		await healthy();
	});

	for (const [what, part] of [['multiwatch', 'interview.pid'], ['nginx', 'nginx.pid'], ['Redis', 'redis.pid'], ['the cron loop', 'cron-loop.pid'],
		['the keeper of a program', 'actions.keeper'], ['the keeper of Redis', 'redis.keeper'], ['the keeper of nginx', 'nginx.keeper'],
		['the keeper of the cron loop', 'cron-loop.keeper']]) {
		test(`${what}, killed, comes back`, async () => {
			await stack.redis('set', 'test:kept', what);
			const victim = await stack.pid(part);
			process.kill(victim, 'SIGKILL');
			await until(async () => (await stack.pid(part)) !== victim, { seconds: 30, what: `a new ${part}` });
			await healthy();
			await until(async () => (await quickstart('--status', '--state', stack.state)).code === 0, { what: 'status 0' });
			assert.equal(await stack.redis('get', 'test:kept'), what);
			assert.equal((await workers(stack, 'interview')).length, 2);
			assert.equal((await workers(stack, 'actions')).length, 2);
		});
	}

	test('two masters killed together leave nothing that holds socket, port or data', async () => {
		const parts = ['nginx.pid', 'nginx.keeper', 'redis.pid', 'redis.keeper', 'api.pid', 'api.keeper'];
		const victims = await Promise.all(parts.map((part) => stack.pid(part)));
		victims.forEach((pid) => process.kill(pid, 'SIGKILL'));
		await until(async () => {
			const now = await Promise.all(parts.map((part) => stack.pid(part)));
			return now.every((pid, i) => pid !== victims[i]);
		}, { seconds: 30, what: 'new processes' });
		await healthy();
		assert.equal(await stack.redis('get', 'test:kept'), 'the keeper of the cron loop');
	});

	test('a reload replaces every worker and loses no request', async () => {
		const former = await workers(stack, 'api');
		let busy = true;
		const statuses = [];
		const load = (async () => {
			while (busy)
				statuses.push(await statusOf(`${stack.url}/healthz`));
		})();
		const result = await run(join(root, 'scripts/stack'), ['reload', '--state', stack.state], { env: stack.env });
		assert.equal(result.code, 0, result.output);
		await until(async () => {
			const now = await workers(stack, 'api');
			return now.length === 2 && now.every((pid) => !former.includes(pid));
		}, { what: 'new workers' });
		busy = false;
		await load;
		assert.ok(statuses.length > 0);
		assert.deepEqual(statuses.filter((status) => status !== 200), []);
	});

	test('a second stack with another port and state runs beside it, and ends alone', async () => {
		const other = await startStack({ sandbox: false });
		try {
			assert.equal(await statusOf(`${other.url}/readyz`), 200);
			assert.notEqual(other.settings.ORCHESTRATOR_API_KEY, stack.settings.ORCHESTRATOR_API_KEY);
			await other.redis('set', 'test:where', 'other');
			assert.equal(await stack.redis('get', 'test:where'), '');
		} finally {
			await other.stop();
		}
		assert.equal(await statusOf(`${other.url}/readyz`), 0);
		assert.equal(await statusOf(`${stack.url}/readyz`), 200);
	});

	test('stop ends everything, the data stays, and a new start has it', async () => {
		const pids = await Promise.all(['redis', 'nginx', 'api', 'interview', 'cron-loop'].flatMap((name) => [stack.pid(`${name}.pid`), stack.pid(`${name}.keeper`)]));
		await stack.redis('set', 'test:kept', 'over a stop');
		const stopped = await quickstart('--stop', '--state', stack.state);
		assert.equal(stopped.code, 0, stopped.output);
		for (const pid of pids) {
			const state = (await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')).split(') ')[1]?.[0] ?? 'gone';
			assert.match(state, /gone|Z/, `process ${pid}`);
		}
		assert.equal(await statusOf(`${stack.url}/readyz`), 0);
		assert.notEqual((await quickstart('--status', '--state', stack.state)).code, 0);
		assert.equal((await quickstart('--stop', '--state', stack.state)).code, 0);
		await stack.start();
		assert.equal(await stack.redis('get', 'test:kept'), 'over a stop');
	});
});

describe('starting', () => {
	let directory;
	before(async () => { directory = await mkdtemp(join(tmpdir(), 'parley-q-')); });
	after(() => rm(directory, { recursive: true, force: true }));

	test('--stop and --status of a directory that never ran', async () => {
		const state = join(directory, 'never');
		assert.equal((await quickstart('--stop', '--state', state)).code, 0);
		assert.notEqual((await quickstart('--status', '--state', state)).code, 0);
		assert.equal(existsSync(state), false);
	});

	test('a busy port is named, and nothing is left running', async () => {
		const server = createServer().listen(0, '127.0.0.1');
		await until(() => server.listening);
		const state = join(directory, 'busy');
		const { port } = server.address();
		const result = await quickstart('--no-sandbox', '--port', String(port), '--state', state);
		server.close();
		assert.notEqual(result.code, 0);
		assert.match(result.output, new RegExp(`${port} is in use`));
		assert.notEqual((await quickstart('--status', '--state', state)).code, 0);
	});

	test('every problem of the settings is told at once, by name, without a value, and nothing starts', async () => {
		const file = join(directory, 'wrong.env');
		await writeFile(file, 'LINEAR_API_KEY=lin_api_verysecret\nADMIN_EMAIL=nobody\nSESSION_TTL_SECONDS=soon\nCEREBRAS_BASE_URL=http://vendor.example\n');
		const state = join(directory, 'wrong');
		const result = await quickstart('--no-sandbox', '--env', file, '--port', String(await freePort()), '--state', state);
		await quickstart('--stop', '--state', state);
		assert.notEqual(result.code, 0);
		for (const name of ['LINEAR_WEBHOOK_SECRET', 'ADMIN_EMAIL', 'SESSION_TTL_SECONDS', 'CEREBRAS_BASE_URL', 'RESEND_API_KEY'])
			assert.match(result.output, new RegExp(name));
		assert.doesNotMatch(result.output, /verysecret/);
		assert.notEqual((await quickstart('--status', '--state', state)).code, 0);
		assert.equal(existsSync(join(state, 'run/redis.sock')), false);
	});

	test('what cannot become ready says why, and leaves nothing running', async () => {
		const state = join(directory, 'never-ready');
		const port = await freePort();
		const result = await run(join(root, 'quickstart'), ['--no-sandbox', '--no-install', '--port', String(port), '--state', state],
			{ env: { PARLEY_STAGE: stage, PARLEY_READY_SECONDS: '2', REDIS_URL: `redis://127.0.0.1:${await freePort()}` } });
		assert.notEqual(result.code, 0);
		assert.match(result.output, /readyz does not answer 200[\s\S]*redis/i);
		assert.match(result.output, /Nothing is left running/);
		assert.equal(await statusOf(`http://127.0.0.1:${port}/readyz`), 0);
		for (const name of await readdir(join(state, 'run')))
			assert.doesNotMatch(name, /\.(pid|keeper|sock)$/);
	});

	test('a state directory removed under a running stack: its processes end', async () => {
		const state = join(directory, 'removed');
		const port = await freePort();
		const result = await run(join(root, 'scripts/stack'), ['start', '--no-sandbox', '--state', state, '--stage', stage, '--port', String(port)]);
		assert.equal(result.code, 0, result.output);
		const written = async () => (await readdir(join(state, 'run'))).filter((name) => /\.(pid|keeper)$/.test(name));
		// each with its keeper: Redis, nginx, the cron loop and every FastCGI program
		const parts = 3 + (await readdir(join(stage, 'libexec/parley/cgi-bin'))).length;
		await until(async () => (await written()).length === 2 * parts, { what: 'every process' });
		const pids = (await Promise.all((await written()).map((name) => readFile(join(state, 'run', name), 'utf8')))).map((text) => text.split(' ')[0]);
		await rm(state, { recursive: true });
		await until(async () => (await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z')))).every((text) => text.split(') ')[1][0] === 'Z'),
			{ what: 'the end of every process' });
		assert.equal(await statusOf(`http://127.0.0.1:${port}/readyz`), 0);
	});

	test('interrupted halfway, it leaves nothing running', async () => {
		const state = join(directory, 'interrupted');
		const child = spawn(join(root, 'quickstart'), ['--no-sandbox', '--no-install', '--port', String(await freePort()), '--state', state],
			{ detached: true, stdio: 'ignore', env: { ...process.env, PARLEY_STAGE: stage, PARLEY_READY_SECONDS: '60', REDIS_URL: `redis://127.0.0.1:${await freePort()}` } });
		const ended = new Promise((resolve) => child.once('exit', resolve));
		await until(() => existsSync(join(state, 'run/nginx.pid')), { what: 'nginx' });
		// as a terminal does: to the whole group
		process.kill(-child.pid, 'SIGINT');
		assert.notEqual(await ended, 0);
		for (const name of await readdir(join(state, 'run')))
			assert.doesNotMatch(name, /\.(pid|keeper|sock)$/);
	});

	test('a state directory with a long name gets short sockets', async () => {
		const state = join(directory, 'a'.repeat(60), 'b'.repeat(60));
		const port = await freePort();
		try {
			const result = await run(join(root, 'scripts/stack'), ['start', '--no-sandbox', '--state', state, '--stage', stage, '--port', String(port)]);
			assert.equal(result.code, 0, result.output);
			assert.equal(await statusOf(`http://127.0.0.1:${port}/readyz`), 200);
		} finally {
			assert.equal((await quickstart('--stop', '--state', state)).code, 0);
		}
	});

	test('other options start the running stack again with them', async () => {
		const state = join(directory, 'moved');
		const [first, second] = [await freePort(), await freePort()];
		const start = (port, env = {}) => run(join(root, 'scripts/stack'), ['start', '--no-sandbox', '--state', state, '--stage', stage, '--port', String(port)], { env });
		try {
			assert.equal((await start(first)).code, 0);
			const moved = await start(second, { SESSION_TTL_SECONDS: '3600' });
			assert.equal(moved.code, 0, moved.output);
			assert.equal(await statusOf(`http://127.0.0.1:${second}/readyz`), 200);
			assert.equal(await statusOf(`http://127.0.0.1:${first}/readyz`), 0);
			assert.match(await readFile(join(state, 'parley.env'), 'utf8'), /SESSION_TTL_SECONDS="3600"/);
		} finally {
			await quickstart('--stop', '--state', state);
		}
	});

	test('a runner is started at once, again when it dies, and ended with the stack', async () => {
		const [state, fake, note] = [join(directory, 'runner'), join(directory, 'stage'), join(directory, 'runners')];
		await mkdir(join(fake, 'libexec/parley'), { recursive: true });
		await symlink(join(stage, 'libexec/parley/cgi-bin'), join(fake, 'libexec/parley/cgi-bin'));
		await symlink(join(stage, 'share'), join(fake, 'share'));
		await writeFile(join(fake, 'libexec/parley/screening-runner'), `#!/bin/sh\necho $$ >>${note}\nexec sleep 300\n`, { mode: 0o755 });
		await writeFile(join(fake, 'libexec/parley/campaign-runner'), '#!/bin/sh\nexec sleep 300\n', { mode: 0o755 });
		const started = async () => (await readFile(note, 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);
		try {
			const result = await run(join(root, 'scripts/stack'), ['start', '--no-sandbox', '--state', state, '--stage', fake, '--port', String(await freePort())]);
			assert.equal(result.code, 0, result.output);
			const [first] = await until(async () => (await started()).length > 0 && started(), { what: 'a runner' });
			process.kill(first, 'SIGKILL');
			await until(async () => (await started()).length > 1, { what: 'another runner' });
		} finally {
			await quickstart('--stop', '--state', state);
		}
		for (const pid of await started())
			assert.match((await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')).split(') ')[1]?.[0] ?? 'gone', /gone|Z/);
	});

	test('unknown options are refused with the usage', async () => {
		const result = await quickstart('--nonsense');
		assert.equal(result.code, 100);
		assert.match(result.stderr, /usage: quickstart/);
		assert.equal((await quickstart('--port', '99999999')).code, 1);
	});

	test('without apt the missing packages are named, and nothing else happens', async () => {
		const bin = join(directory, 'bin');
		await mkdir(bin);
		for (const tool of ['bash', 'dirname', 'readlink', 'sort', 'id', 'cat'])
			await symlink(`/usr/bin/${tool}`, join(bin, tool));
		const result = await run(join(root, 'scripts/install-packages'), ['build', 'run'], { env: { PATH: bin } });
		assert.equal(result.code, 1, result.output);
		assert.match(result.stderr, /These packages are missing: .*gcc.* make/);
		assert.equal(result.stdout, '');
	});
});
