// The talks of the sandbox's agent, and what the candidate is taken to have said: nothing here can hear words.
import { act, control, empty, h, timeTag } from "./dom.mjs";

const PERSONAS = { strong: "answers well", weak: "lacks the experience", brief: "says almost nothing" };

export const talkPage = {
	title: "Talks",
	async load() {
		const [{ conversations }, script] = await Promise.all([control("GET", "elevenlabs/conversations"), control("GET", "elevenlabs/script")]);
		return { conversations, script };
	},
	draw({ conversations, script }) {
		return h("div", {}, persona(script), conversations.length === 0
			? empty("No talk yet", "Open an invitation, start the interview and speak; every pause counts as the end of an answer.")
			: [...conversations].reverse().map(talk));
	},
};

function persona(script) {
	return h("fieldset", { class: "panel choices" }, h("legend", {}, "The candidate of the next talk"), Object.entries(PERSONAS).map(([name, text]) =>
		h("label", {}, h("input", { type: "radio", name: "persona", value: name, checked: script.persona === name && !script.answers, "data-key": `persona ${name}`,
			onchange: () => act(() => control("POST", "elevenlabs/script", { persona: name, answers: null }), `The candidate ${text}.`) }), text)),
	script.answers && h("p", { class: "quiet small" }, "At present the answers come from a test's script."));
}

function talk({ conversation_id, status, started, duration, dynamic_variables, transcript, termination_reason }) {
	return h("details", { class: "panel", "data-key": conversation_id },
		h("summary", { "data-key": `open ${conversation_id}` }, h("strong", {}, dynamic_variables.candidate_name ?? "Unknown"), " ", h("span", { class: "quiet small" }, timeTag(started * 1000),
			` · ${Math.floor(duration / 60)}:${String(duration % 60).padStart(2, "0")} · ${transcript.length} turns `), h("span", { class: `badge ${status === "done" ? "good" : ""}` }, status)),
		h("ol", { class: "turns" }, transcript.map(({ role, message, interrupted }) => h("li", { class: role },
			h("span", { class: "quiet small" }, role === "agent" ? "Agent" : "Candidate", interrupted ? " (interrupted)" : ""), h("p", {}, message)))),
		termination_reason && h("p", { class: "quiet small" }, termination_reason),
		h("p", { class: "quiet small wrap" }, conversation_id),
		h("button", { type: "button", class: "small", "data-key": `again ${conversation_id}`, onclick: () => act(() => control("POST", `elevenlabs/conversations/${conversation_id}/webhook`, {}), "Webhook sent again.") }, "Send the webhook again"));
}
