// The usual way to place many calls from Node: a durable BullMQ queue on Redis and the official twilio package. A job
// is one call; its result (the CallSid) is kept by the queue. The pace is not limited.
//
//   node bullmq-dialer.mjs REDIS-SOCKET PORT CONCURRENCY    works off the queue until it is ended
//   node bullmq-dialer.mjs REDIS-SOCKET add COUNT           fills it
//   node bullmq-dialer.mjs REDIS-SOCKET pause|resume
import http from 'node:http';

import { Queue, Worker } from 'bullmq';
import twilio from 'twilio';

const QUEUE = 'calls';
const [socket, what, amount] = process.argv.slice(2);
const connection = { path: socket, maxRetriesPerRequest: null };

// The package speaks to api.twilio.com only; everything else of its client stays.
class LocalClient extends twilio.RequestClient {
	constructor(port) {
		super();
		this.base = `http://127.0.0.1:${port}`;
		this.axios.defaults.httpAgent = new http.Agent({ keepAlive: true, maxSockets: 256 });
	}

	request(options) {
		return super.request({ ...options, uri: options.uri.replace('https://api.twilio.com', this.base) });
	}
}

async function add(queue, count) {
	const run = Date.now().toString(36);
	for (let begin = 0; begin < count; begin += 1000)
		await queue.addBulk(Array.from({ length: Math.min(1000, count - begin) }, (_, i) => {
			const to = `+1415${2_000_000 + begin + i}`;
			return { name: 'call', data: { to, attempt: `${run}${begin + i}` }, opts: { attempts: 3, removeOnComplete: false } };
		}));
}

async function withQueue(action) {
	const queue = new Queue(QUEUE, { connection });
	await action(queue);
	await queue.close();
}

function work(port, concurrency) {
	const client = twilio(`AC${'0'.repeat(32)}`, 'token', { httpClient: new LocalClient(port) });
	const base = 'https://parley.example.com/api/twilio/webhook';
	new Worker(QUEUE, async ({ data: { to, attempt } }) => {
		const { sid } = await client.calls.create({ to, from: '+14155550100', url: `${base}/answer?att=${attempt}`, method: 'POST', timeout: 25, timeLimit: 300,
			statusCallback: `${base}/status?att=${attempt}`, statusCallbackMethod: 'POST', statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'] });
		return { sid };
	}, { connection, concurrency, lockDuration: 60_000 }).on('error', (error) => console.error(error.message));
}

if (what === 'add')
	await withQueue((queue) => add(queue, Number(amount)));
else if (what === 'pause' || what === 'resume')
	await withQueue((queue) => queue[what]());
else
	work(what, Number(amount));
