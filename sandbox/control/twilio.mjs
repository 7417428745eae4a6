// Control of the Twilio stand-in: how called people behave, and what happened in each call.
import { callResource } from "../twilio/resource.mjs";
import { isOver } from "../twilio/life.mjs";
import { changeScript } from "../twilio/script.mjs";
import { bodyOf, ControlError, missing, refuseIf } from "./body.mjs";

/** A call with its times in ms, what was heard in it, which TwiML was fetched, and what Twilio would complain about. */
export function callView(call) {
	const { params, behaviour, heard, requests, problems, created, started, answered, ended, updated } = call;
	return { ...callResource(call), times: { created, started, answered, ended, updated }, params, behaviour, heard, requests, problems };
}

export function twilioRoutes(twilio) {
	const callOf = (sid) => twilio.calls().find((call) => call.sid === sid) ?? missing("call");
	return [
		["GET", "/control/twilio/calls", ({ query }) => ({ calls: twilio.calls().filter(({ updated }) => updated >= Number(query.get("updated_after") ?? 0)).map(callView) })],
		["GET", "/control/twilio/calls/:sid", (request, sid) => callView(callOf(sid))],
		["POST", "/control/twilio/calls/:sid/hangup", (request, sid) => {
			const call = callOf(sid);
			if (isOver(call) || call.answered === null)
				throw new ControlError(409, `the call is ${call.status}`);
			twilio.hangUp(call);
			return callView(call);
		}],
		["GET", "/control/twilio/script", () => twilio.script()],
		["POST", "/control/twilio/script", (request) => {
			refuseIf(changeScript(twilio.script(), bodyOf(request)));
			twilio.changed();
			return twilio.script();
		}],
	];
}
