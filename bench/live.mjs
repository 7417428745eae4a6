// The live feed with many readers: from the write of an event to its arrival at each of
// them, measured by bench/live-load.
import fs from 'node:fs';
import path from 'node:path';

import { build, run } from './house.mjs';
import { judge } from './table.mjs';

const READERS = 1000, EVENTS = 100, EVERY_MS = 100, KEY = 'bench', CAMPAIGN = 'B'.repeat(22);

export async function live(house) {
	await house.emptyStore();
	await house.redisCli('HSET', `parley:campaign:${CAMPAIGN}`, 'state', 'running');
	const dir = path.join(house.dir, 'run', 'live');
	fs.mkdirSync(dir, { recursive: true });
	house.env.ORCHESTRATOR_API_KEY = KEY;
	await house.startWorkers('campaigns', path.join(dir, 'campaigns.sock'), [house.ourProgram('campaigns')]);
	const nginx = await house.startNginx('live', dir);
	house.start('live-relay', path.join(build, 'bench/live-relay'), [], { ...house.env, PARLEY_RUN_DIR: nginx.dir });
	const times = JSON.parse(await run(path.join(build, 'bench/live-load'),
		[nginx.port, house.redisSocket, KEY, CAMPAIGN, READERS, EVENTS, EVERY_MS].map(String)));
	console.log(`\nlive feed, ${READERS} readers by WebSocket (let in within ${(times.opened_ms / 1000).toFixed(1)} s), ${EVENTS} events of 330 bytes`);
	console.log(`write to arrival: median ${times.p50_ms.toFixed(1)} ms; slowest reader of an event, median ${times.slowest_p50_ms.toFixed(1)} ms`);
	judge('write to arrival, p99 ms', times.p99_ms, 1, '<= 50', times.p99_ms <= 50);
}
