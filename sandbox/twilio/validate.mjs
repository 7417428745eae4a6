// What Twilio refuses in a request about calls. One problem is reported at a time, as Twilio does. Names that Twilio's API
// does not have are ignored there; here they are refused, because nobody writes one on purpose.

/** Parameter → what its value must be. */
const METHOD = [21209, (value) => ["GET", "POST"].includes(value)];
const ADDRESS = (code) => [code, isAddress];
const OTHER = (code = 20422, check = () => true) => [code, check];
const oneOf = (...values) => OTHER(20422, (value) => values.includes(value));
const within = (code, least, most) => [code, (value) => /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most];

const COMMON = {
	Url: ADDRESS(21205), Method: METHOD, FallbackUrl: ADDRESS(21205), FallbackMethod: METHOD, StatusCallback: ADDRESS(21609), StatusCallbackMethod: METHOD,
	Twiml: [21658, (value) => value.length <= 4000], TimeLimit: within(20422, 1, 86_400),
};

export const CREATE_PARAMETERS = {
	To: [21211, isNumber], From: [21212, isNumber], ...COMMON,
	ApplicationSid: [21218, (value) => /^AP[0-9a-f]{32}$/i.test(value)],
	StatusCallbackEvent: [21626, (value) => ["initiated", "ringing", "answered", "completed"].includes(value)],
	SendDigits: [21206, (value) => /^[0-9A-D#*wW]{1,32}$/.test(value)],
	Timeout: within(21208, 1, 600),
	Record: oneOf("true", "false"), RecordingChannels: oneOf("mono", "dual"), RecordingTrack: oneOf("inbound", "outbound", "both"),
	Trim: oneOf("trim-silence", "do-not-trim"), RecordingStatusCallback: ADDRESS(13256), RecordingStatusCallbackMethod: METHOD,
	RecordingStatusCallbackEvent: [13621, (value) => value.split(" ").every((one) => ["in-progress", "completed", "absent"].includes(one))],
	SipAuthUsername: OTHER(), SipAuthPassword: OTHER(),
	MachineDetection: [21234, (value) => ["Enable", "DetectMessageEnd"].includes(value)],
	MachineDetectionTimeout: within(21263, 3, 59), MachineDetectionSpeechThreshold: within(21263, 1000, 6000),
	MachineDetectionSpeechEndThreshold: within(21263, 500, 5000), MachineDetectionSilenceTimeout: within(21263, 2000, 10_000),
	AsyncAmd: oneOf("true", "false"), AsyncAmdStatusCallback: ADDRESS(21263), AsyncAmdStatusCallbackMethod: METHOD,
	CallerId: OTHER(), Byoc: OTHER(), CallReason: OTHER(20422, (value) => value.length <= 50), CallToken: OTHER(), ClientNotificationUrl: ADDRESS(20422),
};
export const UPDATE_PARAMETERS = { ...COMMON, Status: oneOf("canceled", "completed") };
export const LIST_PARAMETERS = {
	To: OTHER(), From: OTHER(), ParentCallSid: OTHER(), Status: oneOf("queued", "ringing", "in-progress", "canceled", "completed", "failed", "busy", "no-answer"),
	...Object.fromEntries(["StartTime", "EndTime"].flatMap((name) => [name, `${name}<`, `${name}>`].map((one) => [one, OTHER(20422, isDay)]))),
	PageSize: within(20007, 1, 1000), Page: within(20422, 0, 1e9), PageToken: OTHER(),
};
const REPEATED = new Set(["StatusCallbackEvent", "RecordingStatusCallbackEvent"]);

const MESSAGES = {
	10004: "Call concurrency limit exceeded", 20001: "Unknown parameters", 20007: "Page size too large", 20422: "Invalid Parameter", 21201: "No 'To' number is specified", 21205: "Url is not a valid URL",
	21206: "Invalid SendDigits", 21208: "Invalid Timeout", 21209: "Invalid Method", 21210: "The source phone number provided is not yet verified for your account",
	21211: "Invalid 'To' Phone Number", 21212: "The phone number provided as the From is not valid", 21213: "No 'From' number is specified",
	21214: "'To' phone number cannot be reached", 21215: "Geo Permission configuration is not permitting call", 21216: "Call blocked by Twilio blocklist",
	21217: "Phone number does not appear to be valid", 21218: "Invalid ApplicationSid", 21219: "'To' phone number not verified", 21220: "Invalid call state",
	21234: "Invalid Machine Detection configuration value", 21262: "No AMD status callback URL provided", 21263: "Invalid Answering Machine Detection Parameters",
	21609: "Invalid 'StatusCallback'", 21626: "Invalid 'StatusCallbackEvent'", 21658: "Parameter exceeded character limit",
};

export const messageOf = (code) => MESSAGES[code] ?? "Bad request";

function isNumber(value) {
	return /^\+[1-9]\d{6,14}$/.test(value);
}

function isDay(value) {
	return /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));
}

function isAddress(value) {
	return /^https?:\/\/[^/?#]/i.test(value) && !/\s/.test(value) && URL.canParse(value) && !new URL(value).hostname.includes("_");
}

/** Reads [name, value] pairs into {values} with lists where a name may be repeated, or gives {problem: {code, about}}. */
export function readParameters(pairs, known) {
	const values = {};
	for (const [name, value] of pairs) {
		if (!Object.hasOwn(known, name))
			return { problem: { code: 20001, about: `${name} is not a parameter of this request` } };
		if (!REPEATED.has(name) && name in values)
			return { problem: { code: 20422, about: `${name} is given twice` } };
		if (REPEATED.has(name))
			(values[name] ??= []).push(value);
		else
			values[name] = value;
	}
	return { values };
}

/** Returns null or {code, about}: the first value that is not what its parameter takes. */
export function checkValues(values, known) {
	for (const [name, value] of Object.entries(values)) {
		const [code, check] = known[name];
		const wrong = [value].flat().find((one) => !check(one));
		if (wrong !== undefined)
			return { code, about: `${name}: ${wrong}` };
	}
	return null;
}

/** What a new call needs; `owned` says whether a number may call. */
export function checkNewCall(values, owned) {
	if (!values.To)
		return { code: 21201 };
	if (!values.From)
		return { code: 21213 };
	const { Url, Twiml, ApplicationSid } = values;
	if (!Url && !Twiml && !ApplicationSid)
		return { code: 21205, about: "Url, Twiml or ApplicationSid is needed" };
	const wrong = checkValues(values, CREATE_PARAMETERS);
	if (wrong)
		return wrong;
	if (!owned(values.From))
		return { code: 21210, about: values.From };
	if (values.AsyncAmd === "true" && values.MachineDetection && !values.AsyncAmdStatusCallback)
		return { code: 21262 };
	return null;
}
