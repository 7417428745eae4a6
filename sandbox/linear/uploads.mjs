// Upload slots and the files behind them. The real upload host checks a signature over the declared headers and the
// exact length; here the slot itself remembers what was declared.
import { randomBytes, randomUUID } from "node:crypto";
import { answer } from "../lib/listener.mjs";
import { badInput } from "./workspace.mjs";

const VALID_MS = 60_000;
const SIZE_LIMIT = 50 * 1024 * 1024;

export function createSlot(workspace, { contentType, filename, size, makePublic, metaData }, host, now = Date.now()) {
	if (size < 1 || size > SIZE_LIMIT)
		throw badInput("size must be between 1 byte and 50 MB.");
	const token = randomBytes(24).toString("base64url");
	const assetPath = `/assets/${workspace.part.organization.id}/${randomUUID()}/${randomUUID()}`;
	const safeName = filename.replace(/[^\w.() -]/g, "_");
	const headers = [
		{ key: "x-goog-content-length-range", value: `${size},${size}` },
		{ key: "Content-Disposition", value: `attachment; filename="${safeName}"` },
	];
	workspace.part.uploads[assetPath] = { token, filename, contentType, size, public: Boolean(makePublic), headers,
		expires: now + VALID_MS, content: null };
	dropAbandoned(workspace.part.uploads, now);
	workspace.changed();
	return { uploadUrl: `http://${host}/upload/${token}`, assetUrl: `http://${host}${assetPath}`, contentType, filename, size, metaData, headers };
}

/** A slot that nobody filled in time has no use. */
function dropAbandoned(uploads, now) {
	for (const [path, slot] of Object.entries(uploads))
		if (slot.content === null && slot.expires + VALID_MS < now)
			delete uploads[path];
}

export function putUpload(workspace, request) {
	const slot = Object.values(workspace.part.uploads).find((entry) => entry.token === request.pathname.slice("/upload/".length));
	if (!slot)
		return storageError(403, "SignatureDoesNotMatch", "The request signature does not match.");
	if (request.headers.authorization)
		return storageError(400, "InvalidArgument", "Only one authentication mechanism is allowed.");
	if (slot.expires < Date.now())
		return storageError(403, "ExpiredToken", "The upload address has expired; it is valid for 60 seconds.");
	const required = [...slot.headers, { key: "Content-Type", value: slot.contentType }, { key: "Cache-Control", value: "public, max-age=31536000" }];
	const missing = required.find(({ key, value }) => request.headers[key.toLowerCase()] !== value);
	if (missing)
		return storageError(403, "SignatureDoesNotMatch", `The header ${missing.key} is missing or differs from the signed one.`);
	if (request.body.length !== slot.size)
		return storageError(400, request.body.length > slot.size ? "EntityTooLarge" : "EntityTooSmall",
			`The upload has ${request.body.length} bytes, ${slot.size} were declared.`);
	slot.content = request.body.toString("base64");
	workspace.changed();
	return answer(200, "", { effect: `stored ${slot.filename} (${slot.size} bytes)` });
}

export function getAsset(workspace, request, authorized) {
	const slot = workspace.part.uploads[request.pathname];
	if (!slot || slot.content === null)
		return answer(404, "Not found", { headers: { "content-type": "text/plain" } });
	if (!slot.public && !authorized)
		return answer(401, "Unauthorized", { headers: { "content-type": "text/plain" } });
	return answer(200, Buffer.from(slot.content, "base64"), { headers: {
		"content-type": slot.contentType, "content-disposition": slot.headers[1].value, "x-content-type-options": "nosniff" } });
}

/** What the page and tests see of an attachment that lies in our own storage. */
export function assetContent(workspace, url) {
	let slot;
	try {
		slot = workspace.part.uploads[new URL(url).pathname];
	} catch {
		return null;
	}
	return slot?.content ? { content_type: slot.contentType, filename: slot.filename, size: slot.size,
		text: Buffer.from(slot.content, "base64").toString("utf8") } : null;
}

function storageError(status, code, message) {
	const body = `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
	return answer(status, body, { headers: { "content-type": "application/xml; charset=UTF-8" } });
}
