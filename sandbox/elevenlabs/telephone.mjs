// The agent on the telephone: a call of Twilio's is registered, which gives the TwiML that connects it; the talk has no
// sound here, lasts as long as the script says, and becomes a conversation like any other.
import { randomBytes } from "node:crypto";
import { answer } from "../lib/listener.mjs";
import { newConversationId } from "./records.mjs";
import { invalidField, refusal } from "./refusal.mjs";
import { answerFor } from "./script.mjs";

const STREAM_PATH = "/v1/convai/twilio/stream";
const KEPT = 500;
const escape = (text) => String(text).replace(/[&<>"]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[character]);
const NUMBER = /^\+[1-9]\d{6,14}$/;

export function openTelephone({ records, script, knowsAgent }) {
	const { part } = records;
	const registered = () => part.registered ??= [];

	return { register, connect };

	/** POST /v1/convai/twilio/register-call */
	function register(request, body) {
		const problem = check(body);
		if (problem)
			return problem;
		if (!knowsAgent(body.agent_id))
			return refusal(404, "not_found", "agent_not_found", `Agent with id ${body.agent_id} not found.`);
		const { agent_id, from_number, to_number, direction = "inbound", conversation_initiation_client_data: data } = body;
		const id = newConversationId();
		registered().push({ id, agent_id, from_number, to_number, direction, variables: data?.dynamic_variables ?? {}, user_id: data?.user_id ?? null });
		registered().splice(0, registered().length - KEPT);
		records.changed();
		const parameters = Object.entries({ ...data?.dynamic_variables, conversation_id: id })
			.map(([name, value]) => `<Parameter name="${escape(name)}" value="${escape(value)}" />`).join("");
		// Twilio speaks to no plain ws://; in the sandbox nobody opens this address.
		return answer(200, `<?xml version="1.0" encoding="UTF-8"?><Response><Connect><Stream url="wss://${request.host}${STREAM_PATH}">${parameters}</Stream></Connect></Response>`, {
			headers: { "content-type": "text/html; charset=utf-8" }, effect: `registered a call to ${to_number}` });
	}

	/** Twilio's stream of a call: null when its address or its parameters are not ours; else {seconds, end(secondsTalked)}. */
	function connect(url, parameters, callSid) {
		const index = new URL(url).pathname === STREAM_PATH ? registered().findIndex(({ id }) => id === parameters.conversation_id) : -1;
		if (index < 0)
			return null;
		const [call] = registered().splice(index, 1);
		const record = records.begin({ id: call.id, variables: { ...call.variables, system__call_sid: callSid, ...numbersOf(call) }, userId: call.user_id,
			source: { source: "twilio", version: null } });
		const ours = call.direction === "outbound" ? call.from_number : call.to_number;
		record.agent_id = call.agent_id;
		record.phone_call = { type: "twilio", direction: call.direction, phone_number_id: "", agent_number: ours,
			external_number: ours === call.from_number ? call.to_number : call.from_number, call_sid: callSid, stream_sid: `MZ${randomBytes(16).toString("hex")}` };
		const seconds = script().call_seconds;
		const turns = transcriptOf(call, seconds);
		return {
			seconds,
			end(talked) {
				record.transcript = turns.filter((turn) => turn.time_in_call_secs <= talked);
				record.duration = Math.max(1, Math.round(talked));
				record.termination_reason = talked < seconds ? "Call ended by remote party" : "end_call tool was called.";
				records.finish(record);
			},
		};
	}

	/** What is said, spread over the call. */
	function transcriptOf({ variables }, seconds) {
		const turns = script().call_transcript ?? [
			{ role: "agent", message: `Hello${variables.first_name ? ` ${variables.first_name}` : ""}, I am an AI assistant. Is now a good time?` },
			{ role: "user", message: answerFor(script(), 0) },
			{ role: "agent", message: "Thank you. Goodbye." },
		];
		return turns.map(({ role, message }, index) => ({ role, message, time_in_call_secs: Math.floor(index * seconds / turns.length) }));
	}
}

function numbersOf({ from_number, to_number }) {
	return { system__caller_id: from_number, system__called_number: to_number };
}

/** Returns null or the 422 of the first field that is not as published. */
function check(body) {
	if (!body || typeof body !== "object" || Array.isArray(body))
		return invalidField("model_attributes_type", ["body"], "Input should be a valid dictionary", body ?? null);
	for (const name of ["agent_id", "from_number", "to_number"])
		if (body[name] === undefined)
			return invalidField("missing", ["body", name], "Field required", body);
		else if (typeof body[name] !== "string")
			return invalidField("string_type", ["body", name], "Input should be a valid string", body[name]);
	// The vendor takes any text; whoever writes another one has a mistake.
	for (const name of ["from_number", "to_number"])
		if (!NUMBER.test(body[name]))
			return invalidField("value_error", ["body", name], "Not a telephone number", body[name]);
	if (body.direction !== undefined && !["inbound", "outbound"].includes(body.direction))
		return invalidField("enum", ["body", "direction"], "Input should be 'inbound' or 'outbound'", body.direction);
	return checkData(body.conversation_initiation_client_data ?? {});
}

function checkData(data) {
	const at = ["body", "conversation_initiation_client_data"];
	const isObject = (value) => value && typeof value === "object" && !Array.isArray(value);
	if (!isObject(data))
		return invalidField("model_attributes_type", at, "Input should be a valid dictionary", data);
	const { dynamic_variables: variables = {} } = data;
	if (!isObject(variables))
		return invalidField("dict_type", [...at, "dynamic_variables"], "Input should be a valid dictionary", variables);
	const odd = Object.keys(variables).find((name) => name.startsWith("system__") || !["string", "number", "boolean"].includes(typeof variables[name]));
	return odd === undefined ? null : invalidField("value_error", [...at, "dynamic_variables", odd], "Not a dynamic variable", variables[odd]);
}
