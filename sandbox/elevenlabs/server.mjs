// ElevenLabs: the REST part that the product uses (signed URLs, conversations, agent, account) and the door to the
// conversation WebSocket.
import { randomUUID } from "node:crypto";
import { WebSocketServer } from "ws";
import { answer } from "../lib/listener.mjs";
import { agentConfig } from "./agent.mjs";
import { runConversation } from "./conversation.mjs";
import { listConversations } from "./list.mjs";
import { audioOf, newConversationId, openRecords } from "./records.mjs";
import { defaultScript } from "./script.mjs";
import { createSignedUrl, refuseSignedUrl } from "./signed_url.mjs";

const SIGNED_URL_PATHS = ["/v1/convai/conversation/get-signed-url", "/v1/convai/conversation/get_signed_url"];

export function createElevenlabs({ state, settings, deliveries, onChange }) {
	const records = openRecords({ state, settings, deliveries, onChange });
	records.part.script ??= defaultScript();
	const sockets = new WebSocketServer({ noServer: true, maxPayload: 16 * 1024 * 1024,
		handleProtocols: (offered) => offered.has("convai") ? "convai" : false });
	const used = new Set();

	const routes = [
		["GET", /^\/v1\/convai\/agents\/([^/]+)$/, showAgent],
		["GET", /^\/v1\/convai\/conversations$/, (request) => listConversations(records, request.query, settings.get("ELEVENLABS_AGENT_ID"), refusal)],
		["GET", /^\/v1\/convai\/conversations\/([^/]+)$/, (request, id) => withRecord(id, (record) => answer(200, records.model(record)))],
		["DELETE", /^\/v1\/convai\/conversations\/([^/]+)$/, (request, id) => withRecord(id, () => {
			records.remove(id);
			return answer(200, {}, { effect: `deleted ${id}` });
		})],
		["GET", /^\/v1\/convai\/conversations\/([^/]+)\/audio$/, (request, id) => withRecord(id, (record) =>
			record.transcript.length && record.status !== "in-progress" ? answer(200, audioOf(record), { headers: { "content-type": "audio/mpeg" } })
				: refusal(404, "not_found", "conversation_audio_not_found", "The conversation has no audio."))],
		["GET", /^\/v1\/user\/subscription$/, () => answer(200, SUBSCRIPTION)],
		["GET", /^\/v1\/models$/, () => answer(200, MODELS)],
		["GET", /^\/v2\/voices$/, () => answer(200, { voices: [voice(settings.get("ELEVENLABS_VOICE_ID"))], has_more: false, total_count: 1, next_page_token: null })],
		...SIGNED_URL_PATHS.map((path) => ["GET", new RegExp(`^${path}$`), signedUrl]),
	];

	return { handle, upgrade, records, script: () => records.part.script,
		reset() {
			hangUp();
			records.reset();
			records.part.script = defaultScript();
		},
		close() {
			hangUp();
			records.close();
			sockets.close();
		} };

	function hangUp() {
		for (const socket of sockets.clients)
			socket.terminate();
	}

	function handle(request) {
		const here = routes.filter(([, pattern]) => pattern.test(request.pathname));
		if (here.length === 0)
			return answer(404, { detail: "Not Found" });
		const key = request.headers["xi-api-key"];
		if (!key)
			return refusal(401, "authentication_error", "missing_api_key", "An API key is required: set the xi-api-key header.");
		if (!settings.get("ELEVENLABS_API_KEY") || key !== settings.get("ELEVENLABS_API_KEY"))
			return refusal(401, "authentication_error", "invalid_api_key", "Invalid API key");
		const route = here.find(([method]) => method === request.method);
		if (!route)
			return answer(405, { detail: "Method Not Allowed" }, { headers: { allow: here.map(([method]) => method).join(", ") } });
		const result = route[2](request, decodeURIComponent(route[1].exec(request.pathname)[1] ?? ""));
		result.headers["request-id"] = randomUUID();
		return result;
	}

	function signedUrl(request) {
		const agentId = request.query.get("agent_id");
		if (!agentId)
			return answer(422, { detail: [{ type: "missing", loc: ["query", "agent_id"], msg: "Field required", input: null }] });
		if (agentId !== settings.get("ELEVENLABS_AGENT_ID"))
			return noAgent(agentId);
		const conversationId = request.query.get("include_conversation_id") === "true" ? newConversationId() : null;
		const url = createSignedUrl({ host: request.host, agentId, conversationId, key: settings.get("ELEVENLABS_API_KEY") });
		return answer(200, { signed_url: url }, { effect: "made a signed URL" });
	}

	function showAgent(request, id) {
		return id === settings.get("ELEVENLABS_AGENT_ID") ? answer(200, agentConfig(id, settings.get("ELEVENLABS_VOICE_ID"))) : noAgent(id);
	}

	function withRecord(id, action) {
		const record = records.find(id);
		return record ? action(record) : refusal(404, "not_found", "conversation_not_found", `Conversation with id ${id} not found.`);
	}

	function upgrade(incoming, socket, head, fault) {
		const url = new URL(incoming.url, "http://sandbox.invalid");
		if (url.pathname !== "/v1/convai/conversation")
			return socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
		sockets.handleUpgrade(incoming, socket, head, (connection) => admit(connection, url.searchParams, fault));
	}

	/** A reason can only be told over an accepted WebSocket: browsers hide the status of a refused handshake. */
	function admit(connection, query, fault) {
		const conversationId = query.get("conversation_id");
		const reason = refuseSignedUrl(query, { agentId: settings.get("ELEVENLABS_AGENT_ID"), key: settings.get("ELEVENLABS_API_KEY") })
			|| (conversationId && used.has(conversationId) ? "The signed URL has already been used." : null);
		if (reason)
			return connection.close(1008, reason);
		if (conversationId)
			used.add(conversationId);
		runConversation(connection, { records, script: records.part.script, conversationId: conversationId ?? undefined });
		if (fault)
			breakOff(connection, fault);
	}
}

