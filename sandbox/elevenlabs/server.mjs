// ElevenLabs: the REST part that the product uses (signed URLs, conversations, agent, voices, speech, account) and the
// door to the conversation WebSocket.
import { randomUUID } from "node:crypto";
import { WebSocketServer } from "ws";
import { answer, jsonOf } from "../lib/listener.mjs";
import { MODELS, openAccount } from "./account.mjs";
import { agentConfig } from "./agent.mjs";
import { runConversation } from "./conversation.mjs";
import { listConversations } from "./list.mjs";
import { refusal } from "./refusal.mjs";
import { audioOf, newConversationId, openRecords } from "./records.mjs";
import { defaultScript } from "./script.mjs";
import { createSignedUrl, refuseSignedUrl } from "./signed_url.mjs";
import { speak } from "./speech.mjs";
import { openTelephone } from "./telephone.mjs";
import { findVoice, listVoices, noVoice, previewOf, voiceModel, voicesOf } from "./voices.mjs";

const SIGNED_URL_PATHS = ["/v1/convai/conversation/get-signed-url", "/v1/convai/conversation/get_signed_url"];
const PREVIEW = /^\/previews\/([A-Za-z0-9_-]+)\.wav$/;

export function createElevenlabs({ state, settings, deliveries, onChange }) {
	const records = openRecords({ state, settings, deliveries, onChange });
	records.part.script = { ...defaultScript(), ...records.part.script };
	const sockets = new WebSocketServer({ noServer: true, maxPayload: 16 * 1024 * 1024,
		handleProtocols: (offered) => offered.has("convai") ? "convai" : false });
	const used = new Set();
	const account = openAccount(records);
	const telephone = openTelephone({ records, script: () => records.part.script,
		knowsAgent: (id) => id === settings.get("ELEVENLABS_AGENT_ID") || records.part.script.agents.includes(id) });
	const ownVoice = () => settings.get("ELEVENLABS_VOICE_ID");

	const routes = [
		["GET", /^\/v1\/convai\/agents\/([^/]+)$/, showAgent],
		["GET", /^\/v1\/convai\/conversations$/, (request) => listConversations(records, request.query, refusal)],
		["GET", /^\/v1\/convai\/conversations\/([^/]+)$/, (request, id) => withRecord(id, (record) => answer(200, records.model(record)))],
		["DELETE", /^\/v1\/convai\/conversations\/([^/]+)$/, (request, id) => withRecord(id, () => {
			records.remove(id);
			return answer(200, {}, { effect: `deleted ${id}` });
		})],
		["GET", /^\/v1\/convai\/conversations\/([^/]+)\/audio$/, (request, id) => withRecord(id, (record) =>
			record.transcript.length && record.status !== "in-progress" ? answer(200, audioOf(record), { headers: { "content-type": "audio/mpeg" } })
				: refusal(404, "not_found", "conversation_audio_not_found", "The conversation has no audio."))],
		["GET", /^\/v1\/user\/subscription$/, () => answer(200, account.subscription())],
		["GET", /^\/v1\/models$/, () => answer(200, MODELS)],
		["GET", /^\/v2\/voices$/, (request) => listVoices(voicesOf(ownVoice()), request)],
		["GET", /^\/v1\/voices$/, (request) => answer(200, { voices: voicesOf(ownVoice()).map((voice) => voiceModel(voice, request.host)) })],
		["GET", /^\/v1\/voices\/([^/]+)$/, (request, id) => withVoice(id, (voice) => answer(200, voiceModel(voice, request.host)))],
		["POST", /^\/v1\/text-to-speech\/([^/]+)$/, (request, id) => speak(request, { id, voice: findVoice(id, ownVoice()), account })],
		["POST", /^\/v1\/convai\/twilio\/register-call$/, (request) => telephone.register(request, jsonOf(request))],
		...SIGNED_URL_PATHS.map((path) => ["GET", new RegExp(`^${path}$`), signedUrl]),
	];

	return { handle, upgrade, records, connect: telephone.connect, script: () => records.part.script,
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
		const preview = PREVIEW.exec(request.pathname); // lies on another server at the vendor, open to everyone
		if (preview && ["GET", "HEAD"].includes(request.method))
			return withVoice(preview[1], (voice) => answer(200, previewOf(voice), { headers: { "content-type": "audio/wav" } }));
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
		return id === settings.get("ELEVENLABS_AGENT_ID") ? answer(200, agentConfig(id, ownVoice())) : noAgent(id);
	}

	function withRecord(id, action) {
		const record = records.find(id);
		return record ? action(record) : refusal(404, "not_found", "conversation_not_found", `Conversation with id ${id} not found.`);
	}

	function withVoice(id, action) {
		const voice = findVoice(id, ownVoice());
		return voice ? action(voice) : noVoice(id);
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

function noAgent(id) {
	return refusal(404, "not_found", "agent_not_found", `Agent with id ${id} not found.`);
}
