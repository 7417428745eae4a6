// Voices, speech and the account of the sandbox's ElevenLabs, by the vendor's own library and contract.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ElevenLabsClient } from "@elevenlabs/elevenlabs-js";
import { call, KEYS, startTestSandbox } from "./support.mjs";
import { openapiChecker, readSpec, skipWithout } from "./specs.mjs";

const spec = readSpec("elevenlabs_openapi_2026-08-22.json");
const VOICE = KEYS.ELEVENLABS_VOICE_ID;
const AUTH = { "xi-api-key": KEYS.ELEVENLABS_API_KEY };
const SHORT = "Hello, this is a call.";
const LONG = `${SHORT} We would like to talk with you about your application, if you have two minutes.`;
let sandbox;
let client;
before(async () => {
	sandbox = await startTestSandbox();
	client = new ElevenLabsClient({ apiKey: KEYS.ELEVENLABS_API_KEY, baseUrl: sandbox.urls.elevenlabs, maxRetries: 0 });
});
after(() => sandbox.close());

const get = (path, headers = AUTH) => call(sandbox.urls.elevenlabs + path, { headers });
const refused = (body, { voice = VOICE, format = "wav_8000", headers = AUTH } = {}) => call(`${sandbox.urls.elevenlabs}/v1/text-to-speech/${voice}?output_format=${format}`,
	{ method: "POST", body, headers: { "content-type": "application/json", ...headers } });
const spent = async () => (await get("/v1/user/subscription")).json.character_count;

/** The library's answer as {bytes, headers}. */
async function speak(text, outputFormat, more = {}) {
	const { data, rawResponse } = await client.textToSpeech.convert(VOICE, { text, outputFormat, ...more }).withRawResponse();
	return { bytes: Buffer.from(await new Response(data).arrayBuffer()), headers: rawResponse.headers };
}

async function pages(query) {
	const seen = [];
	let nextPageToken;
	do {
		const page = await client.voices.search({ ...query, nextPageToken });
		seen.push(page.voices);
		nextPageToken = page.hasMore ? page.nextPageToken : undefined;
		assert.equal(Boolean(page.nextPageToken), page.hasMore);
		assert.ok(seen.length < 50, "the pages end");
	} while (nextPageToken);
	return seen;
}

/** A WAV file's numbers; throws unless every length in it agrees with the file's. */
function parseWav(bytes) {
	assert.equal(bytes.toString("latin1", 0, 4) + bytes.toString("latin1", 8, 16), "RIFFWAVEfmt ");
	assert.equal(bytes.readUInt32LE(4), bytes.length - 8, "the RIFF length");
	assert.deepEqual([bytes.readUInt32LE(16), bytes.readUInt16LE(20), bytes.readUInt16LE(22), bytes.readUInt16LE(32), bytes.readUInt16LE(34)], [16, 1, 1, 2, 16], "PCM, mono, 16 bit");
	assert.equal(bytes.toString("latin1", 36, 40), "data");
	assert.equal(bytes.readUInt32LE(40), bytes.length - 44, "the data length");
	const rate = bytes.readUInt32LE(24);
	assert.equal(bytes.readUInt32LE(28), rate * 2);
	return { rate, seconds: (bytes.length - 44) / 2 / rate, samples: bytes.subarray(44) };
}

/** Walks an MP3's frames as a decoder does: each header gives the place of the next. */
function parseMp3(bytes) {
	let seconds = 0;
	let at = 0;
	const kinds = new Set();
	while (at < bytes.length) {
		assert.equal(bytes.readUInt16BE(at) & 0xffe7, 0xffe3, `a layer III frame without CRC at ${at}`);
		const first = (bytes[at + 1] & 0x08) !== 0;
		const kbps = (first ? [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320] : [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160])[bytes[at + 2] >> 4];
		const rate = [44_100, 48_000, 32_000][bytes[at + 2] >> 2 & 3] / (first ? 1 : 2);
		const samples = first ? 1152 : 576;
		kinds.add(`${rate} ${kbps}`);
		seconds += samples / rate;
		at += Math.floor(samples / 8 * kbps * 1000 / rate) + (bytes[at + 2] >> 1 & 1);
	}
	assert.equal(at, bytes.length, "the last frame is whole");
	return { seconds, kinds: [...kinds] };
}

