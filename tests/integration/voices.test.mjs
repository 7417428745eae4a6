// Voices and audio on a whole stack: through nginx, against the sandbox's ElevenLabs.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { root, startStack, until } from '../support/stack.mjs';

// The process whose descriptor the file is.
async function holderOf(path) {
	for (const pid of await readdir('/proc')) {
		if (!/^\d+$/.test(pid))
			continue;
		for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => []))
			if (await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '') === path)
				return Number(pid);
	}
	return undefined;
}

// A WAV of 8 kHz, mono, 16 bits.
function tone({ seconds = 1, level = 8000 }) {
	const count = Math.round(seconds * 8000), bytes = Buffer.alloc(44 + count * 2);
	bytes.write('RIFF....WAVEfmt ');
	bytes.writeUInt32LE(36 + count * 2, 4);
	[16, 8000, 16000].forEach((n, i) => bytes.writeUInt32LE(n, [16, 24, 28][i]));
	[1, 1, 2, 16].forEach((n, i) => bytes.writeUInt16LE(n, [20, 22, 32, 34][i]));
	bytes.write('data', 36);
	bytes.writeUInt32LE(count * 2, 40);
	for (let i = 0; i < count; i++)
		bytes.writeInt16LE(Math.round(level * Math.sin(i * 2 * Math.PI * 400 / 8000)), 44 + i * 2);
	return bytes;
}

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
		assert.ok(files.length > 0 && files.every((name) => /^[0-9a-f]{64}\.(wav|mp3)$/.test(name)), files.join(' '));
		const hash = made.slice('/audio/'.length, -'.wav'.length);
		await writeFile(join(stack.state, 'data/audio', `${hash}.lock`), 'x');
		for (const path of ['/audio', '/audio/', `/audio/${hash}`, `/audio/${hash}.lock`, `/audio/.${hash}.wav.part`, `/audio/${hash}.mp3`,
			`/audio/${hash.toUpperCase()}.WAV`, `/audio/x/../${hash}.lock`, '/audio/..%2fparley.env', `${made}/`, `/audio/${'0'.repeat(64)}.wav`])
			assert.equal((await fetch(stack.url + path)).status, 404, path);
		await rm(join(stack.state, 'data/audio', `${hash}.lock`));
	});

	test('says what the models are and how much of the account is used', async () => {
		const { models } = await (await api('models')).json();
		assert.ok(models.some((model) => model.model_id === 'eleven_multilingual_v2'));
		assert.ok(!models.some((model) => model.model_id.includes('_sts_')), 'a model that does not speak');
		const usage = await (await api('usage')).json();
		assert.equal(usage.characters_used + usage.characters_remaining, usage.characters_limit);
		assert.match(usage.resets_at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
	});

	test('finds voices by what they are', async () => {
		const cloned = (await (await api('voices?category=cloned')).json()).voices;
		assert.deepEqual(cloned.map((voice) => voice.name).sort(), ['Front Desk', 'Founder'].sort());
		const german = (await (await api('voices?language=de&gender=male&accent=austrian')).json()).voices;
		assert.deepEqual(german.map((voice) => voice.name), ['Anselm Brucker']);
		const seen = [];
		for (let cursor = ''; cursor !== null;) {
			const page = await (await api(`voices?category=premade&limit=7&cursor=${encodeURIComponent(cursor)}`)).json();
			assert.ok(page.voices.length <= 7);
			seen.push(...page.voices.map((voice) => voice.voice_id));
			cursor = page.next_cursor;
		}
		assert.equal(new Set(seen).size, seen.length);
		assert.deepEqual([...seen].sort(), (await (await api('voices?category=premade')).json()).voices.map((voice) => voice.voice_id).sort());
	});

	test('plays what ElevenLabs keeps as a sample, from our own address', async () => {
		const [voice] = (await (await api('voices?search=Delphine')).json()).voices;
		assert.equal((await (await api(`voices/${voice.voice_id}`)).json()).name, 'Delphine Aurel');
		const answer = await fetch(`${stack.url}/api/voice/voices/${voice.voice_id}/preview`, { headers: { authorization: `Bearer ${stack.settings.ORCHESTRATOR_API_KEY}` } });
		assert.equal(answer.status, 200);
		assert.match(answer.url, new RegExp(`^${stack.url}/audio/[0-9a-f]{64}\\.wav$`));
		assert.equal(answer.headers.get('content-type'), 'audio/wav');
		assert.equal(Buffer.from(await answer.arrayBuffer()).toString('latin1', 0, 4), 'RIFF');
		assert.equal((await api('voices/nobody/preview')).status, 404);
		assert.equal((await api(`voices/${voice.voice_id}/preview`, { key: 'wrong' })).status, 401);
	});

	test('shows the old list, marked, while ElevenLabs is away', async () => {
		const fresh = await (await api('voices?search=calm')).json();
		assert.ok(fresh.voices.length > 0);
		await api('usage');
		// What was remembered becomes an hour old.
		for (const pattern of ['parley:voices:*', 'parley:voice-account:usage']) {
			for (const key of (await stack.redis('keys', pattern)).split('\n')) {
				const [, , json] = /^(\d+) (.*)$/s.exec(await stack.redis('get', key));
				await stack.redis('set', key, `${Date.now() - 3_600_000} ${json}`);
			}
		}
		const { id } = await stack.control('/faults', { method: 'POST', body: { vendor: 'elevenlabs', match: { method: 'GET' }, mode: 'status', status: 500, body: {} } });
		try {
			const old = await api('voices?search=calm');
			assert.equal(old.status, 200);
			const { as_of: asOf, ...shown } = await old.json();
			assert.deepEqual(shown, { ...fresh, stale: true });
			assert.ok(Math.abs(Date.now() - 3_600_000 - Date.parse(asOf)) < 60_000, asOf);
			assert.equal((await (await api('usage')).json()).stale, true);
			const none = await api('voices?search=never+asked+for');
			assert.equal(none.status, 502);
			assert.equal((await none.json()).error.code, 'upstream_failed');
		} finally {
			await stack.control(`/faults/${id}`, { method: 'DELETE' });
		}
		assert.deepEqual(await (await api('voices?search=calm')).json(), fresh);
	});

	test('a worker killed while it buys leaves no half of a file, and the next one buys', async () => {
		const body = { text: 'Killed in the middle.' };
		const { id } = await stack.control('/faults', { method: 'POST', body: { vendor: 'elevenlabs', match: { body: 'Killed in the middle' }, mode: 'timeout' } });
		const before = await readdir(join(stack.state, 'data/audio'));
		const asked = api('generate', { method: 'POST', body });
		const lock = await until(async () => (await readdir(join(stack.state, 'data/audio'))).find((name) => !before.includes(name)), { what: 'a lock' });
		const worker = await until(() => holderOf(join(stack.state, 'data/audio', lock)), { what: 'its holder' });
		process.kill(worker, 'SIGKILL');
		const answer = await asked;
		assert.equal(answer.status, 502);
		assert.equal((await answer.json()).error.code, 'unavailable');
		assert.deepEqual((await readdir(join(stack.state, 'data/audio'))).filter((name) => !before.includes(name)), [lock]);
		await stack.control(`/faults/${id}`, { method: 'DELETE' });
		const made = await generate(body.text);
		assert.equal(made.cached, false);
		assert.equal((await fetch(stack.url + pathOf(made))).status, 200);
		assert.deepEqual((await readdir(join(stack.state, 'data/audio'))).filter((name) => !before.includes(name)), [pathOf(made).slice('/audio/'.length)]);
	});

	const upload = (bytes, type = 'audio/wav') => api('recordings', { method: 'POST', body: bytes, type });

	test('takes a recording of one\'s own, for the telephone', async () => {
		for (const [bytes, type] of [[tone({ seconds: 2 }), 'audio/wav'], [tone({ seconds: 2 }), 'audio/x-wav'], [await readFile(join(root, 'tests/fixtures/tone.mp3')), 'audio/mpeg']]) {
			const answer = await upload(bytes, type);
			assert.equal(answer.status, 201, type);
			const made = await answer.json();
			assert.equal(made.content_type, 'audio/wav');
			assert.ok(Math.abs(made.duration_seconds - (type === 'audio/mpeg' ? 1.5 : 2)) < 0.1, String(made.duration_seconds));
			assert.equal(pathOf(made), `/audio/${made.recording_id}.wav`);
			const file = Buffer.from(await (await fetch(stack.url + pathOf(made))).arrayBuffer());
			assert.equal(file.length, made.bytes);
			assert.equal(createHash('sha256').update(file).digest('hex'), made.recording_id);
			assert.equal(file.readUInt32LE(24), 8000);
			assert.equal((await (await upload(bytes, type)).json()).recording_id, made.recording_id);
		}
	});

	test('a recording is listed by its name', async () => {
		const bytes = tone({ seconds: 1, level: 5000 });
		const made = await (await api('recordings?name=Greeting+%26+co', { method: 'POST', body: bytes, type: 'audio/wav' })).json();
		assert.equal(made.name, 'Greeting & co');
		await upload(tone({ seconds: 1.2 }));
		const { items } = await (await api('recordings')).json();
		assert.deepEqual(items.find((item) => item.recording_id === made.recording_id), made);
		assert.ok(Date.parse(items[0].created_at) >= Date.parse(items.at(-1).created_at));
		const wrong = await api('recordings?name=a%0Ab', { method: 'POST', body: bytes, type: 'audio/wav' });
		assert.equal((await wrong.json()).error.field, 'name');
	});

	for (const [what, bytes, type, status, reason] of [
		['no type', tone({}), 'application/octet-stream', 415, /audio\/wav/],
		['nothing', Buffer.alloc(0), 'audio/wav', 400, /empty/],
		['an MP3 that calls itself WAV', Buffer.from('ID3 and so on'), 'audio/wav', 422, /no WAV/],
		['a WAV that calls itself MP3', tone({}), 'audio/mpeg', 422, /no MP3/],
		['a page', Buffer.from('<html>audio</html>'), 'audio/mpeg', 422, /no MP3/],
		['half of a file', tone({ seconds: 2 }).subarray(0, 16000), 'audio/wav', 422, /damaged/],
		['a header and nothing behind it', tone({ seconds: 0 }), 'audio/wav', 422, /damaged/],
		['silence', tone({ level: 0 }), 'audio/wav', 422, /no sound/],
		['six minutes', tone({ seconds: 360 }), 'audio/wav', 422, /five minutes/],
		['more than 20 MB', Buffer.alloc((20 << 20) + 1), 'audio/wav', 413, /too large/],
	]) {
		test(`a recording that is ${what}: ${status}`, async () => {
			const answer = await upload(bytes, type);
			assert.equal(answer.status, status);
			assert.match((await answer.json()).error.message, reason);
		});
	}

	test('a recording needs the key before its bytes are read', async () => {
		assert.equal((await api('recordings', { method: 'POST', body: tone({}), type: 'audio/wav', key: 'wrong' })).status, 401);
	});

	const long = 'x'.repeat(5001);
	for (const [what, path, init, status, field] of [
		['no JSON', 'generate', { body: '{', type: 'application/json; charset=utf-8' }, 400, undefined],
		['a list', 'test', { body: [] }, 400, undefined],
		['another type', 'test', { body: 'text=a', type: 'application/x-www-form-urlencoded' }, 415, undefined],
		['no text', 'generate', { body: {} }, 400, 'text'],
		['a blank text', 'generate', { body: { text: ' \n' } }, 400, 'text'],
		['a number as text', 'test', { body: { text: 7 } }, 400, 'text'],
		['a zero in the text', 'test', { body: { text: 'a\0b' } }, 400, 'text'],
		['too long a text', 'test', { body: { text: long } }, 400, 'text'],
		['a voice out of a path', 'test', { body: { text: 'a', voice_id: '../../v1/user' } }, 400, 'voice_id'],
		['an unknown member', 'generate', { body: { text: 'a', url: 'http://127.0.0.1/' } }, 400, 'url'],
		['a format that is no file', 'generate', { body: { text: 'a', output_format: 'ulaw_8000' } }, 400, 'output_format'],
		['a setting out of its bounds', 'test', { body: { text: 'a', voice_settings: { speed: 9 } } }, 400, 'voice_settings.speed'],
		['a body that is too large', 'test', { body: { text: 'x'.repeat(300_000) } }, 413, undefined],
		['a voice that is not there', 'test', { body: { text: 'a', voice_id: 'nobody' } }, 502, undefined],
		['a model that does not speak', 'test', { body: { text: 'a', model_id: 'eleven_multilingual_sts_v2' } }, 502, undefined],
		['another method', 'voices', { body: {} }, 405, undefined],
		['another path', 'voices/x/y', { body: {} }, 404, undefined],
		['too long a search', `voices?search=${'a'.repeat(201)}`, { method: 'GET' }, 400, 'search'],
		['a search that is no UTF-8', 'voices?search=%ff', { method: 'GET' }, 400, 'search'],
		['too long a cursor', `voices?cursor=${'a'.repeat(1025)}`, { method: 'GET' }, 400, 'cursor'],
	]) {
		test(`${what}: ${status}`, async () => {
			const spoken = (await speeches(stack)).length;
			const answer = await api(path, { method: 'POST', ...init });
			assert.equal(answer.status, status);
			assert.match(answer.headers.get('content-type'), /^application\/json/);
			const { error } = await answer.json();
			assert.equal(typeof error.message, 'string');
			assert.equal(error.field, field);
			assert.ok(status === 502 || (await speeches(stack)).length === spoken, 'something was bought');
		});
	}

	test('no log holds the name of a file', async () => {
		const { audio_url: url } = await generate('Not in a log of nginx.');
		await fetch(stack.url + new URL(url).pathname);
		await until(async () => (await stack.logs('access.log')).includes('"path":"/audio/-"'), { what: 'the address without its name' });
		assert.ok(!(await stack.logs('access.log')).includes(new URL(url).pathname));
	});
});
