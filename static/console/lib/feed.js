// The live feed of a campaign (contract 3.5), whatever the network does: a WebSocket; where that cannot be had, an event
// stream; where neither works, the status is asked for every few seconds. What was missed is read from the API, so the
// reader is never silently wrong:
//
//   onStatus(status)   the whole state, as it is now; it replaces what was known
//   onEvents(events)   new events in their order, each once
//   onGap()            some events are not kept any more: they will never be told
//   onConnection(kind) 'live', 'reconnecting', 'polling' or 'gone' (there is no such campaign any more)
import { api } from './api.js';

const WAITS = [300, 1000, 2000, 4000, 8000];
const POLL_MS = 3000;
const WITHOUT_MS = 4000;  // after so long without a connection the status is polled
const TRY_STREAM = 2;     // WebSockets that failed before one event stream is tried
const PAGE = 1000;
const MOST = 10_000;

export class Feed {
	constructor(id, seq, handlers) {
		this.id = id;
		this.seq = seq;       // the last event that was told
		this.handlers = handlers;
		this.failed = 0;
		this.lost = Date.now();
		this.queue = Promise.resolve();
	}

	start() {
		this.connect();
		this.poller = setInterval(() => this.poll(), POLL_MS);
		addEventListener('online', () => this.again(0));
		addEventListener('pagehide', () => this.stop());
		// A page that comes back from the browser's cache is as old as it was left.
		addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
	}

	stop() {
		this.stopped = true;
		clearInterval(this.poller);
		clearTimeout(this.timer);
		this.close?.();
	}

	tell(kind) {
		if (this.kind === kind) return;
		this.kind = kind;
		this.handlers.onConnection(kind);
	}

	/* ---- the connection ---- */

	connect() {
		if (this.stopped || this.close) return;
		const stream = this.failed >= TRY_STREAM && this.failed % 2 === 0;
		const path = `/live/campaigns/${this.id}`;
		const connection = stream ? new EventSource(path) : new WebSocket(location.origin.replace(/^http/, 'ws') + path);
		let begun = false, over = false;

		const end = () => {
			if (over) return;
			over = true;
			connection.close();
			this.close = null;
			this.failed = begun ? 0 : this.failed + 1;
			if (begun) this.lost = Date.now();
			if (this.kind !== 'polling') this.tell('reconnecting');
			this.again();
		};
		this.close = end;
		connection.onclose = end;
		connection.onerror = end; // an event stream would try again by itself, without saying so
		connection.onmessage = ({ data }) => {
			let message;
			try {
				message = JSON.parse(data);
			} catch {
				return end();
			}
			if (!begun && message.type !== 'status') return end();
			begun = true;
			this.lost = 0;
			this.tell('live');
			this.take(message);
		};
	}

	again(wait = WAITS[Math.min(this.failed, WAITS.length - 1)] * (0.75 + Math.random() / 2)) {
		if (this.stopped) return;
		clearTimeout(this.timer);
		this.timer = setTimeout(() => this.connect(), wait);
	}

	async poll() {
		if (this.stopped || this.polling || !this.lost || Date.now() - this.lost < WITHOUT_MS) return;
		this.polling = true;
		try {
			const status = await api('GET', `/api/campaigns/${this.id}/status`);
			if (this.lost) {
				this.tell('polling');
				this.take({ type: 'status', seq: status.seq, status });
			}
		} catch (error) {
			if (error.status === 404) {
				this.tell('gone');
				this.stop();
			} else if (this.lost) {
				this.tell('reconnecting');
			}
		} finally {
			this.polling = false;
		}
	}

	/* ---- what it says: one after the other, since what was missed has to be read first ---- */

	take(message) {
		this.queue = this.queue.then(() => this.handle(message)).catch((error) => {
			console.warn('live feed:', error.message);
			this.close?.(); // begins anew, with a status
		});
	}

	async handle(message) {
		if (message.type === 'status') {
			if (message.seq > this.seq) await this.catchUp(message.seq);
			this.seq = Math.max(this.seq, message.seq);
			this.handlers.onStatus(message.status);
		} else if (message.seq > this.seq) {
			if (message.seq > this.seq + 1) await this.catchUp(message.seq - 1);
			if (message.seq <= this.seq) return;
			this.seq = message.seq;
			this.handlers.onEvents([message]);
		}
	}

	// Reads the events up to that one.
	async catchUp(upTo) {
		if (upTo - this.seq > MOST) {
			this.handlers.onGap();
			this.seq = upTo;
		}
		while (this.seq < upTo) {
			let items;
			try {
				({ items } = await api('GET', `/api/campaigns/${this.id}/events?after=${this.seq}&limit=${PAGE}`));
			} catch (error) {
				if (error.status !== 410) throw error;
				this.handlers.onGap();
				this.seq = upTo;
				return;
			}
			if (items.length === 0) return;
			this.seq = items.at(-1).seq;
			this.handlers.onEvents(items);
		}
	}
}
