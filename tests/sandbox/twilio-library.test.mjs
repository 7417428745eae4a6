// The sandbox's Twilio by the vendor's own library: it places, lists and ends calls here, and accepts every signature made
// here. Then what the library must survive: faults, too many calls.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, test } from "node:test";
import twilio from "twilio";
import { KEYS, until } from "./support.mjs";
import { ACCOUNT, startTelephony, twiml, wav } from "./twilio_support.mjs";

const { validateRequest, validateRequestWithBody, RequestClient } = twilio;
const [TO, FROM] = ["+14155550142", KEYS.TWILIO_CALLER_ID];
const vectors = JSON.parse(readFileSync(new URL("../fixtures/twilio_signature_vectors.json", import.meta.url)));
let line;
let client;

/** The library knows its host by heart. */
class Here extends RequestClient {
	request(options) {
		return super.request({ ...options, uri: options.uri.replace("https://api.twilio.com", line.sandbox.urls.twilio) });
	}
}

before(async () => {
	line = await startTelephony();
	client = twilio(KEYS.TWILIO_ACCOUNT_SID, KEYS.TWILIO_AUTH_TOKEN, { httpClient: new Here({ timeout: 5000 }) });
});
afterEach(() => line.fresh());
after(() => line.close());

const place = (more) => client.calls.create({ to: TO, from: FROM, url: `${line.product.url}/voice?att=1`, ...more });
const script = (wanted) => line.sandbox.control("POST", "/control/twilio/script", wanted);
const stays = { default: { queue_seconds: 1e6 } };
const calls = async () => (await line.api("GET", `${ACCOUNT}/Calls.json`)).json.calls.length;

test("a call is placed, looked at and read to its end", async () => {
	line.product.pages["/voice"] = twiml('<Pause length="3"/>');
	const placed = await place({ timeout: 25, timeLimit: 300 });
	assert.deepEqual([placed.status, placed.to, placed.from, placed.direction], ["queued", TO, FROM, "outbound-api"]);
	await line.over(placed.sid);
	const ended = await client.calls(placed.sid).fetch();
	assert.deepEqual([ended.status, ended.duration], ["completed", "3"]);
	assert.ok(ended.dateCreated instanceof Date && ended.startTime <= ended.endTime);
});

test("calls are listed page by page, each once", async () => {
	await script(stays);
	const placed = [];
	for (let n = 0; n < 7; n++)
		placed.push((await place({ to: n % 2 ? "+14155550143" : TO })).sid);
	assert.deepEqual((await client.calls.list({ pageSize: 3 })).map(({ sid }) => sid), [...placed].reverse());
	assert.deepEqual((await client.calls.list({ to: TO, from: FROM, pageSize: 2 })).map(({ sid }) => sid), placed.filter((sid, n) => n % 2 === 0).reverse());
	assert.deepEqual(await client.calls.list({ status: "completed" }), []);
});

test("a call is cancelled, sent elsewhere, ended", async () => {
	await script(stays);
	const waiting = await place();
	assert.equal((await client.calls(waiting.sid).update({ status: "canceled" })).status, "canceled");
	await assert.rejects(client.calls(waiting.sid).update({ status: "completed" }), { status: 400, code: 21220 });
	await script({ default: {} });
	line.product.pages["/voice"] = twiml('<Pause length="100000"/>');
	line.product.pages["/message"] = twiml('<Say>A message</Say><Pause length="100000"/>');
	const { sid } = await place({ timeLimit: 86_400 });
	await until(() => line.product.at("/voice").length, "the TwiML");
	await client.calls(sid).update({ url: `${line.product.url}/message`, method: "POST" });
	await until(async () => (await line.record(sid)).heard.some(({ text }) => text === "A message"), "the message");
	assert.equal((await client.calls(sid).update({ status: "completed" })).status, "completed");
});

test("refusals arrive with Twilio's codes", async () => {
	for (const [change, status, code] of [[{ to: "+14155550180" }, 400, 21211], [{ to: "+14155550183" }, 400, 21215], [{ from: "+14155550999" }, 400, 21210]])
		await assert.rejects(place(change), { status, code });
	await assert.rejects(twilio(KEYS.TWILIO_ACCOUNT_SID, "wrong", { httpClient: new Here() }).calls.list(), { status: 401, code: 20003 });
	await assert.rejects(client.calls("CA00000000000000000000000000000000").fetch(), { status: 404, code: 20404 });
});

/** What came to the product, each signature judged by the library. */
function judged() {
	return line.product.requests.filter(({ signature }) => signature !== undefined).map(({ method, path, pathname, params, signature }) =>
		[pathname, method, validateRequest(KEYS.TWILIO_AUTH_TOKEN, signature, line.product.url + path, method === "POST" ? params : {})]);
}

