// A product for the tests of the sandbox's Twilio: it answers with the TwiML that a test gives and keeps every request.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { twilioSignature } from "../../sandbox/twilio/signature.mjs";
import { call, KEYS, startTestSandbox, until } from "./support.mjs";

export const ACCOUNT = `/2010-04-01/Accounts/${KEYS.TWILIO_ACCOUNT_SID}`;
export const basic = (user, password) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
export const twiml = (verbs) => `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs}</Response>`;
const ENDS = ["completed", "busy", "no-answer", "failed", "canceled"];

/** A WAV of `seconds` seconds of silence, 8000 bytes a second. */
export function wav(seconds) {
	const bytes = Buffer.alloc(44 + 8000 * seconds);
	bytes.write("RIFF");
	bytes.writeUInt32LE(8000, 28);
	return bytes;
}

/** `pages` maps a path to TwiML or to (params) → {status?, type?, body} | TwiML; `requests` has what came, checked for its signature. */
export async function startProduct() {
	const product = { pages: {}, requests: [], url: "" };
	const server = createServer(async (request, response) => {
		const parts = [];
		for await (const part of request)
			parts.push(part);
		const form = [...new URLSearchParams(Buffer.concat(parts).toString("utf8"))];
		const params = Object.fromEntries(form);
		const { pathname, searchParams } = new URL(request.url, product.url);
		const signature = request.headers["x-twilio-signature"];
		const signed = signature === twilioSignature(KEYS.TWILIO_AUTH_TOKEN, product.url + request.url, request.method === "POST" ? form : []);
		product.requests.push({ method: request.method, path: request.url, pathname, query: searchParams, params, signature, signed, token: request.headers["i-twilio-idempotency-token"] });
		const page = product.pages[pathname];
		const answer = typeof page === "function" ? page(params) : page ?? "";
		const { status = 200, type = "text/xml", body } = typeof answer === "string" ? { body: answer } : answer;
		response.writeHead(status, { "content-type": type }).end(body);
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	product.url = `http://127.0.0.1:${server.address().port}`;
	product.at = (pathname) => product.requests.filter((request) => request.pathname === pathname);
	product.close = () => {
		server.close();
		server.closeAllConnections();
	};
	return product;
}

/** A sandbox in which a second passes in two milliseconds, with the product that it calls. */
export async function startTelephony(options) {
	const sandbox = await startTestSandbox(options);
	const product = await startProduct();
	const hurry = () => sandbox.control("POST", "/control/twilio/script", { speed: 500 });
	const api = (method, path, form, headers = {}) => call(sandbox.urls.twilio + path, { method, body: form && String(new URLSearchParams(form)),
		headers: { authorization: basic(KEYS.TWILIO_ACCOUNT_SID, KEYS.TWILIO_AUTH_TOKEN), ...form && { "content-type": "application/x-www-form-urlencoded" }, ...headers } });
	await hurry();

	return {
		sandbox, product, api,
		/** The form of a call that the product would place; `more` wins, undefined takes a parameter away. */
		form(more = {}) {
			const fields = { To: "+14155550142", From: KEYS.TWILIO_CALLER_ID, Url: `${product.url}/voice?att=1`, StatusCallback: `${product.url}/status?att=1`,
				StatusCallbackEvent: ["initiated", "ringing", "answered", "completed"], ...more };
			return Object.entries(fields).filter(([, value]) => value !== undefined).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
		},
		async place(more) {
			const placed = await api("POST", `${ACCOUNT}/Calls.json`, this.form(more));
			assert.equal(placed.status, 201, placed.text);
			return placed.json;
		},
		record: (sid) => sandbox.control("GET", `/control/twilio/calls/${sid}`),
		async over(sid) {
			const ended = await until(async () => {
				const record = await this.record(sid);
				return ENDS.includes(record.status) && record;
			}, "the call's end");
			await until(async () => (await sandbox.control("GET", "/control/webhooks/deliveries")).deliveries.every(({ state }) => state !== "pending"), "the callbacks");
			return ended;
		},
		/** The status callbacks in the order of their events. */
		statuses: () => product.at("/status").map(({ params }) => params).sort((a, b) => a.SequenceNumber - b.SequenceNumber),
		async fresh() {
			await sandbox.control("POST", "/control/reset");
			await hurry();
			product.requests.length = 0;
			product.pages = {};
		},
		async close() {
			await sandbox.close();
			product.close();
		},
	};
}
