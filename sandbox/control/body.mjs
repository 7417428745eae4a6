// Reading control requests, and refusing them.
import { jsonOf } from "../lib/listener.mjs";

/** A refusal of the control port: {error} with a status. */
export class ControlError extends Error {
	constructor(status, message) {
		super(message);
		this.status = status;
	}
}

export function bodyOf(request) {
	if (request.body.length === 0)
		return {};
	const body = jsonOf(request);
	if (body === null || typeof body !== "object")
		throw new ControlError(400, "the body must be a JSON object");
	return body;
}

export function missing(kind) {
	throw new ControlError(404, `no such ${kind}`);
}

/** For functions that return a sentence when they cannot do what was asked. */
export function refuseIf(problem) {
	if (problem)
		throw new ControlError(422, problem);
}
