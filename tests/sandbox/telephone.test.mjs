// An agent on the telephone: registered with ElevenLabs' stand-in, connected by Twilio's, and told of by the webhook.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { ElevenLabsClient } from "@elevenlabs/elevenlabs-js";
import { call, KEYS, until } from "./support.mjs";
import { openapiChecker, readSpec, skipWithout } from "./specs.mjs";
import { startTelephony, twiml } from "./twilio_support.mjs";

const spec = readSpec("elevenlabs_openapi_2026-08-22.json");
const [FROM, TO] = [KEYS.TWILIO_CALLER_ID, "+14155550142"];
const CALL = { agent_id: KEYS.ELEVENLABS_AGENT_ID, from_number: FROM, to_number: TO, direction: "outbound",
	conversation_initiation_client_data: { dynamic_variables: { attempt_id: "9f2c", first_name: "Ada" } } };
let line;
before(async () => { line = await startTelephony(); });
afterEach(async () => {
	await line.fresh();
	line.sandbox.inbox.length = 0;
});
after(() => line.close());

const register = (body, headers = { "xi-api-key": KEYS.ELEVENLABS_API_KEY }) => call(`${line.sandbox.urls.elevenlabs}/v1/convai/twilio/register-call`,
	{ method: "POST", body, headers: { "content-type": "application/json", ...headers } });
const agent = (wanted) => line.sandbox.control("POST", "/control/elevenlabs/script", wanted);
const conversations = async () => (await line.sandbox.control("GET", "/control/elevenlabs/conversations")).conversations;

/** Places a call whose TwiML is what ElevenLabs gave for it. */
async function placeConnected(more) {
	const { text } = await register(CALL);
	line.product.pages["/voice"] = text;
	return line.over((await line.place(more)).sid);
}

test("an answered call talks with the agent, and the webhook tells of it with our variables", async () => {
	await agent({ call_seconds: 12, call_transcript: [{ role: "agent", message: "Hello" }, { role: "user", message: "Hi" }] });
	const ended = await placeConnected();
	assert.deepEqual([ended.status, ended.duration, ended.problems], ["completed", "12", []]);
	const [{ verb, connected, parameters }] = ended.heard;
	assert.deepEqual([verb, connected], ["Connect", true]);
	const [{ body }] = await until(() => line.sandbox.inbox.length && line.sandbox.inbox, "the webhook");
	const { type, data } = JSON.parse(body);
	assert.deepEqual([type, data.status, data.agent_id, data.conversation_id], ["post_call_transcription", "done", KEYS.ELEVENLABS_AGENT_ID, parameters.conversation_id]);
	const { dynamic_variables: variables } = data.conversation_initiation_client_data;
	assert.deepEqual([variables.attempt_id, variables.first_name, variables.system__call_sid, variables.system__called_number], ["9f2c", "Ada", ended.sid, TO]);
	assert.deepEqual(data.transcript.map(({ role, message }) => [role, message]), [["agent", "Hello"], ["user", "Hi"]]);
	const { phone_call: phone, call_duration_secs: seconds, conversation_initiation_source: source } = data.metadata;
	assert.deepEqual([phone.type, phone.direction, phone.agent_number, phone.external_number, phone.call_sid, seconds, source],
		["twilio", "outbound", FROM, TO, ended.sid, 12, "twilio"]);
});

test("who hangs up early has heard less", async () => {
	await agent({ call_seconds: 1000 });
	await line.sandbox.control("POST", "/control/twilio/script", { numbers: { [TO]: { hangup_after_seconds: 100 } } });
	const ended = await placeConnected();
	assert.deepEqual([ended.status, ended.duration], ["completed", "100"]);
	const talk = await until(async () => (await conversations()).find(({ status }) => status === "done"), "the conversation");
	assert.ok(talk.duration < 1000);
	assert.equal(talk.transcript.length, 1);
});

test("after the talk the next verb follows; a call sent elsewhere leaves the agent", async () => {
	await agent({ call_seconds: 5 });
	const { text } = await register(CALL);
	line.product.pages["/voice"] = text.replace("</Response>", "<Say>Goodbye</Say></Response>");
	assert.deepEqual((await line.over((await line.place()).sid)).heard.map(({ verb }) => verb), ["Connect", "Say"]);
	await agent({ call_seconds: 14_400 });
	line.product.pages["/voice"] = (await register(CALL)).text;
	const { sid } = await line.place({ TimeLimit: "86400" });
	await until(async () => (await line.record(sid)).heard.length, "the stream");
	await line.api("POST", `/2010-04-01/Accounts/${KEYS.TWILIO_ACCOUNT_SID}/Calls/${sid}.json`, { Twiml: twiml("<Say>Moved</Say>") });
	assert.deepEqual((await line.over(sid)).heard.map(({ verb }) => verb), ["Connect", "Say"]);
	await until(async () => (await conversations()).every(({ status }) => status === "done"), "both conversations");
});

