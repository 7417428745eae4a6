// The part "calls": how many calls are placed in a second, by the product's runner and by BullMQ with Twilio's package,
// each on the same Redis with the same stand-in for Twilio (telephone.c), which counts. And whether a pace is kept.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

import { build, freePort, run, source, until } from './house.mjs';
import { family, memory, spent } from './meter.mjs';

const CALLS = 4000, ONE_CAMPAIGN = 1000; // a campaign may have a thousand calls at once, and here none ever ends
const WARM_UP = 500, UNLIMITED = 100_000, KEPT_PACE = 400;
const KEY = 'bench_orchestrator_key', DECISIONS = 10_000;
const program = (name) => path.join(build, 'stage/libexec/parley', name);

/** ElevenLabs' speech: the same short silence for every text. */
async function startSpeech() {
	const wav = Buffer.alloc(8044);
	wav.write('RIFF'); wav.writeUInt32LE(8036, 4); wav.write('WAVEfmt ', 8); wav.writeUInt32LE(16, 16); wav.writeUInt16LE(1, 20); wav.writeUInt16LE(1, 22);
	wav.writeUInt32LE(8000, 24); wav.writeUInt32LE(8000, 28); wav.writeUInt16LE(1, 32); wav.writeUInt16LE(8, 34); wav.write('data', 36); wav.writeUInt32LE(8000, 40);
	const server = http.createServer((request, response) => request.resume().on('end', () => response.writeHead(200, { 'content-type': 'audio/wav', 'character-cost': '1' }).end(wav)));
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	return server;
}

export async function startCalls(house) {
	const port = await freePort(), telephone = house.start('telephone', path.join(build, 'bench/telephone'), [port]);
	const ask = (what, options) => fetch(`http://127.0.0.1:${port}/${what}`, options);
	await until('the telephone', () => ask('count').then(() => true, () => false));
	const speech = await startSpeech();
	const count = async () => (await ask('count')).json();
	return {
		house, port, telephone, count,
		expect: (pace = 0) => ask(`expect?${pace}`, { method: 'POST' }),
		env: { ...house.env, ORCHESTRATOR_API_KEY: KEY, TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'token', TWILIO_CALLER_ID: '+14155550100',
			TWILIO_CALLS_PER_SECOND: String(UNLIMITED), TWILIO_BASE_URL: `http://127.0.0.1:${port}`, ELEVENLABS_BASE_URL: `http://127.0.0.1:${speech.address().port}` },
		async untilPlaced(calls) {
			const end = Date.now() + 60_000;
			while ((await count()).calls < calls) {
				if (Date.now() > end) throw new Error(`only ${(await count()).calls} of ${calls} calls were placed`);
				await new Promise((resolve) => setTimeout(resolve, 20));
			}
		},
		end: () => speech.close(),
	};
}

/** The JSON API as a plain CGI program. */
export async function api(calls, method, where, body) {
	const [pathname, query = ''] = where.split('?');
	const type = typeof body === 'string' ? 'text/csv' : 'application/json';
	const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
	const file = path.join(calls.house.dir, `request-${where.replace(/\W/g, '-')}`);
	fs.writeFileSync(file, text);
	const answer = await run('sh', ['-c', 'exec "$0" <"$1"', program('cgi-bin/campaigns'), file], { env: { ...calls.env, REQUEST_METHOD: method, PATH_INFO: pathname, QUERY_STRING: query,
		CONTENT_TYPE: type, CONTENT_LENGTH: String(Buffer.byteLength(text)), HTTP_AUTHORIZATION: `Bearer ${KEY}`, REMOTE_ADDR: '127.0.0.1', SERVER_PROTOCOL: 'HTTP/1.1' } });
	const status = Number(/^Status: (\d+)/m.exec(answer)?.[1] ?? 200);
	if (status > 299) throw new Error(`${method} ${where}: ${answer}`);
	return JSON.parse(answer.slice(answer.search(/\r?\n\r?\n/)));
}

/** Ready to be started; gives their ids. */
export async function makeCampaigns(calls, count, pace, settings = {}) {
	const ids = [];
	const { id: agent } = await api(calls, 'POST', '/api/agents', { name: 'Ada', voice_id: 'bench', script: 'Hello, this is a call.' });
	for (let begin = 0; begin < count; begin += ONE_CAMPAIGN) {
		const { id } = await api(calls, 'POST', '/api/campaigns', { name: 'Survey', agent_id: agent, mode: 'broadcast', timezone: 'UTC', recipient_hours: null,
			calling_hours: { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], start: '00:00', end: '24:00' }, daily_cap: 1_000_000,
			max_concurrent_calls: ONE_CAMPAIGN, calls_per_second: pace, retry: { max_attempts: 1, delays_seconds: {} }, keys: {}, ...settings });
		const size = Math.min(ONE_CAMPAIGN, count - begin);
		await api(calls, 'POST', `/api/campaigns/${id}/leads`, `phone\n${Array.from({ length: size }, (_, i) => `+1415${2_000_000 + begin + i}`).join('\n')}\n`);
		ids.push(id);
	}
	return ids;
}

