// What Twilio tells the product: the parameters of its requests, and the events of a call on their way to the product.
import { readAddress, signedRequest } from "./signature.mjs";
import { API_VERSION, rfc2822 } from "./resource.mjs";

const NO_CONNECTION = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;
const STATUS_WORDS = { answered: "in-progress" };

/** The deliveries of events. What is repeated, and how often, stands in the fragment of the product's own address. */
export const twilioDelivery = {
	retriesMs: [50, 50, 50, 50, 50],
	target: ({ payload }) => readAddress(payload.url).sent,
	timeout: ({ payload }) => readAddress(payload.url).timeoutMs,
	retries: ({ payload }) => readAddress(payload.url).retries,
	succeeded: (status) => status >= 200 && status < 400,
	retryable(status, { payload, error }) {
		const { retryOn } = readAddress(payload.url);
		const kind = status === null ? NO_CONNECTION.test(error) ? "ct" : "rt" : status >= 500 ? "5xx" : "4xx";
		return retryOn.has("all") || retryOn.has(kind);
	},
	sign({ id, message_id, payload }, settings) {
		const request = signedRequest(payload, settings.get("TWILIO_AUTH_TOKEN"));
		request.headers["i-twilio-idempotency-token"] = message_id || id;
		return request;
	},
};

/** The parameters that every request about a call carries. */
export function standardParams(call, status = call.status) {
	const place = (number) => number.startsWith("+1") ? "US" : "";
	const params = { AccountSid: call.account_sid, ApiVersion: API_VERSION, CallSid: call.sid, CallStatus: status, Direction: "outbound-api",
		From: call.from, To: call.to, Caller: call.from, Called: call.to };
	for (const [side, number] of [["From", call.from], ["Caller", call.from], ["To", call.to], ["Called", call.to]])
		Object.assign(params, { [`${side}City`]: "", [`${side}State`]: "", [`${side}Zip`]: "", [`${side}Country`]: place(number) });
	return params;
}

/** Sends one event of a call, if the product asked for it. `event` is initiated, ringing, answered or a last status. */
export function announce(deliveries, call, event) {
	const { StatusCallback: url, StatusCallbackMethod: method = "POST", StatusCallbackEvent: wanted = ["completed"] } = call.params;
	const over = call.ended !== null;
	if (!url || !wanted.includes(over ? "completed" : event))
		return;
	const params = { ...standardParams(call, STATUS_WORDS[event] ?? event), CallbackSource: "call-progress-events", Timestamp: rfc2822(Date.now()),
		SequenceNumber: String(call.sequence++) };
	if (call.answered_by)
		params.AnsweredBy = call.answered_by;
	if (over)
		Object.assign(params, { CallDuration: String(call.duration), Duration: String(Math.ceil(call.duration / 60)), SipResponseCode: String(call.sip_code) });
	if (over && call.error_code)
		params.ErrorCode = String(call.error_code);
	deliveries.send("twilio", over ? "completed" : event, { url, method, params });
}

/** The answering machine detection's finding, when the product did not want to wait for it. */
export function announceMachine(deliveries, call, milliseconds) {
	const { AsyncAmdStatusCallback: url, AsyncAmdStatusCallbackMethod: method = "POST" } = call.params;
	if (url)
		deliveries.send("twilio", "amd", { url, method, params: { CallSid: call.sid, AccountSid: call.account_sid, AnsweredBy: call.answered_by,
			MachineDetectionDuration: String(milliseconds) } });
}