test("the voices come page by page, each once, the configured one first", async () => {
	for (const pageSize of [1, 7, 10, 100]) {
		const seen = await pages({ pageSize });
		assert.ok(seen.slice(0, -1).every((page) => page.length === pageSize));
		const ids = seen.flat().map((voice) => voice.voiceId);
		assert.equal(ids.length, 25);
		assert.equal(new Set(ids).size, ids.length, "no voice twice");
		assert.equal(ids[0], VOICE);
	}
	const first = (await get("/v2/voices")).json;
	assert.deepEqual([first.voices.length, first.has_more, first.total_count], [10, true, 25]);
	assert.equal((await get("/v1/voices")).json.voices.length, 25);
});

test("voices are found by name, description, label and category", async () => {
	const names = async (query) => (await pages({ pageSize: 2, ...query })).flat().map((voice) => voice.name);
	assert.deepEqual(await names({ search: "amara" }), ["Amara Fennwick"]);
	assert.deepEqual(await names({ search: "appointments" }), ["Petra Lindqvist"]);
	assert.deepEqual(await names({ search: "AUSTRALIAN" }), ["Lachlan Pryce"]);
	assert.deepEqual(await names({ search: "no such voice" }), []);
	assert.deepEqual(await names({ category: "cloned" }), ["Front Desk", "Founder"]);
	assert.deepEqual(await names({ category: "cloned", search: "founder" }), ["Founder"]);
	assert.deepEqual(await names({ gender: "male", language: ["de", "it"] }), ["Anselm Brucker", "Ruggero Valli"]);
	const sorted = await names({ sort: "name", sortDirection: "desc" });
	assert.deepEqual(sorted, [...sorted].sort((a, b) => b.localeCompare(a, "en")));
	assert.equal((await get("/v2/voices?category=cloned&page_size=1")).json.total_count, 2);
});

test("a wrong page is refused", async () => {
	for (const size of [0, 101, -1])
		assert.deepEqual([size, (await get(`/v2/voices?page_size=${size}`)).json.detail.code], [size, "invalid_page_size"]);
	const text = await get("/v2/voices?page_size=ten");
	assert.deepEqual([text.status, text.json.detail[0].loc], [422, ["query", "page_size"]]);
	const token = await get("/v2/voices?next_page_token=other");
	assert.deepEqual([token.status, token.json.detail.code], [400, "invalid_cursor"]);
	assert.equal((await get("/v2/voices?category=loud")).status, 400);
});

test("one voice, and its preview on the sandbox's own address without a key", async () => {
	const listed = (await pages({ search: "Hester" })).flat()[0];
	const voice = await client.voices.get(listed.voiceId);
	assert.deepEqual(voice, listed);
	assert.equal(new URL(voice.previewUrl).origin, sandbox.urls.elevenlabs);
	const preview = await fetch(voice.previewUrl);
	assert.equal(preview.headers.get("content-type"), "audio/wav");
	assert.ok(parseWav(Buffer.from(await preview.arrayBuffer())).seconds > 1);
	assert.equal((await get(`/v1/voices/${VOICE}`)).json.voice_id, VOICE);
	const none = await get("/v1/voices/none");
	assert.deepEqual([none.status, none.json.detail.code], [404, "voice_not_found"]);
});

