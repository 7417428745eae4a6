// POST /v1/convai/twilio/register-call: the TwiML by which a call of the caller's own is connected to an agent. The
// vendor's Twilio then streams to a WebSocket, which nobody opens here: the sandbox's Twilio only waits.
import { answer, jsonOf } from "../lib/listener.mjs";
import { newConversationId } from "./records.mjs";

const REQUIRED = ["agent_id", "from_number", "to_number"];
const escape = (text) => String(text).replace(/[&<>"]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[character]);

export function registerCall(request, agentId, noAgent) {
	const body = jsonOf(request);
	const missing = REQUIRED.filter((name) => typeof body?.[name] !== "string");
	if (missing.length)
		return answer(422, { detail: missing.map((name) => ({ type: "missing", loc: ["body", name], msg: "Field required", input: body ?? null })) });
	if (body.agent_id !== agentId)
		return noAgent(body.agent_id);
	const id = newConversationId();
	const variables = body.conversation_initiation_client_data?.dynamic_variables ?? {};
	const parameters = Object.entries({ conversation_id: id, ...variables }).map(([name, value]) => `<Parameter name="${escape(name)}" value="${escape(value)}"/>`);
	const twiml = `<?xml version="1.0" encoding="UTF-8"?><Response><Connect><Stream url="wss://${request.host}/v1/convai/conversation">${parameters.join("")}</Stream></Connect></Response>`;
	return answer(200, twiml, { headers: { "content-type": "text/xml" }, effect: `connects ${body.to_number} to ${body.agent_id}` });
}