for (const [what, stream, code] of [["an address that is not ElevenLabs'", '<Stream url="wss://elsewhere.example/"/>', 31920],
	["a plain address", '<Stream url="ws://127.0.0.1/v1/convai/twilio/stream"/>', 11100], ["an address with a query", '<Stream url="wss://a.example/?x=1"/>', 11100],
	["a Connect to nothing", "", 11100]])
	test(`a problem, and the next verb: ${what}`, async () => {
		line.product.pages["/voice"] = twiml(`<Connect>${stream}</Connect><Say>Goodbye</Say>`);
		const ended = await line.over((await line.place()).sid);
		assert.deepEqual(ended.problems.map((problem) => problem.code), [code]);
		assert.equal(ended.heard.at(-1).text, "Goodbye");
	});

test("a registration connects one call", async () => {
	await agent({ call_seconds: 1 });
	await placeConnected();
	assert.deepEqual((await line.over((await line.place()).sid)).problems.map(({ code }) => code), [31920]);
	assert.equal((await conversations()).length, 1);
});

test("the vendor's own library registers a call", async () => {
	const client = new ElevenLabsClient({ apiKey: KEYS.ELEVENLABS_API_KEY, baseUrl: line.sandbox.urls.elevenlabs, maxRetries: 0 });
	const { rawResponse } = await client.conversationalAi.twilio.registerCall({ agentId: CALL.agent_id, fromNumber: FROM, toNumber: TO, direction: "outbound" }).withRawResponse();
	assert.deepEqual([rawResponse.status, rawResponse.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
});

test("an agent is known by the settings or by the script", async () => {
	const unknown = await register({ ...CALL, agent_id: "agent_other" });
	assert.deepEqual([unknown.status, unknown.json.detail.code], [404, "agent_not_found"]);
	await agent({ agents: ["agent_other"], call_seconds: 1 });
	line.product.pages["/voice"] = (await register({ ...CALL, agent_id: "agent_other" })).text;
	await line.over((await line.place()).sid);
	const [{ body }] = await until(() => line.sandbox.inbox.length && line.sandbox.inbox, "the webhook");
	assert.equal(JSON.parse(body).data.agent_id, "agent_other");
	assert.equal((await register(CALL, {})).status, 401);
});

for (const [what, change, loc] of [["no agent", { agent_id: undefined }, "agent_id"], ["no number", { to_number: undefined }, "to_number"], ["a number in words", { from_number: "Acme" }, "from_number"],
	["a number as a number", { to_number: 14155550142 }, "to_number"], ["a third direction", { direction: "up" }, "direction"],
	["data as text", { conversation_initiation_client_data: "x" }, "conversation_initiation_client_data"],
	["variables as a list", { conversation_initiation_client_data: { dynamic_variables: [] } }, "dynamic_variables"],
	["a reserved name", { conversation_initiation_client_data: { dynamic_variables: { system__call_sid: "x" } } }, "system__call_sid"],
	["a variable that is an object", { conversation_initiation_client_data: { dynamic_variables: { lead: {} } } }, "lead"]])
	test(`refused: ${what}`, async () => {
		const { status, json } = await register({ ...CALL, ...change });
		assert.deepEqual([status, json.detail[0].loc.at(-1)], [422, loc]);
	});

test("a conversation by telephone is what the contract says", { skip: skipWithout(spec) }, async () => {
	await agent({ call_seconds: 1 });
	await placeConnected();
	const { conversation_id: id } = await until(async () => (await conversations()).find(({ status }) => status === "done"), "the conversation");
	const { json } = await call(`${line.sandbox.urls.elevenlabs}/v1/convai/conversations/${id}`, { headers: { "xi-api-key": KEYS.ELEVENLABS_API_KEY } });
	openapiChecker(spec)("GET", "/v1/convai/conversations/{conversation_id}", 200, json);
	const { paths, components } = JSON.parse(spec);
	const accepted = components.schemas[paths["/v1/convai/twilio/register-call"].post.requestBody.content["application/json"].schema.$ref.split("/").at(-1)];
	assert.deepEqual(Object.keys(CALL).sort(), Object.keys(accepted.properties).sort());
});
