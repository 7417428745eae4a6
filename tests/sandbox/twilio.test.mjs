// The sandbox's Twilio: what it takes and refuses, how a call lives, and what the product is told about it.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { twilioSignature } from "../../sandbox/twilio/signature.mjs";
import { CREATE_PARAMETERS, LIST_PARAMETERS, UPDATE_PARAMETERS } from "../../sandbox/twilio/validate.mjs";
import { call, KEYS, until } from "./support.mjs";
import { openapiChecker, readSpec, skipWithout } from "./specs.mjs";
import { ACCOUNT, basic, startTelephony, twiml, wav } from "./twilio_support.mjs";

const spec = readSpec("twilio_api_v2010.json");
let line;
before(async () => { line = await startTelephony(); });
afterEach(() => line.fresh());
after(() => line.close());

const script = (wanted) => line.sandbox.control("POST", "/control/twilio/script", wanted);
const update = (sid, form) => line.api("POST", `${ACCOUNT}/Calls/${sid}.json`, form);
const stays = { default: { queue_seconds: 1e6 } };
const rings = { default: { outcome: "no-answer" }, speed: 1 };

test("an answered call: its states, its callbacks in order, its TwiML, all signed", async () => {
	line.product.pages["/voice"] = twiml("<Say>Hello there</Say><Pause length=\"3\"/><Hangup/>");
	const placed = await line.place();
	assert.deepEqual([placed.status, placed.direction, placed.to_formatted, placed.duration, placed.date_created], ["queued", "outbound-api", "(415) 555-0142", null, null]);
	const { sid } = placed;
	const ended = await line.over(sid);
	assert.deepEqual(line.statuses().map((one) => [one.SequenceNumber, one.CallStatus]), [["0", "initiated"], ["1", "ringing"], ["2", "in-progress"], ["3", "completed"]]);
	const last = line.statuses().at(-1);
	assert.deepEqual([last.CallSid, last.CallDuration, last.Duration, last.SipResponseCode, last.CallbackSource], [sid, "4", "1", "200", "call-progress-events"]);
	assert.match(last.Timestamp, /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000$/);
	const [voice] = line.product.at("/voice");
	assert.deepEqual([voice.method, voice.path, voice.params.CallStatus, voice.params.To], ["POST", "/voice?att=1", "in-progress", "+14155550142"]);
	assert.ok(line.product.requests.every(({ signed }) => signed));
	assert.deepEqual(ended.heard, [{ verb: "Say", text: "Hello there" }, { verb: "Pause", seconds: 3 }]);
	const fetched = (await line.api("GET", `${ACCOUNT}/Calls/${sid}.json`)).json;
	assert.deepEqual([fetched.status, fetched.duration, fetched.uri], ["completed", "4", `${ACCOUNT}/Calls/${sid}.json`]);
	assert.ok(fetched.start_time && fetched.end_time && fetched.date_created);
});

for (const [to, status, code, more] of [["+14155550190", "busy", "486"], ["+14155550191", "no-answer", "487", { Timeout: "20" }], ["+14155550192", "failed", "404"]])
	test(`a number ending in ${to.slice(-2)}: ${status}, and no TwiML is asked for`, async () => {
		const { sid } = await line.place({ To: to, ...more });
		const ended = await line.over(sid);
		assert.deepEqual([ended.status, ended.duration], [status, "0"]);
		const last = line.statuses().at(-1);
		assert.deepEqual([last.CallStatus, last.SipResponseCode, last.CallDuration], [status, code, "0"]);
		assert.deepEqual(line.product.at("/voice"), []);
	});

test("a call of the last minutes is found, however many came after it", async () => {
	await script({ default: { outcome: "busy" }, speed: 1000 });
	const quiet = { StatusCallback: undefined, StatusCallbackEvent: undefined };
	const first = await line.place({ To: "+14155550141", ...quiet });
	for (let placed = 0; placed < 2100; placed += 50)
		await Promise.all(Array.from({ length: 50 }, () => line.place(quiet)));
	const { json } = await line.api("GET", `${ACCOUNT}/Calls.json?To=%2B14155550141`);
	assert.deepEqual(json.calls.map(({ sid }) => sid), [first.sid]);
});

