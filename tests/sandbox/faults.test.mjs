// Faults do what they are called, for as long as they were told, and only where they were told.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { call, graphql, KEYS, startTestSandbox } from "./support.mjs";

let sandbox;
before(async () => { sandbox = await startTestSandbox(); });
afterEach(() => sandbox.control("DELETE", "/control/faults"));
after(() => sandbox.close());

const fault = (wanted) => sandbox.control("POST", "/control/faults", { vendor: "linear", match: { operation: "CommentCreate" }, ...wanted });
const comments = async () => (await sandbox.control("GET", "/control/linear/issues/HIR-1")).comments.length;
const comment = () => graphql(sandbox, "mutation CommentCreate($input: CommentCreateInput!) { commentCreate(input: $input) { success comment { id } } }", { input: { issueId: "HIR-1", body: "x" } });

test("status: the given answer, no effect, as often as told", async () => {
	const before = await comments();
	await fault({ mode: "status", status: 503, body: "<h1>no</h1>", headers: { "content-type": "text/html", "retry-after": "7" }, times: 2, after: 1 });
	assert.deepEqual([(await comment()).status, await comments()], [200, before + 1], "the first is skipped");
	const failed = await comment();
	assert.deepEqual([failed.status, failed.text, failed.headers.get("retry-after")], [503, "<h1>no</h1>", "7"]);
	assert.equal((await graphql(sandbox, "query Other { viewer { id } }")).status, 200, "another operation is not concerned");
	assert.equal((await comment()).status, 503);
	assert.equal((await comment()).status, 200, "spent");
	assert.equal(await comments(), before + 2);
});

test("cut: no effect and no answer; cut_after: the effect without the answer", async () => {
	const before = await comments();
	await fault({ mode: "cut", times: 1 });
	await assert.rejects(comment());
	assert.equal(await comments(), before);
	await fault({ mode: "cut_after", times: 1 });
	await assert.rejects(comment());
	assert.equal(await comments(), before + 1);
});

test("status_after: the effect with the given answer", async () => {
	const before = await comments();
	await fault({ mode: "status_after", status: 500, body: "no", times: 1 });
	const failed = await comment();
	assert.deepEqual([failed.status, failed.text, await comments()], [500, "no", before + 1]);
});

test("malformed and truncate: the effect with an unreadable answer", async () => {
	const before = await comments();
	await fault({ mode: "malformed", times: 1 });
	const broken = await comment();
	assert.deepEqual([broken.status, broken.json], [200, undefined]);
	await fault({ mode: "truncate", times: 1 });
	await assert.rejects(comment());
	assert.equal(await comments(), before + 2);
});

test("timeout never answers, delay answers later", async () => {
	await fault({ mode: "timeout", times: 1 });
	await assert.rejects(fetch(`${sandbox.urls.linear}/graphql`, { method: "POST", body: '{"query":"mutation CommentCreate { x }"}', signal: AbortSignal.timeout(150) }), { name: "TimeoutError" });
	await fault({ mode: "delay", delay_ms: 120, times: 1 });
	const began = Date.now();
	assert.equal((await comment()).status, 200);
	assert.ok(Date.now() - began >= 115);
});

test("a fault by path concerns one vendor only and can be taken back", async () => {
	const { id } = await sandbox.control("POST", "/control/faults", { vendor: "resend", match: { method: "GET", path: "^/domains$" }, mode: "status", status: 500 });
	const domains = () => call(`${sandbox.urls.resend}/domains`, { headers: { authorization: `Bearer ${KEYS.RESEND_API_KEY}`, "user-agent": "t" } });
	assert.equal((await domains()).status, 500);
	assert.equal((await call(`${sandbox.urls.cerebras}/domains`)).status, 404);
	assert.equal((await sandbox.control("GET", `/control/faults/${id}`)).hits, 1);
	await sandbox.control("DELETE", `/control/faults/${id}`);
	assert.equal((await domains()).status, 200);
});

for (const wrong of [{ mode: "explode" }, { mode: "cut", vendor: "nobody" }, { mode: "cut", match: { route: "x" } }, { mode: "cut", match: { path: "(" } }, { mode: "cut", time: 1 }])
	test(`a fault that would never strike is refused: ${JSON.stringify(wrong)}`, () => assert.rejects(fault(wrong), /422/));

test("the log tells request, answer, effect and fault, and no credential", async () => {
	const { last } = await sandbox.control("GET", "/control/log");
	await fault({ mode: "cut_after", times: 1 });
	await assert.rejects(comment());
	const { entries: [entry] } = await sandbox.control("GET", `/control/log?vendor=linear&after=${last}`);
	assert.deepEqual([entry.operation, entry.fault, entry.effect, entry.status], ["CommentCreate", "cut_after", "commented on HIR-1", 200]);
	assert.equal(entry.body.variables.input.body, "x");
	const { entries } = await sandbox.control("GET", "/control/log");
	for (const secret of [KEYS.LINEAR_API_KEY, KEYS.RESEND_API_KEY])
		assert.ok(!JSON.stringify(entries).includes(secret));
});

test("a foreign page may not control the sandbox", async () => {
	const refused = await call(`${sandbox.urls.ui}/control/reset`, { method: "POST", headers: { origin: "https://evil.example" } });
	assert.equal(refused.status, 403);
});

test("reset gives the demo data back", async () => {
	await sandbox.control("POST", "/control/linear/issues", { title: "Extra" });
	await fault({ mode: "cut" });
	await sandbox.control("POST", "/control/reset");
	const state = await sandbox.control("GET", "/control/state");
	assert.equal(state.linear.issues.length, 5);
	assert.deepEqual([state.faults, state.resend.emails, state.webhooks.deliveries], [[], [], []]);
});
