// A minimal Node server that does the same job: the page of a session that is new,
// begun or finished, by template strings, with the same headers; or the webhook's
// check and the same script in Redis.  Redis is spoken to directly (its protocol is
// a few lines), which is faster than the usual packages.
//
//   node bare-node.mjs page SOCKET REDIS-SOCKET TEMPLATE
//   node bare-node.mjs webhook SOCKET REDIS-SOCKET SCRIPT-SHA SECRET
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';

const [kind, socket, redisSocket, ...rest] = process.argv.slice(2);

// Answers come in the order of the commands; those of one turn leave in one write.
class Redis {
	constructor(path) {
		this.socket = net.connect(path);
		this.waiting = [];
		this.text = Buffer.alloc(0);
		this.socket.on('data', (bytes) => {
			this.text = this.text.length ? Buffer.concat([this.text, bytes]) : bytes;
			for (let answer; this.waiting.length && (answer = this.read(0)); ) {
				this.text = this.text.subarray(answer.next);
				const { resolve, reject } = this.waiting.shift();
				if (answer.failed) reject(new Error(answer.value)); else resolve(answer.value);
			}
		});
	}

	ask(...args) {
		if (!this.corked) {
			this.corked = true;
			this.socket.cork();
			process.nextTick(() => { this.corked = false; this.socket.uncork(); });
		}
		let text = `*${args.length}\r\n`;
		for (const arg of args) {
			text += `$${Buffer.byteLength(arg)}\r\n`;
			if (typeof arg === 'string') {
				text += `${arg}\r\n`;
			} else {
				this.socket.write(text);
				this.socket.write(arg);
				text = '\r\n';
			}
		}
		this.socket.write(text);
		return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
	}

	// The answer that begins at `at`, or null while it is not whole.
	read(at) {
		const end = this.text.indexOf('\r\n', at);
		if (end < 0) return null;
		const type = this.text[at], value = this.text.latin1Slice(at + 1, end);
		let next = end + 2;
		if (type === 0x24 /* $ */) {
			const length = Number(value);
			if (length < 0) return { value: null, next };
			return this.text.length < next + length + 2 ? null : { value: this.text.utf8Slice(next, next + length), next: next + length + 2 };
		}
		if (type !== 0x2a /* * */) return { value, next, failed: type === 0x2d /* - */ };
		const items = [];
		for (let i = 0; i < Number(value); i++) {
			const item = this.read(next);
			if (!item) return null;
			items.push(item.value);
			next = item.next;
		}
		return { value: items, next };
	}
}

const redis = new Redis(redisSocket);
const escaped = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const html = (text) => String(text).replace(/[&<>"']/g, (c) => escaped[c]);

// The product's template as a function with a template string in it.
function compile(file) {
	const text = fs.readFileSync(file, 'utf8').replace(/\{\{%[^}]*\}\}|\{\{![\s\S]*?\}\}/g, '');
	const body = text.replace(/[`\\$]/g, '\\$&')
		.replace(/\{\{#(\w+)\}\}([\s\S]*?)\{\{\/\1\}\}/g, (_, name, inner) => `\${v.${name} ? \`${inner}\` : ''}`)
		.replace(/\{\{(\w+)(?::\w)?\}\}/g, (_, name) => `\${html(v.${name})}`);
	return new Function('html', 'v', `return \`${body}\`;`).bind(null, html);
}

const headers = {
	'Content-Type': 'text/html; charset=utf-8',
	'X-Content-Type-Options': 'nosniff',
	'Content-Security-Policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
		+ "connect-src 'self' wss://*.elevenlabs.io https://*.elevenlabs.io; media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	'Permissions-Policy': 'microphone=(self), camera=(), geolocation=()',
	'Referrer-Policy': 'no-referrer',
	'X-Robots-Tag': 'noindex, nofollow, noarchive',
	'X-Frame-Options': 'DENY',
	'Cache-Control': 'no-store',
};

function pageServer(template) {
	const page = compile(template);
	return async (req, res) => {
		const secret = req.url.slice('/interview/'.length);
		const id = crypto.createHmac('sha256', 'parley session id').update(secret).digest('base64url').slice(0, 22);
		const [left, [name, company, , , started, result]] = await Promise.all([redis.ask('PTTL', `screening:secret:${secret}`),
			redis.ask('HMGET', `parley:session:${id}`, 'candidate_name', 'company_name', 'expires', 'opened', 'started', 'result')]);
		if (left === '-2' || name === null) { res.writeHead(404).end('no\n'); return; }
		const expires = new Date(Date.now() + Number(left));
		const text = Buffer.from(page({
			CANDIDATE_NAME: name, COMPANY_NAME: company, EXPIRES_AT: expires.toISOString(), EXPIRES_WORDS: expires.toUTCString(),
			CONSENT_VERSION: '1', ASSET_VERSION: '1', FINISHED: result, RETURNING: started,
		}));
		res.writeHead(200, { ...headers, 'Content-Length': text.length });
		res.end(text);
	};
}

function webhookServer(sha, secret) {
	return async (req, res) => {
		const parts = [];
		for await (const part of req) parts.push(part);
		const body = Buffer.concat(parts);
		const [, stamp, given] = /^t=(\d+),v0=([0-9a-f]{64})$/.exec(req.headers['elevenlabs-signature'] ?? '') ?? [];
		const mac = crypto.createHmac('sha256', secret).update(`${stamp}.`).update(body).digest();
		if (!given || Math.abs(Date.now() / 1000 - stamp) > 1800 || !crypto.timingSafeEqual(mac, Buffer.from(given, 'hex'))) {
			res.writeHead(401).end();
			return;
		}
		const id = `transcript:${JSON.parse(body).data.conversation_id}`;
		await redis.ask('EVALSHA', sha, '3', 'parley:queue:node:due', `parley:job:${id}`, 'parley:queue:node:wake',
			id, 'transcript', body, '0', id, '172800', '', '0', '');
		res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 18 });
		res.end('{"received":true}\n');
	};
}

const answer = kind === 'page' ? pageServer(...rest) : webhookServer(...rest);
http.createServer((req, res) => {
	answer(req, res).catch((error) => { res.writeHead(503, { 'Content-Length': 0 }); res.end(); console.error(error.message); });
}).listen(socket);
