// The sandbox's Linear: credentials, GraphQL, refusals, uploads and webhooks, with the vendor's library where it fits.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { LinearClient, RatelimitedLinearError } from "@linear/sdk";
import { LinearWebhookClient } from "@linear/sdk/webhooks";
import { call, graphql, KEYS, startTestSandbox, until } from "./support.mjs";

let sandbox;
let client;
before(async () => {
	sandbox = await startTestSandbox();
	client = new LinearClient({ apiKey: KEYS.LINEAR_API_KEY, apiUrl: `${sandbox.urls.linear}/graphql` });
});
after(() => sandbox.close());

const issueOf = (id) => sandbox.control("GET", `/control/linear/issues/${id}`);
const create = (title, more = {}) => sandbox.control("POST", "/control/linear/issues", { title, description: "Name: X\nEmail: x@example.org", ...more });
const stateId = async (name) => (await sandbox.control("GET", "/control/linear/board")).states.find((state) => state.name === name).id;

test("a personal key works alone and not as a bearer", async () => {
	assert.equal((await graphql(sandbox, "{ viewer { id } }")).status, 200);
	for (const authorization of [`Bearer ${KEYS.LINEAR_API_KEY}`, "lin_api_wrong", ""]) {
		const refused = await graphql(sandbox, "{ viewer { id } }", {}, { authorization });
		assert.equal(refused.status, 401);
		assert.equal(refused.json.errors[0].extensions.code, "AUTHENTICATION_ERROR");
	}
});

test("the library comments, moves, uploads and attaches", async () => {
	const issue = await create("By the library");
	const id = randomUUID();
	const payload = await client.createComment({ id, issueId: issue.id, body: "Hello" });
	assert.equal(payload.success, true);
	assert.equal((await client.updateIssue(issue.id, { stateId: await stateId("Done") })).success, true);
	const { uploadFile } = await client.fileUpload("text/markdown", "t.md", 5);
	assert.equal(uploadFile.size, 5);
	assert.equal((await client.createAttachment({ issueId: issue.identifier, title: "T", url: uploadFile.assetUrl, metadata: { a: "b", n: 1 } })).success, true);
	const now = await issueOf(issue.id);
	assert.deepEqual([now.comments[0].id, now.state.name, now.attachments.length], [id, "Done", 1]);
	assert.deepEqual(now.history.map(({ from, to, actor }) => [from, to, actor]), [["Backlog", "Done", "Parley"]]);
});

test("the library recognises the conflict of a repeated id and a rate limit", async () => {
	const issue = await create("Conflict");
	const input = { id: randomUUID(), issueId: issue.id, body: "Once" };
	await client.createComment(input);
	await assert.rejects(client.createComment(input), /conflict on insert of Comment/i);
	assert.equal((await issueOf(issue.id)).comments.length, 1);
	await sandbox.control("PUT", "/control/limits", { linear: { requests: 0 } });
	await assert.rejects(client.createComment({ issueId: issue.id, body: "Too many" }), (error) => error instanceof RatelimitedLinearError);
	const limited = await graphql(sandbox, "{ viewer { id } }");
	await sandbox.control("PUT", "/control/limits", { linear: {} });
	assert.equal(limited.status, 400);
	assert.ok(Number(limited.headers.get("x-ratelimit-requests-reset")) > 1e12, "the reset is in milliseconds");
});

const CONFLICT = { type: "invalid input", code: "INPUT_ERROR", statusCode: 400, userError: true };
test("a conflict is HTTP 200 with the recorded error", async () => {
	const issue = await create("Raw conflict");
	const send = () => graphql(sandbox, "mutation CommentCreate($input: CommentCreateInput!) { commentCreate(input: $input) { success } }", { input: { id: issue.id.replace(/^./, "1"), issueId: issue.id, body: "x" } });
	await send();
	const { status, json } = await send();
	assert.equal(status, 200);
	assert.equal(json.data, null);
	assert.equal(json.errors[0].message, "conflict on insert of Comment");
	for (const [name, value] of Object.entries(CONFLICT))
		assert.equal(json.errors[0].extensions[name], value);
	assert.match(json.errors[0].extensions.userPresentableMessage, /already exists/);
});

const REFUSED = [
	["an unknown field", "{ viewer { shoeSize } }", {}, 400, "GRAPHQL_VALIDATION_FAILED"],
	["broken syntax", "{ viewer ", {}, 400, "GRAPHQL_PARSE_FAILED"],
	["an unknown issue", "query I($id: String!) { issue(id: $id) { id } }", { id: randomUUID() }, 200, "INPUT_ERROR"],
	["a wrong variable", "query I($id: String!) { issue(id: $id) { id } }", {}, 200, "INVALID_INPUT"],
	["an id that is no UUID", "mutation($input: CommentCreateInput!) { commentCreate(input: $input) { success } }", { input: { id: "1", issueId: "HIR-1", body: "x" } }, 200, "INVALID_INPUT"],
	["too much at once", "{ issues(first: 250) { nodes { comments(first: 250) { nodes { id } } } } }", {}, 400, "INPUT_ERROR"],
];
for (const [what, query, variables, status, code] of REFUSED)
	test(`refused: ${what}`, async () => {
		const refused = await graphql(sandbox, query, variables);
		assert.equal(refused.status, status);
		assert.equal(refused.json.errors[0].extensions.code, code);
	});

