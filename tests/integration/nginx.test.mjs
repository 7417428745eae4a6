// What nginx itself does in front of the programs: routes, limits, its own
// answers, and above all that an interview's secret reaches no log, however the
// request is written and whatever fails behind it.
import assert from 'node:assert/strict';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { rawRequest } from '../support/raw-http.mjs';
import { root, run, stage, startStack, until } from '../support/stack.mjs';

const secret = 'Zq3Secret-of-a-candidate_that-must-not-leak';
const ask = async (url, options) => {
	const answer = await fetch(url, { redirect: 'manual', ...options });
	const text = await answer.text();
	return { status: answer.status, headers: answer.headers, text, json: () => JSON.parse(text) };
};
const post = (url, body, headers = { 'content-type': 'application/json' }) => ask(url, { method: 'POST', body, headers });

let stack;
before(async () => { stack = await startStack({ sandbox: false }); });
after(() => stack.stop());

const keeper = (verb, name) => run(join(root, 'cron/keeper'), [verb, name], {
	env: { PARLEY_RUN_DIR: join(stack.state, 'run'), PARLEY_LOG_DIR: join(stack.state, 'log'), PARLEY_CGI_DIR: join(stage, 'libexec/parley/cgi-bin'), PARLEY_ENV_FILE: join(stack.state, 'parley.env'), ...stack.env },
});

// Every file the stack has written, programs' data excepted, as one text.
async function everythingWritten() {
	let text = '';
	for (const directory of ['log', 'nginx']) {
		for (const entry of await readdir(join(stack.state, directory), { recursive: true, withFileTypes: true })) {
			if (entry.isFile())
				text += await readFile(join(entry.parentPath ?? entry.path, entry.name), 'latin1');
		}
	}
	return text;
}

async function assertSecretNowhere() {
	const text = await everythingWritten();
	assert.ok(text.includes('/interview/-'), 'the requests are in the log at all');
	for (const part of [secret, secret.slice(0, 12), secret.slice(-12)])
		assert.equal(text.includes(part), false, `${part} was written`);
}