test("WAV is PCM at the wanted rate, whose length grows with the text and shrinks with the speed", async () => {
	for (const rate of [8000, 16_000, 22_050, 24_000, 44_100]) {
		const short = parseWav((await speak(SHORT, `wav_${rate}`)).bytes);
		const long = parseWav((await speak(LONG, `wav_${rate}`)).bytes);
		assert.deepEqual([short.rate, long.rate], [rate, rate]);
		assert.ok(long.seconds > 2 * short.seconds, `${long.seconds} s after ${short.seconds} s`);
		assert.ok(long.samples.some((byte) => byte !== 0), "it can be heard");
	}
	const fast = parseWav((await speak(LONG, "wav_8000", { voiceSettings: { speed: 1.2 } })).bytes);
	assert.ok(fast.seconds < parseWav((await speak(LONG, "wav_8000")).bytes).seconds);
});

test("raw formats hold the same samples without a header", async () => {
	const { samples } = parseWav((await speak(SHORT, "wav_8000")).bytes);
	assert.deepEqual((await speak(SHORT, "pcm_8000")).bytes, samples);
	const ulaw = (await speak(SHORT, "ulaw_8000")).bytes;
	assert.equal(ulaw.length, samples.length / 2);
	for (let n = 0; n < ulaw.length; n++) {
		const code = ~ulaw[n] & 0xff;
		const size = (((code & 0x0f) << 3) + 132 << (code >> 4 & 7)) - 132;
		const sample = samples.readInt16LE(n * 2);
		assert.ok(Math.abs((code & 0x80 ? -size : size) - sample) <= 8 + Math.abs(sample) / 16, `sample ${n}`);
	}
});

test("MP3 is a row of whole frames with the wanted rate and a length that grows with the text", async () => {
	for (const [format, kind] of [["mp3_44100_128", "44100 128"], ["mp3_44100_32", "44100 32"], ["mp3_44100_192", "44100 192"], ["mp3_22050_32", "22050 32"], ["mp3_24000_48", "24000 48"]]) {
		const short = await speak(SHORT, format);
		const long = parseMp3((await speak(LONG, format)).bytes);
		assert.equal(short.headers.get("content-type"), "audio/mpeg");
		assert.deepEqual([parseMp3(short.bytes).kinds, long.kinds], [[kind], [kind]]);
		assert.ok(long.seconds > 2 * parseMp3(short.bytes).seconds);
	}
	assert.deepEqual(parseMp3((await speak(SHORT)).bytes).kinds, ["44100 128"], "the format when none is named");
});

test("speech is paid in characters, by the model's rate; a refused one is free", async () => {
	const before = await spent();
	const { headers } = await speak(SHORT, "wav_8000");
	assert.equal(headers.get("character-cost"), String(SHORT.length));
	assert.ok(headers.get("request-id") && headers.get("history-item-id"));
	assert.equal(await spent(), before + SHORT.length);
	await speak(SHORT, "wav_8000", { modelId: "eleven_flash_v2_5" });
	assert.equal(await spent(), before + SHORT.length * 1.5);
	await refused({ text: SHORT, model_id: "none" });
	assert.equal(await spent(), before + SHORT.length * 1.5);
	assert.equal((await client.user.subscription.get()).characterCount, before + SHORT.length * 1.5);
});