test("someone who rings longer than Timeout did not answer", async () => {
	await script({ default: { ring_seconds: 30 } });
	assert.equal((await line.over((await line.place({ Timeout: "20" })).sid)).status, "no-answer");
	assert.equal((await line.over((await line.place({ Timeout: "40" })).sid)).status, "completed");
});

test("without StatusCallbackEvent only the end is told, as number 0", async () => {
	await line.over((await line.place({ StatusCallbackEvent: undefined })).sid);
	assert.deepEqual(line.statuses().map((one) => [one.CallStatus, one.SequenceNumber]), [["completed", "0"]]);
});

test("a key press reaches the action, and the call goes on with its answer", async () => {
	line.product.pages["/voice"] = twiml(`<Gather numDigits="1" action="/gather?step=1"><Play>${line.product.url}/hello.wav</Play></Gather><Say>Nothing pressed</Say>`);
	line.product.pages["/hello.wav"] = () => ({ type: "audio/wav", body: wav(2) });
	line.product.pages["/gather"] = ({ Digits }) => twiml(`<Say>You pressed ${Digits}</Say><Redirect>/bye</Redirect>`);
	line.product.pages["/bye"] = twiml("<Hangup/>");
	const ended = await line.over((await line.place({ To: "+14155550195" })).sid);
	const [gather] = line.product.at("/gather");
	assert.deepEqual([gather.params.Digits, gather.query.get("step"), gather.signed], ["9", "1", true]);
	assert.deepEqual(ended.heard.map(({ verb }) => verb), ["Play", "Gather", "Say"]);
	assert.deepEqual([ended.heard[0].seconds > 2, ended.heard[2].text, ended.problems], [true, "You pressed 9", []]);
	assert.equal(line.product.at("/bye").length, 1);
	const [media] = line.product.at("/hello.wav");
	assert.deepEqual([media.method, media.params, media.signature], ["GET", {}, undefined]);
});

test("speech reaches the action where the Gather listens to it", async () => {
	await script({ numbers: { "+14155550142": { turns: [{ speech: "Grüß Gott, यह", confidence: 0.42 }, { speech: "not heard" }] } } });
	line.product.pages["/voice"] = twiml('<Gather input="dtmf speech" action="/gather"/>');
	line.product.pages["/gather"] = twiml('<Gather input="dtmf" action="/never"/><Say>Bye</Say>');
	await line.over((await line.place()).sid);
	const [{ params, signed }] = line.product.at("/gather");
	assert.deepEqual([params.SpeechResult, params.Confidence, params.Digits, signed], ["Grüß Gott, यह", "0.42", undefined, true]);
	assert.deepEqual(line.product.at("/never"), []);
});

test("silence falls through, or is told to the action when it wants to know", async () => {
	line.product.pages["/voice"] = twiml('<Gather action="/never"/><Gather action="/empty" actionOnEmptyResult="true"/>');
	line.product.pages["/empty"] = twiml("");
	await line.over((await line.place()).sid);
	assert.deepEqual([line.product.at("/never").length, line.product.at("/empty").length, line.product.at("/empty")[0].params.Digits], [0, 1, undefined]);
});

for (const [digits, attributes, wanted] of [["12#34", "", "12"], ["1234", 'numDigits="2"', "12"], ["1#2", 'finishOnKey=""', "1#2"], ["1*2", 'finishOnKey="*"', "1"]])
	test(`keys ${digits} with ${attributes || "the defaults"} give ${wanted}`, async () => {
		await script({ default: { turns: [{ digits }] } });
		line.product.pages["/voice"] = twiml(`<Gather ${attributes} action="/gather"/>`);
		await line.over((await line.place()).sid);
		assert.equal(line.product.at("/gather")[0].params.Digits, wanted);
	});

