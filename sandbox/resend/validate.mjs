// What Resend refuses in a mail. One problem is reported at a time, as Resend does.

const ADDRESS = /^[^\s@<>(),;:"\\[\]]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$/;
const TAG = /^[A-Za-z0-9_-]{1,256}$/;
const KNOWN = new Set(["from", "to", "subject", "bcc", "cc", "reply_to", "html", "text", "headers", "scheduled_at", "attachments", "tags", "topic_id", "template"]);

/** Returns null or {status, name, message}. Only the domain of `verifiedFrom` may send. */
export function checkEmail(mail, verifiedFrom) {
	if (!mail || typeof mail !== "object" || Array.isArray(mail))
		return problem("validation_error", "The request body must be a JSON object.", 400);
	for (const name of ["from", "to", "subject"])
		if (mail[name] === undefined || mail[name] === "")
			return problem("missing_required_field", `Missing \`${name}\` field.`);
	if (typeof mail.html !== "string" && typeof mail.text !== "string" && !mail.template)
		return problem("missing_required_field", "Missing `html` or `text` field.");
	const stray = Object.keys(mail).find((name) => !KNOWN.has(name));
	if (stray)
		return problem("validation_error", `Unknown field \`${stray}\`.`);
	return checkAddresses(mail, verifiedFrom) || checkText(mail) || checkTags(mail.tags) || null;
}

function checkAddresses(mail, verifiedFrom) {
	const sender = addressOf(mail.from);
	if (!sender)
		return problem("invalid_from_address", "Invalid `from` field. The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.");
	const verified = addressOf(verifiedFrom);
	if (verified && domainOf(sender) !== domainOf(verified))
		return problem("validation_error", `The ${domainOf(sender)} domain is not verified.`, 403);
	for (const name of ["to", "cc", "bcc", "reply_to"]) {
		const list = mail[name] === undefined || mail[name] === null ? [] : [mail[name]].flat();
		if (list.length > 50)
			return problem("validation_error", `The \`${name}\` field can have at most 50 addresses.`);
		if (list.some((entry) => !addressOf(entry)))
			return problem("validation_error", `Invalid \`${name}\` field. The email address needs to follow the \`email@example.com\` or \`Name <email@example.com>\` format.`);
	}
	return [mail.to].flat().length === 0 ? problem("missing_required_field", "Missing `to` field.") : null;
}

function checkText(mail) {
	if (typeof mail.subject !== "string" || /[\r\n]/.test(mail.subject))
		return problem("validation_error", "The `\\n` is not allowed in the `subject` field.");
	for (const [name, value] of Object.entries(mail.headers ?? {}))
		if (typeof value !== "string" || /[\r\n]/.test(name + value))
			return problem("validation_error", `Invalid header \`${name}\`.`);
	return null;
}

function checkTags(tags) {
	if (tags === undefined || tags === null)
		return null;
	if (!Array.isArray(tags) || tags.length > 75)
		return problem("validation_error", "The `tags` field must be a list of at most 75 tags.");
	return tags.every((tag) => tag && TAG.test(tag.name) && TAG.test(tag.value)) ? null
		: problem("validation_error", "Tags should only contain ASCII letters, numbers, underscores, or dashes.");
}

function addressOf(text) {
	if (typeof text !== "string" || /[\r\n]/.test(text))
		return null;
	const named = /^(?:"(?:[^"\\]|\\.)*"|[^<>"]*?)\s*<([^<>]+)>$/.exec(text.trim());
	const address = named ? named[1] : text.trim();
	return ADDRESS.test(address) && address.length <= 254 ? address : null;
}

const domainOf = (address) => address.slice(address.lastIndexOf("@") + 1).toLowerCase();

function problem(name, message, status = 422) {
	return { status, name, message };
}
