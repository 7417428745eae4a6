// How webhooks travel: repeated on failure, doubled, late, overtaking or not at all, as told.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { startTestSandbox, until } from "./support.mjs";

let sandbox;
before(async () => { sandbox = await startTestSandbox(); });
after(() => sandbox.close());
afterEach(async () => {
	await sandbox.control("POST", "/control/reset");
	sandbox.inbox.length = 0;
	sandbox.inbox.answer = 200;
});

const mode = (linear) => sandbox.control("PUT", "/control/webhooks", { linear });
const create = (title) => sandbox.control("POST", "/control/linear/issues", { title });
const titles = () => sandbox.inbox.map(({ body }) => JSON.parse(body).data.title);
const deliveries = async () => (await sandbox.control("GET", "/control/webhooks/deliveries")).deliveries;
const settled = (state) => until(async () => (await deliveries()).find((delivery) => delivery.state === state), state);

test("repeated until it is taken, with the same id and a fresh time stamp", async () => {
	await mode({ retries_ms: [50, 50, 50] });
	sandbox.inbox.answer = 503;
	await create("Again");
	await until(() => sandbox.inbox.length === 2, "second attempt");
	sandbox.inbox.answer = 200;
	const delivery = await settled("delivered");
	assert.equal(delivery.attempts, 3);
	assert.equal(new Set(sandbox.inbox.map(({ headers }) => headers["linear-delivery"])).size, 1);
	assert.equal(new Set(sandbox.inbox.map(({ headers }) => headers["linear-timestamp"])).size, 3);
});

test("given up after the last attempt", async () => {
	await mode({ retries_ms: [20] });
	sandbox.inbox.answer = 500;
	await create("Lost");
	const delivery = await settled("failed");
	assert.deepEqual([delivery.attempts, delivery.status], [2, 500]);
});

test("ElevenLabs does not repeat", async () => {
	sandbox.inbox.answer = 503;
	await sandbox.control("POST", "/control/elevenlabs/conversations", { transcript: [] });
	const delivery = await settled("failed");
	assert.equal(delivery.attempts, 1);
});

test("doubled: the same delivery twice", async () => {
	await mode({ duplicate: 1 });
	await create("Twice");
	await until(() => sandbox.inbox.length === 2, "two");
	assert.equal(sandbox.inbox[0].headers["linear-delivery"], sandbox.inbox[1].headers["linear-delivery"]);
	assert.deepEqual(titles(), ["Twice", "Twice"]);
});

test("overtaking: the later one arrives first", async () => {
	await mode({ reorder: true });
	await create("First");
	await create("Second");
	await until(() => sandbox.inbox.length === 2, "both");
	assert.deepEqual(titles(), ["Second", "First"]);
});

test("switched off: nothing is sent", async () => {
	await mode({ enabled: false });
	await create("Silent");
	assert.deepEqual(await deliveries(), []);
	await assert.rejects(mode({ colour: "red" }), /unknown member/);
});
