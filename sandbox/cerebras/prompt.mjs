// Reads a prompt the way a very simple reader would: which lines did the candidate say, which are the agent's, which
// text tells about the job and the person. Prompts are the product's to design, so several notations are understood.

const CANDIDATE = "candidate|applicant|interviewee|user";
const AGENT = "interviewer|agent|assistant|ai";
// An optional bullet, an optional label in brackets ("[02:07]", "(12 s)"), the speaker, a colon or dash, the words.
const TURN = new RegExp(`^\\s*(?:[-*>]\\s+)?(?:[\\[(]([^\\])]{1,20})[\\])]\\s*|(\\d[\\d:.]*)\\s*s?[|,]?\\s+)?\\**(${CANDIDATE}|${AGENT})\\**\\s*(?:[\\[(]([^\\])]{1,20})[\\])])?\\s*[:>–—|-]\\**\\s*(\\S.*)$`, "i");

export function promptText(messages) {
	return messages.filter((message) => message.role !== "assistant").map(contentOf).join("\n\n");
}

function contentOf({ content }) {
	if (typeof content === "string")
		return content;
	return Array.isArray(content) ? content.map((part) => part.text ?? "").join("\n") : "";
}

/** What stands between two tags. The closing one repeats the words of the opening one: what is spoken cannot close it. */
function between(text, tag) {
	return new RegExp(`<${tag}\\b([^>]*)>([\\s\\S]*?)</${tag}\\1>`, "i").exec(text)?.[2];
}

/**
 * [{speaker: "candidate"|"agent", text, time, label, index}] in the order of the prompt; `text` is always a part of it.
 * Only the user's messages are read, and only what is marked as transcript when something is: neither an example in the
 * instructions nor a line of the application is part of the talk.
 */
export function findTurns(messages) {
	const all = messages.filter((message) => message.role === "user").map(contentOf).join("\n");
	const source = between(all, "transcript") ?? all;
	const fromLines = turnsFromLines(source);
	return (fromLines.length ? fromLines : turnsFromJson(source)).map((turn, index) => ({ ...turn, index }));
}

function turnsFromLines(source) {
	const turns = [];
	for (const line of source.split("\n")) {
		const match = TURN.exec(line);
		if (match) {
			const label = match[1] ?? match[2] ?? match[4] ?? null;
			turns.push({ speaker: speakerOf(match[3]), text: match[5].trim(), label, time: secondsOf(label) });
		}
	}
	return turns;
}

/** "02:07" and "2/02:07" are 127 seconds, "12 s" are 12. */
function secondsOf(label) {
	const match = /(?:(\d+):)?(\d+)(?:\.\d+)?\s*s?$/.exec(label ?? "");
	return match ? Number(match[1] ?? 0) * 60 + Number(match[2]) : null;
}

/** Objects such as {"role":"user","message":"…","time_in_call_secs":5}, wherever they stand. */
function turnsFromJson(source) {
	const turns = [];
	for (const [text] of source.matchAll(/\{[^{}]*"(?:role|speaker|who)"\s*:[^{}]*\}/g)) {
		let turn;
		try {
			turn = JSON.parse(text);
		} catch {
			continue;
		}
		const words = turn.message ?? turn.text ?? turn.content ?? turn.quote;
		if (typeof words === "string" && words.trim())
			turns.push({ speaker: speakerOf(String(turn.role ?? turn.speaker ?? turn.who)), text: words.trim(), ...timeOf(turn) });
	}
	return turns;
}

function timeOf({ time_in_call_secs, time }) {
	const label = String(time_in_call_secs ?? time ?? "") || null;
	return { label, time: secondsOf(label) };
}

function speakerOf(word) {
	return new RegExp(`^(?:${CANDIDATE})$`, "i").test(word) ? "candidate" : "agent";
}

/**
 * Items of lists and sentences, for questions that refer to what was really written. `part` is the name of a tag that
 * encloses the text in question, when the prompt has such tags.
 */
export function findFacts(messages, part = null) {
	const all = messages.filter((message) => message.role === "user").map(contentOf).join("\n") || promptText(messages);
	const source = between(all, part) ?? all;
	const items = source.split("\n").map((line) => /^\s*(?:[-*•]|\d+[.)])\s+(.{15,})$/.exec(line)?.[1]).filter(Boolean);
	const sentences = source.split(/\n|[.!?]+\s/).filter((sentence) => sentence.trim().split(/\s+/).length >= 5 && !/[{}<>@]/.test(sentence));
	const contact = /^\W*(?:name|e-?mail|phone|address)\W|^\[.*\]$/i;
	const facts = [...new Set((items.filter((item) => !contact.test(item)).length >= 2 ? items : sentences).map(plain))];
	return facts.filter((fact) => fact.length >= 15 && fact.length <= 220 && !contact.test(fact));
}

function plain(text) {
	return text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[*_`#>]+/g, "").replace(/\s+/g, " ").trim();
}
