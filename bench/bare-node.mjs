// A minimal Node server that does the same job: the page by a template string, or
// the webhook's check and the same script in Redis.  Redis is spoken to directly
// (its protocol is a few lines), which is faster than the usual packages.
//
//   node bare-node.mjs page SOCKET REDIS-SOCKET TEMPLATE
//   node bare-node.mjs webhook SOCKET REDIS-SOCKET SCRIPT-SHA SECRET
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';

const [kind, socket, redisSocket, ...rest] = process.argv.slice(2);

// Answers come in the order of the commands.
class Redis {
	constructor(path) {
		this.socket = net.connect(path);
		this.waiting = [];
		this.text = Buffer.alloc(0);
		this.socket.on('data', (bytes) => this.take(bytes));
	}

	ask(...args) {
		const parts = [Buffer.from(`*${args.length}\r\n`)];
		for (const arg of args) {
			const bytes = Buffer.isBuffer(arg) ? arg : Buffer.from(arg);
			parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n'));
		}
		this.socket.write(Buffer.concat(parts));
		return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
	}

	take(bytes) {
		this.text = this.text.length ? Buffer.concat([this.text, bytes]) : bytes;
		for (let end; this.waiting.length && (end = this.text.indexOf('\r\n')) >= 0;) {
			const line = this.text.toString('latin1', 1, end), type = this.text[0];
			let next = end + 2, value = line;
			if (type === 0x24 /* $ */) {
				const length = Number(line);
				if (length >= 0 && this.text.length < next + length + 2) return;
				value = length < 0 ? null : this.text.toString('utf8', next, next + length);
				if (length >= 0) next += length + 2;
			}
			this.text = this.text.subarray(next);
			const { resolve, reject } = this.waiting.shift();
			if (type === 0x2d /* - */) reject(new Error(line)); else resolve(value);
		}
	}
}

const redis = new Redis(redisSocket);
const escaped = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const html = (text) => String(text).replace(/[&<>"']/g, (c) => escaped[c]);

// The product's template as a function with a template string in it.
function compile(file) {
	const text = fs.readFileSync(file, 'utf8').replace(/\{\{%[^}]*\}\}|\{\{![\s\S]*?\}\}|\{\{#(\w+)\}\}[\s\S]*?\{\{\/\1\}\}/g, '');
	const body = text.replace(/[`\\$]/g, '\\$&').replace(/\{\{(\w+)(?::\w)?\}\}/g, (_, name) => `\${html(v.${name})}`);
	return new Function('html', 'v', `return \`${body}\`;`).bind(null, html);
}

function pageServer(template) {
	const page = compile(template);
	return async (req, res) => {
		const json = await redis.ask('GET', `screening:secret:${req.url.slice('/interview/'.length)}`);
		if (json === null) { res.writeHead(404).end('no\n'); return; }
		const s = JSON.parse(json), expires = new Date(s.expiresAt);
		const text = Buffer.from(page({
			CANDIDATE_NAME: s.candidateName, COMPANY_NAME: s.companyName, EXPIRES_AT: s.expiresAt,
			EXPIRES_WORDS: expires.toUTCString(), CONSENT_VERSION: '1', ASSET_VERSION: '1',
		}));
		res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': text.length,
			'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });
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
			id, 'transcript', body, '0', id, '172800');
		res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 18 });
		res.end('{"received":true}\n');
	};
}

const answer = kind === 'page' ? pageServer(...rest) : webhookServer(...rest);
http.createServer((req, res) => {
	answer(req, res).catch((error) => { res.writeHead(503, { 'Content-Length': 0 }); res.end(); console.error(error.message); });
}).listen(socket);
