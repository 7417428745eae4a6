// Readers of the live feed, and a campaign whose events are written as its scripts write
// them (src/live/events.h).
import { request } from 'node:http';
import WebSocket from 'ws';

export const campaignId = (letter) => letter.repeat(22);

const append = `
redis.call('HSET', 'parley:campaign:' .. ARGV[1], 'state', 'running')
for _ = 1, tonumber(ARGV[2]) do
  local n = redis.call('HINCRBY', 'parley:campaign:' .. ARGV[1], 'seq', 1)
  local event = '{"seq":' .. n .. ',"at":"' .. ARGV[3] .. '","type":"call","call":{"id":"x"}}'
  redis.call('XADD', 'parley:events:' .. ARGV[1], 'MAXLEN', 10000, n .. '-0', 'e', event)
  redis.call('XADD', 'parley:live', 'MAXLEN', '~', 10000, '*', 'c', ARGV[1])
end
return redis.call('HINCRBY', 'parley:campaign:' .. ARGV[1], 'seq', 0)`;

// Writes `count` events; gives the last one's number.
export async function happen(stack, campaign, count) {
	return Number(await stack.redis('eval', append, 0, campaign, count, new Date().toISOString()));
}

/* One connection's view.  `faults` names what contract 3.5 forbids: a first message that is no
 * status, an event that does not follow the one before, a status that goes back.  A status may
 * jump ahead, for what lies between can be read; that is counted in `jumps`. */
export class View {
	messages = 0;
	last = -1;
	faults = [];
	jumps = 0;

	take(text) {
		const { seq, type, at, ...more } = JSON.parse(text);
		if (!Number.isInteger(seq) || !at || !more[type])
			this.faults.push(`no message of the feed: ${text}`);
		if (this.messages === 0 && type !== 'status')
			this.faults.push(`begins with ${type} ${seq}`);
		else if (type === 'status' && (more.status.seq !== seq || seq < this.last))
			this.faults.push(`status ${seq} after ${this.last}`);
		else if (type !== 'status' && this.messages > 0 && seq !== this.last + 1)
			this.faults.push(`${type} ${seq} after ${this.last}`);
		if (type === 'status' && this.messages > 0 && seq > this.last)
			this.jumps++;
		this.messages++;
		this.last = seq;
		this.first ??= { seq, type, ...more };
	}
}

/* Reads a feed by 'websocket' or 'eventsource'.  The reader has `view`, `opened` (resolves with
 * the status: 101 or 200 when it was let in), `closed` and close(). */
export function read(stack, campaign, { by = 'websocket', headers = { authorization: `Bearer ${stack.settings.ORCHESTRATOR_API_KEY}` }, onMessage = () => {} } = {}) {
	const view = new View();
	const take = (text) => { view.take(text); onMessage(text); };
	const path = `/live/campaigns/${campaign}`;
	let close, closed;
	const opened = new Promise((resolve) => {
		if (by === 'websocket') {
			const socket = new WebSocket(`ws://127.0.0.1:${stack.port}${path}`, { headers });
			socket.on('message', (data) => take(String(data)));
			socket.on('open', () => resolve({ status: 101 }));
			socket.on('unexpected-response', (_, answer) => bodyOf(answer).then((body) => resolve({ status: answer.statusCode, body })));
			socket.on('error', () => resolve({ status: 0 }));
			closed = new Promise((done) => socket.on('close', done));
			close = () => socket.terminate();
			return;
		}
		const asked = request({ host: '127.0.0.1', port: stack.port, path, agent: false, headers: { accept: 'text/event-stream', ...headers } }, (answer) => {
			if (answer.statusCode !== 200 || !/event-stream/.test(answer.headers['content-type']))
				return bodyOf(answer).then((body) => resolve({ status: answer.statusCode, body }));
			resolve({ status: 200 });
			let text = '';
			answer.setEncoding('utf8').on('data', (part) => {
				const blocks = (text + part).split('\n\n');
				text = blocks.pop();
				for (const block of blocks)
					for (const line of block.split('\n'))
						if (line.startsWith('data: '))
							take(line.slice(6));
			});
			answer.on('error', () => {});
		});
		closed = new Promise((done) => asked.on('close', done));
		asked.on('error', () => resolve({ status: 0 }));
		asked.end();
		close = () => asked.destroy();
	});
	return { view, opened, closed, close };
}

async function bodyOf(answer) {
	let text = '';
	for await (const part of answer)
		text += part;
	return text;
}