describe('an interview\'s secret reaches no log', () => {
	test('of a page, in whatever way its address is written', async () => {
		const paths = [`/interview/${secret}`, `//interview/${secret}`, `/interview//${secret}`, `/%69nterview/${secret}`, `/Interview/${secret}`,
			`/interview/${secret}?a=${secret}`, `/?${secret}`, `/static/${secret}`, `/static/../interview/${secret}`, `/${secret}`,
			`/actions/interview/session/${secret}`, `/actions/${secret}`, `/api/${secret}`, `/api/interviews/${secret}`, `/api/webhooks/${secret}`,
			`/healthz?${secret}`, `/interview/${secret}/x`, `/interview/${secret}%00`, `/interview/${secret}%zz`];
		for (const path of paths) {
			const answer = await rawRequest(stack.port, `GET ${path} HTTP/1.1\r\nHost: hire.example\r\nReferer: http://hire.example/interview/${secret}\r\nConnection: close\r\n\r\n`);
			assert.match(answer, /^HTTP\/1\.1 [2345]\d\d /, path);
			// The programs' own pages are not nginx's; nginx's never repeat an address.
			if (!/^HTTP\/1\.1 200/.test(answer))
				assert.equal(answer.includes(secret), false, `${path}: the answer repeats the secret`);
		}
		await assertSecretNowhere();
	});

	test('of requests nginx refuses by itself', async () => {
		const line = `GET /interview/${secret} HTTP/1.1\r\nHost: a\r\n`;
		const requests = [
			`GET http://hire.example/interview/${secret} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
			`GET /interview/${secret}\x01 HTTP/1.1\r\nHost: a\r\n\r\n`, `GET /interview/${secret} HTTP/9.9\r\n\r\n`,
			`GET /interview/${secret} HTTP/1.1\r\nHost: a b\r\n\r\n`, `GET /interview/${secret} HTTP/1.1\r\n\r\n`,
			`get /interview/${secret} HTTP/1.1\r\nHost: a\r\n\r\n`, `/interview/${secret}\r\n\r\n`, `CONNECT /interview/${secret} HTTP/1.1\r\nHost: a\r\n\r\n`,
			`${line}Content-Length: 99999999\r\n\r\n`, `${line}Content-Length: x\r\n\r\n`, `${line}Transfer-Encoding: nonsense\r\n\r\n`,
			`${line}X: ${'x'.repeat(40_000)}\r\n\r\n`, `GET /interview/${secret}?${'y'.repeat(40_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
			`POST /interview/${secret} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\nab`,
		];
		for (const bytes of requests)
			await rawRequest(stack.port, bytes, { seconds: 1 });
		await assertSecretNowhere();
	});

	test('when the program is gone, its socket is dead, silent or talks nonsense', async () => {
		const url = `${stack.url}/interview/${secret}`;
		const socket = join(stack.state, 'run/interview.sock');
		const options = { headers: { referer: url } };
		// The loop respects a stop by hand.
		assert.equal((await keeper('stop', 'interview')).code, 0);
		try {
			let answer = await ask(url, options);
			assert.equal(answer.status, 502);
			assert.match(answer.headers.get('content-type'), /text\/html/);
			assert.match(answer.text, /Back in a moment/);
			assert.equal(answer.headers.get('referrer-policy'), 'no-referrer');
			assert.equal(answer.headers.get('cache-control'), 'no-store');
			assert.equal(answer.headers.get('retry-after'), '3');
			await writeFile(socket, '');
			assert.equal((await ask(url, options)).status, 502);
			await rm(socket);
			for (const nonsense of ['', 'nonsense', '\x01\x06\x00\x01\xff\xff\x00\x00Status: 200']) {
				const server = createServer((peer) => peer.once('data', () => peer.end(nonsense, 'latin1'))).listen(socket);
				await until(() => server.listening);
				assert.equal((await ask(url, options)).status, 502);
				await new Promise((resolve) => server.close(resolve));
			}
		} finally {
			await rm(socket, { force: true });
			await keeper('start', 'interview');
		}
		await until(async () => (await ask(url)).status !== 502, { what: 'the program is back' });
		await assertSecretNowhere();
		// The failures can be read all the same.
		await until(async () => (await stack.logs('access.log')).trim().split('\n').map((line) => JSON.parse(line))
			.some((line) => line.path === '/interview/-' && line.status === 502), { what: 'the failure in the log' });
	});

	test('of an action\'s body, even a large one', async () => {
		await post(`${stack.url}/actions/interview/session`, JSON.stringify({ secret, more: 'x'.repeat(60_000) }));
		await assertSecretNowhere();
	});
});

describe('nginx\'s log', () => {
	test('is one JSON object a line, with the time in UTC and the request\'s id', async () => {
		await ask(`${stack.url}/healthz`);
		const parsed = async () => (await stack.logs('access.log')).trim().split('\n').map((line) => JSON.parse(line));
		// It is written after the answer.
		const line = await until(async () => (await parsed()).findLast((l) => l.path === '/healthz'), { what: 'the log line' });
		assert.match(line.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
		assert.match(line.request_id, /^[0-9a-f]{32}$/);
		assert.equal(line.program, 'nginx');
		assert.equal(line.event, 'http.request');
	});

	test('names Twilio\'s webhook without the attempt', async () => {
		const attempt = 'the-id-of-an-attempt00';
		for (const path of ['answer', 'gather', 'status', 'amd'])
			assert.equal((await post(`${stack.url}/api/twilio/webhook/${path}?att=${attempt}&step=1`, 'CallSid=CA1')).status, 503);
		await until(async () => (await stack.logs('access.log')).includes('"path":"/api/twilio/webhook/amd"'), { what: 'the log line' });
		assert.equal((await everythingWritten()).includes(attempt), false);
	});
});

describe('limits and nginx\'s own answers', () => {
	test('too large for an action: 413 in the shape of an action', async () => {
		const answer = await post(`${stack.url}/actions/interview/session`, 'x'.repeat(70_000));
		assert.equal(answer.status, 413);
		assert.deepEqual({ ...answer.json(), error: 'x' }, { success: false, error: 'x', code: 'too_large', retryable: false });
	});

	test('too large for a webhook or the API: 413 in the shape of the API', async () => {
		for (const path of ['/api/webhooks/linear', '/api/webhooks/resend', '/api/twilio/webhook/gather', '/api/interviews']) {
			const answer = await post(`${stack.url}${path}`, Buffer.alloc(5 * 1024 * 1024 + 1, 'x'));
			assert.equal(answer.status, 413, path);
			assert.equal(answer.json().error.code, 'too_large');
		}
	});

	test('a recording of 20 MB is let through to the program', async () => {
		const answer = await post(`${stack.url}/api/webhooks/elevenlabs`, Buffer.alloc(20 * 1024 * 1024, 'x'));
		assert.notEqual(answer.status, 413);
		assert.notEqual(answer.status, 502);
		assert.equal((await post(`${stack.url}/api/webhooks/elevenlabs`, Buffer.alloc(64 * 1024 * 1024 + 1, 'x'))).status, 413);
	});

	test('a flood from one address gets 429 and the way to go on', async () => {
		const flood = (path, method) => Promise.all(Array.from({ length: 900 }, () => ask(`${stack.url}${path}`, { method, body: method === 'POST' ? '{}' : undefined })));
		const limited = (await flood('/actions/interview/session', 'POST')).find((answer) => answer.status === 429 && answer.text.includes('rate_limited') && answer.headers.get('retry-after') === '2');
		assert.ok(limited, 'some are refused');
		assert.equal(limited.json().success, false);
		assert.equal(limited.json().retryable, true);
		assert.ok((await flood('/interview/nobody', 'GET')).some((answer) => answer.status === 429 && /Too many/.test(answer.text)));
		await until(async () => (await post(`${stack.url}/actions/interview/session`, '{}')).status !== 429, { what: 'the limit ends' });
	});

	test('an action without its program: retryable JSON', async () => {
		await keeper('stop', 'actions');
		const answer = await post(`${stack.url}/actions/interview/session`, '{}');
		await keeper('start', 'actions');
		assert.equal(answer.status, 502);
		assert.equal(answer.json().success, false);
		assert.equal(answer.json().retryable, true);
		assert.equal(typeof answer.json().error, 'string');
	});

	test('a webhook without its program: 503, so that the vendor repeats it', async () => {
		for (const [program, path] of [['webhooks', '/api/webhooks/linear'], ['twilio', '/api/twilio/webhook/status']]) {
			await keeper('stop', program);
			const answer = await post(`${stack.url}${path}`, '{}');
			await keeper('start', program);
			assert.equal(answer.status, 503, path);
			assert.equal(answer.headers.get('retry-after'), '5');
			assert.equal(answer.json().error.code, 'unavailable');
		}
	});

	test('the API without its program: JSON', async () => {
		await keeper('stop', 'api');
		const answers = await Promise.all(['/api/interviews', '/readyz'].map((path) => ask(`${stack.url}${path}`)));
		await keeper('start', 'api');
		for (const answer of answers) {
			assert.ok(answer.status >= 500);
			assert.equal(answer.json().error.code, 'unavailable');
		}
		await until(async () => (await ask(`${stack.url}/healthz`)).status === 200);
	});

	test('an unknown address: a page of its own, also for a POST, that tells nobody about it', async () => {
		for (const options of [{}, { method: 'POST', body: 'x' }]) {
			const answer = await ask(`${stack.url}/nothing/${secret}`, options);
			assert.equal(answer.status, 404);
			assert.match(answer.text, /<h1>Page not found<\/h1>/);
			assert.equal(answer.headers.get('referrer-policy'), 'no-referrer');
			assert.match(answer.headers.get('x-robots-tag'), /noindex/);
			assert.match(answer.headers.get('content-security-policy'), /default-src 'none'/);
			assert.equal(answer.headers.get('server'), 'nginx');
		}
		assert.equal((await ask(`${stack.url}/-/404.html`)).status, 404);
		assert.equal((await ask(`${stack.url}/static/none.js`)).headers.get('referrer-policy'), 'no-referrer');
	});

	test('an internal address or a path out of static/ is not served', async () => {
		for (const path of ['/static/../templates/interview/page.html', '/static/..%2ftemplates/interview/page.html', '/static/', '/templates/interview/page.html', '/.git/HEAD']) {
			const answer = await rawRequest(stack.port, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
			assert.match(answer, /^HTTP\/1\.1 4\d\d /, path);
			assert.doesNotMatch(answer, /AUTOESCAPE/);
		}
	});
});

describe('static files', () => {
	test('carry their type; a versioned address may be kept for ever', async () => {
		const names = (await readdir(join(stage, 'share/parley/static'), { recursive: true })).filter((name) => name.endsWith('.js'));
		assert.ok(names.length > 0, 'the bundle is installed');
		const plain = await ask(`${stack.url}/static/${names[0]}`);
		assert.equal(plain.status, 200);
		assert.match(plain.headers.get('content-type'), /^text\/javascript; charset=utf-8$/);
		assert.equal(plain.headers.get('x-content-type-options'), 'nosniff');
		assert.equal(plain.headers.get('cache-control'), 'public, max-age=60');
		const versioned = await ask(`${stack.url}/static/${names[0]}?v=abc`);
		assert.match(versioned.headers.get('cache-control'), /immutable/);
		assert.equal((await ask(`${stack.url}/static/${names[0]}`, { headers: { 'if-none-match': plain.headers.get('etag') } })).status, 304);
	});
});
