// A verdict over a talk by simple rules: someone who answers at length passes, someone who says that the experience is
// missing fails, and too few words decide nothing. Every quote is taken from the candidate's words as they stand.

const LACK = /\b(?:i (?:do not|don't|have not|haven't|have never|never) (?:really )?(?:have|had|know|done|used|worked|built|led)|no experience|not interested|i refuse|i would rather not|i can(?:not|'t) (?:answer|say)|i have no idea|not familiar)\b/i;
const SUBSTANTIAL_WORDS = 14;
const QUOTE_LIMIT = 160;

/** {result, confidence, reasoning, points:[{point, quote, time, label, index, negative}]} */
export function judge(turns) {
	const answers = turns.filter((turn) => turn.speaker === "candidate");
	const lacking = answers.filter((turn) => LACK.test(turn.text));
	const substantial = answers.filter((turn) => !LACK.test(turn.text) && wordsOf(turn.text) >= SUBSTANTIAL_WORDS);
	const words = answers.reduce((sum, turn) => sum + wordsOf(turn.text), 0);
	const points = [
		...substantial.slice(0, 4).map((turn) => pointOf(turn, turns, false)),
		...lacking.slice(0, 3).map((turn) => pointOf(turn, turns, true)),
	].sort((a, b) => a.index - b.index);
	return { ...verdictOf({ answers, lacking, substantial, words }), points };
}

function verdictOf({ answers, lacking, substantial, words }) {
	const told = `The candidate answered ${counted(answers.length, "time")} with ${counted(words, "word")}. In detail: ${counted(substantial.length, "answer")}; naming a gap: ${lacking.length}.`;
	if (lacking.length > 0 && lacking.length >= substantial.length)
		return { result: "fail", confidence: 0.78, reasoning: `${told} The gaps concern what the position asks for.` };
	if (substantial.length >= 2)
		return { result: "pass", confidence: Math.min(95, 70 + 5 * substantial.length) / 100, reasoning: `${told} The examples are concrete and fit the position.` };
	return { result: "inconclusive", confidence: 0.4, reasoning: `${told} That is too little to decide on.` };
}

function counted(number, word) {
	return `${number} ${word}${number === 1 ? "" : "s"}`;
}

function pointOf(turn, turns, negative) {
	const asked = turns.slice(0, turn.index).reverse().find((other) => other.speaker === "agent");
	const subject = asked ? /[^.!?]*\?/.exec(asked.text)?.[0].trim().slice(0, 120) : null;
	return { quote: quoteOf(turn.text, negative), time: turn.time, label: turn.label, index: turn.index, negative,
		point: `${negative ? "Names a gap" : "Gives a concrete example"}${subject ? ` when asked "${subject}"` : ""}` };
}

/** The sentence that carries the point, unchanged, cut at a word. */
function quoteOf(text, negative) {
	const sentences = text.match(/[^.!?]+[.!?]*/g)?.map((sentence) => sentence.trim()).filter(Boolean) ?? [text];
	const best = negative ? sentences.find((sentence) => LACK.test(sentence)) ?? sentences[0]
		: sentences.reduce((longest, sentence) => sentence.length > longest.length ? sentence : longest, "");
	return best.length <= QUOTE_LIMIT ? best : best.slice(0, best.lastIndexOf(" ", QUOTE_LIMIT));
}

function wordsOf(text) {
	return text.split(/\s+/).filter(Boolean).length;
}
