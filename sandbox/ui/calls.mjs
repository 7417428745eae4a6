// The telephone calls: who was called, how that person behaves, and what was heard at their end.
import { act, control, empty, h, timeTag } from "./dom.mjs";

const SHOWN = 100;
const ENDED = ["completed", "busy", "no-answer", "failed", "canceled"];

export const callPage = {
	title: "Calls",
	load: async () => ({ calls: (await control("GET", "twilio/calls")).calls.slice(-SHOWN).reverse() }),
	draw: ({ calls }) => calls.length === 0 ? empty("No call yet", "Start a campaign; its calls are listed here while they ring, talk and end.")
		: h("section", { "aria-label": "Calls" }, calls.map(oneCall)),
};

function oneCall({ sid, to, status, duration, date_created, behaviour, answered_by, heard, problems }) {
	return h("details", { class: "panel", "data-key": sid },
		h("summary", { "data-key": `open ${sid}` }, h("strong", {}, to), " ",
			h("span", { class: "quiet small" }, timeTag(date_created), ` · ${personOf(behaviour)}${duration > 0 ? ` · ${duration} s` : ""} `),
			h("span", { class: `badge ${tone(status)}` }, status), answered_by && h("span", { class: "badge" }, answered_by.replaceAll("_", " "))),
		heard.length > 0 && h("ol", { class: "turns" }, heard.map((one) => h("li", { class: one.answer ? "user" : "agent" },
			h("span", { class: "quiet small" }, one.verb), h("p", { class: "wrap" }, wordsOf(one))))),
		problems.length > 0 && h("ul", {}, problems.map(({ code, message }) => h("li", { class: "small wrap" }, `${code}: ${message}`))),
		h("p", { class: "quiet small wrap" }, sid),
		status === "in-progress" && h("button", { type: "button", class: "small", "data-key": `end ${sid}`,
			onclick: () => act(() => control("POST", `twilio/calls/${sid}/hangup`, {}), "The called person hung up.") }, "Hang up"));
}

function tone(status) {
	return status === "completed" ? "good" : ENDED.includes(status) ? "bad" : "";
}

/** The behaviour in a few words. */
function personOf({ outcome, answered_by, turns, hangup_after_seconds: patience }) {
	if (outcome !== "answered")
		return outcome;
	const acts = turns.map(({ digits, speech, hangup }) => digits ? `presses ${digits}` : speech ? `says “${speech}”` : hangup ? "hangs up" : "is silent");
	return [answered_by, ...acts, patience === null ? null : `leaves after ${patience} s`].filter(Boolean).join(", ");
}

function wordsOf({ verb, text, url, seconds, answer, bytes }) {
	if (verb === "Gather")
		return answer ? answer.Digits ?? answer.SpeechResult : "(silence)";
	return text ?? ([url, bytes === undefined ? null : `${bytes} bytes`, seconds === undefined ? null : `${Math.round(seconds * 10) / 10} s`].filter(Boolean).join(" · ") || "…");
}
