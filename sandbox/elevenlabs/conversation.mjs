// The agent's side of one conversation over WebSocket: checks the opening, greets, asks the points one after the other,
// listens by loudness, says goodbye. Speaks the protocol that the official browser client understands.
import { closing, firstMessage, GIVING_UP, MAX_DURATION_SECONDS, missingVariables, nextQuestion, readPointers, STILL_THERE } from "./agent.mjs";
import { RATE, speechMs, synthesize } from "./audio.mjs";
import { createListener } from "./listening.mjs";
import { answerFor } from "./script.mjs";

const OPENING_MS = 10_000;
const PING_EVERY_MS = 2000;
const CHUNK_MS = 250;
const AHEAD_MS = 500;
const POINTS_LIMIT = 12;
const CLIENT_TYPES = new Set(["pong", "user_message", "user_activity", "contextual_update", "feedback", "client_tool_result",
	"mcp_tool_approval_result", "multimodal_message"]);

export function runConversation(socket, { records, script, conversationId }) {
	const timers = new Set();
	let record = null;
	let startedAt = 0;
	let eventId = 0;
	let answered = 0;
	let speaking = null;
	let stage = "opening";
	let pings = 0;
	let pingSent = 0;
	let roundTrip = null;
	let listener = null;

	const send = (message) => socket.readyState === socket.OPEN && socket.send(JSON.stringify(message));
	const seconds = () => Math.floor((Date.now() - startedAt) / 1000);
	later(OPENING_MS, () => stage === "opening" && refuse("No conversation_initiation_client_data received."));

	socket.on("message", (data, binary) => receive(binary ? null : data.toString("utf8")));
	socket.on("close", (code, reason) => finish(code, reason.toString("utf8")));
	socket.on("error", () => socket.terminate());

	function later(milliseconds, action) {
		const timer = setTimeout(() => {
			timers.delete(timer);
			action();
		}, milliseconds);
		timers.add(timer);
		return timer;
	}

	/** A close reason holds at most 123 bytes. */
	function refuse(reason, code = 1008) {
		stage = "over";
		let text = reason;
		while (Buffer.byteLength(text) > 123)
			text = text.slice(0, -1);
		if (record)
			record.termination_reason = text;
		socket.close(code, text);
	}

	function receive(text) {
		let message;
		try {
			message = JSON.parse(text);
		} catch {
			return refuse("Invalid message received: not JSON.");
		}
		if (stage === "opening")
			return open(message);
		if (stage === "over")
			return;
		if (typeof message.user_audio_chunk === "string")
			return listener.hear(message.user_audio_chunk);
		if (message.type === "pong" && message.event_id === pings)
			roundTrip = Date.now() - pingSent;
		else if (message.type === "user_message" && typeof message.text === "string")
			takeAnswer(message.text);
		else if (!CLIENT_TYPES.has(message.type))
			refuse(`Invalid message received: unknown type ${message.type}.`);
	}

	function open(message) {
		if (message.type !== "conversation_initiation_client_data")
			return refuse("Invalid message received: conversation_initiation_client_data must come first.");
		const override = forbiddenOverride(message.conversation_config_override);
		if (override)
			return refuse(`Override for field '${override}' is not allowed by config.`);
		const variables = message.dynamic_variables ?? {};
		const odd = Object.keys(variables).find((name) => !["string", "number", "boolean"].includes(typeof variables[name]) || name.startsWith("system__"));
		if (odd)
			return refuse(`Invalid dynamic variable: ${odd}`);
		const missing = missingVariables(variables);
		if (missing.length)
			return refuse(`Missing required dynamic variables in first message: {${missing.map((name) => `'${name}'`).join(", ")}}`);
		begin(message, variables);
	}

	function begin(message, variables) {
		record = records.begin({ id: conversationId, variables, userId: message.user_id, source: message.source_info });
		startedAt = Date.now();
		stage = "talking";
		listener = createListener({ script, isSpeaking: () => Boolean(speaking), onAnswer: () => takeAnswer(answerFor(script, answered)),
			onInterruption: interrupt, onSilence: remind });
		const format = `pcm_${RATE}`;
		send({ type: "conversation_initiation_metadata", conversation_initiation_metadata_event: {
			conversation_id: record.id, agent_output_audio_format: format, user_input_audio_format: format } });
		later(MAX_DURATION_SECONDS * 1000, exceed);
		ping();
		say(firstMessage(variables), listener.start);
	}

	function ping() {
		pingSent = Date.now();
		send({ type: "ping", ping_event: { event_id: ++pings, ping_ms: roundTrip } });
		later(PING_EVERY_MS, ping);
	}

	/** Says a sentence: the text at once, the sound at the pace of hearing, then `after`. */
	function say(text, after) {
		const id = ++eventId;
		const total = speechMs(text, script.pace);
		const pcm = synthesize(text, total);
		const turn = { role: "agent", message: text, time_in_call_secs: seconds() };
		record.transcript.push(turn);
		records.changed();
		send({ type: "agent_response", agent_response_event: { agent_response: text, event_id: id } });
		speaking = { id, text, turn, began: Date.now(), total };
		let offset = 0;
		const mine = speaking;
		pump();

		function pump() {
			if (speaking !== mine || stage === "over")
				return;
			const size = CHUNK_MS * RATE / 1000 * 2;
			while (offset < pcm.length && offset / 2 / RATE * 1000 < Date.now() - mine.began + AHEAD_MS) {
				send({ type: "audio", audio_event: { audio_base_64: pcm.subarray(offset, offset + size).toString("base64"), event_id: id } });
				offset += size;
			}
			if (offset < pcm.length)
				return later(CHUNK_MS / 2, pump);
			later(Math.max(0, mine.began + total - Date.now()), () => {
				if (speaking !== mine)
					return;
				speaking = null;
				after();
			});
		}
	}

	/** The candidate talks over the agent: the agent stops and says what was really heard of it. */
	function interrupt() {
		if (stage !== "talking" || !speaking)
			return;
		const { id, text, turn, began, total } = speaking;
		speaking = null;
		const heard = text.slice(0, Math.max(8, text.lastIndexOf(" ", text.length * Math.min(1, (Date.now() - began) / total)))).trimEnd();
		send({ type: "interruption", interruption_event: { event_id: ++eventId } });
		send({ type: "agent_response_correction", agent_response_correction_event: { original_agent_response: text, corrected_agent_response: heard, event_id: id } });
		Object.assign(turn, { message: heard, original_message: text, interrupted: true });
		listener.start();
	}

	function takeAnswer(text) {
		if (stage !== "talking")
			return;
		listener.stop();
		speaking = null;
		const id = ++eventId;
		const half = text.slice(0, Math.ceil(text.length / 2));
		send({ type: "tentative_user_transcript", tentative_user_transcription_event: { user_transcript: half, event_id: id } });
		send({ type: "user_transcript", user_transcription_event: { user_transcript: text, event_id: id } });
		record.transcript.push({ role: "user", message: text, time_in_call_secs: seconds() });
		records.changed();
		const points = readPointers(record.variables.conversation_pointers).slice(0, script.turns ?? POINTS_LIMIT);
		const asked = answered++;
		if (asked < points.length)
			return say(nextQuestion(points[asked], asked), listener.start);
		leave(closing(record.variables), "end_call tool was called.");
	}

	function remind(times) {
		if (times < 3)
			return say(STILL_THERE, listener.start);
		leave(GIVING_UP, "The candidate could not be heard.");
	}

	/** Goodbye, then the end_call tool, at which the client ends; the agent closes itself when the client does not. */
	function leave(text, reason) {
		stage = "leaving";
		listener.stop();
		say(text, () => {
			record.termination_reason = reason;
			record.transcript.at(-1).tool_calls = [{ type: "system", request_id: "end_call_01", tool_name: "end_call",
				params_as_json: "{\"reason\":\"plan complete\"}", tool_has_been_called: true, tool_details: null }];
			send({ type: "agent_tool_response", agent_tool_response: { tool_name: "end_call", tool_call_id: "end_call_01", tool_type: "system",
				is_error: false, is_called: true, event_id: ++eventId } });
			later(1000, () => socket.close(1000));
		});
	}

	function exceed() {
		send({ type: "error", error_event: { code: 1000, error_type: "max_duration_exceeded", message: "The conversation reached its longest duration.",
			reason: null, debug_message: null, details: null } });
		refuse("The conversation exceeded its longest duration.", 1000);
	}

	function finish(code, reason) {
		stage = "over";
		speaking = null;
		listener?.stop();
		for (const timer of timers)
			clearTimeout(timer);
		timers.clear();
		if (!record || record.status !== "in-progress")
			return;
		record.termination_reason ||= code === 1000 ? "Client disconnected: 1000" : `Client disconnected: ${code}${reason ? ` ${reason}` : ""}`;
		records.finish(record);
	}
}

/** The agent allows no override; the client's empty objects are harmless. */
function forbiddenOverride(override) {
	for (const [name, value] of Object.entries(override ?? {})) {
		if (value === null || value === undefined)
			continue;
		const inner = typeof value === "object" ? forbiddenOverride(value) : name;
		if (inner)
			return inner;
	}
	return null;
}

