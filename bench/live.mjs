// The live feed with many readers: from the write of an event to its arrival at each of
// them.  Readers are bare sockets that look for the event's number, because what a client
// library costs is not the product's.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { build, until } from './house.mjs';
import { judge } from './table.mjs';

const READERS = 1000, EVENTS = 100, EVERY_MS = 100, KEY = 'bench', CAMPAIGN = 'B'.repeat(22);

// As the campaigns' scripts write it (src/live/events.h).
const append = `
local n = redis.call('HINCRBY', 'parley:campaign:' .. ARGV[1], 'seq', 1)
redis.call('XADD', 'parley:events:' .. ARGV[1], 'MAXLEN', 10000, n .. '-0', 'e',
  '{"seq":' .. n .. ',"at":"2026-11-20T09:30:00.000Z","type":"call","call":{"id":"' .. string.rep('x', 250) .. '","event":"#' .. n .. '#"}}')
redis.call('XADD', 'parley:live', 'MAXLEN', '~', 10000, '*', 'c', ARGV[1])
return n`;

// Resolves once the reader is let in; arrive(n, ms) is called for each event.
function openReader(port, arrive) {
	return new Promise((resolve, reject) => {
		const socket = net.connect(port, '127.0.0.1', () => socket.write(`GET /live/campaigns/${CAMPAIGN} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n`
			+ `Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: Bearer ${KEY}\r\n\r\n`));
		let rest = '';
		socket.on('error', reject);
		socket.on('data', (data) => {
			const now = performance.now();
			let end = 0;
			rest += data.latin1Slice();
			if (rest.startsWith('HTTP/1.1 101')) resolve(socket);
			else if (rest.startsWith('HTTP/')) reject(new Error(`a reader was answered ${rest.slice(0, 15)}`));
			for (const found of rest.matchAll(/"event":"#(\d+)#"/g)) {
				arrive(Number(found[1]), now);
				end = found.index + found[0].length;
			}
			rest = rest.slice(Math.max(end, rest.length - 30));
		});
	});
}

// Redis over one kept connection: a command's own process would cost more than the feed.
async function openWriter(file) {
	const socket = net.connect(file);
	await new Promise((resolve, reject) => { socket.once('connect', resolve); socket.once('error', reject); });
	const write = (...args) => new Promise((resolve) => {
		socket.once('data', (data) => resolve(String(data)));
		socket.write(`*${args.length}\r\n${args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`).join('')}`);
	});
	return { write, close: () => socket.destroy() };
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

export async function live(house) {
	await house.emptyStore();
	await house.redisCli('HSET', `parley:campaign:${CAMPAIGN}`, 'state', 'running');
	const dir = path.join(house.dir, 'run', 'live');
	fs.mkdirSync(dir, { recursive: true });
	house.env.ORCHESTRATOR_API_KEY = KEY;
	await house.startWorkers('campaigns', path.join(dir, 'campaigns.sock'), [house.ourProgram('campaigns')]);
	const nginx = await house.startNginx('live', dir);
	house.start('live-relay', path.join(build, 'bench/live-relay'), [], { ...house.env, PARLEY_RUN_DIR: nginx.dir });

	const written = [], taken = [], slowest = [], readers = [];
	const arrive = (n, ms) => {
		if (n > EVENTS) return;
		taken.push(ms - written[n]);
		slowest[n] = ms - written[n];
	};
	const began = performance.now();
	while (readers.length < READERS) readers.push(...await Promise.all(Array.from({ length: 50 }, () => openReader(nginx.port, arrive))));
	const opened = performance.now() - began;
	const writer = await openWriter(house.redisSocket);
	for (let n = 1; n <= EVENTS; n++) {
		written[n] = performance.now();
		await writer.write('EVAL', append, '0', CAMPAIGN);
		await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
	}
	await until('the last event at every reader', () => taken.length === READERS * EVENTS);
	writer.close();
	readers.forEach((socket) => socket.destroy());
	taken.sort((a, b) => a - b);
	slowest.sort((a, b) => a - b);
	console.log(`\nlive feed, ${READERS} readers by WebSocket (let in within ${(opened / 1000).toFixed(1)} s), ${EVENTS} events of 330 bytes`);
	console.log(`write to arrival: median ${at(taken, 0.5).toFixed(1)} ms; slowest reader of an event, median ${at(slowest, 0.5).toFixed(1)} ms`);
	judge('write to arrival, p99 ms', at(taken, 0.99), 1, '<= 50', at(taken, 0.99) <= 50);
}
