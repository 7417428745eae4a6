// The list of conversations with the vendor's filters and pages.
import { answer } from "../lib/listener.mjs";

const PAGE = 30;
const PAGE_LIMIT = 100;

export function listConversations(records, query, refusal) {
	const size = Number(query.get("page_size") ?? PAGE);
	if (!Number.isInteger(size) || size < 1 || size > PAGE_LIMIT)
		return answer(422, { detail: [{ type: "less_than_equal", loc: ["query", "page_size"], msg: "Input should be between 1 and 100", input: query.get("page_size") }] });
	const found = records.all().filter((record) => wanted(record, query, records.agentOf(record))).sort((a, b) => b.started - a.started || b.id.localeCompare(a.id));
	if (query.get("sort_direction") === "asc")
		found.reverse();
	const cursor = query.get("cursor");
	const from = cursor ? found.findIndex((record) => cursorOf(record) === cursor) + 1 : 0;
	if (cursor && from === 0)
		return refusal(400, "invalid_request", "invalid_cursor", "The cursor is not valid.", "cursor");
	const page = found.slice(from, from + size);
	const more = from + size < found.length;
	return answer(200, { conversations: page.map((record) => summary(record, records.agentOf(record))), next_cursor: more ? cursorOf(page.at(-1)) : null, has_more: more });
}

const cursorOf = (record) => Buffer.from(`${record.started} ${record.id}`).toString("base64url");

function wanted(record, query, agentId) {
	const number = (name) => query.has(name) ? Number(query.get(name)) : null;
	const after = number("call_start_after_unix");
	const before = number("call_start_before_unix");
	return (!query.has("agent_id") || query.get("agent_id") === agentId)
		&& (after === null || record.started >= after)
		&& (before === null || record.started <= before)
		&& (!query.has("user_id") || query.get("user_id") === record.user_id)
		&& !query.getAll("exclude_statuses").includes(record.status)
		&& (!query.has("conversation_initiation_source") || query.get("conversation_initiation_source") === record.source.source);
}

function summary(record, agentId) {
	return { agent_id: agentId, agent_name: "Screening interview (sandbox)", conversation_id: record.id, start_time_unix_secs: record.started,
		call_duration_secs: record.duration, message_count: record.transcript.length, status: record.status,
		call_successful: record.status === "done" && record.transcript.length ? "success" : "unknown", termination_reason: record.termination_reason,
		transcript_summary: null, call_summary_title: null, direction: null, user_id: record.user_id, branch_id: null, version_id: null,
		conversation_initiation_source: record.source.source, main_language: "en" };
}
