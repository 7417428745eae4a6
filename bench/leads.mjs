// A million leads as CSV through nginx into the store: how long it takes, what memory the
// worker needs for it at most, and what a lead costs in Redis.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

import { family, memory, spent } from './meter.mjs';
import { judge } from './table.mjs';

const KEY = 'bench-key', CAMPAIGN = 'bench0000000000000000a', SAMPLE_MS = 100;

// Numbers of many prefixes, as a list over all of North America has them.
const AREAS = [201, 205, 212, 213, 303, 305, 312, 404, 415, 503, 512, 602, 617, 702, 713, 808, 907, 919];

function writeList(file, rows) {
	const out = fs.openSync(file, 'w');
	fs.writeSync(out, 'phone,name,city,plan\n');
	for (let i = 0; i < rows;) {
		let text = '';
		for (const end = Math.min(rows, i + 10_000); i < end; i++)
			text += `+1${AREAS[i % AREAS.length]}${2_000_000 + Math.floor(i / AREAS.length)},Ada Nr ${i},"Springfield, Ward ${i % 50}",gold\n`;
		fs.writeSync(out, text);
	}
	fs.closeSync(out);
}

function post(port, file) {
	return new Promise((resolve, reject) => {
		const request = http.request({ port, method: 'POST', path: `/api/campaigns/${CAMPAIGN}/leads`,
			headers: { 'content-type': 'text/csv', 'content-length': fs.statSync(file).size, authorization: `Bearer ${KEY}` } }, async (answer) => {
			let text = '';
			for await (const piece of answer) text += piece;
			resolve(JSON.parse(text));
		});
		request.on('error', reject);
		fs.createReadStream(file, { highWaterMark: 1 << 20 }).pipe(request);
	});
}

const used = async (house) => Number(/^used_memory:(\d+)/m.exec(await house.redisCli('INFO', 'memory'))[1]);

export async function leads(house, rows) {
	const file = path.join(house.dir, 'leads.csv'), run = path.join(house.dir, 'run', 'leads');
	await house.emptyStore();
	writeList(file, rows);
	fs.mkdirSync(run, { recursive: true });
	Object.assign(house.env, { ORCHESTRATOR_API_KEY: KEY });
	const app = await house.startWorkers('campaigns', path.join(run, 'campaigns.sock'), [house.ourProgram('campaigns')]);
	const { port } = await house.startNginx('leads', run);
	await house.redisCli('HSET', `parley:campaign:${CAMPAIGN}`, 'state', 'draft');

	const before = await used(house), workers = family(app.pid), ours = spent(workers), theirs = spent([house.redis.pid]);
	let most = 0;
	const sampler = setInterval(() => { most = Math.max(most, memory(workers).resident); }, SAMPLE_MS);
	const began = performance.now(), report = await post(port, file), seconds = (performance.now() - began) / 1000;
	clearInterval(sampler);
	if (report.accepted !== rows) throw new Error(`of ${rows} leads: ${JSON.stringify(report).slice(0, 300)}`);
	const cost = ((await used(house)) - before) / rows;
	console.log(`\nimport of ${rows.toLocaleString('en-US')} leads as CSV (${(fs.statSync(file).size / 1e6).toFixed(0)} MB) through nginx, appendfsync always`);
	console.log(`CPU us/lead: app ${((spent(workers) - ours) / 1000 / rows).toFixed(1)}, redis ${((spent([house.redis.pid]) - theirs) / 1000 / rows).toFixed(1)}`);
	judge('seconds', seconds, 1, `<= ${(30 * rows) / 1e6}`, seconds <= (30 * rows) / 1e6);
	judge('memory of the worker, MB resident', most, 1, '<= 64', most <= 64);
	judge('Redis, bytes a lead', cost, 0, '<= 600', cost <= 600);
}
