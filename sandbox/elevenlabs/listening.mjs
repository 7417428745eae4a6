// Decides by loudness when the candidate has finished an answer. A person speaks densely and then pauses; a browser's
// test microphone only beeps now and then: both must lead the talk on, in their own way.
import { chunkMs, loudness } from "./audio.mjs";

const LOUD = 500;
const PAUSE_MS = 900;
const SPEECH_MS = 300;
const DENSE = 0.25;
const INTERRUPT_MS = 700;
const INTERRUPT_DENSE = 0.6;
const REMIND_AFTER_MS = 15_000;
const LONGEST_ANSWER_MS = 60_000;
const CHECK_EVERY_MS = 100;

export function createListener({ script, isSpeaking, onAnswer, onInterruption, onSilence }) {
	let timer = null;
	let reminders = 0;
	let turn = freshTurn();
	let overlap = freshTurn();

	function freshTurn() {
		return { since: Date.now(), firstLoud: 0, lastLoud: 0, loudMs: 0, heardMs: 0 };
	}

	function hear(base64) {
		const loud = loudness(base64) > LOUD;
		const length = chunkMs(base64);
		if (isSpeaking())
			return hearOver(loud, length);
		if (timer)
			count(turn, loud, length);
	}

	function count(part, loud, length) {
		if (loud) {
			part.firstLoud ||= Date.now();
			part.lastLoud = Date.now();
			part.loudMs += length;
		}
		if (part.firstLoud)
			part.heardMs += length;
	}

	/** Only dense, lasting sound interrupts: a cough or an echo does not. */
	function hearOver(loud, length) {
		if (overlap.lastLoud && Date.now() - overlap.lastLoud > 400)
			overlap = freshTurn();
		count(overlap, loud, length);
		if (overlap.heardMs >= INTERRUPT_MS && overlap.loudMs / overlap.heardMs >= INTERRUPT_DENSE) {
			overlap = freshTurn();
			onInterruption();
		}
	}

	function check() {
		const now = Date.now();
		if (script.without_audio && now - turn.since >= script.reply_after_ms)
			return end(onAnswer);
		if (!turn.firstLoud)
			return now - turn.since >= REMIND_AFTER_MS ? end(() => onSilence(++reminders)) : undefined;
		const spoke = turn.loudMs >= SPEECH_MS && now - turn.lastLoud >= PAUSE_MS;
		const sparse = now - turn.firstLoud >= script.reply_after_ms && turn.loudMs / Math.max(turn.heardMs, 1) < DENSE;
		const fellSilent = now - turn.lastLoud >= Math.max(PAUSE_MS, script.reply_after_ms);
		const endless = now - turn.firstLoud >= LONGEST_ANSWER_MS;
		if (spoke || sparse || fellSilent || endless)
			end(onAnswer);
	}

	function end(action) {
		stop();
		if (action === onAnswer)
			reminders = 0;
		action();
	}

	function stop() {
		clearInterval(timer);
		timer = null;
	}

	return {
		hear, stop,
		start() {
			stop();
			turn = freshTurn();
			overlap = freshTurn();
			timer = setInterval(check, CHECK_EVERY_MS);
		},
	};
}
