// Cerebras: chat completions without a model. It checks a request as strictly as the service (key, model, schema rules,
// sizes) and answers with text that fits the schema and is drawn from the prompt.
import { randomUUID } from "node:crypto";
import { answer, jsonOf } from "../lib/listener.mjs";
import { openBucket } from "../lib/bucket.mjs";
import { checkSchema } from "./strict.mjs";
import { compose } from "./compose.mjs";

const CONTEXT_TOKENS = 65_536;
const KNOWN_MODELS = ["gpt-oss-120b", "qwen-3.8-27b"];
const ROLES = new Set(["system", "developer", "user", "assistant", "tool"]);
const REASONING_TOKENS = 40;

export function createCerebras({ settings, limits }) {
	const minute = openBucket(() => limits.cerebras?.requests_per_minute ?? 1000, 60_000);
	const models = () => [...new Set([settings.get("CEREBRAS_MODEL"), ...KNOWN_MODELS])];
	return { handle };

	function handle(request) {
		const { method, pathname } = request;
		const known = ["/v1/chat/completions", "/v1/models", "/v1/tcp_warming"].includes(pathname) || pathname.startsWith("/v1/models/");
		if (!known)
			return answer(404, "", { headers: { "content-type": "text/plain" } });
		if (pathname === "/v1/tcp_warming")
			return answer(200, "", { headers: { "content-type": "text/plain" } });
		const denied = authorize(request);
		if (denied)
			return denied;
		if (pathname === "/v1/chat/completions")
			return method === "POST" ? complete(request) : answer(405, { detail: "Method Not Allowed" });
		return method === "GET" ? listModels(pathname) : answer(405, { detail: "Method Not Allowed" });
	}

	function authorize(request) {
		const header = request.headers.authorization;
		if (!header)
			return answer(403, { detail: "Not authenticated" });
		const key = settings.get("CEREBRAS_API_KEY");
		return key && header === `Bearer ${key}` ? null
			: refusal(401, "Wrong API Key", { type: "invalid_request_error", param: "api_key", code: "wrong_api_key" });
	}

	function listModels(pathname) {
		const describe = (id) => ({ id, object: "model", created: 0, owned_by: "Cerebras" });
		const id = pathname.slice("/v1/models/".length);
		if (!id)
			return answer(200, { object: "list", data: models().map(describe) });
		return models().includes(id) ? answer(200, describe(id)) : noModel(id);
	}

	function complete(request) {
		const rate = minute.take();
		if (!rate.allowed)
			return refusal(429, "Requests per minute limit exceeded - too many requests sent.",
				{ type: "too_many_requests_error", param: "quota", code: "request_quota_exceeded" },
				{ "retry-after": String(Math.max(1, Math.ceil(rate.waitMs / 1000))) });
		const input = jsonOf(request);
		const problem = checkRequest(input);
		if (problem)
			return problem;
		const promptTokens = tokens(JSON.stringify(input.messages)) + tokens(JSON.stringify(input.response_format ?? ""));
		const allowed = input.max_completion_tokens ?? input.max_tokens ?? 32_768;
		if (promptTokens + allowed > CONTEXT_TOKENS)
			return refusal(400, `Please reduce the length of the messages or completion. Current length is ${promptTokens + allowed} while limit is ${CONTEXT_TOKENS}`,
				{ type: "invalid_request_error", param: "messages", code: "context_length_exceeded" });
		return finish(input, promptTokens, allowed);
	}

	function checkRequest(input) {
		const wrong = (message, param, code = "wrong_api_format") => refusal(400, message, { type: "invalid_request_error", param, code });
		if (!input || typeof input !== "object")
			return wrong("The request body is not valid JSON.", null);
		if (typeof input.model !== "string")
			return wrong("model is required", "model");
		if (!models().includes(input.model))
			return noModel(input.model);
		if (!Array.isArray(input.messages) || input.messages.length === 0 || input.messages.some((one) => !ROLES.has(one?.role)))
			return wrong("messages must be a non-empty list of messages with a known role", "messages");
		if (input.temperature !== undefined && !(input.temperature >= 0 && input.temperature <= 2))
			return wrong("temperature must be between 0 and 2", "temperature");
		if (input.tools && input.response_format)
			return wrong("tools cannot be used together with response_format", "tools");
		const format = input.response_format;
		if (format && !["text", "json_object", "json_schema"].includes(format.type))
			return wrong("response_format.type is not supported", "response_format");
		if (format && format.type !== "text" && input.reasoning_format === "raw")
			return wrong("reasoning_format raw cannot be used with this response_format", "reasoning_format");
		if (format?.type !== "json_schema")
			return null;
		if (!format.json_schema?.name || !format.json_schema.schema)
			return wrong("response_format.json_schema needs name and schema", "response_format");
		const broken = format.json_schema.strict === true && checkSchema(format.json_schema.schema);
		return broken ? wrong(broken, "response_format") : null;
	}

	function finish(input, promptTokens, allowed) {
		const whole = compose(input);
		const wanted = tokens(whole) + REASONING_TOKENS;
		const cut = wanted > allowed;
		const room = Math.max(0, allowed - REASONING_TOKENS) * 4;
		const content = cut ? whole.slice(0, room) || null : whole;
		const completionTokens = Math.min(wanted, allowed);
		const created = Math.floor(Date.now() / 1000);
		const body = {
			id: `chatcmpl-${randomUUID()}`, object: "chat.completion", created, model: input.model, system_fingerprint: "fp_sandbox",
			choices: [{ index: 0, finish_reason: cut ? "length" : "stop", message: { role: "assistant", content,
				reasoning: "The sandbox read the prompt and filled the schema from it." } }],
			usage: { prompt_tokens: promptTokens, completion_tokens: completionTokens, total_tokens: promptTokens + completionTokens,
				prompt_tokens_details: { cached_tokens: 0 },
				completion_tokens_details: { accepted_prediction_tokens: 0, rejected_prediction_tokens: 0, reasoning_tokens: REASONING_TOKENS } },
			time_info: { queue_time: 0.0001, prompt_time: 0.003, completion_time: 0.09, total_time: 0.1, created: created + 0.12 },
			service_tier: null,
		};
		return input.stream ? streamed(body) : answer(200, body, { effect: `answered ${input.response_format?.json_schema?.name ?? "as text"}` });
	}
}

/** One chunk with everything: enough for a client that can read a stream at all. */
function streamed(body) {
	const { choices: [{ message, finish_reason }], usage, time_info, ...head } = body;
	const chunk = (delta, reason, more) => `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", ...more,
		choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
	return answer(200, chunk(message, null) + chunk({}, finish_reason, { usage, time_info }) + "data: [DONE]\n\n",
		{ headers: { "content-type": "text/event-stream; charset=utf-8" } });
}

/** About four characters a token in English. */
function tokens(text) {
	return Math.ceil(text.length / 4);
}

function noModel(id) {
	return refusal(404, `Model ${id} does not exist or you do not have access to it.`, { type: "not_found_error", param: "model", code: "model_not_found" });
}

function refusal(status, message, { type, param, code }, headers = {}) {
	return answer(status, { message, type, param, code }, { headers });
}
