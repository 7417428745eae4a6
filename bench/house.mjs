// The house that is measured: a private Redis with the product's own settings, one
// nginx per contender from the product's own templates, and what else is started.
// Everything lives below one temporary directory and ends with end().
import { execFile, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const source = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const build = path.join(source, 'build');
const stage = path.join(build, 'stage');
const searched = `${process.env.PATH}:/usr/sbin:/sbin`;

export const secret = 'bench_webhook_secret';

export async function freePort() {
	const server = net.createServer();
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address();
	await new Promise((resolve) => server.close(resolve));
	return port;
}

export async function until(what, condition) {
	const end = Date.now() + 15000;
	while (!await condition()) {
		if (Date.now() > end) throw new Error(`${what} did not come up`);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

// Ends with an error that tells what was said; gives what was printed.
export function run(command, args, options = {}) {
	return new Promise((resolve, reject) => {
		execFile(command, args, { maxBuffer: 64 << 20, ...options, env: { ...process.env, PATH: searched, ...options.env } }, (error, stdout, stderr) =>
			error ? reject(new Error(`${path.basename(command)}: ${stderr || error.message}`)) : resolve(stdout));
	});
}

export class House {
	constructor() {
		this.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-bench-'));
		this.children = [];
		this.redisSocket = path.join(this.dir, 'run', 'redis.sock');
		this.env = {
			PUBLIC_BASE_URL: 'http://127.0.0.1:8080',
			REDIS_URL: `unix://${this.redisSocket}`,
			PARLEY_STATE_DIR: path.join(this.dir, 'data'),
			PARLEY_DATA_DIR: path.join(stage, 'share/parley'),
			ELEVENLABS_API_KEY: 'bench', ELEVENLABS_VOICE_ID: 'bench', ELEVENLABS_AGENT_ID: 'bench',
			ELEVENLABS_WEBHOOK_SECRET: secret,
		};
		for (const name of ['run', 'data', 'redis', 'log']) fs.mkdirSync(path.join(this.dir, name), { mode: 0o700 });
	}

	start(name, command, args, env = {}) {
		if (this.ending) throw new Error('interrupted');
		const log = fs.openSync(path.join(this.dir, 'log', `${name}.log`), 'a');
		const child = spawn(command, args, { stdio: ['ignore', log, log], env: { ...process.env, PATH: searched, ...env } });
		fs.closeSync(log);
		child.ended = new Promise((resolve) => { child.once('exit', resolve); child.once('error', resolve); });
		this.children.push(child);
		return child;
	}

	async startRedis() {
		// As quickstart writes it; only a rewrite of the file may not fall into somebody's turn.
		await run('bash', ['-c', '. "$1/scripts/lib/services.sh"; state=$2 run=$2/run; write_redis_conf', 'bash', source, this.dir]);
		this.redis = this.start('redis', 'redis-server', [path.join(this.dir, 'redis/redis.conf'), '--auto-aof-rewrite-percentage', '0']);
		await until('Redis', () => spawnSync('redis-cli', ['-s', this.redisSocket, 'ping']).stdout?.toString().trim() === 'PONG');
	}

	redisCli(...args) {
		return run('redis-cli', ['-s', this.redisSocket, ...args]);
	}

	// Empties the store and its file, so that every turn begins alike.
	async emptyStore() {
		await this.redisCli('FLUSHALL');
		await this.redisCli('BGREWRITEAOF');
		await until('the rewrite', async () => !/aof_rewrite_(in_progress|scheduled):1/.test(await this.redisCli('INFO', 'persistence')));
	}

	// The workers of one FastCGI program on one socket, as cron/keeper starts them.
	async startWorkers(name, socket, command) {
		const which = (program) => spawnSync('sh', ['-c', `command -v ${program}`], { env: { PATH: searched } }).stdout.toString().trim();
		const child = this.start(name, 'spawn-fcgi', ['-s', socket, '-M', '0600', '-b', '1024', '-n', '--',
			which('multiwatch'), '-r', '100', '-f', '4', '--', which('setpriv'), '--pdeathsig', 'TERM', ...command], this.env);
		await until(name, () => fs.existsSync(socket));
		return child;
	}

	ourProgram(name) {
		return path.join(stage, 'libexec/parley/cgi-bin', name);
	}

	// nginx as the product configures it, without its limits on one client, which the
	// load is.  The socket of its live feed is in a directory of its own, `dir`, because
	// several of them share the programs' directory.  `change` may turn the configuration into another contender's.
	async startNginx(name, runDirectory, change = (text) => text) {
		const dir = path.join(this.dir, `nginx-${name}`), port = await freePort();
		await run(path.join(source, 'scripts/render-nginx'), ['--dir', dir, '--log', dir, '--run', runDirectory,
			'--port', String(port), '--data', this.env.PARLEY_DATA_DIR, '--state', this.env.PARLEY_STATE_DIR]);
		const file = path.join(dir, 'nginx.conf');
		const text = fs.readFileSync(file, 'utf8').replace(/^\s*limit_req zone=.*\n/gm, '').replace(/unix:[^"]*\/live\.sock/, `unix:${dir}/live.sock`);
		fs.writeFileSync(file, change(text));
		const child = this.start(`nginx-${name}`, 'nginx', ['-p', `${dir}/`, '-c', file, '-e', path.join(dir, 'nginx-error.log')]);
		await until(`nginx for ${name}`, () => new Promise((resolve) => {
			const socket = net.connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
			socket.once('error', () => resolve(false));
		}));
		return { child, port, dir };
	}

	// Asked for twice (an interrupt, and the failure that it causes), it ends once.
	end() {
		this.ending ??= this.endAll();
		return this.ending;
	}

	async endAll() {
		for (const child of [...this.children].reverse()) {
			if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
			const late = setTimeout(() => child.kill('SIGKILL'), 5000);
			await child.ended;
			clearTimeout(late);
		}
		fs.rmSync(this.dir, { recursive: true, force: true });
	}
}
