// ./run-bench: takes the turns and prints what they gave.  The contenders of a part
// are asked one after the other in every round, each round beginning with another,
// because the machine's own speed changes while it runs.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { contenders as callContenders, decisions, keptPace, startCalls } from './calls.mjs';
import { nodeName, pageContenders, webhookContenders } from './contenders.mjs';
import { build, House, run, secret, source } from './house.mjs';
import { eventTurn, startEvents } from './events.mjs';
import { leads } from './leads.mjs';
import { live } from './live.mjs';
import { family, memory, spent } from './meter.mjs';
import { judge, printCallers, printContenders, ratio } from './table.mjs';

// Node compiles what it runs often: it gets a whole turn for that before the first
// that counts, and every turn begins with a little that does not.
const FIRST_WARM_UP = 1.5, WARM_UP = 0.3, SESSIONS = 500, MEASURED_SESSIONS = 2000, BODY = 20 << 10;
const wanted = { rounds: 5, seconds: 1, connections: 16, leads: 1_000_000, parts: [] };

function readArguments(args) {
	while (args.length) {
		const arg = args.shift();
		if (arg.startsWith('--')) wanted[arg.slice(2)] = Number(args.shift());
		else wanted.parts.push(arg);
	}
	if (!wanted.parts.length) wanted.parts = ['page', 'webhook', 'session', 'live', 'calls', 'decisions', 'events', 'leads'];
}

function load(contender, warmUp, seconds, rest) {
	return run(path.join(build, 'bench/load'), [contender.port, wanted.connections, warmUp, seconds, ...rest].map(String));
}

async function turn(house, contender, loadArguments) {
	const groups = { app_us: contender.app.flatMap((child) => family(child.pid)), nginx_us: family(contender.nginx.pid), redis_us: [house.redis.pid] };
	const before = Object.fromEntries(Object.entries(groups).map(([name, pids]) => [name, spent(pids)]));
	const result = JSON.parse(await load(contender, WARM_UP, wanted.seconds, loadArguments));
	for (const [name, pids] of Object.entries(groups)) result[name] = (spent(pids) - before[name]) / 1000 / result.all;
	return { ...result, ...memory(groups.app_us) };
}

async function takeTurns(house, contenders, loadArguments, between = async () => {}) {
	const results = contenders.map((contender) => ({ name: contender.name, turns: [] }));
	for (const contender of contenders) await load(contender, 0, FIRST_WARM_UP, loadArguments);
	for (let round = 0; round < wanted.rounds; round++) {
		for (let i = 0; i < contenders.length; i++) {
			const k = (i + round) % contenders.length;
			await between();
			results[k].turns[round] = await turn(house, contenders[k], loadArguments);
		}
	}
	return results;
}

const aimMemory = (results) => {
	const most = Math.max(...results[0].turns.map((t) => t.resident));
	judge('memory of a worker, MB resident', most, 1, '<= 8', most <= 8);
};

// Without an aim the ratio is only told.
function aimRatio(results, name, aim) {
	const value = ratio(results, name), what = `rate beside ${name}`;
	if (aim) judge(what, value, 2, `>= ${aim}`, value >= aim);
	else console.log(`${what}: ${value.toFixed(2)}`);
}

async function page(house) {
	await house.emptyStore();
	const paths = await run(path.join(build, 'bench/session-bench'), ['make', String(SESSIONS)], { env: house.env });
	const file = path.join(house.dir, 'paths');
	fs.writeFileSync(file, paths);
	const contenders = await pageContenders(house, paths.split('\n')[0]);
	// The first look at a link writes; what is measured is looking.
	for (const line of paths.trim().split('\n')) await (await fetch(`http://127.0.0.1:${contenders[0].port}${line}`)).arrayBuffer();
	const results = await takeTurns(house, contenders, ['page', file]);
	console.log(`interview page, ${fs.statSync(path.join(house.dir, 'page.html')).size} bytes, through nginx`);
	printContenders(results);
	aimRatio(results, 'bare libfcgi', 0.85);
	aimRatio(results, nodeName(4, false), 1.5);
	aimRatio(results, nodeName(4, true), 1.5);
	aimRatio(results, nodeName(1, true));
	aimMemory(results);
}

// A transcript as ElevenLabs sends it, up to the conversation's id.
function webhookBody() {
	const turns = [], open = () => JSON.stringify({
		type: 'post_call_transcription', event_timestamp: Math.floor(Date.now() / 1000),
		data: { agent_id: 'bench', status: 'done', transcript: turns, metadata: { start_time_unix_secs: 1, call_duration_secs: 600, cost: 296 },
			analysis: { evaluation_criteria_results: {}, call_successful: 'success', transcript_summary: 'They talked about queues.' } },
	}).slice(0, -2);
	while (Buffer.byteLength(open()) < BODY - 300) {
		turns.push({ role: turns.length % 2 ? 'user' : 'agent', message: 'I would first look at the queue’s age, then at "its" writers, and only then at the database. '.repeat(2),
			tool_calls: null, tool_results: null, feedback: null, time_in_call_secs: turns.length * 7, conversation_turn_metrics: null });
	}
	return `${open()},"conversation_id":"`;
}