test("the person hangs up in the middle; so does the time limit", async () => {
	line.product.pages["/voice"] = twiml('<Pause length="50"/><Say>Never heard</Say>');
	await script({ numbers: { "+14155550142": { hangup_after_seconds: 7 } } });
	const left = await line.over((await line.place()).sid);
	assert.deepEqual([left.status, left.duration, left.heard.length], ["completed", "7", 1]);
	const limited = await line.over((await line.place({ To: "+14155550143", TimeLimit: "9" })).sid);
	assert.deepEqual([limited.status, limited.duration, limited.heard.length], ["completed", "9", 1]);
});

for (const [what, page, code] of [["an error", { status: 500, body: "x" }, 11200], ["broken XML", twiml("<Say>"), 12100], ["a wrong type", { type: "text/plain", body: twiml("") }, 12300],
	["too much", twiml(`<Say>${"x".repeat(65_536)}</Say>`), 11750], ["an unknown verb", twiml("<Sing/>"), 12200], ["an unknown attribute", twiml('<Gather numdigits="1"/>'), 12200],
	["no audio", twiml("<Play>/voice</Play>"), 12300]])
	test(`the product's mistake is noted: ${what}`, async () => {
		line.product.pages["/voice"] = () => page;
		const ended = await line.over((await line.place()).sid);
		assert.deepEqual([ended.status, ended.problems[0]?.code], ["completed", code]);
	});

test("the fallback address takes over when the TwiML cannot be had", async () => {
	line.product.pages["/voice"] = () => ({ status: 503, body: "" });
	line.product.pages["/fallback"] = twiml("<Say>Sorry</Say>");
	const ended = await line.over((await line.place({ FallbackUrl: `${line.product.url}/fallback` })).sid);
	assert.deepEqual([line.product.at("/fallback")[0].params.ErrorCode, ended.heard], ["11200", [{ verb: "Say", text: "Sorry" }]]);
});

test("TwiML in the call itself; a relative action has nothing to be relative to", async () => {
	const ended = await line.over((await line.place({ Url: undefined, Twiml: twiml('<Say>Hi</Say><Gather action="/x" actionOnEmptyResult="true"/>') })).sid);
	assert.deepEqual([ended.heard[0].text, ended.problems[0].code], ["Hi", 11100]);
});

test("ElevenLabs' TwiML for a registered call connects it to the agent, with its variables", async () => {
	const register = (body, key = KEYS.ELEVENLABS_API_KEY) => call(`${line.sandbox.urls.elevenlabs}/v1/convai/twilio/register-call`, { method: "POST",
		headers: { "xi-api-key": key, "content-type": "application/json" }, body: JSON.stringify(body) });
	const wanted = { agent_id: KEYS.ELEVENLABS_AGENT_ID, from_number: KEYS.TWILIO_CALLER_ID, to_number: "+14155550142", direction: "outbound",
		conversation_initiation_client_data: { dynamic_variables: { name: "Ada <&> \"Co\"" } } };
	assert.deepEqual([(await register({ ...wanted, agent_id: "other" })).status, (await register({})).status, (await register(wanted, "wrong")).status], [404, 422, 401]);
	const document = await register(wanted);
	assert.equal(document.status, 200);
	line.product.pages["/voice"] = document.text;
	const ended = await line.over((await line.place()).sid);
	const [{ verb, url, parameters }] = ended.heard;
	assert.deepEqual([verb, parameters.name, ended.problems], ["Connect", "Ada <&> \"Co\"", []]);
	assert.match(url, /^wss:/);
	assert.match(parameters.conversation_id, /^conv_/);
});

