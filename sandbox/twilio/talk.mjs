// What happens while a call is answered: TwiML is fetched and followed, audio is fetched and "heard", and the called person
// presses keys, speaks, says nothing or hangs up as the call's behaviour has it. Everything is kept in the call's record.
import { standardParams } from "./callbacks.mjs";
import { readAddress, signedRequest } from "./signature.mjs";
import { readTwiml, TwimlError } from "./twiml.mjs";

const TWIML_LIMIT = 64 * 1024;
const MOST_DOCUMENTS = 200;
const WORDS_PER_SECOND = 2.5;
const AUDIO = /^audio\/(mpeg|wav|wave|x-wav|aiff|x-aifc|x-aiff|x-gsm|gsm|ulaw)\b/;

/** Follows the call's TwiML until it ends; an update of the call goes on with another document. */
export async function converse(run) {
	const { Url, Method, Twiml } = run.call.params;
	let source = Url ? { url: Url, method: Method } : { text: Twiml ?? "<Response/>" };
	while (source)
		try {
			source = await follow(run, source);
		} catch (error) {
			if (!error.source)
				throw error;
			run.arm();
			source = error.source;
		}
}

/** Returns the next document's source, or null at the end. */
async function follow(run, source) {
	if (++run.call.documents > MOST_DOCUMENTS)
		return problem(run, 11200, "the call goes round in circles");
	let page;
	try {
		page = source.text === undefined ? await fetchDocument(run, source) : { ...readTwiml(source.text), url: null };
	} catch (error) {
		if (!(error instanceof TwimlError))
			throw error;
		problem(run, error.code, error.message);
		return source.last ? null : fallback(run, source, error);
	}
	for (const { code, message } of page.warnings)
		problem(run, code, message);
	for (const verb of page.verbs) {
		const next = await perform(run, verb, page.url);
		if (next !== undefined)
			return next;
	}
	return null;
}

function fallback({ call }, source, error) {
	const { FallbackUrl: url, FallbackMethod: method } = call.params;
	return url ? { url, method, extra: { ErrorCode: String(error.code), ErrorUrl: source.url ?? "" }, last: true } : null;
}

function problem(run, code, message) {
	run.call.problems.push({ code, message });
	run.changed();
	return null;
}

/** A signed request of Twilio's with the standard parameters; {verbs, warnings, url}. */
async function fetchDocument(run, { url, method = "POST", extra = {} }) {
	const { call } = run;
	const params = { ...standardParams(call), ...extra };
	if (call.answered_by && call.params.AsyncAmd !== "true")
		Object.assign(params, { AnsweredBy: call.answered_by, MachineDetectionDuration: "2000" });
	const record = { url, method, params, status: null, twiml: null, error: null };
	call.requests.push(record);
	const { timeoutMs, retries, retryOn } = readAddress(url);
	const request = signedRequest({ url, method, params }, run.authToken());
	for (let attempt = 0; ; attempt++)
		try {
			const response = await run.during(fetch(request.url, { ...request, signal: AbortSignal.timeout(timeoutMs) }));
			record.status = response.status;
			record.twiml = await run.during(response.text());
			if (response.status >= 500 && attempt < retries && (retryOn.has("5xx") || retryOn.has("all")))
				continue;
			return { ...documentOf(response, record.twiml), url };
		} catch (error) {
			if (error instanceof TwimlError || error instanceof run.Over || error.source)
				throw error;
			record.error = error.cause?.code || error.message;
			if (attempt >= retries || !(retryOn.has(error.name === "TimeoutError" ? "rt" : "ct") || retryOn.has("all")))
				throw new TwimlError(11205, `${url}: ${record.error}`);
		} finally {
			run.changed();
		}
}

function documentOf(response, text) {
	if (!response.ok)
		throw new TwimlError(11200, `${response.url} answered ${response.status}`);
	if (Buffer.byteLength(text) > TWIML_LIMIT)
		throw new TwimlError(11750, "the TwiML is too large");
	if (!/^(text|application)\/xml\b/.test(response.headers.get("content-type") ?? ""))
		throw new TwimlError(12300, `${response.headers.get("content-type")} is not the type of TwiML`);
	return readTwiml(text);
}

/** undefined: go on with the next verb; null: hang up; else the next document. */
async function perform(run, verb, base) {
	switch (verb.name) {
	case "Gather":
		return gather(run, verb, base);
	case "Connect":
		return connect(run, verb, base);
	case "Redirect":
		return target(run, verb.text.trim(), verb.attributes.method, base);
	case "Hangup":
	case "Reject":
		return null;
	default:
		await hear(run, verb, base);
	}
}

function target(run, address, method = "POST", base, extra) {
	if (base === null && !URL.canParse(address))
		return problem(run, 11100, `"${address}" must be absolute, for the call began with the Twiml parameter`);
	return { url: URL.canParse(address) ? address : new URL(address, base).href, method, extra };
}

