// The REST part of the sandbox's ElevenLabs, by the vendor's own library and contract.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ElevenLabsClient } from "@elevenlabs/elevenlabs-js";
import { call, KEYS, startTestSandbox, until, VARIABLES } from "./support.mjs";
import { openapiChecker, readSpec, skipWithout } from "./specs.mjs";

const spec = readSpec("elevenlabs_openapi_2026-08-22.json");
const TRANSCRIPT = [{ role: "agent", message: "Hello", time_in_call_secs: 0 }, { role: "user", message: "Hi", time_in_call_secs: 4 }];
let sandbox;
let client;
before(async () => {
	sandbox = await startTestSandbox();
	client = new ElevenLabsClient({ apiKey: KEYS.ELEVENLABS_API_KEY, baseUrl: sandbox.urls.elevenlabs, maxRetries: 0 });
});
after(() => sandbox.close());

const get = (path, headers = { "xi-api-key": KEYS.ELEVENLABS_API_KEY }) => call(sandbox.urls.elevenlabs + path, { headers });
const talk = (more = {}) => sandbox.control("POST", "/control/elevenlabs/conversations", { dynamic_variables: VARIABLES, transcript: TRANSCRIPT, webhook: false, ...more });

test("the library gets a signed URL of this sandbox", async () => {
	const { signedUrl } = await client.conversationalAi.conversations.getSignedUrl({ agentId: KEYS.ELEVENLABS_AGENT_ID });
	const url = new URL(signedUrl);
	assert.equal(url.host, new URL(sandbox.urls.elevenlabs).host);
	assert.equal(url.searchParams.get("agent_id"), KEYS.ELEVENLABS_AGENT_ID);
	assert.ok(url.searchParams.get("conversation_signature"));
	const alias = await get(`/v1/convai/conversation/get_signed_url?agent_id=${KEYS.ELEVENLABS_AGENT_ID}`);
	assert.equal(alias.status, 200);
});

test("refusals have the documented shapes", async () => {
	const path = "/v1/convai/conversation/get-signed-url";
	assert.equal((await get(path, {})).json.detail.code, "missing_api_key");
	const wrong = await get(path, { "xi-api-key": "wrong" });
	assert.deepEqual([wrong.status, wrong.json.detail.code], [401, "invalid_api_key"]);
	const field = await get(path);
	assert.deepEqual([field.status, field.json.detail[0].loc], [422, ["query", "agent_id"]]);
	const agent = await get(`${path}?agent_id=other`);
	assert.deepEqual([agent.status, agent.json.detail.code], [404, "agent_not_found"]);
	assert.equal((await get("/v1/convai/conversations/conv_none")).json.detail.code, "conversation_not_found");
	assert.equal((await get("/v1/unknown")).json.detail, "Not Found");
});

test("the library reads conversations, pages through them, hears and deletes them", async () => {
	const made = [];
	for (let n = 0; n < 5; n++)
		made.push((await talk()).conversation_id);
	const one = await client.conversationalAi.conversations.get(made[0]);
	assert.equal(one.status, "done");
	assert.equal(one.conversationInitiationClientData.dynamicVariables.parley_session, "s1");
	const seen = [];
	let cursor;
	do {
		const page = await client.conversationalAi.conversations.list({ agentId: KEYS.ELEVENLABS_AGENT_ID, pageSize: 2, cursor });
		seen.push(...page.conversations.map((entry) => entry.conversationId));
		cursor = page.hasMore ? page.nextCursor : undefined;
	} while (cursor);
	assert.deepEqual([...seen].sort(), [...made].sort());
	const audio = await fetch(`${sandbox.urls.elevenlabs}/v1/convai/conversations/${made[0]}/audio`, { headers: { "xi-api-key": KEYS.ELEVENLABS_API_KEY } });
	assert.equal(audio.headers.get("content-type"), "audio/mpeg");
	assert.equal(Buffer.from(await audio.arrayBuffer()).readUInt16BE(0), 0xfffb, "an MPEG frame");
	await client.conversationalAi.conversations.delete(made[0]);
	await assert.rejects(client.conversationalAi.conversations.get(made[0]), (error) => error.statusCode === 404);
});