test("machine detection: before the first word, or beside the talk", async () => {
	const machine = { To: "+14155550193", MachineDetection: "Enable" };
	const direct = await line.over((await line.place(machine)).sid);
	assert.deepEqual([line.product.at("/voice")[0].params.AnsweredBy, direct.answered_by], ["machine_start", "machine_start"]);
	line.product.requests.length = 0;
	line.product.pages["/voice"] = twiml('<Pause length="20"/>');
	const { sid } = await line.place({ ...machine, MachineDetection: "DetectMessageEnd", AsyncAmd: "true", AsyncAmdStatusCallback: `${line.product.url}/amd?att=1#rc=2` });
	await line.over(sid);
	assert.equal(line.product.at("/voice")[0].params.AnsweredBy, undefined);
	const [amd] = line.product.at("/amd");
	assert.deepEqual([amd.params.CallSid, amd.params.AnsweredBy, amd.params.MachineDetectionDuration, amd.signed, amd.path], [sid, "machine_end_beep", "2000", true, "/amd?att=1"]);
	assert.equal(line.statuses().at(-1).AnsweredBy, "machine_end_beep");
});

const REFUSED = [
	["no To", { To: undefined }, 21201], ["no From", { From: undefined }, 21213], ["a To that is no number", { To: "0151 234" }, 21211], ["a To with too many digits", { To: "+1234567890123456" }, 21211],
	["a From that is no number", { From: "Acme" }, 21212], ["a From of somebody else", { From: "+14155550999" }, 21210], ["neither Url nor Twiml", { Url: undefined }, 21205],
	["a relative Url", { Url: "/voice" }, 21205], ["a Url of another kind", { Url: "ftp://x.example/" }, 21205], ["a host with an underscore", { StatusCallback: "http://a_b.example/" }, 21609],
	["no time to ring", { Timeout: "0" }, 21208], ["a Timeout in words", { Timeout: "soon" }, 21208], ["too long a Timeout", { Timeout: "601" }, 21208], ["a wrong Method", { Method: "PUT" }, 21209],
	["an unknown event", { StatusCallbackEvent: "ringing,answered" }, 21626], ["wrong digits", { SendDigits: "1x" }, 21206], ["an unknown detection", { MachineDetection: "yes" }, 21234],
	["too quick a detection", { MachineDetectionTimeout: "2" }, 21263], ["detection beside the talk for nobody", { MachineDetection: "Enable", AsyncAmd: "true" }, 21262],
	["a wrong time limit", { TimeLimit: "x" }, 20422], ["too much TwiML", { Twiml: "x".repeat(4001) }, 21658], ["To twice", { To: ["+14155550142", "+14155550143"] }, 20422],
	["an unknown parameter", { IfMachine: "Hangup" }, 20001], ["a name in lower case", { timeout: "5" }, 20001],
	["an invalid number", { To: "+14155550180" }, 21211], ["a number nobody has", { To: "+14155550181" }, 21217], ["an unreachable number", { To: "+14155550182" }, 21214],
	["a closed country", { To: "+14155550183" }, 21215], ["a blocked number", { To: "+14155550184" }, 21216],
];
for (const [what, change, code] of REFUSED)
	test(`refused: ${what}`, async () => {
		const { status, json } = await line.api("POST", `${ACCOUNT}/Calls.json`, line.form(change));
		assert.deepEqual([status, json.code, json.status, json.more_info], [400, code, 400, `https://www.twilio.com/docs/errors/${code}`]);
		assert.deepEqual((await line.sandbox.control("GET", "/control/twilio/calls")).calls, [], "no call came of it");
		const { entries } = await line.sandbox.control("GET", "/control/log?vendor=twilio");
		assert.match(entries.at(-1).effect, /^refused: /);
	});

