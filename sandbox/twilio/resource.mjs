// The Call resource as Twilio's API shows it.
export const API_VERSION = "2010-04-01";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `Fri, 20 Nov 2026 09:30:00 +0000`; null stays null. */
export function rfc2822(milliseconds) {
	if (milliseconds === null)
		return null;
	const date = new Date(milliseconds);
	const two = (value) => String(value).padStart(2, "0");
	return `${DAYS[date.getUTCDay()]}, ${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()} `
		+ `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}

function formatted(number) {
	const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
	return parts ? `(${parts[1]}) ${parts[2]}-${parts[3]}` : number;
}

export function callResource(call) {
	const folder = `/${API_VERSION}/Accounts/${call.account_sid}/Calls/${call.sid}`;
	const below = ["notifications", "recordings", "payments", "events", "siprec", "streams", "transcriptions", "user_defined_message_subscriptions", "user_defined_messages"];
	const file = (name) => name.split("_").map((word) => word[0].toUpperCase() + word.slice(1)).join("");
	return {
		sid: call.sid, account_sid: call.account_sid, parent_call_sid: null, group_sid: null, trunk_sid: null, phone_number_sid: call.phone_number_sid,
		status: call.status, direction: "outbound-api", to: call.to, to_formatted: formatted(call.to), from: call.from, from_formatted: formatted(call.from),
		answered_by: call.answered_by, caller_name: null, forwarded_from: null, annotation: null, queue_time: String(call.queue_ms),
		duration: call.duration === null ? null : String(call.duration), start_time: rfc2822(call.started), end_time: rfc2822(call.ended),
		date_created: rfc2822(call.created), date_updated: rfc2822(call.updated), price: null, price_unit: "USD", api_version: API_VERSION,
		uri: `${folder}.json`, subresource_uris: Object.fromEntries(below.map((name) => [name, `${folder}/${file(name)}.json`])),
	};
}
