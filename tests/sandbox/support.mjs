// What the sandbox's tests share: a sandbox in this process with known credentials, a place that receives its webhooks,
// and waiting for a condition with a deadline.
import { createServer } from "node:http";
import { once } from "node:events";
import { startSandbox } from "../../sandbox/sandbox.mjs";

export const KEYS = {
	ELEVENLABS_API_KEY: "xi_test_key", ELEVENLABS_AGENT_ID: "agent_test", ELEVENLABS_VOICE_ID: "voice_test", ELEVENLABS_WEBHOOK_SECRET: "wsec_0123456789abcdef",
	LINEAR_API_KEY: "lin_api_test", LINEAR_WEBHOOK_SECRET: "linear-webhook-secret",
	CEREBRAS_API_KEY: "csk-test", RESEND_API_KEY: "re_test", RESEND_WEBHOOK_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
	TWILIO_ACCOUNT_SID: "AC00000000000000000000000000000001", TWILIO_AUTH_TOKEN: "12345678901234567890123456789012", TWILIO_CALLER_ID: "+14155550100",
	EMAIL_FROM: "Acme Hiring <hiring@acme.example>",
};

export const VARIABLES = { company_name: "Acme", candidate_name: "Ada Okafor", job_description: "Write C", job_application: "I write C",
	conversation_pointers: "1. What did you build?\n2. What broke?", parley_session: "s1" };

/** A sandbox whose webhooks arrive in `inbox` ({path, headers, body}); `inbox.answer` is the status given to them. */
export async function startTestSandbox({ settings = {}, ...options } = {}) {
	const inbox = Object.assign([], { answer: 200 });
	const receiver = createServer(async (request, response) => {
		const parts = [];
		for await (const part of request)
			parts.push(part);
		inbox.push({ method: request.method, path: request.url, headers: request.headers, body: Buffer.concat(parts).toString("utf8") });
		response.writeHead(inbox.answer).end();
	}).listen(0, "127.0.0.1");
	await once(receiver, "listening");
	const sandbox = await startSandbox({ environment: {}, ...options,
		settings: { ...KEYS, WEBHOOK_BASE_URL: `http://127.0.0.1:${receiver.address().port}`, ...settings } });
	return {
		...sandbox, inbox,
		async close() {
			await sandbox.close();
			receiver.close();
			receiver.closeAllConnections();
		},
	};
}

/** The first truthy result of `look`, asked again until the deadline. */
export async function until(look, what, milliseconds = 10_000) {
	const deadline = Date.now() + milliseconds;
	for (;;) {
		const found = await look();
		if (found)
			return found;
		if (Date.now() > deadline)
			throw new Error(`not within ${milliseconds} ms: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

/** A request with the status, the headers and the body read as JSON where it is JSON. */
export async function call(url, { method = "GET", headers = {}, body } = {}) {
	const response = await fetch(url, { method, headers, body: typeof body === "object" && !Buffer.isBuffer(body) ? JSON.stringify(body) : body });
	const text = await response.text();
	let json;
	try {
		json = JSON.parse(text);
	} catch { /* kept as text */ }
	return { status: response.status, headers: response.headers, text, json };
}

export function graphql(sandbox, query, variables, headers = {}) {
	return call(`${sandbox.urls.linear}/graphql`, { method: "POST", body: { query, variables },
		headers: { "content-type": "application/json", authorization: KEYS.LINEAR_API_KEY, ...headers } });
}