test("credentials, foreign accounts and unknown calls", async () => {
	const as = (authorization, path = `${ACCOUNT}/Calls.json`) => line.api("POST", path, line.form(), { authorization });
	const right = basic(KEYS.TWILIO_ACCOUNT_SID, KEYS.TWILIO_AUTH_TOKEN);
	for (const wrong of ["", basic(KEYS.TWILIO_ACCOUNT_SID, "x"), basic("AC1", KEYS.TWILIO_AUTH_TOKEN), `Bearer ${KEYS.TWILIO_AUTH_TOKEN}`])
		assert.deepEqual((({ status, json }) => [status, json.code])(await as(wrong)), [401, 20003]);
	assert.deepEqual((({ status, json }) => [status, json.code])(await as(right, "/2010-04-01/Accounts/AC2/Calls.json")), [404, 20404]);
	assert.equal((await line.api("GET", `${ACCOUNT}/Calls/CA0.json`)).json.code, 20404);
	assert.ok(!JSON.stringify(await line.sandbox.control("GET", "/control/log")).includes(KEYS.TWILIO_AUTH_TOKEN));
});

test("a body that is not a form says nothing", async () => {
	assert.equal((await line.api("POST", `${ACCOUNT}/Calls.json`, line.form(), { "content-type": "application/json" })).json.code, 21201);
});

test("a queued and a ringing call can be cancelled, once", async () => {
	await script(stays);
	const queued = await line.place();
	const canceled = await update(queued.sid, { Status: "canceled" });
	assert.deepEqual([canceled.status, canceled.json.status, canceled.json.duration], [200, "canceled", "0"]);
	await line.over(queued.sid);
	assert.deepEqual(line.statuses().map(({ CallStatus }) => CallStatus), ["canceled"], "it was never dialled");
	assert.deepEqual((({ status, json }) => [status, json.code])(await update(queued.sid, { Status: "canceled" })), [400, 21220]);
	await script({ default: { ring_seconds: 1e5 } });
	const { sid } = await line.place({ Timeout: "600" });
	await until(async () => (await line.record(sid)).status === "ringing", "ringing");
	assert.equal((await update(sid, { Status: "canceled" })).json.status, "canceled");
});

test("a call in progress is hung up or redirected, not cancelled", async () => {
	line.product.pages["/voice"] = twiml('<Pause length="100000"/>');
	const talking = async () => {
		const { sid } = await line.place();
		await until(async () => (await line.record(sid)).heard.length === 1, "talking");
		return sid;
	};
	const first = await talking();
	assert.equal((await update(first, { Status: "canceled" })).json.code, 21220);
	assert.equal((await update(first, { Status: "completed" })).json.status, "completed");
	assert.equal((await line.over(first)).status, "completed");
	const second = await talking();
	assert.equal((await update(second, { Twiml: twiml("<Say>After the tone</Say>") })).status, 200);
	assert.equal((await line.over(second)).heard.at(-1).text, "After the tone");
	const third = await talking();
	line.product.pages["/other"] = twiml("<Say>Elsewhere</Say>");
	await update(third, { Url: `${line.product.url}/other`, Method: "GET" });
	assert.equal((await line.over(third)).heard.at(-1).text, "Elsewhere");
	const [other] = line.product.at("/other");
	assert.deepEqual([other.method, other.query.get("CallSid"), other.signed], ["GET", third, true]);
	assert.equal((await update(third, { Status: "busy" })).json.code, 20422);
});

test("the list: newest first, filtered, page by page", async () => {
	await script(stays);
	const sids = [];
	for (let index = 0; index < 5; index++)
		sids.unshift((await line.place({ To: index === 2 ? "+14155550177" : "+14155550142" })).sid);
	await update(sids[0], { Status: "canceled" });
	const list = async (path) => (await line.api("GET", path)).json;
	const seen = [];
	let pages = 0;
	for (let path = `${ACCOUNT}/Calls.json?PageSize=2&From=${encodeURIComponent(KEYS.TWILIO_CALLER_ID)}`; path; pages++) {
		const page = await list(path);
		seen.push(...page.calls.map(({ sid }) => sid));
		path = page.next_page_uri;
		if (pages === 0)
			await line.place(); // a new call does not shift the pages
	}
	assert.deepEqual([seen, pages], [sids, 3]);
	const only = async (query) => (await list(`${ACCOUNT}/Calls.json?${new URLSearchParams(query)}`)).calls.map(({ sid }) => sid);
	assert.deepEqual(await only({ To: "+14155550177" }), [sids[2]]);
	assert.deepEqual(await only({ Status: "canceled" }), [sids[0]]);
	assert.deepEqual(await only({ From: "+1" }), []);
	assert.deepEqual(await only({ "StartTime>": "2020-01-01" }), [], "a queued call has not started");
	assert.equal((await list(`${ACCOUNT}/Calls.json?PageSize=1001`)).code, 20007);
});

