// What Twilio tells about an account: its state, the numbers it owns and those that somebody has verified.
import { answer } from "../lib/listener.mjs";

const LIFE = ["Tue, 06 Jan 2026 09:00:00 +0000", "Mon, 02 Nov 2026 09:00:00 +0000"];

/** GET of an account's parts other than its calls; null when it is none of them. `own` are its numbers, `verified` the others. */
export function accountPart(request, { account, own, verified, status = "active", type = "Full" }) {
	const base = `/2010-04-01/Accounts/${account}`;
	const [created, updated] = LIFE;
	const dates = { date_created: created, date_updated: updated };
	const wanted = (number) => !request.query.get("PhoneNumber") || number.includes(request.query.get("PhoneNumber").replace(/\*/g, ""));
	const list = (name, path, entries) => answer(200, { [name]: entries, page: 0, page_size: 50, start: 0, end: Math.max(0, entries.length - 1),
		uri: request.path, first_page_uri: `${path}?PageSize=50&Page=0`, previous_page_uri: null, next_page_uri: null });

	switch (request.pathname) {
	case `${base}.json`:
		return answer(200, { sid: account, owner_account_sid: account, friendly_name: "Acme (sandbox)", status, type, auth_token: "(not shown)",
			...dates, uri: `${base}.json`, subresource_uris: { calls: `${base}/Calls.json`, incoming_phone_numbers: `${base}/IncomingPhoneNumbers.json` } });
	case `${base}/IncomingPhoneNumbers.json`:
		return list("incoming_phone_numbers", `${base}/IncomingPhoneNumbers.json`, own.filter(wanted).map((phone_number) => ({
			sid: sidOf(phone_number), account_sid: account, phone_number, friendly_name: phone_number, ...dates,
			capabilities: { voice: true, sms: true, mms: false, fax: false }, voice_url: "", status: "in-use", api_version: "2010-04-01" })));
	case `${base}/OutgoingCallerIds.json`:
		return list("outgoing_caller_ids", `${base}/OutgoingCallerIds.json`, verified.filter(wanted).map((phone_number) => ({
			sid: sidOf(phone_number), account_sid: account, phone_number, friendly_name: phone_number, ...dates })));
	default:
		return null;
	}
}

/** The same number has the same sid each time. */
export function sidOf(number) {
	return `PN${Buffer.from(number).toString("hex").padStart(32, "0").slice(-32)}`;
}