test("lists filter by state, time, team and project, and page with cursors", async () => {
	for (let n = 0; n < 3; n++)
		await create(`Listed ${n}`, { state: "In Progress" });
	const query = `query L($after: String, $since: DateTimeOrDuration!) { issues(first: 2, after: $after, orderBy: updatedAt,
		filter: { state: { name: { eqIgnoreCase: "in progress" } }, team: { key: { eq: "HIR" } }, updatedAt: { gte: $since }, project: { null: false } }) {
		nodes { title state { name } history(first: 5) { nodes { id createdAt fromState { id name } toState { id name } } } } pageInfo { hasNextPage endCursor } } }`;
	const first = (await graphql(sandbox, query, { since: "-PT1H" })).json.data.issues;
	assert.equal(first.nodes.length, 2);
	assert.equal(first.pageInfo.hasNextPage, true);
	const second = (await graphql(sandbox, query, { since: "-PT1H", after: first.pageInfo.endCursor })).json.data.issues;
	assert.deepEqual([...first.nodes, ...second.nodes].map((node) => node.title).sort(), ["Listed 0", "Listed 1", "Listed 2"]);
	assert.equal((await graphql(sandbox, query, { since: "2999-01-01T00:00:00Z" })).json.data.issues.nodes.length, 0);
});

test("an upload needs every header, the exact size and a fresh slot", async () => {
	const slot = async () => (await graphql(sandbox, "mutation FileUpload { fileUpload(contentType: \"text/plain\", filename: \"t.txt\", size: 5) { uploadFile { uploadUrl assetUrl headers { key value } } } }")).json.data.fileUpload.uploadFile;
	const file = await slot();
	const headers = { "content-type": "text/plain", "cache-control": "public, max-age=31536000", ...Object.fromEntries(file.headers.map(({ key, value }) => [key.toLowerCase(), value])) };
	const put = (body, sent) => call(file.uploadUrl, { method: "PUT", body, headers: sent });
	for (const name of Object.keys(headers)) {
		const { [name]: left, ...rest } = headers;
		assert.equal((await put("hello", name === "content-type" ? { ...rest, [name]: "text/html" } : rest)).status, 403, `without ${name}`);
	}
	assert.equal((await put("hello!", headers)).status, 400);
	assert.equal((await put("hello", { ...headers, authorization: KEYS.LINEAR_API_KEY })).status, 400);
	assert.equal((await call(file.assetUrl, { headers: { authorization: KEYS.LINEAR_API_KEY } })).status, 404, "nothing is stored yet");
	assert.equal((await put("hello", headers)).status, 200);
	assert.equal((await call(file.assetUrl)).status, 401);
	assert.equal((await call(file.assetUrl, { headers: { authorization: KEYS.LINEAR_API_KEY } })).text, "hello");
});

test("an upload slot expires after a minute", async () => {
	const { createSlot, putUpload } = await import("../../sandbox/linear/uploads.mjs");
	const workspace = { part: { organization: { id: "o" }, uploads: {} }, changed() {} };
	const file = createSlot(workspace, { contentType: "text/plain", filename: "a", size: 1 }, "h", Date.now() - 61_000);
	assert.equal(putUpload(workspace, { pathname: new URL(file.uploadUrl).pathname, headers: {}, body: Buffer.from("a") }).status, 403);
});

test("the same attachment URL updates, it does not add", async () => {
	const issue = await create("Attached twice");
	for (const title of ["First", "Second"])
		await client.createAttachment({ issueId: issue.id, title, url: "https://example.org/one" });
	assert.deepEqual((await issueOf(issue.id)).attachments.map((entry) => entry.title), ["Second"]);
});

test("moving an issue sends the event that Linear sends, signed", async () => {
	const issue = await create("Moved");
	await sandbox.control("PATCH", `/control/linear/issues/${issue.identifier}`, { state: "Screening" });
	const sent = await until(() => sandbox.inbox.find(({ body }) => body.includes(issue.id) && body.includes('"action":"update"')), "webhook");
	const event = new LinearWebhookClient(KEYS.LINEAR_WEBHOOK_SECRET).parseData(Buffer.from(sent.body), sent.headers["linear-signature"], JSON.parse(sent.body).webhookTimestamp);
	assert.equal(event.data.state.name, "Screening");
	assert.equal(sent.headers["linear-event"], "Issue");
	assert.match(sent.headers["linear-delivery"], /^[0-9a-f-]{36}$/);
	const recorded = JSON.parse(readFileSync(new URL("../fixtures/vectors/linear-issue-update.json", import.meta.url)));
	assert.deepEqual(Object.keys(event).sort(), Object.keys(recorded).sort(), "the envelope's members");
	const optional = ["botActor"];
	assert.deepEqual(Object.keys(recorded.data).filter((name) => !(name in event.data) && !optional.includes(name)), [], "members of data");
	assert.deepEqual(Object.keys(event.updatedFrom).sort(), Object.keys(recorded.updatedFrom).sort());
	assert.notEqual(event.updatedFrom.stateId, event.data.stateId);
});

test("a comment's event has the recorded form, and a move to the same state has none", async () => {
	const issue = await create("Commented");
	await sandbox.control("POST", `/control/linear/issues/${issue.id}/comments`, { body: "Please invite" });
	const sent = await until(() => sandbox.inbox.find(({ body }) => body.includes("Please invite")), "webhook");
	const recorded = JSON.parse(readFileSync(new URL("../fixtures/vectors/linear-comment-create.json", import.meta.url)));
	assert.deepEqual(Object.keys(JSON.parse(sent.body).data).sort(), Object.keys(recorded.data).sort());
	const { deliveries: before } = await sandbox.control("GET", "/control/webhooks/deliveries");
	await sandbox.control("PATCH", `/control/linear/issues/${issue.id}`, { state: "Backlog" });
	const { deliveries: afterwards } = await sandbox.control("GET", "/control/webhooks/deliveries");
	assert.equal(afterwards.length, before.length);
});
