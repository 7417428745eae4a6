// Signed URLs of a conversation: valid for 15 minutes, for one agent, on whatever address the caller used to reach us.
// The signature needs no memory, so a URL stays valid over a restart of the sandbox.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

export const SIGNED_URL_LIFE_SECONDS = 15 * 60;
const PATH = "/v1/convai/conversation";

export function createSignedUrl({ host, agentId, conversationId, key, now = Date.now() }) {
	const expires = Math.floor(now / 1000) + SIGNED_URL_LIFE_SECONDS;
	const head = `${expires}.${randomBytes(9).toString("base64url")}`;
	const query = new URLSearchParams({ agent_id: agentId });
	if (conversationId)
		query.set("conversation_id", conversationId);
	query.set("conversation_signature", `cvtkn_${head}.${sign(head, agentId, conversationId, key)}`);
	return `ws://${host}${PATH}?${query}`;
}

/** Returns null when the address may be used, else the reason to close with. */
export function refuseSignedUrl(query, { agentId, key, now = Date.now() }) {
	const wanted = query.get("agent_id");
	if (!wanted)
		return "Missing agent_id";
	if (wanted !== agentId)
		return "The AI agent you are trying to reach does not exist.";
	const match = /^cvtkn_((\d+)\.[\w-]+)\.([\w-]+)$/.exec(query.get("conversation_signature") || "");
	if (!match)
		return "Could not authorize the conversation: a signed URL is required.";
	const expected = sign(match[1], wanted, query.get("conversation_id"), key);
	if (match[3].length !== expected.length || !timingSafeEqual(Buffer.from(match[3]), Buffer.from(expected)))
		return "Could not authorize the conversation: the signature is wrong.";
	return Number(match[2]) * 1000 < now ? "Could not authorize the conversation: the signed URL has expired." : null;
}

function sign(head, agentId, conversationId, key) {
	return createHmac("sha256", `signed url ${key}`).update(`${head}.${agentId}.${conversationId ?? ""}`).digest("base64url");
}