test("the list filters by start and by status", async () => {
	const { conversation_id, started } = await talk({ status: "failed" });
	const ids = async (query) => (await get(`/v1/convai/conversations?${query}`)).json.conversations.map((entry) => entry.conversation_id);
	assert.ok((await ids(`call_start_after_unix=${started}`)).includes(conversation_id));
	assert.ok(!(await ids(`call_start_after_unix=${started + 1}&call_start_before_unix=${started + 2}`)).includes(conversation_id));
	assert.ok(!(await ids("exclude_statuses=failed")).includes(conversation_id));
	assert.equal((await get("/v1/convai/conversations?page_size=101")).status, 422);
});

test("agent, models, voices and account as the library expects them", async () => {
	const agent = await client.conversationalAi.agents.get(KEYS.ELEVENLABS_AGENT_ID);
	assert.ok("conversation_pointers" in agent.conversationConfig.agent.dynamicVariables.dynamic_variable_placeholders);
	assert.equal((await client.user.subscription.get()).status, "active");
	assert.ok((await client.models.list()).some((model) => model.modelId === "eleven_flash_v2_5"));
	assert.equal((await client.voices.search()).voices[0].voiceId, KEYS.ELEVENLABS_VOICE_ID);
});

test("every answer fits the published contract", { skip: skipWithout(spec) }, async () => {
	const check = openapiChecker(spec);
	const { conversation_id } = await talk();
	const pairs = [
		["/v1/convai/conversation/get-signed-url", `/v1/convai/conversation/get-signed-url?agent_id=${KEYS.ELEVENLABS_AGENT_ID}`],
		["/v1/convai/conversations", "/v1/convai/conversations"],
		["/v1/convai/conversations/{conversation_id}", `/v1/convai/conversations/${conversation_id}`],
		["/v1/convai/agents/{agent_id}", `/v1/convai/agents/${KEYS.ELEVENLABS_AGENT_ID}`],
		["/v1/user/subscription", "/v1/user/subscription"],
		["/v1/models", "/v1/models"],
		["/v2/voices", "/v2/voices"],
	];
	for (const [template, path] of pairs)
		check("GET", template, 200, (await get(path)).json);
	const headers = { "xi-api-key": KEYS.ELEVENLABS_API_KEY }, address = `${sandbox.urls.elevenlabs}/v1/convai/conversations/${conversation_id}`;
	const audio = await fetch(`${address}/audio`, { headers });
	const documented = JSON.parse(spec).paths["/v1/convai/conversations/{conversation_id}/audio"].get.responses[audio.status].content;
	assert.ok(audio.headers.get("content-type") in documented, "the recording has the documented type");
	await audio.arrayBuffer();
	const gone = await fetch(address, { method: "DELETE", headers });
	check("DELETE", "/v1/convai/conversations/{conversation_id}", gone.status, await gone.json());
	assert.equal((await fetch(`${address}/audio`, { headers })).status, 404);
});

test("the library accepts the webhook's signature and a changed body is refused", async () => {
	const { conversation_id } = await talk({ webhook: true });
	const sent = await until(() => sandbox.inbox.find(({ body }) => body.includes(conversation_id)), "webhook");
	assert.equal(sent.path, "/api/webhooks/elevenlabs");
	const header = sent.headers["elevenlabs-signature"];
	const event = await client.webhooks.constructEvent(sent.body, header, KEYS.ELEVENLABS_WEBHOOK_SECRET);
	assert.equal(event.data.conversation_id, conversation_id);
	assert.deepEqual(event.data, (await get(`/v1/convai/conversations/${conversation_id}`)).json, "the webhook shows what the API shows");
	await assert.rejects(async () => client.webhooks.constructEvent(`${sent.body} `, header, KEYS.ELEVENLABS_WEBHOOK_SECRET));
});

for (const type of ["post_call_audio", "call_initiation_failure", "conversation.completed"])
	test(`the event ${type} can be sent`, async () => {
		const { conversation_id } = await talk({ webhook: true, event_type: type });
		const sent = await until(() => sandbox.inbox.map(({ body }) => JSON.parse(body)).find((one) => one.data.conversation_id === conversation_id), type);
		assert.equal(sent.type, type);
		const member = { post_call_audio: "full_audio", call_initiation_failure: "failure_reason", "conversation.completed": "ended_at" }[type];
		assert.ok(sent.data[member]);
	});