test("control tells the times of calls, and which have changed since", async () => {
	const before = await line.over((await line.place()).sid);
	const { created, started, answered, ended, updated } = before.times;
	assert.ok(created <= started && started <= answered && answered <= ended && ended <= updated, JSON.stringify(before.times));
	await until(() => Date.now() > updated);
	const { sid } = await line.over((await line.place()).sid);
	const { calls } = await line.sandbox.control("GET", `/control/twilio/calls?updated_after=${updated + 1}`);
	assert.deepEqual(calls.map((call) => call.sid), [sid]);
});

test("calls leave the queue at the account's pace", async () => {
	await line.sandbox.control("PUT", "/control/limits", { twilio: { calls_per_second: 0.0001 } });
	const placed = [await line.place(), await line.place(), await line.place()];
	assert.equal(placed[0].queue_time, "0");
	assert.ok(Number(placed[2].queue_time) - Number(placed[1].queue_time) > 9_000_000, "10,000 s apart");
	assert.equal((await line.over(placed[0].sid)).status, "completed");
	assert.deepEqual([(await line.record(placed[1].sid)).status, (await line.record(placed[1].sid)).start_time], ["queued", null]);
});

test("after a restart a queued call is dialled, and one in progress has ended", async (t) => {
	const stateDir = mkdtempSync(join(tmpdir(), "parley-twilio-"));
	const first = await startTelephony({ stateDir });
	first.product.pages["/voice"] = twiml('<Pause length="100000"/>');
	await first.sandbox.control("POST", "/control/twilio/script", { numbers: { "+14155550143": { queue_seconds: 2000 } } });
	const talking = await first.place();
	const queued = await first.place({ To: "+14155550143" });
	await until(async () => (await first.record(talking.sid)).heard.length === 1, "talking");
	assert.equal((await first.record(queued.sid)).status, "queued");
	await first.close();
	const second = await startTelephony({ stateDir });
	t.after(async () => {
		await second.close();
		rmSync(stateDir, { recursive: true });
	});
	assert.equal((await second.record(talking.sid)).status, "completed");
	await until(async () => (await second.record(queued.sid)).status === "completed", "the queued one is dialled and ends, its TwiML being gone");
});

const vectors = JSON.parse(readFileSync(new URL("../fixtures/twilio_signature_vectors.json", import.meta.url), "utf8"));
for (const { name, auth_token, signed_url, params, signature } of vectors.positive)
	test(`signature: ${name}`, () => assert.equal(twilioSignature(auth_token, signed_url, params), signature));
for (const { name, auth_token, request_url, params, signature } of vectors.negative.filter(({ request_url }) => request_url))
	test(`another signature: ${name}`, () => assert.notEqual(twilioSignature(auth_token, request_url, params), signature));

test("a fragment is neither sent nor signed, and says how often to repeat", async () => {
	let failures = 2;
	line.product.pages["/status"] = () => ({ status: failures-- > 0 ? 503 : 204, body: "" });
	await line.over((await line.place({ StatusCallback: `${line.product.url}/status?att=1#rc=3&rp=5xx,ct,rt`, StatusCallbackEvent: "completed" })).sid);
	const came = line.product.at("/status");
	assert.deepEqual(came.map(({ path, signed, params }) => [path, signed, params.SequenceNumber]), Array(3).fill(["/status?att=1", true, "0"]));
	assert.equal(new Set(came.map(({ token }) => token)).size, 1);
});