async function webhook(house) {
	const file = path.join(house.dir, 'body'), script = fs.readFileSync(path.join(source, 'src/store/scripts/queue_add.lua'), 'utf8');
	fs.writeFileSync(file, webhookBody());
	const sha = (await house.redisCli('SCRIPT', 'LOAD', script)).trim();
	const contenders = await webhookContenders(house, sha, secret);
	const results = await takeTurns(house, contenders, ['webhook', file, secret], () => house.emptyStore());
	console.log(`\nElevenLabs webhook, ${fs.statSync(file).size} bytes, through nginx, stored with appendfsync always`);
	printContenders(results);
	aimRatio(results, 'bare libfcgi', 0.85);
	for (const { name } of results.slice(2)) aimRatio(results, name);
	aimMemory(results);
}

async function session(house) {
	await house.emptyStore();
	const times = JSON.parse(await run(path.join(build, 'bench/session-bench'), ['measure', String(MEASURED_SESSIONS)], { env: house.env }));
	console.log(`\nsessions, ${times.count} of each, appendfsync always`);
	for (const name of ['create', 'find']) {
		judge(`${name}, median ms (p99 ${times[name].p99_ms.toFixed(2)})`, times[name].p50_ms, 3, '< 1', times[name].p50_ms < 1);
	}
}

async function calls(house) {
	const setting = await startCalls(house), results = callContenders.map(({ name }) => ({ name, turns: [] }));
	for (let round = 0; round < wanted.rounds; round++)
		for (let i = 0; i < callContenders.length; i++) {
			const k = (i + round) % callContenders.length;
			results[k].turns[round] = await callContenders[k].turn(setting);
		}
	console.log('\ncalls placed, from a durable queue to the answer of a stand-in for Twilio and its record, appendfsync always, pace unlimited');
	printCallers(results);
	for (const { name } of results.slice(1)) aimRatio(results, name, 3);
	const kept = await keptPace(setting);
	judge(`of ${kept.pace} calls a second (${kept.per_second.toFixed(1)} came), those that were one too many within a second`, kept.crowded, 0, '0', kept.crowded === 0);
	aimProcess(results[0].turns);
	setting.end();
}

const aimProcess = (turns) => {
	const most = Math.max(...turns.map((t) => t.resident));
	judge('memory of a process, MB resident', most, 1, '<= 32', most <= 32);
};

async function decide(house) {
	const setting = await startCalls(house), turns = [];
	for (let round = 0; round < wanted.rounds; round++) turns.push(await decisions(setting));
	console.log('\ndials decided, from the durable queue to the attempt in it, all but the request to Twilio; one process, appendfsync always');
	printCallers([{ name: 'parley', turns }], 'decisions/s (min..max)');
	aimProcess(turns);
	setting.end();
}

async function events(house) {
	const setting = await startEvents(house), turns = [];
	for (let round = 0; round < wanted.rounds; round++) turns.push(await eventTurn(setting));
	console.log("\nTwilio's webhooks about live calls (answer, status, gather, status), signed, through nginx, stored with appendfsync always");
	printContenders([{ name: 'parley', turns }]);
	aimProcess(turns);
	setting.end();
}

function printMachine(house) {
	const said = (command, ...args) => { try { return execFileSync(command, args, { cwd: source, stdio: ['ignore', 'pipe', 'ignore'] }).toString().trim(); } catch { return '?'; } };
	const commit = said('git', 'rev-parse', '--short', 'HEAD'), changed = said('git', 'status', '--porcelain', '--', 'src', 'cgi-bin', 'nginx', 'templates');
	console.log(`machine: ${os.cpus().length} x ${os.cpus()[0]?.model}, Linux ${os.release()}, store on ${said('stat', '-f', '-c', '%T', house.dir)}, load before ${os.loadavg()[0].toFixed(1)}`);
	console.log(`commit: ${commit}${changed ? ' with changes' : ''}, node ${process.version}; 4 workers each, ${wanted.connections} connections, ${wanted.rounds} rounds of ${wanted.seconds} s\n`);
}

async function main() {
	readArguments(process.argv.slice(2));
	const house = new House();
	const stop = async (code) => {
		process.exitCode ??= code;
		await house.end();
		process.exit();
	};
	process.once('SIGINT', () => stop(130));
	process.once('SIGTERM', () => stop(143));
	try {
		printMachine(house);
		await house.startRedis();
		for (const part of wanted.parts) await { page, webhook, session, live, calls, decisions: decide, events, leads: () => leads(house, wanted.leads) }[part](house);
	} catch (error) {
		if (!house.ending) console.error(`run-bench: ${error.message}`);
		await stop(1);
	}
	await stop(0);
}

await main();