test("a wrong request is refused with its own status and code", async () => {
	const cases = [
		[404, "voice_not_found", { text: SHORT }, { voice: "none" }],
		[404, "model_not_found", { text: SHORT, model_id: "none" }],
		[400, "unsupported_model", { text: SHORT, model_id: "eleven_multilingual_sts_v2" }],
		[400, "empty_text", { text: "  " }],
		[400, "text_too_long", { text: "a".repeat(10_001) }],
		[400, "invalid_output_format", { text: SHORT }, { format: "wav_9000" }],
		[501, "invalid_output_format", { text: SHORT }, { format: "opus_48000_32" }],
		[400, "malformed_json", "{"],
		[400, "invalid_voice_settings", { text: SHORT, voice_settings: { speed: 1.3 } }],
		[400, "invalid_voice_settings", { text: SHORT, voice_settings: { style: -0.1 } }],
		[400, "invalid_parameters", { text: SHORT, seed: -1 }],
		[401, "missing_api_key", { text: SHORT }, { headers: {} }],
		[401, "invalid_api_key", { text: SHORT }, { headers: { "xi-api-key": "wrong" } }],
	];
	for (const [status, code, body, more] of cases) {
		const result = await refused(body, more);
		assert.deepEqual([result.status, result.json.detail.code], [status, code]);
	}
	const fields = [
		[["body", "text"], {}],
		[["body", "text"], { text: 5 }],
		[["body", "voice_settings", "stability"], { text: SHORT, voice_settings: { stability: 1.1 } }],
		[["body", "voice_settings", "similarity_boost"], { text: SHORT, voice_settings: { similarity_boost: "high" } }],
		[["body", "voice_settings", "use_speaker_boost"], { text: SHORT, voice_settings: { use_speaker_boost: 1 } }],
		[["body"], { text: SHORT }, { headers: { ...AUTH, "content-type": "text/plain" } }],
	];
	for (const [loc, body, more] of fields) {
		const result = await refused(body, more);
		assert.deepEqual([result.status, result.json.detail[0].loc], [422, loc]);
	}
	for (const path of ["/v2/voices", `/v1/voices/${VOICE}`, "/v1/models", "/v1/user/subscription"])
		assert.equal((await get(path, {})).status, 401);
});

test("an account without credits is told so, and a reset fills it again", async (t) => {
	const poor = await startTestSandbox();
	t.after(() => poor.close());
	const say = (length) => call(`${poor.urls.elevenlabs}/v1/text-to-speech/${VOICE}?output_format=mp3_22050_32`,
		{ method: "POST", body: { text: "a".repeat(length) }, headers: { "content-type": "application/json", ...AUTH } });
	let last;
	for (let n = 0; n < 60 && last?.status !== 402; n++)
		last = await say(10_000);
	assert.deepEqual([last.status, last.json.detail.code], [402, "insufficient_credits"]);
	await poor.control("POST", "/control/reset");
	assert.equal((await say(10_000)).status, 200);
});

test("faults strike speech: before it nothing is paid, after it the audio is lost", async () => {
	const fault = (more) => sandbox.control("POST", "/control/faults", { vendor: "elevenlabs", match: { method: "POST", path: "^/v1/text-to-speech/" }, times: 1, ...more });
	const before = await spent();
	await fault({ mode: "status", status: 429, headers: { "retry-after": "1" }, body: { detail: { status: "system_busy", message: "Busy" } } });
	const busy = await refused({ text: SHORT });
	assert.deepEqual([busy.status, busy.headers.get("retry-after"), busy.json.detail.status], [429, "1", "system_busy"]);
	assert.equal(await spent(), before);
	await fault({ mode: "truncate" });
	await assert.rejects(refused({ text: SHORT }));
	assert.equal(await spent(), before + SHORT.length);
	assert.equal((await refused({ text: SHORT })).status, 200);
});

test("the models tell what they can do", async () => {
	const models = await client.models.list();
	assert.ok(models.some((model) => !model.canDoTextToSpeech) && models.some((model) => model.canDoTextToSpeech));
	assert.ok(Array.isArray((await get("/v1/models")).json));
});

test("every answer fits the published contract", { skip: skipWithout(spec) }, async () => {
	const check = openapiChecker(spec);
	check("GET", "/v2/voices", 200, (await get("/v2/voices?page_size=100")).json);
	check("GET", "/v1/voices", 200, (await get("/v1/voices")).json);
	check("GET", "/v1/voices/{voice_id}", 200, (await get(`/v1/voices/${VOICE}`)).json);
	check("GET", "/v1/models", 200, (await get("/v1/models")).json);
	check("GET", "/v1/user/subscription", 200, (await get("/v1/user/subscription")).json);
	check("POST", "/v1/text-to-speech/{voice_id}", 422, (await refused({})).json);
});
