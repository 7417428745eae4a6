// Reading TwiML: as much XML as such documents need, and what Twilio would complain about in them.

const MEDIA = "Say Play Pause";
const VERBS = {
	Say: "voice language loop", Play: "loop digits", Pause: "length", Hangup: "", Redirect: "method", Reject: "reason",
	Gather: "input action method timeout finishOnKey numDigits speechTimeout maxSpeechTime partialResultCallback partialResultCallbackMethod language hints "
		+ "profanityFilter bargeIn debug actionOnEmptyResult speechModel enhanced",
	Connect: "action method", Stream: "url name track statusCallback statusCallbackMethod", Parameter: "name value",
};
const INSIDE = { Gather: MEDIA.split(" "), Connect: ["Stream"], Stream: ["Parameter"] };
const INNER = ["Stream", "Parameter"];
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const TOKEN = /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[([^]*?)\]\]>|<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y;

/** A document that cannot be used; `code` is Twilio's. */
export class TwimlError extends Error {
	constructor(code, message) {
		super(message);
		this.code = code;
	}
}

function decode(text) {
	return text.replace(/&([^;&\s]*);?/g, (whole, name) => {
		const number = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name);
		if (!whole.endsWith(";") || !(number || Object.hasOwn(ENTITIES, name)))
			throw new TwimlError(12100, `"${whole}" is not an entity`);
		return number ? String.fromCodePoint(number[1] ? parseInt(number[1], 16) : Number(number[2])) : ENTITIES[name];
	});
}

function attributesOf(text) {
	const attributes = {};
	for (const [, name, double, single] of text.matchAll(/([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
		if (name in attributes)
			throw new TwimlError(12100, `the attribute ${name} stands twice`);
		attributes[name] = decode(double ?? single);
	}
	return attributes;
}

/** The root element: {name, attributes, children, text}. */
export function parseXml(text) {
	const top = { children: [], text: "" };
	const open = [top];
	TOKEN.lastIndex = 0;
	while (TOKEN.lastIndex < text.length) {
		const at = TOKEN.lastIndex;
		const match = TOKEN.exec(text);
		if (!match)
			throw new TwimlError(12100, `not XML at "${text.slice(at, at + 30)}"`);
		const [, cdata, closing, name, attributes, alone, words] = match;
		const inner = open.at(-1);
		if (cdata !== undefined || words !== undefined)
			inner.text += cdata ?? decode(words);
		else if (closing && (open.length === 1 || inner.name !== name))
			throw new TwimlError(12100, `</${name}> closes nothing`);
		else if (closing)
			open.pop();
		else if (name) {
			const element = { name, attributes: attributesOf(attributes), children: [], text: "" };
			inner.children.push(element);
			if (!alone)
				open.push(element);
		}
	}
	if (open.length > 1 || top.children.length !== 1 || top.text.trim().replace(/^\ufeff/, ""))
		throw new TwimlError(12100, "one element must hold everything");
	return top.children[0];
}

/** The verbs of a document and {code, message} for everything in it that Twilio would ignore with a warning. */
export function readTwiml(text) {
	const root = parseXml(text);
	if (root.name !== "Response")
		throw new TwimlError(12100, `the document begins with ${root.name}, not Response`);
	const warnings = [];
	const known = (element, allowed) => {
		if (!allowed(element.name)) {
			warnings.push({ code: 12200, message: `${element.name} is not allowed here` });
			return false;
		}
		for (const name of Object.keys(element.attributes))
			if (!VERBS[element.name].split(" ").includes(name))
				warnings.push({ code: 12200, message: `${element.name} has no attribute ${name}` });
		return true;
	};
	const verbs = root.children.filter((element) => known(element, (name) => Object.hasOwn(VERBS, name) && !INNER.includes(name)));
	const keepKnown = (element) => {
		element.children = element.children.filter((inner) => known(inner, (name) => INSIDE[element.name]?.includes(name)));
		element.children.forEach(keepKnown);
	};
	verbs.filter(({ name }) => INSIDE[name]).forEach(keepKnown);
	for (const gather of verbs.filter(({ name }) => name === "Gather")) {
		if (gather.attributes.speechTimeout === "auto" && gather.attributes.speechModel)
			warnings.push({ code: 13335, message: "Gather: speechTimeout auto does not go with speechModel" });
	}
	return { verbs, warnings };
}
