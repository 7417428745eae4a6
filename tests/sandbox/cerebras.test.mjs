// The sandbox's Cerebras, asked by the vendor's library: it refuses what the service refuses and fills any schema.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import Ajv from "ajv";
import Cerebras from "@cerebras/cerebras_cloud_sdk";
import { call, KEYS, startTestSandbox } from "./support.mjs";

let sandbox;
let client;
before(async () => {
	sandbox = await startTestSandbox();
	client = new Cerebras({ apiKey: KEYS.CEREBRAS_API_KEY, baseURL: sandbox.urls.cerebras, maxRetries: 0, warmTCPConnection: false });
});
after(() => sandbox.close());

const object = (properties) => ({ type: "object", properties, required: Object.keys(properties), additionalProperties: false });
const text = { type: "string" };
const EVALUATION = object({ result: { type: "string", enum: ["pass", "fail", "inconclusive"] }, confidence: { type: "number" }, reasoning: text,
	keyPoints: { type: "array", items: object({ point: text, quote: text, time: text }) } });
const POINTERS = object({ pointers: { type: "array", items: text } });

async function ask(schema, content, { name = "answer", ...more } = {}) {
	const completion = await client.chat.completions.create({ model: "gpt-oss-120b", max_completion_tokens: 4000, messages: [{ role: "system", content: "Judge." }, { role: "user", content }],
		response_format: { type: "json_schema", json_schema: { name, strict: true, schema } }, ...more });
	return { completion, value: completion.choices[0].finish_reason === "stop" ? JSON.parse(completion.choices[0].message.content) : null };
}

function assertFits(schema, value) {
	const ajv = new Ajv({ strict: false });
	assert.ok(ajv.validate(schema, value), `${ajv.errorsText()} ${JSON.stringify(value)}`);
}

const GOOD = ["I built the ledger service in C for three years and cut the nightly run from fifty minutes to four.",
	"We lost thirteen hundred bookings after a fail-over, and I led the repair the same day with two colleagues."];
const TALKS = {
	pass: GOOD,
	fail: ["I don't have experience with C.", "I have never led anything."],
	inconclusive: ["Yes.", "Maybe."],
};
const NOTATIONS = {
	"lines with times": (answers) => answers.map((answer, n) => `[0${n}:00] Interviewer: What about this?\n[0${n}:10] Candidate: ${answer}`).join("\n"),
	"bold speakers": (answers) => answers.map((answer) => `**Agent:** And?\n**User:** ${answer}`).join("\n"),
	"JSON turns": (answers) => JSON.stringify(answers.flatMap((answer) => [{ role: "agent", message: "And?", time_in_call_secs: 1 }, { role: "user", message: answer, time_in_call_secs: 2 }])),
};
for (const [notation, write] of Object.entries(NOTATIONS))
	for (const [expected, answers] of Object.entries(TALKS))
		test(`evaluation of a talk written as ${notation}: ${expected}`, async () => {
			const { completion, value } = await ask(EVALUATION, `<transcript x>\n${write(answers)}\n</transcript x>`, { name: "evaluation" });
			assertFits(EVALUATION, value);
			assert.equal(value.result, expected);
			assert.ok(value.confidence >= 0 && value.confidence <= 1);
			for (const { quote } of value.keyPoints)
				assert.ok(answers.some((answer) => answer.includes(quote)), `"${quote}" was said`);
			assert.equal(value.keyPoints.length > 0, expected !== "inconclusive");
			const { usage } = completion;
			assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
		});

test("words of the application are not words of the talk", async () => {
	const { value } = await ask(EVALUATION, `<application x>\nCandidate: I don't have experience with C.\n</application x>\n<transcript x>\n${NOTATIONS["lines with times"](GOOD)}\n</transcript x>`);
	assert.equal(value.result, "pass");
});

test("pointers quote the application and the job", async () => {
	const { value } = await ask(POINTERS, "<job a>\n- Run the ledger service in C\n- Be on call one week in six\n</job a>\n<application a>\nName: Ada\n- Rewrote the settlement batch from Java\n- Led the repair of an incident\n</application a>", { name: "conversation_pointers" });
	assertFits(POINTERS, value);
	assert.equal(value.pointers.length, 4);
	assert.ok(value.pointers.some((pointer) => pointer.includes("settlement batch")) && value.pointers.some((pointer) => pointer.includes("ledger service")));
	assert.ok(!value.pointers.some((pointer) => pointer.includes("Name:")));
});

