// The conversation WebSocket of the sandbox's ElevenLabs: what it demands of a client, how a talk goes, what is left of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import WebSocket from "ws";
import { call, KEYS, startTestSandbox, until, VARIABLES } from "./support.mjs";

let sandbox;
before(async () => {
	sandbox = await startTestSandbox();
	await sandbox.control("POST", "/control/elevenlabs/script", { pace: 40, reply_after_ms: 200 });
});
after(() => sandbox.close());

async function signedUrl() {
	const { json } = await call(`${sandbox.urls.elevenlabs}/v1/convai/conversation/get-signed-url?agent_id=${KEYS.ELEVENLABS_AGENT_ID}`,
		{ headers: { "xi-api-key": KEYS.ELEVENLABS_API_KEY } });
	return json.signed_url;
}

/** Opens a talk; every frame is kept, `closed` resolves with the code and the reason. */
async function talk(url, opening = { type: "conversation_initiation_client_data", dynamic_variables: VARIABLES }) {
	const socket = new WebSocket(url, ["convai"]);
	const frames = [];
	socket.on("message", (data) => frames.push(JSON.parse(data)));
	const closed = new Promise((resolve) => socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() })));
	await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
	if (opening)
		socket.send(JSON.stringify(opening));
	return { socket, frames, closed, protocol: socket.protocol, of: (type) => frames.filter((frame) => frame.type === type) };
}

function chunk(amplitude, samples = 512) {
	const pcm = Buffer.alloc(samples * 2);
	for (let n = 0; n < samples; n++)
		pcm.writeInt16LE(Math.round(amplitude * Math.sin(n / 4)), n * 2);
	return JSON.stringify({ user_audio_chunk: pcm.toString("base64") });
}

test("a talk: metadata first, real audio, answers by loudness, end_call, transcript and webhook", async () => {
	const { socket, frames, of, closed, protocol } = await talk(await signedUrl());
	assert.equal(protocol, "convai");
	let beat = 0;
	const microphone = setInterval(() => socket.readyState === WebSocket.OPEN && socket.send(chunk(beat++ % 8 === 0 ? 6000 : 0)), 32);
	const { code } = await closed;
	clearInterval(microphone);
	assert.equal(code, 1000);
	assert.equal(frames[0].type, "conversation_initiation_metadata");
	const id = frames[0].conversation_initiation_metadata_event.conversation_id;
	assert.match(of("agent_response")[0].agent_response_event.agent_response, /Ada Okafor.*Acme/);
	const audio = of("audio").map((frame) => Buffer.from(frame.audio_event.audio_base_64, "base64"));
	assert.ok(audio.every((pcm) => pcm.length % 2 === 0) && audio.some((pcm) => pcm.some((byte) => byte !== 0)), "audio is PCM16 and not silent");
	assert.equal(of("user_transcript").length, 3, "one answer to the greeting, one to each point");
	assert.equal(of("agent_tool_response").at(-1).agent_tool_response.tool_name, "end_call");
	assert.ok(of("ping").length >= 1);

	const event = await until(() => sandbox.inbox.map(({ body }) => JSON.parse(body)).find((one) => one.data.conversation_id === id), "post-call webhook");
	assert.equal(event.type, "post_call_transcription");
	assert.equal(event.data.status, "done");
	const variables = event.data.conversation_initiation_client_data.dynamic_variables;
	assert.equal(variables.parley_session, "s1");
	assert.equal(variables.system__conversation_id, id);
	assert.deepEqual(event.data.transcript.map((turn) => turn.role), ["agent", "user", "agent", "user", "agent", "user", "agent"]);
});

test("a written answer is taken as it is", async () => {
	const { socket, of, closed } = await talk(await signedUrl());
	await until(() => of("agent_response").length === 1, "greeting");
	socket.send(JSON.stringify({ type: "user_message", text: "I would rather write." }));
	await until(() => of("user_transcript").some((frame) => frame.user_transcription_event.user_transcript === "I would rather write."), "transcript");
	socket.close(1000);
	await closed;
});

test("talking over the agent interrupts it", async () => {
	await sandbox.control("POST", "/control/elevenlabs/script", { pace: 1 });
	const { socket, of, closed } = await talk(await signedUrl());
	await until(() => of("audio").length > 1, "the agent speaks");
	for (let n = 0; n < 40; n++)
		socket.send(chunk(9000));
	await until(() => of("interruption").length === 1, "interruption");
	const [{ agent_response_correction_event: correction }] = await until(() => of("agent_response_correction").length && of("agent_response_correction"), "correction");
	assert.ok(correction.original_agent_response.startsWith(correction.corrected_agent_response));
	socket.terminate();
	await closed;
	await sandbox.control("POST", "/control/elevenlabs/script", { pace: 40 });
});

const { conversation_pointers, ...incomplete } = VARIABLES;
const REFUSED = [
	["a missing variable", { type: "conversation_initiation_client_data", dynamic_variables: incomplete }, /Missing required dynamic variables.*conversation_pointers/],
	["an override", { type: "conversation_initiation_client_data", dynamic_variables: VARIABLES, conversation_config_override: { agent: { first_message: "Hi" } } }, /first_message/],
	["a reserved variable", { type: "conversation_initiation_client_data", dynamic_variables: { ...VARIABLES, system__agent_id: "x" } }, /system__agent_id/],
	["another first frame", { type: "user_message", text: "hello" }, /must come first/],
];
for (const [what, opening, reason] of REFUSED)
	test(`refused with 1008: ${what}`, async () => {
		const { closed, frames } = await talk(await signedUrl(), opening);
		const end = await closed;
		assert.equal(end.code, 1008);
		assert.match(end.reason, reason);
		assert.equal(frames.length, 0);
	});

test("a forged signed URL is closed with a reason", async () => {
	const url = (await signedUrl()).replace(/.$/, (last) => last === "A" ? "B" : "A");
	const { closed } = await talk(url, null);
	const end = await closed;
	assert.equal(end.code, 1008);
	assert.match(end.reason, /signature/);
});

test("a fault breaks a running talk with a code", async () => {
	const fault = await sandbox.control("POST", "/control/faults", { vendor: "elevenlabs", match: { path: "^/v1/convai/conversation\\?" }, mode: "close",
		code: 1011, reason: "crash", delay_ms: 50, times: 1 });
	const { closed } = await talk(await signedUrl());
	assert.deepEqual(await closed, { code: 1011, reason: "crash" });
	await sandbox.control("DELETE", `/control/faults/${fault.id}`);
});