test("without a fragment an error is not repeated", async () => {
	line.product.pages["/status"] = () => ({ status: 503, body: "" });
	await line.over((await line.place({ StatusCallbackEvent: "completed" })).sid);
	assert.equal(line.product.at("/status").length, 1);
});

const travel = (twilio) => line.sandbox.control("PUT", "/control/webhooks", { twilio });
const ranks = () => line.product.at("/status").map(({ params }) => params.SequenceNumber);

test("callbacks twice, overtaking each other, lost", async () => {
	await travel({ duplicate: 1 });
	await line.over((await line.place()).sid);
	assert.deepEqual(ranks().sort(), ["0", "0", "1", "1", "2", "2", "3", "3"]);
	await line.fresh();
	await travel({ reorder: true });
	await line.over((await line.place()).sid);
	assert.notDeepEqual(ranks(), [...ranks()].sort());
	assert.deepEqual([...ranks()].sort(), ["0", "1", "2", "3"]);
	await line.fresh();
	await travel({ lose: ["completed"] });
	const { sid } = await line.place();
	await line.over(sid);
	assert.deepEqual(ranks().sort(), ["0", "1", "2"]);
	assert.equal((await line.api("GET", `${ACCOUNT}/Calls/${sid}.json`)).json.status, "completed", "asking tells");
});

test("the call is placed although the answer is lost; refused for haste it is not", async () => {
	const fault = (wanted) => line.sandbox.control("POST", "/control/faults", { vendor: "twilio", match: { method: "POST", path: "Calls.json$" }, times: 1, ...wanted });
	const calls = async () => (await line.api("GET", `${ACCOUNT}/Calls.json?To=%2B14155550142`)).json.calls.length;
	await fault({ mode: "cut_after" });
	await assert.rejects(line.place());
	assert.equal(await calls(), 1);
	await fault({ mode: "status", status: 429, body: { code: 20429, message: "Too Many Requests", status: 429 } });
	assert.equal((await line.api("POST", `${ACCOUNT}/Calls.json`, line.form())).json.code, 20429);
	assert.equal(await calls(), 1);
});

for (const wrong of [{ tempo: 1 }, { speed: 0 }, { default: { outcome: "shy" } }, { numbers: { 12: {} } }, { default: { turns: [{ key: "1" }] } }])
	test(`a script that would do nothing is refused: ${JSON.stringify(wrong)}`, () => assert.rejects(script(wrong), /422/));

test("parameters are those of the published contract, and the answers fit it", { skip: skipWithout(spec) }, async () => {
	const path = "/2010-04-01/Accounts/{AccountSid}/Calls";
	const { paths } = JSON.parse(spec);
	const accepted = (operation) => Object.keys(operation.requestBody.content["application/x-www-form-urlencoded"].schema.properties).sort();
	assert.deepEqual(Object.keys(CREATE_PARAMETERS).sort(), accepted(paths[`${path}.json`].post));
	assert.deepEqual(Object.keys(UPDATE_PARAMETERS).sort(), accepted(paths[`${path}/{Sid}.json`].post));
	assert.deepEqual(Object.keys(LIST_PARAMETERS).sort(), paths[`${path}.json`].get.parameters.map(({ name }) => name).filter((name) => name !== "AccountSid").sort());
	const check = openapiChecker(spec);
	await script(rings);
	const placed = await line.place();
	check("POST", `${path}.json`, 201, placed);
	check("GET", `${path}.json`, 200, (await line.api("GET", `${ACCOUNT}/Calls.json`)).json);
	check("POST", `${path}/{Sid}.json`, 200, (await update(placed.sid, { Status: "canceled" })).json);
	check("GET", `${path}/{Sid}.json`, 200, (await line.api("GET", `${ACCOUNT}/Calls/${placed.sid}.json`)).json);
});