const ODD_SCHEMAS = {
	"references and alternatives": { ...object({ one: { $ref: "#/$defs/thing" }, maybe: { anyOf: [{ type: "null" }, text] } }), $defs: { thing: object({ n: { type: "integer", minimum: 3, maximum: 5 }, yes: { type: "boolean" } }) } },
	"lists of lists": object({ rows: { type: "array", items: { type: "array", items: { type: "number" } } }, kind: { type: "string", enum: ["a", "b"] } }),
	"questions as objects": object({ questions: { type: "array", items: object({ question: text, reason: text, weight: { type: "integer" } }) } }),
	"findings with an opinion": object({ result: { type: "string", enum: ["pass", "fail", "unclear"] }, summary: text, evidence: { type: "array", items: text } }),
};
for (const [what, schema] of Object.entries(ODD_SCHEMAS))
	test(`any schema is filled: ${what}`, async () => {
		const { value } = await ask(schema, "Candidate: I like long walks and short meetings, and I have done both for a living.");
		assertFits(schema, value);
	});

const BROKEN_SCHEMAS = {
	"additionalProperties missing": { type: "object", properties: {}, required: [] },
	"a property not required": { ...object({ a: text }), required: [] },
	"a length": object({ a: { type: "string", minLength: 1 } }),
	"a count": object({ a: { type: "array", items: text, minItems: 1 } }),
	"a list of types": object({ a: { type: ["string", "null"] } }),
	"oneOf": object({ a: { oneOf: [text] } }),
	"recursion": { ...object({ a: { $ref: "#/$defs/a" } }), $defs: { a: object({ a: { $ref: "#/$defs/a" } }) } },
	"six alternatives": object({ a: { anyOf: [text, text, text, text, text, text] } }),
	"a root that is no object": { type: "array", items: text },
	"too long": object({ [`a${"b".repeat(5000)}`]: text }),
};
for (const [what, schema] of Object.entries(BROKEN_SCHEMAS))
	test(`a strict schema is refused: ${what}`, async () => {
		await assert.rejects(ask(schema, "x"), (error) => error.status === 400 && error.error.code === "wrong_api_format" && error.error.param === "response_format");
	});

test("too few tokens cut the answer and say so", async () => {
	const { completion } = await ask(EVALUATION, NOTATIONS["lines with times"](GOOD), { max_completion_tokens: 60 });
	assert.equal(completion.choices[0].finish_reason, "length");
	assert.throws(() => JSON.parse(completion.choices[0].message.content));
});

test("credentials, models, lengths and quota are refused as documented", async () => {
	const post = (body, headers = { authorization: `Bearer ${KEYS.CEREBRAS_API_KEY}` }) => call(`${sandbox.urls.cerebras}/v1/chat/completions`, { method: "POST", headers, body });
	const messages = [{ role: "user", content: "x" }];
	assert.deepEqual((await post({}, {})).json, { detail: "Not authenticated" });
	const wrong = await post({}, { authorization: "Bearer x" });
	assert.deepEqual([wrong.status, wrong.json.code], [401, "wrong_api_key"]);
	const model = await post({ model: "llama-3.3-70b", messages });
	assert.deepEqual([model.status, model.json.code], [404, "model_not_found"]);
	const long = await post({ model: "gpt-oss-120b", max_completion_tokens: 1000, messages: [{ role: "user", content: "x".repeat(400_000) }] });
	assert.deepEqual([long.status, long.json.code], [400, "context_length_exceeded"]);
	const path = await call(`${sandbox.urls.cerebras}/v2/none`);
	assert.deepEqual([path.status, path.text], [404, ""]);
	await sandbox.control("PUT", "/control/limits", { cerebras: { requests_per_minute: 0 } });
	const quota = await post({ model: "gpt-oss-120b", messages });
	await sandbox.control("PUT", "/control/limits", { cerebras: {} });
	assert.deepEqual([quota.status, quota.json.code], [429, "request_quota_exceeded"]);
	assert.ok(Number(quota.headers.get("retry-after")) >= 1);
	assert.ok((await client.models.list()).data.some(({ id }) => id === "gpt-oss-120b"));
});
