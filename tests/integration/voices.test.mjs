// Voices and audio on a whole stack: through nginx, against the sandbox's ElevenLabs.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { startStack, until } from '../support/stack.mjs';

const speeches = async (stack) => (await stack.control('/log?vendor=elevenlabs')).entries
	.filter((entry) => entry.method === 'POST' && entry.path.startsWith('/v1/text-to-speech/'));

describe('voices and audio', () => {
	let stack;

	const api = (path, { method = 'GET', body, type = 'application/json', key = stack.settings.ORCHESTRATOR_API_KEY } = {}) =>
		fetch(`${stack.url}/api/voice/${path}`, { method, body: body && (type === 'application/json' ? JSON.stringify(body) : body),
			headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': type }) } });
	const generate = async (text) => (await api('generate', { method: 'POST', body: { text } })).json();
	const pathOf = (answer) => new URL(answer.audio_url).pathname;

	before(async () => { stack = await startStack(); });
	after(() => stack?.stop());

	test('opens to the key only', async () => {
		for (const [path, method] of [['voices', 'GET'], ['test', 'POST'], ['generate', 'POST']]) {
			const answer = await api(path, { method, key: 'wrong', ...(method === 'POST' && { body: { text: 'Hello' } }) });
			assert.equal(answer.status, 401, path);
			assert.equal((await answer.json()).error.code, 'unauthorized');
		}
	});

	test('lists the voices of the account, page by page', async () => {
		const seen = [];
		for (let cursor = ''; cursor !== null;) {
			const answer = await api(`voices?cursor=${encodeURIComponent(cursor)}`);
			assert.equal(answer.status, 200);
			const page = await answer.json();
			seen.push(...page.voices.map((voice) => voice.voice_id));
			cursor = page.next_cursor;
		}
		assert.ok(seen.includes(stack.settings.ELEVENLABS_VOICE_ID));
		assert.equal(new Set(seen).size, seen.length);
	});

	test('what twenty ask for at the same moment is bought once', async () => {
		const answers = await Promise.all(Array.from({ length: 20 }, () => generate('Twenty want to hear this.')));
		assert.equal(new Set(answers.map((answer) => answer.audio_url)).size, 1, JSON.stringify(answers));
		assert.equal(answers.filter((answer) => !answer.cached).length, 1);
		assert.equal((await speeches(stack)).filter((entry) => JSON.stringify(entry.body).includes('Twenty want')).length, 1);
	});

	test('the file is a WAV that may be kept for ever, and asked for in parts', async () => {
		const made = await generate('This is served by nginx.');
		assert.match(pathOf(made), /^\/audio\/[0-9a-f]{64}\.wav$/);
		assert.equal(made.audio_url, `${stack.settings.WEBHOOK_BASE_URL}${pathOf(made)}`);
		const whole = await fetch(stack.url + pathOf(made));
		const bytes = Buffer.from(await whole.arrayBuffer());
		assert.equal(whole.status, 200);
		assert.equal(whole.headers.get('content-type'), 'audio/wav');
		assert.equal(whole.headers.get('cache-control'), 'public, max-age=31536000, immutable');
		assert.equal(whole.headers.get('x-content-type-options'), 'nosniff');
		assert.equal(whole.headers.get('accept-ranges'), 'bytes');
		assert.equal(bytes.length, made.bytes);
		assert.equal(bytes.toString('latin1', 0, 4) + bytes.toString('latin1', 8, 12), 'RIFFWAVE');

		const part = await fetch(stack.url + pathOf(made), { headers: { range: 'bytes=4-11' } });
		assert.equal(part.status, 206);
		assert.equal(part.headers.get('content-range'), `bytes 4-11/${bytes.length}`);
		assert.deepEqual(Buffer.from(await part.arrayBuffer()), bytes.subarray(4, 12));
		assert.equal((await fetch(stack.url + pathOf(made), { headers: { range: `bytes=${bytes.length}-` } })).status, 416);
		assert.equal((await fetch(stack.url + pathOf(made), { headers: { 'if-none-match': whole.headers.get('etag') } })).status, 304);
		assert.equal((await fetch(stack.url + pathOf(made), { method: 'HEAD' })).headers.get('content-length'), String(bytes.length));
		assert.equal((await fetch(stack.url + pathOf(made), { method: 'POST' })).status, 405);
	});

	test('a sample for the browser is an MP3', async () => {
		const sample = await (await api('test', { method: 'POST', body: { text: 'Hear me.' } })).json();
		const answer = await fetch(stack.url + pathOf(sample));
		assert.equal(answer.status, 200);
		assert.equal(answer.headers.get('content-type'), 'audio/mpeg');
	});

	test('nothing else of the store is served', async () => {
		const made = pathOf(await generate('Nothing else is served.'));
		const files = await readdir(join(stack.state, 'data/audio'));
		assert.ok(files.some((name) => name.endsWith('.lock')));
		assert.ok(files.every((name) => /^[0-9a-f]{64}\.(wav|mp3|lock)$/.test(name)), files.join(' '));
		const hash = made.slice('/audio/'.length, -'.wav'.length);
		for (const path of ['/audio', '/audio/', `/audio/${hash}`, `/audio/${hash}.lock`, `/audio/.${hash}.wav.part`, `/audio/${hash}.mp3`,
			`/audio/${hash.toUpperCase()}.WAV`, `/audio/x/../${hash}.lock`, '/audio/..%2fparley.env', `${made}/`, `/audio/${'0'.repeat(64)}.wav`])
			assert.equal((await fetch(stack.url + path)).status, 404, path);
	});

	test('no log holds the name of a file', async () => {
		const { audio_url: url } = await generate('Not in a log of nginx.');
		await fetch(stack.url + new URL(url).pathname);
		await until(async () => (await stack.logs('access.log')).includes('"path":"/audio/-"'), { what: 'the address without its name' });
		assert.ok(!(await stack.logs('access.log')).includes(new URL(url).pathname));
	});
});
