// How the vendor says no: the documented error body, and the list of fields that its framework gives with 422.
import { randomUUID } from "node:crypto";
import { answer } from "../lib/listener.mjs";

/** The documented error body; `status` repeats the code under its older name. */
export function refusal(status, type, code, message, param = null) {
	return answer(status, { detail: { type, code, message, status: code, request_id: randomUUID(), param } });
}

/** 422 for one field; `loc` is its way from "body", "query" or "path". */
export function invalidField(type, loc, msg, input = null) {
	return answer(422, { detail: [{ type, loc, msg, input }] });
}
