// Resend: takes mails into an outbox instead of sending them, with Resend's validation, idempotency and pace.
import { createHash, randomUUID } from "node:crypto";
import { answer, jsonOf } from "../lib/listener.mjs";
import { openBucket } from "../lib/bucket.mjs";
import { checkEmail } from "./validate.mjs";
import { emailEvent, EVENT_TYPES } from "./events.mjs";

const KEY_LIFE_MS = 24 * 3600 * 1000;
const PER_SECOND = 10;
const OUTBOX_LIMIT = 1000;

export function createResend({ state, settings, deliveries, limits }) {
	const empty = () => ({ emails: [], keys: {} });
	const part = state.part("resend", empty);
	const pace = openBucket(() => limits.resend?.per_second ?? PER_SECOND, 1000);

	return { handle, outbox: () => part.emails, sendEvent, reset: () => state.reset("resend", empty) };

	function handle(request) {
		const agent = request.headers["user-agent"];
		if (!agent)
			return refusal(403, "validation_error", "The User-Agent header is required.");
		const denied = authorize(request);
		if (denied)
			return denied;
		const rate = pace.take();
		if (!rate.allowed)
			return refusal(429, "rate_limit_exceeded", `Too many requests. You can only make ${rate.limit} requests per second.`,
				{ ...rateHeaders(rate), "retry-after": "1" });
		const result = route(request);
		Object.assign(result.headers, rateHeaders(rate));
		return result;
	}

	function authorize(request) {
		const header = request.headers.authorization || "";
		if (!header)
			return refusal(401, "missing_api_key", "Missing API Key");
		const key = settings.get("RESEND_API_KEY");
		if (!key || header !== `Bearer ${key}`)
			return refusal(403, "invalid_api_key", "API key is invalid");
		return null;
	}

	function route(request) {
		const { method, pathname } = request;
		if (pathname === "/emails" && method === "POST")
			return send(request);
		if (pathname === "/domains" && method === "GET")
			return answer(200, { object: "list", has_more: false, data: [domain(settings)] });
		const id = /^\/emails\/([^/]+)$/.exec(pathname)?.[1];
		if (id && method === "GET")
			return show(id);
		if (["/emails", "/domains"].includes(pathname) || id)
			return refusal(405, "method_not_allowed", "Method is not allowed for the requested path");
		return refusal(404, "not_found", "The requested endpoint does not exist");
	}

	function send(request) {
		const key = request.headers["idempotency-key"];
		if (key !== undefined && (key.length < 1 || key.length > 256))
			return refusal(400, "invalid_idempotency_key", "The idempotency key must be between 1-256 chars");
		const digest = createHash("sha256").update(request.body).digest("hex");
		const known = key && remembered(key);
		if (known && known.digest !== digest)
			return refusal(409, "invalid_idempotent_request", "This idempotency key has been used with a different request body");
		if (known)
			return answer(200, { id: known.id }, { effect: "same key and body: the first answer again" });
		const body = jsonOf(request);
		const problem = checkEmail(body, settings.get("EMAIL_FROM"));
		if (problem)
			return refusal(problem.status, problem.name, problem.message);
		const email = accept(body, key);
		if (key)
			part.keys[key] = { id: email.id, digest, at: Date.now() };
		state.changed();
		return answer(200, { id: email.id }, { effect: `mail to ${email.to.join(", ")}: ${email.subject}` });
	}

	function remembered(key) {
		for (const [other, entry] of Object.entries(part.keys))
			if (entry.at + KEY_LIFE_MS < Date.now())
				delete part.keys[other];
		return part.keys[key];
	}

	function accept(body, key) {
		const list = (value) => value === undefined || value === null ? [] : [value].flat();
		const id = randomUUID();
		const email = { id, message_id: `<${randomUUID()}@eu-west-1.amazonses.com>`, from: body.from, to: list(body.to), cc: list(body.cc),
			bcc: list(body.bcc), reply_to: list(body.reply_to), subject: body.subject, html: body.html ?? null, text: body.text ?? null,
			tags: body.tags ?? [], headers: body.headers ?? {}, idempotency_key: key ?? null, scheduled_at: body.scheduled_at ?? null,
			created_at: databaseTime(new Date()), last_event: "queued", events: [] };
		part.emails.push(email);
		part.emails.splice(0, Math.max(0, part.emails.length - OUTBOX_LIMIT));
		sendEvent(email, "email.sent");
		const recipients = email.to.join(" ").toLowerCase();
		sendEvent(email, recipients.includes("bounce") ? "email.bounced" : "email.delivered");
		if (recipients.includes("complain"))
			sendEvent(email, "email.complained");
		return email;
	}

	/** Returns false for a type that Resend does not have. */
	function sendEvent(email, type) {
		if (!EVENT_TYPES.has(type))
			return false;
		email.last_event = type.replace("email.", "");
		email.events.push({ type, at: new Date().toISOString() });
		deliveries.send("resend", type, emailEvent(type, email));
		state.changed();
		return true;
	}

	function show(id) {
		const email = part.emails.find((entry) => entry.id === id);
		if (!email)
			return refusal(404, "not_found", "Email not found");
		const { message_id, from, to, cc, bcc, reply_to, subject, html, text, tags, created_at, scheduled_at, last_event } = email;
		return answer(200, { object: "email", id, message_id, to, from, created_at, subject, html: html ?? "", text, bcc, cc, reply_to, last_event, scheduled_at, tags });
	}
}

function domain(settings) {
	const name = /@([^>\s]+)/.exec(settings.get("EMAIL_FROM"))?.[1] || "acme.example";
	return { id: "d91cd9bd-1176-453e-8fc1-35364d380206", name, status: "verified", created_at: "2026-01-12 08:00:00.000000+00", region: "eu-west-1",
		capabilities: { sending: "enabled", receiving: "disabled" } };
}

/** `2023-04-03 22:13:42.674981+00`, as Resend writes times in objects. */
export function databaseTime(date) {
	return date.toISOString().replace("T", " ").replace("Z", "000+00");
}

function refusal(status, name, message, headers = {}) {
	return answer(status, { statusCode: status, name, message }, { headers });
}

function rateHeaders(rate) {
	return { "ratelimit-limit": String(rate.limit), "ratelimit-remaining": String(rate.remaining), "ratelimit-reset": "1", "ratelimit-policy": `${rate.limit};w=1` };
}
