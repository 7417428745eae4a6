// What the "recognised" words of a candidate are. Nothing here can transcribe speech, so each answer is taken from a
// script: one of these personas, or the lines that a test has set.

const PERSONAS = {
	strong: [
		"Yes, now is a good time. I am in a quiet room and I have about half an hour.",
		"In my last team I owned the settlement service for three years. I designed the ledger tables, wrote most of the C code, and cut a run from fifty minutes to four by removing per-row round trips.",
		"The worst incident was a double booking after a fail-over. I led the repair, we found thirteen hundred wrong entries, reversed them the same day, and I added a uniqueness check that would have stopped it.",
		"I start with the failing case in a test, because otherwise the next change brings it back. In review I ask questions first, and I pair when a discussion takes more than two rounds.",
		"I was on call one week in five. I rewrote the runbook after every page that woke me, and within a year we went from nine pages a month to two.",
		"If I did it again I would measure before I rewrite. Half of what I optimised in the first month turned out not to matter at all.",
		"I work best with written decisions, because the team I am in now is spread over four countries and nobody should need a meeting to catch up.",
	],
	weak: [
		"Yes, it is fine.",
		"I don't have experience with that, I only did web pages so far.",
		"I have never led anything like that. The seniors did it and I watched.",
		"I don't know C, but I would like to learn it.",
		"I cannot say. We had no tests in that project.",
		"I have not worked on call, and I would rather not.",
	],
	brief: ["Yes.", "Hmm, I think so.", "Maybe.", "Not sure.", "Yes.", "No."],
};

export const PERSONA_NAMES = Object.keys(PERSONAS);

const DEFAULTS = { persona: "strong", answers: null, reply_after_ms: 2500, turns: null, pace: 1, without_audio: false, agents: [], call_seconds: 20, call_transcript: null };

export function defaultScript() {
	return { ...DEFAULTS };
}

/** Changes the script; returns a sentence when the wish is not understood. */
export function changeScript(script, wanted) {
	const unknown = Object.keys(wanted ?? {}).find((name) => !(name in DEFAULTS));
	if (unknown)
		return `unknown member ${unknown}`;
	if (wanted.persona !== undefined && !PERSONAS[wanted.persona])
		return `persona must be one of ${PERSONA_NAMES.join(", ")}`;
	if (wanted.answers && (!Array.isArray(wanted.answers) || wanted.answers.some((one) => typeof one !== "string")))
		return "answers must be a list of texts";
	if (wanted.agents !== undefined && !(Array.isArray(wanted.agents) && wanted.agents.every((one) => typeof one === "string")))
		return "agents must be a list of ids";
	if (wanted.call_seconds !== undefined && !(wanted.call_seconds >= 1 && wanted.call_seconds <= 14_400))
		return "call_seconds must be a number between 1 and 14400";
	if (wanted.call_transcript && !(Array.isArray(wanted.call_transcript) && wanted.call_transcript.every(({ role, message }) =>
		["agent", "user"].includes(role) && typeof message === "string")))
		return "call_transcript must be a list of {role, message}";
	Object.assign(script, wanted);
	return null;
}

/** The answer number `turn`; the lines repeat except for the first, which answers the greeting. */
export function answerFor(script, turn) {
	const lines = script.answers?.length ? script.answers : PERSONAS[script.persona];
	return turn < lines.length ? lines[turn] : lines[1 + (turn - 1) % Math.max(1, lines.length - 1)] ?? lines[0];
}
