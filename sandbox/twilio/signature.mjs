// X-Twilio-Signature, and what Twilio does with the addresses it is given before it calls them.
import { createHmac } from "node:crypto";

/** The signature over the address and the form's parameters: {name: value | [values]} or [[name, value], …]. */
export function twilioSignature(authToken, url, params = {}) {
	const values = new Map();
	for (const [name, value] of Array.isArray(params) ? params : Object.entries(params))
		values.set(name, [...values.get(name) ?? [], ...[value].flat()]);
	const bytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
	const text = [...values.keys()].sort(bytes).flatMap((name) => [...new Set(values.get(name))].sort(bytes).map((value) => name + value)).join("");
	return createHmac("sha1", authToken).update(url + text, "utf8").digest("base64");
}

/**
 * An address as it is used: `sent` and `signed` have neither fragment nor login, and over https the port is not signed.
 * The fragment gives `retries`, `retryOn` (4xx, 5xx, ct, rt, all) and `timeoutMs`.
 */
export function readAddress(text) {
	const [, scheme, login, host, rest] = /^(https?:\/\/)(?:([^/?@]*)@)?([^/?]*)([^]*)$/i.exec(text.replace(/#[^]*$/, ""));
	const wishes = new URLSearchParams(text.includes("#") ? text.slice(text.indexOf("#") + 1) : "");
	const number = (name, fallback, most) => /^\d+$/.test(wishes.get(name) ?? "") ? Math.min(most, Number(wishes.get(name))) : fallback;
	return {
		sent: scheme + host + rest,
		signed: scheme + (scheme.toLowerCase() === "https://" ? host.replace(/:\d+$/, "") : host) + rest,
		authorization: login ? `Basic ${Buffer.from(decodeURIComponent(login)).toString("base64")}` : null,
		retries: number("rc", 1, 5),
		retryOn: new Set((wishes.get("rp") ?? "ct").split(",")),
		timeoutMs: Math.min(number("tt", 15_000, 15_000), number("rt", 15_000, 15_000)),
	};
}

/** {url, method, headers, body} of one signed request; GET carries the parameters in the address. */
export function signedRequest({ url, method = "POST", params }, authToken) {
	const address = readAddress(url);
	const form = new URLSearchParams(params).toString();
	const headers = { "user-agent": "TwilioProxy/1.1", accept: "*/*" };
	if (address.authorization)
		headers.authorization = address.authorization;
	if (method === "GET") {
		const query = form && (address.sent.includes("?") ? "&" : "?") + form;
		headers["x-twilio-signature"] = twilioSignature(authToken, address.signed + query);
		return { url: address.sent + query, method, headers };
	}
	headers["x-twilio-signature"] = twilioSignature(authToken, address.signed, params);
	headers["content-type"] = "application/x-www-form-urlencoded; charset=UTF-8";
	return { url: address.sent, method, headers, body: form };
}
