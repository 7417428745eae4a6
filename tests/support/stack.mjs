// A private stack for one test file: the real nginx, Redis, FastCGI programs and
// (unless told otherwise) sandbox vendors, started by the same script as
// quickstart, from the sanitizer build, with a state directory and port of its own.
// Ends with the process, and fails the test file when a sanitizer had something to say.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const stage = process.env.PARLEY_STAGE || join(root, 'build-test', 'stage');
const stackScript = join(root, 'scripts', 'stack');

export function freePort() {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}

// Runs a command to the end of its output (not only of the process: a background
// program that holds the pipe would be noticed here) and gives code and output.
export function run(command, args, { env = {}, input, timeout = 120_000, cwd } = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
		let stdout = '', stderr = '';
		const timer = setTimeout(() => {
			child.kill('SIGKILL');
			child.stdout.destroy();
			child.stderr.destroy();
			reject(new Error(`${command} ${args.join(' ')} has not ended after ${timeout} ms\n${stdout}${stderr}`));
		}, timeout);
		child.stdout.on('data', (data) => { stdout += data; });
		child.stderr.on('data', (data) => { stderr += data; });
		child.once('error', (error) => { clearTimeout(timer); reject(error); });
		child.once('close', (code, signal) => {
			clearTimeout(timer);
			resolve({ code, signal, stdout, stderr, output: stdout + stderr });
		});
		child.stdin.on('error', () => {});
		child.stdin.end(input ?? '');
	});
}

// Waits until `condition()` gives something true, and gives that.
export async function until(condition, { seconds = 20, what = 'the condition' } = {}) {
	const end = Date.now() + seconds * 1000;
	let last;
	for (;;) {
		try {
			const value = await condition();
			if (value)
				return value;
			last = undefined;
		} catch (error) {
			last = error;
		}
		if (Date.now() > end)
			throw new Error(`${what} did not come true within ${seconds} s${last ? `: ${last.message}` : ''}`);
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

// The settings file as an object, by the rules of contract 2.
export function parseDotenv(text) {
	const settings = {};
	for (const line of text.split('\n')) {
		const match = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^#]*?))\s*(?:#.*)?$/.exec(line);
		if (match)
			settings[match[1]] = match[2] === undefined ? match[3] : match[2].replace(/\\(["\\])/g, '$1');
	}
	return settings;
}

function sanitizerSettings(directory) {
	return {
		ASAN_OPTIONS: `log_path=${directory}/address:exitcode=99:detect_stack_use_after_return=1`,
		UBSAN_OPTIONS: `log_path=${directory}/undefined:print_stacktrace=1`,
		LSAN_OPTIONS: 'print_suppressions=0',
	};
}

async function sanitizerReports(directory) {
	let reports = '';
	for (const name of await readdir(directory))
		reports += `${name}:\n${await readFile(join(directory, name), 'utf8')}\n`;
	return reports;
}

/* Options:
 *   sandbox   false: no vendors (their base URLs come from `settings`)
 *   settings  more settings, as an object; they become the --env file
 *   runner    false: screening-runner runs only by runOnce()
 */
export async function startStack({ sandbox = true, settings = {}, runner = true, port } = {}) {
	if (!existsSync(join(stage, 'libexec/parley/cgi-bin/interview')))
		throw new Error(`no programs in ${stage}: ./run-tests builds them`);
	const state = await mkdtemp(join(tmpdir(), 'parley-t-'));
	const reports = join(state, 'sanitizer');
	await mkdir(reports);
	port ??= await freePort();
	const envFile = join(state, 'given.env');
	await writeFile(envFile, Object.entries(settings)
		.map(([name, value]) => `${name}="${String(value).replace(/["\\]/g, '\\$&')}"\n`).join(''));
	await chmod(envFile, 0o600);
	const env = { ...sanitizerSettings(reports), PARLEY_WORKERS: '2' };
	const args = ['--state', state, '--stage', stage, '--port', String(port), '--env', envFile];
	if (!sandbox)
		args.push('--no-sandbox');
	if (!runner)
		args.push('--no-runner');

	let stopped = false;
	const emergencyStop = () => {
		if (!stopped)
			spawnSync(stackScript, ['stop', '--state', state], { stdio: 'ignore' });
	};
	process.once('exit', emergencyStop);

	const start = async () => {
		const result = await run(stackScript, ['start', ...args], { env });
		if (result.code !== 0)
			throw new Error(`the stack did not start:\n${result.output}`);
	};
	const stop = () => run(stackScript, ['stop', '--state', state], { env });
	try {
		await start();
	} catch (error) {
		process.removeListener('exit', emergencyStop);
		await stop();
		if (!process.env.PARLEY_KEEP_STATE)
			await rm(state, { recursive: true, force: true });
		throw error;
	}
	const values = parseDotenv(await readFile(join(state, 'parley.env'), 'utf8'));
	const vendors = sandbox ? JSON.parse(await readFile(join(state, 'sandbox/sandbox.json'), 'utf8')) : {};

	return {
		url: `http://127.0.0.1:${port}`,
		port, state, stage, env, args,
		settings: values,
		vendors,
		start, stopOnly: stop,

		// Asks the sandbox's control interface; gives its JSON.
		async control(path, { method = 'GET', body } = {}) {
			const answer = await fetch(`${vendors.ui}/control${path}`, {
				method,
				headers: body === undefined ? {} : { 'content-type': 'application/json' },
				body: body === undefined ? undefined : JSON.stringify(body),
			});
			const text = await answer.text();
			if (!answer.ok)
				throw new Error(`${method} /control${path}: ${answer.status} ${text}`);
			return text ? JSON.parse(text) : null;
		},

		// redis-cli: gives the answer's text.
		async redis(...command) {
			const result = await run('redis-cli', ['-s', join(state, 'run/redis.sock'), ...command.map(String)]);
			if (result.code !== 0)
				throw new Error(result.output);
			return result.stdout.replace(/\n$/, '');
		},

		// Everything in the log directory, or one file of it.
		async logs(name) {
			if (name)
				return readFile(join(state, 'log', name), 'utf8').catch(() => '');
			let text = '';
			for (const file of await readdir(join(state, 'log')))
				text += await readFile(join(state, 'log', file), 'utf8');
			return text;
		},

		// screening-runner --once, with the stack's settings.
		async runOnce({ env: more = {} } = {}) {
			return run(stackScript, ['run-once', '--state', state], { env: { ...env, ...more } });
		},

		// A program of the stage (bin/parley, libexec/...) with the stack's settings.
		async exec(program, ...programArgs) {
			return run(stackScript, ['exec', '--state', state, '--', join(stage, program), ...programArgs], { env });
		},

		// The pid a keeper wrote down: `part` as in redis.pid, nginx.keeper.
		async pid(part) {
			return Number((await readFile(join(state, 'run', part), 'utf8')).split(' ')[0]);
		},

		async stop() {
			const result = await stop();
			stopped = true;
			process.removeListener('exit', emergencyStop);
			const found = await sanitizerReports(reports);
			if (!process.env.PARLEY_KEEP_STATE)
				await rm(state, { recursive: true, force: true });
			if (result.code !== 0)
				throw new Error(`the stack did not stop:\n${result.output}`);
			if (found)
				throw new Error(`a sanitizer reported:\n${found}`);
		},
	};
}
