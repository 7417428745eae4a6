// The sandbox's Resend, used by the vendor's library and checked by both libraries that verify its webhooks.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Resend } from "resend";
import { Webhook } from "svix";
import { call, KEYS, startTestSandbox, until } from "./support.mjs";
import { openapiChecker, readSpec, skipWithout } from "./specs.mjs";

const spec = readSpec("resend.openapi.json");
let sandbox;
let resend;
before(async () => {
	sandbox = await startTestSandbox();
	await sandbox.control("PUT", "/control/limits", { resend: { per_second: 1000 } });
	resend = new Resend(KEYS.RESEND_API_KEY, { baseUrl: sandbox.urls.resend });
});
after(() => sandbox.close());

const MAIL = { from: KEYS.EMAIL_FROM, to: "ada@example.org", subject: "Interview", text: "Hello", tags: [{ name: "kind", value: "invite" }] };
const outbox = async () => (await sandbox.control("GET", "/control/resend/outbox")).emails;
const post = (body, headers = {}) => call(`${sandbox.urls.resend}/emails`, { method: "POST", body,
	headers: { authorization: `Bearer ${KEYS.RESEND_API_KEY}`, "content-type": "application/json", "user-agent": "test/1", ...headers } });

test("the library sends a mail, with its options on the wire, and reads it again", async () => {
	const { data, error } = await resend.emails.send({ ...MAIL, html: "<p>Hello</p>", replyTo: "jobs@acme.example" }, { idempotencyKey: "lib/1" });
	assert.equal(error, null);
	const mail = (await outbox()).find(({ id }) => id === data.id);
	assert.deepEqual([mail.to, mail.reply_to, mail.idempotency_key], [["ada@example.org"], ["jobs@acme.example"], "lib/1"]);
	const shown = await resend.emails.get(data.id);
	assert.equal(shown.data.last_event, "delivered");
	assert.match(shown.data.created_at, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00$/);
});

test("an idempotency key keeps a mail single", async () => {
	const before = (await outbox()).length;
	const body = JSON.stringify(MAIL);
	const first = await post(body, { "idempotency-key": "once" });
	const second = await post(body, { "idempotency-key": "once" });
	assert.deepEqual(second.json, first.json);
	assert.equal((await outbox()).length, before + 1);
	const other = await post(JSON.stringify({ ...MAIL, subject: "Other" }), { "idempotency-key": "once" });
	assert.deepEqual([other.status, other.json.name], [409, "invalid_idempotent_request"]);
	assert.equal((await post(body, { "idempotency-key": "x".repeat(257) })).json.name, "invalid_idempotency_key");
});

const REFUSED = [
	["no subject", { ...MAIL, subject: undefined }, 422, "missing_required_field"],
	["no content", { ...MAIL, text: undefined }, 422, "missing_required_field"],
	["a broken sender", { ...MAIL, from: "nobody" }, 422, "invalid_from_address"],
	["a foreign sender", { ...MAIL, from: "x@elsewhere.example" }, 403, "validation_error"],
	["a broken recipient", { ...MAIL, to: "ada@" }, 422, "validation_error"],
	["51 recipients", { ...MAIL, to: Array(51).fill("ada@example.org") }, 422, "validation_error"],
	["a line break in the subject", { ...MAIL, subject: "a\r\nBcc: x@example.org" }, 422, "validation_error"],
	["a tag with a blank", { ...MAIL, tags: [{ name: "a b", value: "c" }] }, 422, "validation_error"],
	["no JSON", "hello", 400, "validation_error"],
];
for (const [what, body, status, name] of REFUSED)
	test(`refused: ${what}`, async () => {
		const refused = await post(body);
		assert.deepEqual([refused.status, refused.json.name, refused.json.statusCode], [status, name, status]);
	});

test("keys, a missing User-Agent and haste are refused", async () => {
	assert.deepEqual((({ status, json }) => [status, json.name])(await post(MAIL, { authorization: "Bearer x" })), [403, "invalid_api_key"]);
	assert.deepEqual((({ status, json }) => [status, json.name])(await post(MAIL, { authorization: "" })), [401, "missing_api_key"]);
	assert.equal((await post(MAIL, { "user-agent": "" })).status, 403);
	await sandbox.control("PUT", "/control/limits", { resend: { per_second: 0 } });
	const hasty = await post(MAIL);
	await sandbox.control("PUT", "/control/limits", { resend: { per_second: 1000 } });
	assert.deepEqual([hasty.status, hasty.json.name, hasty.headers.get("retry-after")], [429, "rate_limit_exceeded", "1"]);
	assert.ok(hasty.headers.get("ratelimit-policy"));
});

const EVENTS = [["ada@example.org", ["email.sent", "email.delivered"]], ["bounce@example.org", ["email.sent", "email.bounced"]],
	["complain@example.org", ["email.sent", "email.delivered", "email.complained"]]];
for (const [to, types] of EVENTS)
	test(`webhooks of a mail to ${to}: both libraries accept them`, async () => {
		const { data } = await resend.emails.send({ ...MAIL, to });
		const arrived = () => sandbox.inbox.filter(({ path, body }) => path === "/api/webhooks/resend" && body.includes(data.id));
		await until(() => arrived().length >= types.length, "webhooks");
		assert.deepEqual(arrived().map(({ body }) => JSON.parse(body).type).sort(), [...types].sort());
		for (const { headers, body } of arrived()) {
			const event = new Webhook(KEYS.RESEND_WEBHOOK_SECRET).verify(body, headers);
			assert.deepEqual(event.data.tags, { kind: "invite" }, "tags come back as an object");
			resend.webhooks.verify({ payload: body, webhookSecret: KEYS.RESEND_WEBHOOK_SECRET,
				headers: { id: headers["svix-id"], timestamp: headers["svix-timestamp"], signature: headers["svix-signature"] } });
			assert.throws(() => new Webhook(KEYS.RESEND_WEBHOOK_SECRET).verify(`${body} `, headers));
		}
		assert.equal(new Set(arrived().map(({ headers }) => headers["svix-id"])).size, types.length);
	});

test("every answer fits the published contract", { skip: skipWithout(spec) }, async () => {
	const check = openapiChecker(spec);
	const sent = await post(MAIL);
	check("POST", "/emails", 200, sent.json);
	const headers = { authorization: `Bearer ${KEYS.RESEND_API_KEY}`, "user-agent": "test/1" };
	check("GET", "/emails/{email_id}", 200, (await call(`${sandbox.urls.resend}/emails/${sent.json.id}`, { headers })).json);
	check("GET", "/domains", 200, (await call(`${sandbox.urls.resend}/domains`, { headers })).json);
});
