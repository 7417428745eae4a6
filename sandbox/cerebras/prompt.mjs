// Reads a prompt the way a very simple reader would: which lines did the candidate say, which are the agent's, which
// text tells about the job and the person. Prompts are the product's to design, so several notations are understood.

const CANDIDATE = "candidate|applicant|interviewee|user";
const AGENT = "interviewer|agent|assistant|ai";
const TURN = new RegExp(`^\\s*(?:[-*>#]\\s*)?(?:turn\\s*)?(?:[\\[(#]?\\s*(\\d+)(?::(\\d\\d))?\\s*(?:s|sec|seconds)?\\s*[\\])|.:]?\\s*)?(?:\\[[^\\]]*\\]\\s*)?\\**["'\\[(]?(${CANDIDATE}|${AGENT})["'\\])]?\\**\\s*(?:[\\[(][^\\])]*[\\])])?\\s*\\**\\s*[:>\\-–—|]\\**\\s*(.+)$`, "i");

export function promptText(messages) {
	return messages.filter((message) => message.role !== "assistant").map(contentOf).join("\n\n");
}

function contentOf({ content }) {
	if (typeof content === "string")
		return content;
	return Array.isArray(content) ? content.map((part) => part.text ?? "").join("\n") : "";
}

/**
 * [{speaker: "candidate"|"agent", text, time, index}] in the order of the prompt; `text` is always a part of the prompt.
 * Only the user's messages are read: an example in the instructions is not part of the talk.
 */
export function findTurns(messages) {
	const source = messages.filter((message) => message.role === "user").map(contentOf).join("\n");
	const fromJson = turnsFromJson(source);
	return (fromJson.length ? fromJson : turnsFromLines(source)).map((turn, index) => ({ ...turn, index }));
}

function turnsFromLines(source) {
	const turns = [];
	for (const line of source.split("\n")) {
		const match = TURN.exec(line);
		if (match) {
			const time = match[1] === undefined ? null : match[2] ? Number(match[1]) * 60 + Number(match[2]) : Number(match[1]);
			turns.push({ speaker: speakerOf(match[3]), text: match[4].trim(), time });
		}
	}
	return turns;
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
		const words = turn.message ?? turn.text ?? turn.content ?? turn.said;
		if (typeof words === "string" && words.trim())
			turns.push({ speaker: speakerOf(String(turn.role ?? turn.speaker ?? turn.who)), text: words.trim(),
				time: turn.time_in_call_secs ?? turn.time ?? turn.seconds ?? null });
	}
	return turns;
}

function speakerOf(word) {
	return new RegExp(`^(?:${CANDIDATE})$`, "i").test(word) ? "candidate" : "agent";
}

/** Items of lists and longer sentences of the user's text, for questions that refer to what was really written. */
export function findFacts(messages) {
	const source = messages.filter((message) => message.role === "user").map(contentOf).join("\n") || promptText(messages);
	const items = [];
	for (const line of source.split("\n")) {
		const item = /^\s*(?:[-*•]|\d+[.)])\s+(.{15,})$/.exec(line)?.[1];
		if (item)
			items.push(plain(item));
	}
	const sentences = source.split(/[\n.!?]+/).map(plain).filter((sentence) => sentence.split(" ").length >= 5 && !/[{}<>]/.test(sentence));
	return [...new Set([...items, ...sentences])].filter((fact) => fact.length <= 220);
}

function plain(text) {
	return text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[*_`#>]+/g, "").replace(/\s+/g, " ").trim();
}
