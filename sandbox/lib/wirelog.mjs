// Every request that reached a stand-in and every answer it gave, for tests ("which calls did the product make, in
// which order?") and for the sandbox page. Credentials are replaced before anything is kept.
const KEPT = 3000;
const BODY_LIMIT = 256 * 1024;
const CREDENTIAL_HEADERS = /^(authorization|xi-api-key|cookie|.*-signature)$/i;

export function openWirelog() {
	const entries = [];
	const waiting = new Set();
	let seq = 0;
	let version = 0;

	return {
		/** Called when the request is read; `finish` adds what came of it. */
		begin({ vendor, method, path, operation, headers, body }) {
			const entry = {
				seq: ++seq,
				time: new Date().toISOString(),
				vendor,
				method,
				path: path.replace(/(conversation_signature=)[^&]+/, "$1…"),
				operation: operation || null,
				headers: withoutCredentials(headers),
				body: readable(body, headers["content-type"]),
				status: null,
				response: null,
				effect: null,
				fault: null,
			};
			entries.push(entry);
			if (entries.length > KEPT)
				entries.splice(0, entries.length - KEPT);
			announce();
			return entry;
		},
		finish(entry, { status, body, effect, fault }) {
			entry.status = status ?? null;
			entry.response = readable(body);
			entry.effect = effect ?? entry.effect;
			entry.fault = fault ?? entry.fault;
			announce();
		},
		list({ vendor, after = 0 } = {}) {
			return entries.filter((entry) => entry.seq > after && (!vendor || entry.vendor === vendor));
		},
		last: () => seq,
		clear: () => entries.splice(0),
		/** Resolves with the version as soon as it differs from the one the caller knows; the page's long poll uses it. */
		changed(known, signalAfterMs) {
			return new Promise((resolve) => {
				if (known !== version)
					return resolve(version);
				const timer = setTimeout(done, signalAfterMs);
				function done() {
					clearTimeout(timer);
					waiting.delete(done);
					resolve(version);
				}
				waiting.add(done);
			});
		},
		announce,
	};

	function announce() {
		version++;
		for (const done of [...waiting])
			done();
	}
}

function withoutCredentials(headers) {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) =>
		[name, CREDENTIAL_HEADERS.test(name) ? "(hidden)" : value]));
}

/** JSON becomes an object again, other text stays text, bytes are only counted. */
function readable(body, contentType = "application/json") {
	if (body === undefined || body === null || body.length === 0)
		return null;
	if (typeof body === "object" && !Buffer.isBuffer(body))
		return body;
	if (body.length > BODY_LIMIT)
		return `(${body.length} bytes)`;
	const text = body.toString("utf8");
	if (/json/.test(contentType)) {
		try {
			return JSON.parse(text);
		} catch { /* shown as it came */ }
	}
	return text.includes("\ufffd") ? `(${body.length} bytes)` : text;
}
