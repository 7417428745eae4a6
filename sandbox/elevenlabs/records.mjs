// Conversations as the vendor keeps them: from `in-progress` over `processing` to `done`, in the model that both the API
// and the post-call webhook show.
import { randomBytes } from "node:crypto";
import { silentMp3 } from "./audio.mjs";

const PROCESSING_MS = 1000;
const KEPT = 500;
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

export function newConversationId() {
	return `conv_${[...randomBytes(28)].map((byte) => ALPHABET[byte % 32]).join("")}`;
}

export function openRecords({ state, settings, deliveries, onChange }) {
	const empty = () => ({ conversations: [], registered: [], script: null, webhookAudio: false, characters: 0 });
	const part = state.part("elevenlabs", empty);
	const timers = new Set();

	for (const record of part.conversations) {
		if (record.status === "in-progress")
			record.termination_reason = "The connection was lost.";
		if (["in-progress", "processing"].includes(record.status))
			finish(record);
	}

	function begin({ id = newConversationId(), variables, userId, source }) {
		const record = { id, status: "in-progress", started: Math.floor(Date.now() / 1000), duration: 0, variables, user_id: userId ?? null,
			source: source ?? { source: "js_sdk", version: "1.25.0" }, transcript: [], termination_reason: "", webhook: true };
		part.conversations.push(record);
		part.conversations.splice(0, Math.max(0, part.conversations.length - KEPT));
		changed();
		return record;
	}

	/** The talk is over; the analysis takes a moment, then the webhook follows. */
	function finish(record) {
		record.status = "processing";
		record.duration = record.duration || Math.max(0, Math.floor(Date.now() / 1000) - record.started);
		changed();
		const timer = setTimeout(() => {
			timers.delete(timer);
			record.status = record.wanted_status ?? "done";
			changed();
			if (record.webhook)
				announce(record);
		}, PROCESSING_MS);
		timers.add(timer);
	}

	function announce(record, type = record.event_type ?? "post_call_transcription") {
		const envelope = (data) => ({ type, event_timestamp: Math.floor(Date.now() / 1000), data });
		if (type === "conversation.completed")
			return deliveries.send("elevenlabs", type, envelope(olderModel(record, agentOf(record))));
		if (type === "call_initiation_failure")
			return deliveries.send("elevenlabs", type, envelope({ agent_id: agentOf(record), conversation_id: record.id, failure_reason: "unknown",
				metadata: { type: "sip", body: { from_number: "+14155550100", to_number: "+14155550123", sip_status_code: 486, error_reason: "busy", call_sid: "SCL_sandbox" } } }));
		if (type === "post_call_audio")
			return deliveries.send("elevenlabs", type, envelope({ agent_id: agentOf(record), conversation_id: record.id, full_audio: audioOf(record).toString("base64") }));
		const sent = deliveries.send("elevenlabs", type, envelope(model(record)));
		if (part.webhookAudio)
			deliveries.send("elevenlabs", "post_call_audio", { type: "post_call_audio", event_timestamp: Math.floor(Date.now() / 1000),
				data: { agent_id: agentOf(record), conversation_id: record.id, full_audio: audioOf(record).toString("base64") } });
		return sent;
	}

	const agentOf = (record) => record.agent_id ?? settings.get("ELEVENLABS_AGENT_ID");
	const model = (record) => conversationModel(record, agentOf(record));

	function changed() {
		state.changed();
		onChange();
	}

	return {
		part, begin, finish, announce, model, changed, agentOf,
		find: (id) => part.conversations.find((record) => record.id === id),
		all: () => part.conversations,
		remove(id) {
			const index = part.conversations.findIndex((record) => record.id === id);
			if (index >= 0)
				part.conversations.splice(index, 1);
			changed();
			return index >= 0;
		},
		reset() {
			close();
			state.reset("elevenlabs", empty);
		},
		close,
	};

	function close() {
		for (const timer of timers)
			clearTimeout(timer);
		timers.clear();
	}
}

export function audioOf(record) {
	return silentMp3(record.duration * 1000);
}

/** GET /v1/convai/conversations/{id}, and `data` of post_call_transcription. */
export function conversationModel(record, agentId) {
	const finished = record.status === "done";
	const spoken = record.transcript.length > 0;
	return {
		agent_id: agentId, agent_name: "Screening interview (sandbox)", conversation_id: record.id, status: record.status, user_id: record.user_id,
		branch_id: null, version_id: null, environment: "production", tag_ids: [],
		has_audio: spoken, has_user_audio: record.transcript.some((turn) => turn.role === "user"), has_response_audio: spoken, has_auxiliary_audio: false,
		transcript: record.transcript.map(turnModel),
		metadata: {
			start_time_unix_secs: record.started, accepted_time_unix_secs: record.started, call_duration_secs: record.duration, cost: record.duration * 10,
			cost_fiat: null, deletion_settings: { deletion_time_unix_secs: null, delete_transcript_and_pii: false, delete_audio: false },
			feedback: { overall_score: null, likes: 0, dislikes: 0 }, authorization_method: record.phone_call ? "public" : "signed_url",
			charging: { dev_discount: false, is_burst: false, tier: "pro" }, phone_call: record.phone_call ?? null, batch_call: null,
			termination_reason: record.termination_reason, error: record.status === "failed" ? { code: 1011, reason: record.termination_reason } : null,
			warnings: [], main_language: "en", text_only: false, conversation_initiation_source: record.source.source,
			conversation_initiation_source_version: record.source.version, timezone: null,
		},
		analysis: finished ? { evaluation_criteria_results: {}, data_collection_results: {}, call_successful: spoken ? "success" : "unknown",
			transcript_summary: `An interview of ${record.transcript.length} turns.`, call_summary_title: "Screening interview" } : null,
		conversation_initiation_client_data: {
			conversation_config_override: {}, custom_llm_extra_body: {}, user_id: record.user_id, source_info: record.source,
			dynamic_variables: { ...record.variables, system__conversation_id: record.id, system__agent_id: agentId,
				system__call_duration_secs: record.duration, system__time_utc: new Date((record.started + record.duration) * 1000).toISOString() },
		},
	};
}

function turnModel({ role, message, time_in_call_secs, interrupted = false, tool_calls = [], tool_results = [] }) {
	return { role, message, tool_calls, tool_results, feedback: null, llm_override: null, time_in_call_secs, interrupted,
		source_medium: "audio", conversation_turn_metrics: null, rag_retrieval_info: null, llm_usage: null };
}

/** The event of an earlier version of the product's agent platform, still to be understood. */
function olderModel(record, agentId) {
	return { conversation_id: record.id, agent_id: agentId,
		transcript: record.transcript.map(({ role, message, time_in_call_secs }) => ({ role, message, time_in_call_secs })),
		duration_seconds: record.duration, ended_at: new Date((record.started + record.duration) * 1000).toISOString() };
}
