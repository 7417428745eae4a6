// The part "events": Twilio's webhooks about four thousand live calls, signed, through nginx: each call is answered, hears its
// text and presses a key, and ends. What the first is told is not known yet to the next: every one of them is news.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { ours, startCalls } from './calls.mjs';
import { build, run } from './house.mjs';
import { family, memory, spent } from './meter.mjs';

const CALLS = 4000, CONNECTIONS = 16, LONGEST_S = 60;
const SID = (n) => `CA${n.toString(16).padStart(32, '0')}`; // as bench/telephone gives them

const steps = [
	['answer', { CallStatus: 'in-progress' }],
	['status', { CallStatus: 'in-progress', SequenceNumber: '2', CallbackSource: 'call-progress-events' }],
	['gather', { CallStatus: 'in-progress', Digits: '1', msg: 'Gather End', FinishedOnKey: '' }],
	['status', { CallStatus: 'completed', SequenceNumber: '3', CallbackSource: 'call-progress-events', CallDuration: '12', Duration: '1', SipResponseCode: '200' }],
];

function sign(token, url, form) {
	const text = url + Object.keys(form).sort().map((name) => name + form[name]).join('');
	return crypto.createHmac('sha1', token).update(text).digest('base64');
}

// One step for all calls, then the next: a call's own never overtake each other.
function writeEvents(file, attempts, { TWILIO_AUTH_TOKEN: token, TWILIO_ACCOUNT_SID: account, PUBLIC_BASE_URL: base }) {
	const out = fs.openSync(file, 'w');
	for (const [hook, news] of steps) {
		fs.writeSync(out, attempts.map((attempt, i) => {
			const where = `/api/twilio/webhook/${hook}?att=${attempt}`;
			const form = { AccountSid: account, ApiVersion: '2010-04-01', CallSid: SID(i + 1), Called: `+1415${2_000_000 + i}`, Caller: '+14155550100', Direction: 'outbound-api',
				From: '+14155550100', FromCity: 'SAN FRANCISCO', FromCountry: 'US', FromState: 'CA', To: `+1415${2_000_000 + i}`, ToCountry: 'US', ToState: 'CA', ...news };
			return `${where}\t${sign(token, base + where, form)}\t${new URLSearchParams(form)}\n`;
		}).join(''));
	}
	fs.closeSync(out);
}

export async function startEvents(house) {
	const calls = await startCalls(house), dir = path.join(house.dir, 'run', 'twilio');
	fs.mkdirSync(dir, { recursive: true });
	const before = house.env;
	house.env = calls.env;
	const app = await house.startWorkers('twilio', path.join(dir, 'twilio.sock'), [house.ourProgram('twilio')]);
	house.env = before;
	const nginx = await house.startNginx('twilio', dir);
	return { calls, app, nginx, end: () => calls.end() };
}

export async function eventTurn({ calls, app, nginx }) {
	const { house } = calls, file = path.join(house.dir, 'events');
	await ours(calls, undefined, CALLS, { keys: { 1: { outcome: 'interested', say: 'Thank you.' } } });
	const attempts = (await house.redisCli('MGET', ...Array.from({ length: CALLS }, (_, i) => `parley:sid:${SID(i + 1)}`))).trim().split('\n');
	if (attempts.length !== CALLS || !attempts.every((attempt) => /^[\w-]{22}$/.test(attempt))) throw new Error('some calls have no attempt');
	writeEvents(file, attempts, calls.env);
	const groups = { app_us: family(app.pid), nginx_us: family(nginx.child.pid), redis_us: [house.redis.pid] };
	const had = Object.fromEntries(Object.entries(groups).map(([name, pids]) => [name, spent(pids)]));
	const result = JSON.parse(await run(path.join(build, 'bench/load'), [nginx.port, CONNECTIONS, 0, LONGEST_S, 'twilio', file].map(String)));
	for (const [name, pids] of Object.entries(groups)) result[name] = (spent(pids) - had[name]) / 1000 / result.all;
	if (result.all !== CALLS * steps.length || result.failed) throw new Error(`${result.all} events were answered, ${result.failed} of them badly, instead of ${CALLS * steps.length}`);
	const outcomes = [];
	for (const key of (await house.redisCli('KEYS', 'parley:outcomes:*')).trim().split('\n')) outcomes.push(Number(await house.redisCli('HGET', key, 'interested')));
	if (outcomes.reduce((sum, n) => sum + n, 0) !== CALLS) throw new Error(`of ${CALLS} people ${outcomes} were interested`);
	return { ...result, ...memory(groups.app_us) };
}