test("the library accepts the signature of every kind of request, and of none that was changed", async () => {
	await script({ default: { turns: [{ speech: "Grüß Gott, यह 😀" }], answered_by: "machine" } });
	line.product.pages["/voice"] = twiml(`<Play>${line.product.url}/hello.wav</Play><Gather input="speech" action="/gather?step=1&amp;x=a%20b"/>`);
	line.product.pages["/hello.wav"] = () => ({ type: "audio/wav", body: wav(3) });
	line.product.pages["/gather"] = twiml('<Redirect method="GET">/next?q=1</Redirect>');
	line.product.pages["/next"] = { status: 500, body: "" };
	line.product.pages["/fallback"] = twiml("<Hangup/>");
	const at = (path) => line.product.url + path;
	const { sid } = await place({ statusCallback: at("/status?att=1#rc=3&rp=5xx"), statusCallbackEvent: ["initiated", "ringing", "answered", "completed"],
		machineDetection: "Enable", asyncAmd: "true", asyncAmdStatusCallback: at("/amd?att=1"), fallbackUrl: at("/fallback") });
	await line.over(sid);
	const counted = {};
	for (const [path, method, right] of judged()) {
		assert.ok(right, `${method} ${path}`);
		counted[`${method} ${path}`] = (counted[`${method} ${path}`] ?? 0) + 1;
	}
	assert.deepEqual(counted, { "POST /voice": 1, "POST /gather": 1, "GET /next": 1, "POST /fallback": 1, "POST /status": 4, "POST /amd": 1 });
	const [{ path, params, signature }] = line.product.at("/status");
	for (const [url, form, token] of [[path, { ...params, CallStatus: "completed!" }, KEYS.TWILIO_AUTH_TOKEN], [`${path}&x=1`, params, KEYS.TWILIO_AUTH_TOKEN], [path, params, "x"]])
		assert.equal(validateRequest(token, signature, line.product.url + url, form), false);
});

// The product's own check is tested against these, so the three agree.
for (const { name, auth_token, request_url, params, body, signature } of vectors.positive)
	test(`the library accepts the vector: ${name}`, () => assert.ok(body === undefined || body === null
		? validateRequest(auth_token, signature, request_url, params ?? {}) : validateRequestWithBody(auth_token, signature, request_url, body)));

const fault = (wanted) => line.sandbox.control("POST", "/control/faults", { vendor: "twilio", match: { method: "POST", path: "Calls.json$" }, times: 1, ...wanted });

for (const [what, mode] of [["the connection breaks after it was accepted", "cut_after"], ["half of the answer arrives", "truncate"], ["the answer is no JSON", "malformed"]])
	test(`the call exists although ${what}`, async () => {
		await script(stays);
		await fault({ mode });
		assert.equal(await place().then(({ sid }) => sid, () => undefined), undefined);
		assert.equal((await client.calls.list({ to: TO, from: FROM })).length, 1);
	});

for (const [what, wanted, error] of [["429 with Retry-After", { mode: "status", status: 429, headers: { "retry-after": "2" }, body: { code: 20429, message: "Too Many Requests", status: 429 } }, { status: 429, code: 20429 }],
	["500", { mode: "status", status: 500, body: { code: 20500, message: "Internal Server Error", status: 500 } }, { status: 500, code: 20500 }],
	["503 in HTML", { mode: "status", status: 503, headers: { "content-type": "text/html" }, body: "<html>" }, { status: 503 }], ["a cut before", { mode: "cut" }, Error]])
	test(`no call exists after ${what}`, async () => {
		await fault(wanted);
		await assert.rejects(place(), error);
		assert.equal(await calls(), 0);
		assert.equal((await place()).status, "queued", "the fault is spent");
	});

test("500 after the call was accepted", async () => {
	await script(stays);
	await fault({ mode: "status_after", status: 500, body: { code: 20500, message: "Internal Server Error", status: 500 } });
	await assert.rejects(place(), { status: 500, code: 20500 });
	assert.equal(await calls(), 1);
});

test("a slow answer comes, and a caller without patience does not know", async () => {
	await script(stays);
	await fault({ mode: "delay", delay_ms: 150 });
	assert.equal((await place()).status, "queued");
	await fault({ mode: "delay", delay_ms: 3000 });
	const hasty = twilio(KEYS.TWILIO_ACCOUNT_SID, KEYS.TWILIO_AUTH_TOKEN, { httpClient: new Here({ timeout: 100 }) });
	await assert.rejects(hasty.calls.create({ to: TO, from: FROM, url: line.product.url }));
	await until(async () => await calls() === 2, "the call that nobody waited for");
});

test("more calls at once than allowed are rejected, and later they are not", async () => {
	await script(stays);
	await line.sandbox.control("PUT", "/control/limits", { twilio: { concurrent: 2, calls_per_second: 1000 } });
	const first = await place();
	await place();
	await assert.rejects(place(), { status: 429, code: 10004 });
	assert.equal(await calls(), 2);
	await client.calls(first.sid).update({ status: "canceled" });
	assert.equal((await place()).status, "queued");
});