/** Fault "close" ends a running conversation with a code and a reason, "cut_after" without a word. */
function breakOff(connection, fault) {
	const timer = setTimeout(() => {
		if (fault.mode === "close")
			connection.close(fault.code || 1011, fault.reason || "");
		else if (fault.mode === "cut_after")
			connection.terminate();
	}, fault.delay_ms || 0);
	connection.once("close", () => clearTimeout(timer));
}

/** The documented error body; `status` repeats the code under its older name. */
function refusal(status, type, code, message, param = null) {
	return answer(status, { detail: { type, code, message, status: code, request_id: randomUUID(), param } });
}

function noAgent(id) {
	return refusal(404, "not_found", "agent_not_found", `Agent with id ${id} not found.`);
}

const SUBSCRIPTION = { tier: "pro", character_count: 12_000, character_limit: 500_000, max_character_limit_extension: null, max_credit_limit_extension: 0, can_extend_character_limit: false,
	allowed_to_extend_character_limit: false, next_character_count_reset_unix: 1_800_000_000, voice_slots_used: 1, professional_voice_slots_used: 0, professional_voice_slots_used_in_workspace: 0,
	voice_limit: 160, max_voice_add_edits: null, voice_add_edit_counter: 0, professional_voice_limit: 1, can_extend_voice_limit: false,
	can_use_instant_voice_cloning: true, can_use_professional_voice_cloning: true, currency: "usd", status: "active", billing_period: "monthly_period",
	character_refresh_period: "monthly_period", next_invoice: null, open_invoices: [], has_open_invoices: false, pending_change: null, current_overage: { amount: "0", currency: "usd" } };

const model = (model_id, name, longest, multiplier) => ({ model_id, name, can_be_finetuned: true, can_do_text_to_speech: true, can_do_voice_conversion: false,
	can_use_style: false, can_use_speaker_boost: false, serves_pro_voices: false, token_cost_factor: multiplier, description: name,
	requires_alpha_access: false, max_characters_request_free_user: longest, max_characters_request_subscribed_user: longest,
	maximum_text_length_per_request: longest, languages: [{ language_id: "en", name: "English" }, { language_id: "de", name: "German" }],
	model_rates: { character_cost_multiplier: multiplier }, concurrency_group: "standard" });
const MODELS = [model("eleven_multilingual_v2", "Eleven Multilingual v2", 10_000, 1), model("eleven_flash_v2_5", "Eleven Flash v2.5", 40_000, 0.5),
	model("eleven_flash_v2", "Eleven Flash v2", 30_000, 0.5)];

function voice(voice_id) {
	return { voice_id, name: "Eric (sandbox)", category: "premade", labels: { accent: "american", gender: "male", age: "middle_aged", use_case: "conversational" },
		description: "A calm, friendly voice.", preview_url: null, settings: null, available_for_tiers: [], high_quality_base_model_ids: ["eleven_multilingual_v2"],
		verified_languages: [{ language: "en", model_id: "eleven_multilingual_v2", accent: "american", locale: "en-US", preview_url: null }], samples: null,
		sharing: null, voice_verification: null, fine_tuning: null, permission_on_resource: null, is_legacy: false, is_mixed: false };
}
