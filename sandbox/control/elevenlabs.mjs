// Control of the ElevenLabs stand-in: talks that never had a browser, the script of the candidate's words, and webhooks
// on demand.
import { newConversationId } from "../elevenlabs/records.mjs";
import { changeScript } from "../elevenlabs/script.mjs";
import { conversationView } from "./views.mjs";
import { bodyOf, ControlError, missing, refuseIf } from "./body.mjs";

const STATUSES = ["initiated", "in-progress", "processing", "done", "failed"];
const EVENTS = ["post_call_transcription", "post_call_audio", "call_initiation_failure", "conversation.completed"];

export function elevenlabsRoutes(elevenlabs) {
	const { records } = elevenlabs;
	const recordOf = (id) => records.find(id) ?? missing("conversation");

	/** The talk is there at once in the wanted status (`done` unless said otherwise); the webhook goes out right away. */
	function create(request) {
		const { dynamic_variables = {}, transcript = [], duration, status = "done", webhook = true, conversation_id, event_type } = bodyOf(request);
		if (!STATUSES.includes(status))
			throw new ControlError(422, `status must be one of ${STATUSES.join(", ")}`);
		if (event_type !== undefined && !EVENTS.includes(event_type))
			throw new ControlError(422, `event_type must be one of ${EVENTS.join(", ")}`);
		if (conversation_id && records.find(conversation_id))
			throw new ControlError(409, "this conversation_id is taken");
		const record = records.begin({ id: conversation_id || newConversationId(), variables: dynamic_variables });
		record.transcript = transcript.map(({ role, message, time_in_call_secs = 0 }) => ({ role, message, time_in_call_secs }));
		record.duration = duration ?? (transcript.at(-1)?.time_in_call_secs ?? 0) + 5;
		record.started -= record.duration;
		record.status = status;
		record.event_type = event_type;
		record.termination_reason = status === "failed" ? "The sandbox was told so." : "Client disconnected: 1000";
		records.changed();
		if (webhook)
			records.announce(record);
		return { $status: 201, $body: conversationView(record) };
	}

	function sendWebhook(request, id) {
		const { event_type } = bodyOf(request);
		if (event_type !== undefined && !EVENTS.includes(event_type))
			throw new ControlError(422, `event_type must be one of ${EVENTS.join(", ")}`);
		return { delivery: records.announce(recordOf(id), event_type)?.id ?? null };
	}

	return [
		["GET", "/control/elevenlabs/conversations", () => ({ conversations: records.all().map(conversationView) })],
		["POST", "/control/elevenlabs/conversations", create],
		["GET", "/control/elevenlabs/conversations/:id", (request, id) => conversationView(recordOf(id))],
		["PATCH", "/control/elevenlabs/conversations/:id", (request, id) => {
			const { status } = bodyOf(request);
			if (!STATUSES.includes(status))
				throw new ControlError(422, `status must be one of ${STATUSES.join(", ")}`);
			recordOf(id).status = status;
			records.changed();
			return conversationView(recordOf(id));
		}],
		["POST", "/control/elevenlabs/conversations/:id/webhook", sendWebhook],
		["GET", "/control/elevenlabs/script", () => elevenlabs.script()],
		["POST", "/control/elevenlabs/script", (request) => {
			refuseIf(changeScript(elevenlabs.script(), bodyOf(request)));
			records.changed();
			return elevenlabs.script();
		}],
		["PUT", "/control/elevenlabs/audio_webhook", (request) => {
			records.part.webhookAudio = bodyOf(request).enabled === true;
			records.changed();
			return { enabled: records.part.webhookAudio };
		}],
	];
}