async function hear(run, verb, base) {
	const { attributes } = verb;
	const record = { verb: verb.name };
	let seconds = 0;
	if (verb.name === "Pause") {
		seconds = record.seconds = amount(attributes.length, 1);
	} else if (verb.name === "Say") {
		record.text = verb.text.trim();
		seconds = record.text.split(/\s+/).length / WORDS_PER_SECOND;
	} else if (verb.text.trim()) {
		seconds = await fetchAudio(run, record, verb.text.trim(), base);
	}
	run.call.heard.push(record);
	run.changed();
	await talk(run, seconds * Math.max(1, Math.min(1000, amount(attributes.loop, 1))));
}

/** Media is fetched without Twilio's parameters. Returns how long it plays. */
async function fetchAudio(run, record, address, base) {
	record.url = base === null ? address : new URL(address, base).href;
	let bytes;
	try {
		const response = await run.during(fetch(record.url, { signal: AbortSignal.timeout(15_000), headers: { "user-agent": "TwilioProxy/1.1" } }));
		record.status = response.status;
		record.type = response.headers.get("content-type");
		bytes = Buffer.from(await run.during(response.arrayBuffer()));
	} catch (error) {
		if (error instanceof run.Over || error.source)
			throw error;
		problem(run, 11205, `${record.url}: ${error.cause?.code || error.message}`);
		return 0;
	}
	record.bytes = bytes.length;
	if (record.status !== 200)
		problem(run, 11200, `${record.url} answered ${record.status}`);
	else if (!AUDIO.test(record.type ?? ""))
		problem(run, 12300, `${record.url}: ${record.type} cannot be played`);
	else
		record.seconds = playTime(bytes);
	return record.seconds ?? 0;
}

/** The header of a WAV says how fast it plays; other audio is taken for 128 kbit/s. */
function playTime(bytes) {
	const rate = bytes.length > 44 && bytes.toString("latin1", 0, 4) === "RIFF" ? bytes.readUInt32LE(28) : 16_000;
	return bytes.length / Math.max(1, rate);
}

const amount = (text, fallback) => /^\d+(\.\d+)?$/.test(text ?? "") ? Number(text) : fallback;

/** Time passes in the talk, unless the person or the time limit ends it. */
async function talk(run, seconds) {
	const { call } = run;
	const most = Math.min(call.behaviour.hangup_after_seconds ?? Infinity, Number(call.params.TimeLimit ?? 14_400));
	const left = Math.max(0, Math.min(seconds, most - call.talked));
	await run.wait(left);
	call.talked += left;
	if (call.talked >= most)
		throw new run.Over("completed");
}

async function gather(run, verb, base) {
	const { attributes } = verb;
	const turn = run.call.behaviour.turns[run.call.turn++] ?? {};
	for (const inner of verb.children) {
		await hear(run, inner, base);
		if (turn.interrupts)
			break;
	}
	if (turn.hangup)
		throw new run.Over("completed");
	const timeout = amount(attributes.timeout, 5);
	const after = turn.after_seconds ?? Math.min(1, timeout);
	const answer = after <= timeout ? understood(turn, attributes) : null;
	run.call.heard.push({ verb: "Gather", answer });
	await talk(run, answer ? after : timeout);
	if (!answer && attributes.actionOnEmptyResult !== "true")
		return undefined;
	if (base === null && !attributes.action)
		return problem(run, 11100, "Gather has no action, and the call no address");
	return target(run, attributes.action ?? base, attributes.method, base, answer ?? {});
}

/** Hands the talk to whom the stream leads, until that side or the person ends it; then the next verb or the action. */
async function connect(run, verb, base) {
	const { call } = run;
	const [stream] = verb.children;
	const url = stream?.attributes.url ?? "";
	const parameters = Object.fromEntries((stream?.children ?? []).map(({ attributes }) => [attributes.name, attributes.value]));
	if (!/^wss:\/\//.test(url) || !URL.canParse(url) || url.includes("?"))
		problem(run, 11100, `Stream: "${url}" must be a wss:// address without a query`);
	else {
		const line = run.connect(url, parameters, call.sid);
		call.heard.push({ verb: "Connect", url, parameters, connected: Boolean(line) });
		run.changed();
		if (line)
			await streamed(run, line);
		else
			problem(run, 31920, `Stream: ${url} does not take the call`);
	}
	return verb.attributes.action ? target(run, verb.attributes.action, verb.attributes.method, base) : undefined;
}

async function streamed(run, line) {
	const elapsed = run.stopwatch();
	try {
		await talk(run, line.seconds);
	} catch (error) {
		if (error.status !== "stopped")
			line.end(Math.min(line.seconds - 1, elapsed()));
		throw error;
	}
	line.end(line.seconds);
}

/** The parameters that a turn of the person gives to this Gather; null when it takes nothing from it. */
function understood(turn, attributes) {
	const input = (attributes.input ?? "dtmf").split(/\s+/);
	if (turn.digits && input.includes("dtmf")) {
		const end = (attributes.finishOnKey ?? "#") && turn.digits.indexOf(attributes.finishOnKey ?? "#");
		const digits = (end === "" || end < 0 ? turn.digits : turn.digits.slice(0, end)).slice(0, amount(attributes.numDigits, Infinity));
		return digits ? { Digits: digits } : null;
	}
	if (turn.speech && input.includes("speech"))
		return { SpeechResult: turn.speech, Confidence: String(turn.confidence ?? 0.9) };
	return null;
}
