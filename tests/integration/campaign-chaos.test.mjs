// A simulated campaign of many leads in hostile surroundings: Twilio refuses, cuts off and lies, callbacks are doubled
// and overtake each other, and runners, workers, Redis and nginx are killed at random. In the end the judge finds
// nothing. The seed is printed; PARLEY_SEED repeats its choices (not the machine's own timing).
//
// PARLEY_CHAOS_LEADS sets the size. The full size is 10,000; the default is what two cores do in less than three minutes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { people, startCampaigns, until } from '../support/campaign.mjs';

const LEADS = Number(process.env.PARLEY_CHAOS_LEADS || 400);
const SEED = Number(process.env.PARLEY_SEED || Math.floor(Math.random() * 2 ** 31));
const PACE = 100;
const KILLS_MS = 4000;
const IMPORT_ROWS = 1000;
// What people do, by the last digits, and how often in a hundred.
const MIX = { 96: 20, 95: 10, 90: 8, 91: 6, 92: 4, 93: 5, 80: 3, 94: 6, 97: 4, '00': 34 };
const MODES = [['cut_after', 3], ['malformed', 2], ['truncate', 2], ['status', 4], ['delay', 2]];

let it;
before(async () => {
	console.log(`# campaign chaos: ${LEADS} leads, PARLEY_SEED=${SEED}`);
	it = await startCampaigns({ pace: PACE, speed: 200, hostile: true, tolerance: { arrival: 5000, jitter: 800 }, fairness: { overtaken: 500 },
		settings: { PARLEY_VENDOR_TIMEOUT_SECONDS: 5 } });
});
after(() => it?.stop());

/** mulberry32: numbers from 0 to 1, the same for the same seed. */
function randomOf(seed) {
	return () => {
		seed = seed + 0x6d2b79f5 | 0;
		let mixed = Math.imul(seed ^ seed >>> 15, 1 | seed);
		mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
		return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
	};
}

function chosen(random, weights) {
	let left = random() * weights.reduce((sum, [, weight]) => sum + weight, 0);
	return weights.find(([, weight]) => (left -= weight) < 0)?.[0] ?? weights[0][0];
}

/** Faults of dials, strewn over the run; a status is 429 most of the time and 503 sometimes. */
async function sow(random, count) {
	for (let i = 0; i < count; i++) {
		const mode = chosen(random, MODES);
		const status = random() < 0.8 ? 429 : 503;
		const more = mode === 'status' ? { status, body: status === 429 ? JSON.stringify({ code: 20429, message: 'Too Many Requests', status }) : '', headers: { 'content-type': 'application/json' } }
			: mode === 'delay' ? { delay_ms: Math.floor(random() * 1500) } : {};
		await it.twilioFault(mode, { ...more, after: Math.floor(random() * LEADS) });
	}
}

const killers = {
	runner: () => it.killRunners(),
	'runner\'s worker': (random) => it.killOne('campaign-runner', Math.floor(random() * 100)),
	'twilio worker': (random) => it.killOne('twilio', Math.floor(random() * 100)),
	campaigns: () => it.killProgram('campaigns'),
	redis: () => it.kill('redis.pid'),
	nginx: () => it.kill('nginx.keeper').catch(() => 0),
};
const CHANCES = [['runner', 3], ['runner\'s worker', 3], ['twilio worker', 3], ['campaigns', 1], ['redis', 1], ['nginx', 1]];

/** Kills something every few seconds until told to stop; gives how often of each. */
function mayhem(random) {
	const killed = {};
	let over = false;
	const done = (async () => {
		while (!over) {
			await new Promise((resolve) => setTimeout(resolve, KILLS_MS * (0.5 + random())));
			if (over)
				break;
			const victim = chosen(random, CHANCES);
			if (await killers[victim](random).catch(() => 0))
				killed[victim] = (killed[victim] ?? 0) + 1;
			await until(async () => await it.redis('ping') === 'PONG', { what: 'Redis', seconds: 60 });
		}
	})();
	return { async stop() {
		over = true;
		await done;
		return killed;
	} };
}

test('comes to its end, and the judge finds nothing', async () => {
	const random = randomOf(SEED);
	await it.callbacks({ duplicate: 1, reorder: true });
	const leads = people(LEADS, '00').map((lead) => ({ ...lead, phone: lead.phone.slice(0, -2) + chosen(random, Object.entries(MIX)) }));
	const { id } = await it.createCampaign({ calls_per_second: PACE, max_concurrent_calls: 60, daily_cap: 10 * LEADS, retry: { max_attempts: 3, delays_seconds: { busy: [2, 4], no_answer: [3], failed: [2], voicemail: [3] } } });
	for (let begin = 0; begin < leads.length; begin += IMPORT_ROWS)
		await it.importLeads(id, leads.slice(begin, begin + IMPORT_ROWS));
	await sow(random, Math.max(12, LEADS / 40));
	await it.start(id);
	const kills = mayhem(random);
	let status;
	try {
		// Until all but a few are done: the last unknown ones take their minute and a half in peace.
		status = await until(async () => {
			const { json } = await it.api(`/api/campaigns/${id}/status`).catch(() => ({ json: null }));
			return json?.counts && json.counts.pending === 0 && json;
		}, { seconds: 120 + LEADS / 4, what: 'every lead\'s first call' });
	} finally {
		const killed = await kills.stop();
		console.log(`# killed: ${JSON.stringify(killed)}; ${JSON.stringify(status?.counts)}`);
	}
	await it.clearFaults();
	await it.deadCalm();
	status = await it.untilCompleted(id, { seconds: 240 });
	console.log(`# ${JSON.stringify(status.outcomes)}, ${status.attempts} attempts`);
	assert.equal(status.counts.done, LEADS);
	const record = await it.judged();
	console.log(`# judged: ${record.calls.length} calls, ${record.wire.length} requests to Twilio`);
});
