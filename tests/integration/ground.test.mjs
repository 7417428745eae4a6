// Where a stack may stand: Redis over TLS, behind a trusted proxy, below a path
// with blanks, as an ordinary user; and every program as plain CGI.
import assert from 'node:assert/strict';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { freePort, parseDotenv, root, run, stage, startStack, until } from '../support/stack.mjs';

const statusOf = async (url, headers) => (await fetch(url, { headers }).catch(() => ({ status: 0 }))).status;
const must = async (...args) => {
	const result = await run(...args);
	assert.equal(result.code, 0, result.output);
	return result;
};

let directory;
before(async () => { directory = await mkdtemp(join(tmpdir(), 'parley-g-')); });
after(() => rm(directory, { recursive: true, force: true }));

// A Redis that speaks TLS only, with a certificate for `localhost` and a user.
async function startTlsRedis() {
	const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
	await must('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost',
		'-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate]);
	const port = await freePort();
	const socket = join(directory, 'plain.sock');
	const server = spawn('redis-server', ['--port', '0', '--tls-port', String(port), '--bind', '127.0.0.1', '--unixsocket', socket, '--tls-cert-file', certificate, '--tls-key-file', key,
		'--tls-ca-cert-file', certificate, '--tls-auth-clients', 'no', '--save', '', '--dir', directory], { stdio: 'ignore' });
	const plain = (...command) => run('redis-cli', ['-s', socket, ...command]);
	await until(async () => (await plain('ping')).stdout.startsWith('PONG'), { what: 'the TLS Redis' });
	await plain('acl', 'setuser', 'app', 'on', '>p&ss=w%40rd'.replace('%40', '@'), '~*', '+@all', '&*');
	await plain('config', 'set', 'requirepass', 'only-for-app-users');
	return { port, certificate, stop: () => new Promise((resolve) => { server.once('exit', resolve); server.kill(); }),
		command: (...command) => run('redis-cli', ['-s', socket, '-a', 'only-for-app-users', '--no-auth-warning', ...command]) };
}

describe('rediss://', () => {
	let redis;
	before(async () => { redis = await startTlsRedis(); });
	after(() => redis.stop());
	const settings = (host) => ({ REDIS_URL: `rediss://app:p%26ss=w%40rd@${host}:${redis.port}/3`, PARLEY_REDIS_CA: redis.certificate });

	test('the programs reach it through nginx, with account and database', async () => {
		const stack = await startStack({ sandbox: false, settings: settings('localhost') });
		try {
			const url = new URL(stack.settings.REDIS_URL.replace('unix:', 'http:'));
			assert.equal(url.searchParams.get('db'), '3');
			assert.equal(url.searchParams.get('password'), 'p&ss=w@rd');
			assert.equal(await statusOf(`${stack.url}/readyz`), 200);
			assert.match((await redis.command('client', 'list')).stdout, /db=3 .*user=app/);
			// and after nginx was killed
			const victim = await stack.pid('nginx.pid');
			process.kill(victim, 'SIGKILL');
			await until(async () => (await stack.pid('nginx.pid')) !== victim && (await statusOf(`${stack.url}/readyz`)) === 200, { what: 'ready again' });
		} finally {
			await stack.stop();
		}
	});

	test('a certificate for another host is refused', async () => {
		process.env.PARLEY_READY_SECONDS = '3';
		try {
			await assert.rejects(startStack({ sandbox: false, settings: settings('127.0.0.1') }), /readyz/);
		} finally {
			delete process.env.PARLEY_READY_SECONDS;
		}
	});
});

describe('behind a proxy', () => {
	const clientOf = async (stack) => {
		await statusOf(`${stack.url}/healthz`, { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' });
		// nginx writes its line after the answer.
		const line = await until(async () => (await stack.logs('access.log')).split('\n').findLast((l) => l.includes('/healthz')), { what: 'the log line' });
		return JSON.parse(line).client;
	};

	test('nobody\'s word about the client is taken, unless the proxy is trusted', async () => {
		const stack = await startStack({ sandbox: false });
		try {
			assert.equal(await clientOf(stack), '127.0.0.1');
		} finally {
			await stack.stop();
		}
		const trusting = await startStack({ sandbox: false, settings: { PARLEY_TRUSTED_PROXIES: '127.0.0.0/8, 10.1.2.3' } });
		try {
			assert.equal(await clientOf(trusting), '203.0.113.9');
		} finally {
			await trusting.stop();
		}
	});
});

describe('any place, any user', () => {
	test('a state directory with blanks in its name', async () => {
		const state = join(directory, 'my state');
		const port = await freePort();
		const start = await run(join(root, 'scripts/stack'), ['start', '--no-sandbox', '--state', state, '--stage', stage, '--port', String(port)]);
		try {
			assert.equal(start.code, 0, start.output);
			assert.equal(await statusOf(`http://127.0.0.1:${port}/readyz`), 200);
		} finally {
			await must(join(root, 'scripts/stack'), ['stop', '--state', state]);
		}
	});

	test('an ordinary user', async (t) => {
		let [command, prefix] = [join(root, 'scripts/stack'), []];
		const home = join(directory, 'home');
		await mkdir(home);
		if (process.getuid() === 0) {
			await chmod(directory, 0o755);
			await chown(home, 65534, 65534);
			prefix = ['--reuid=65534', '--regid=65534', '--clear-groups', command];
			command = 'setpriv';
			if ((await run('setpriv', [...prefix.slice(0, 3), 'test', '-x', join(stage, 'libexec/parley/cgi-bin/api')])).code !== 0) {
				t.skip('the build is in a place that only root can read');
				return;
			}
		}
		const state = join(home, 'state');
		const port = await freePort();
		const env = { HOME: home };
		const start = await run(command, [...prefix, 'start', '--no-sandbox', '--state', state, '--stage', stage, '--port', String(port)], { env });
		try {
			assert.equal(start.code, 0, start.output);
			assert.equal(await statusOf(`http://127.0.0.1:${port}/readyz`), 200);
			await must(command, [...prefix, 'status', '--state', state], { env });
		} finally {
			await must(command, [...prefix, 'stop', '--state', state], { env });
		}
	});
});

describe('an installation without quickstart', () => {
	test('the crontab\'s own commands bring it up, and again is harmless', async () => {
		const place = join(directory, 'installed');
		await mkdir(place);
		const crontab = await readFile(join(stage, 'share/parley/crontab'), 'utf8');
		assert.doesNotMatch(crontab, /@[a-z]+dir@/);
		const stack = await startStack({ sandbox: false });
		try {
			const port = await freePort();
			const env = { ...stack.env, PARLEY_ENV_FILE: join(stack.state, 'parley.env'), PARLEY_RUN_DIR: join(place, 'run'), PARLEY_LOG_DIR: join(place, 'log'), PATH: `${process.env.PATH}:/usr/sbin` };
			await must(join(stage, 'share/parley/scripts/render-nginx'), ['--dir', join(place, 'nginx'), '--log', join(place, 'log'), '--run', join(place, 'run'),
				'--port', String(port), '--data', join(stage, 'share/parley'), '--state', join(place, 'data'), '--env', env.PARLEY_ENV_FILE]);
			// The commands of the lines "every minute", led to this place.
			const commands = crontab.split('\n').filter((line) => line.startsWith('* * * * * ') && line.includes('keeper'))
				.map((line) => line.slice(10).replaceAll(/\S*\/lib\/parley\/nginx/g, join(place, 'nginx')));
			assert.equal(commands.length, 2);
			const everyMinute = () => Promise.all(commands.map((command) => must('/bin/sh', ['-c', command], { env })));
			try {
				await everyMinute();
				await until(async () => (await statusOf(`http://127.0.0.1:${port}/readyz`)) === 200, { what: 'ready' });
				const pid = await readFile(join(place, 'run/api.pid'), 'utf8');
				await everyMinute();
				assert.equal(await readFile(join(place, 'run/api.pid'), 'utf8'), pid);
				// stopped by hand, it stays stopped
				await must(join(stage, 'libexec/parley/keeper'), ['stop', 'api'], { env });
				await everyMinute();
				assert.equal((await run(join(stage, 'libexec/parley/keeper'), ['status', 'api'], { env })).code, 1);
			} finally {
				for (const name of ['nginx', 'interview', 'actions', 'webhooks', 'api', 'campaigns', 'voice'])
					await run(join(stage, 'libexec/parley/keeper'), ['stop', name], { env });
			}
		} finally {
			await stack.stop();
		}
	});
});

describe('settings', () => {
	const load = (text) => writeFile(join(directory, 'given.env'), text).then(() => join(directory, 'given.env'));
	const written = async (file, env = {}) => {
		const state = join(directory, 'settings');
		await rm(state, { recursive: true, force: true });
		await mkdir(state);
		await must('bash', ['-euc', '. scripts/lib/dotenv.sh; . scripts/lib/settings.sh; umask 077; sandbox=no port=1234 state=$1 run=$1/run; write_settings "$1/out" "$2" ""', '-', state, file], { cwd: root, env });
		return parseDotenv(await readFile(join(state, 'out'), 'utf8'));
	};

	test('the environment wins over the file, the file over what a private stack knows', async () => {
		const file = await load('LINEAR_API_KEY=from-file\nADMIN_EMAIL=file@example.com\nPUBLIC_BASE_URL=https://hire.example.com');
		const settings = await written(file, { LINEAR_API_KEY: 'from environment' });
		assert.equal(settings.LINEAR_API_KEY, 'from environment');
		assert.equal(settings.ADMIN_EMAIL, 'file@example.com');
		assert.equal(settings.PUBLIC_BASE_URL, 'https://hire.example.com');
		assert.match(settings.REDIS_URL, /^unix:\/\/\/.*\/redis\.sock$/);
		assert.match(settings.ORCHESTRATOR_API_KEY, /^[0-9a-f]{64}$/);
	});

	test('quotes, comments and blanks mean what the contract says', async () => {
		for (const [line, value] of [['A=b', 'b'], ['A = b ', 'b'], ['export A=b', 'b'], ['A="b c"', 'b c'], ['A="b \\"c\\" \\\\ d"  # e', 'b "c" \\ d'],
			['A=b # c', 'b'], ['A=b#c', 'b#c'], ['A=', ''], ['A=x\nA=y', 'y'], ['# A=b', ''], ['A="#"', '#'], ['A=$(touch x)`y`', '$(touch x)`y`'], ['AA=b', '']]) {
			const file = await load(`${line}\n`);
			const result = await run('bash', ['-c', '. scripts/lib/dotenv.sh; dotenv_get "$1" A', '-', file], { cwd: root });
			assert.equal(result.stdout.replace(/\n$/, ''), value, line);
			assert.equal(result.code === 0, value !== '', line);
		}
	});

	test('a value written is the value read', async () => {
		for (const value of ['plain', 'a b', 'q"uo\\te"', '\\"', 'a#b # c', "it's", '$HOME `x`']) {
			const { stdout } = await must('bash', ['-c', '. scripts/lib/dotenv.sh; dotenv_line NAME "$1"', '-', value], { cwd: root });
			assert.equal(parseDotenv(stdout).NAME, value);
			const file = await load(stdout);
			assert.equal((await must('bash', ['-c', '. scripts/lib/dotenv.sh; dotenv_get "$1" NAME', '-', file], { cwd: root })).stdout, `${value}\n`);
		}
	});
});

describe('plain CGI', () => {
	let stack;
	before(async () => { stack = await startStack({ sandbox: false }); });
	after(() => stack.stop());

	const cgi = (program, variables) => run(join(root, 'scripts/stack'), ['exec', '--state', stack.state, '--', 'env', 'GATEWAY_INTERFACE=CGI/1.1', 'SERVER_PROTOCOL=HTTP/1.1', 'REMOTE_ADDR=127.0.0.1',
		...variables, join(stage, 'libexec/parley/cgi-bin', program)], { env: stack.env, input: variables.input ?? '' });

	test('every program answers one request from its environment', async () => {
		const requests = {
			api: [['REQUEST_METHOD=GET', 'PATH_INFO=/healthz'], /^Status: 200/],
			interview: [['REQUEST_METHOD=GET', 'PATH_INFO=/interview/nobody'], /^Status: 404[\s\S]*Interview not found/],
			actions: [['REQUEST_METHOD=POST', 'PATH_INFO=/actions/interview/session', 'CONTENT_TYPE=text/plain', 'CONTENT_LENGTH=0'], /^Status: 415[\s\S]*"retryable":false/],
			webhooks: [['REQUEST_METHOD=POST', 'PATH_INFO=/api/webhooks/linear', 'CONTENT_TYPE=application/json', 'CONTENT_LENGTH=0'], /^Status: (401|503)/],
		};
		for (const [program, [variables, expected]] of Object.entries(requests)) {
			const result = await cgi(program, variables);
			assert.equal(result.code, 0, `${program}: ${result.output}`);
			assert.match(result.stdout.replace(/\r/g, ''), expected, program);
		}
	});

	test('every program explains itself and checks its settings', async () => {
		for (const program of ['libexec/parley/cgi-bin/interview', 'libexec/parley/cgi-bin/actions', 'libexec/parley/cgi-bin/webhooks', 'libexec/parley/cgi-bin/api', 'libexec/parley/screening-runner', 'libexec/parley/campaign-runner']) {
			assert.equal((await stack.exec(program, '--check-config')).code, 0, program);
			assert.match((await stack.exec(program, '--help')).stdout, /--check-config/, program);
			const wrong = await run(join(stage, program), ['--check-config'], { env: { PARLEY_ENV_FILE: '', SESSION_TTL_SECONDS: 'soon' } });
			assert.equal(wrong.code, 102, program);
			assert.match(wrong.output, /SESSION_TTL_SECONDS/);
		}
	});
});