/** What was placed between the first call and the last, and what that took. */
async function measured(calls, count, children, begin) {
	const groups = { app_us: children.flatMap((child) => family(child.pid)), redis_us: [calls.house.redis.pid] };
	const before = Object.fromEntries(Object.entries(groups).map(([name, pids]) => [name, spent(pids)]));
	await begin();
	await calls.untilPlaced(count);
	const told = await calls.count();
	if (told.calls !== count || told.distinct !== count) throw new Error(`${told.calls} calls came, ${told.distinct} different ones, for ${count} wanted`);
	const turn = { per_second: (told.calls - 1) / told.seconds, crowded: told.crowded, ...memory(groups.app_us) };
	for (const [name, pids] of Object.entries(groups)) turn[name] = (spent(pids) - before[name]) / 1000 / count;
	return turn;
}

async function ended(children) {
	for (const child of children) child.kill('SIGTERM');
	await Promise.all(children.map((child) => child.ended));
}

export async function ours(calls, pace = UNLIMITED, count = CALLS, settings = {}) {
	await calls.house.emptyStore();
	await calls.expect(pace < UNLIMITED ? pace : 0);
	// The account's pace: several campaigns share it, and the telephone counts the calls of all.
	const runner = calls.house.start('campaign-runner', program('campaign-runner'), [], { ...calls.env, TWILIO_CALLS_PER_SECOND: String(pace) });
	await until('the runner', () => family(runner.pid).length > 3);
	const ids = await makeCampaigns(calls, count, pace, settings);
	const turn = await measured(calls, count, [runner], () => Promise.all(ids.map((id) => api(calls, 'POST', `/api/campaigns/${id}/start`, {}))));
	await ended([runner]);
	return turn;
}

const bullmq = (processes, concurrency) => async (calls) => {
	const { house } = calls;
	const queue = (...args) => run(process.execPath, [path.join(source, 'bench/bullmq-dialer.mjs'), house.redisSocket, ...args.map(String)]);
	await house.emptyStore();
	await calls.expect();
	const workers = Array.from({ length: processes }, () => house.start('bullmq', process.execPath,
		[path.join(source, 'bench/bullmq-dialer.mjs'), house.redisSocket, calls.port, concurrency].map(String), { NODE_ENV: 'production' }));
	await queue('add', WARM_UP);
	await calls.untilPlaced(WARM_UP);
	await queue('pause');
	await queue('add', CALLS);
	await calls.expect();
	const turn = await measured(calls, CALLS, workers, () => queue('resume'));
	await ended(workers);
	return turn;
};

export const contenders = [
	{ name: 'parley', turn: (calls) => ours(calls) },
	{ name: 'BullMQ and twilio, 1 process', turn: bullmq(1, 50) },
	{ name: 'BullMQ and twilio, 2 processes', turn: bullmq(2, 50) },
];

/** Everything of a dial but the request: how many a second, one process. */
export async function decisions(calls) {
	await calls.house.emptyStore();
	const ids = await makeCampaigns(calls, DECISIONS, UNLIMITED, { mode: 'conversation' });
	for (const id of ids) await api(calls, 'POST', `/api/campaigns/${id}/start`, {});
	const before = spent([calls.house.redis.pid]);
	const told = JSON.parse(await run(path.join(build, 'bench/decisions'), [String(DECISIONS)], { env: calls.env }));
	if (told.decided !== DECISIONS) throw new Error(`${told.decided} of ${DECISIONS} dials were decided`);
	return { per_second: told.decided / told.seconds, app_us: told.processor_us / told.decided,
		redis_us: (spent([calls.house.redis.pid]) - before) / 1000 / told.decided, resident: told.resident_kb / 1024, own: told.own_kb / 1024 };
}

/** Calls that came too many within some second, at a pace that matters. */
export async function keptPace(calls) {
	const { per_second, crowded } = await ours(calls, KEPT_PACE, 2 * ONE_CAMPAIGN);
	return { pace: KEPT_PACE, per_second, crowded };
}
