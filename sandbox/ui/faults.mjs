// Switches for what can go wrong: the vendors' faults, and how their webhooks travel.
import { act, control, h } from "./dom.mjs";

const VENDORS = { linear: "Linear", elevenlabs: "ElevenLabs", cerebras: "Cerebras", resend: "Resend", twilio: "Twilio" };
const PRESETS = [
	["Answers 503", { mode: "status", status: 503, body: "<html>Service Unavailable</html>" }],
	["Too many requests", { mode: "status", status: 429, headers: { "retry-after": "5" }, body: { message: "Too many requests" } }],
	["Never answers", { mode: "timeout" }],
	["Slow by 3 s", { mode: "delay", delay_ms: 3000 }],
	["Takes it, loses the answer", { mode: "cut_after" }],
	["Broken JSON", { mode: "malformed" }],
];
const RATELIMITED = { mode: "status", status: 400, headers: { "content-type": "application/json" },
	body: { errors: [{ message: "Rate limit exceeded", extensions: { type: "ratelimited", code: "RATELIMITED", statusCode: 429 } }] } };

export const faultPage = {
	title: "Faults",
	async load() {
		const [{ faults }, modes] = await Promise.all([control("GET", "faults"), control("GET", "webhooks")]);
		return { faults: faults.filter(({ hits, times }) => times === undefined || hits < times), modes };
	},
	draw({ faults, modes }) {
		return h("div", {},
			h("p", { class: "quiet" }, "Make a vendor misbehave and watch that nothing is lost and nobody is written to twice."),
			h("div", { class: "grid" }, Object.entries(VENDORS).map(([vendor, name]) => vendorPanel(vendor, name, faults))),
			h("h2", { class: "section" }, "Webhooks"),
			h("div", { class: "grid" }, Object.entries(modes).map(([vendor, mode]) => webhookPanel(vendor, mode))),
			others(faults));
	},
};

/** A preset is on when a fault like it, for all requests and without an end, is in force. */
function isPreset(fault, vendor, preset) {
	return fault.vendor === vendor && fault.mode === preset.mode && fault.status === preset.status && fault.times === undefined && !Object.keys(fault.match).length;
}

function vendorPanel(vendor, name, faults) {
	return h("fieldset", { class: "panel" }, h("legend", {}, name), PRESETS.map(([label, general]) => {
		const preset = vendor === "linear" && general.status === 429 ? RATELIMITED : general;
		const active = faults.find((fault) => isPreset(fault, vendor, preset));
		return toggle(label, Boolean(active), `${vendor} ${label}`, (on) => on ? control("POST", "faults", { vendor, ...preset }) : control("DELETE", `faults/${active.id}`));
	}));
}

function webhookPanel(vendor, mode) {
	const set = (change) => control("PUT", "webhooks", { [vendor]: change });
	return h("fieldset", { class: "panel" }, h("legend", {}, `From ${VENDORS[vendor]}`),
		toggle("Arrive", mode.enabled, `${vendor} enabled`, (enabled) => set({ enabled })),
		toggle("Arrive twice", mode.duplicate > 0, `${vendor} duplicate`, (on) => set({ duplicate: on ? 1 : 0 })),
		toggle("Late by 5 s", mode.delay_ms > 0, `${vendor} delay`, (on) => set({ delay_ms: on ? 5000 : 0 })),
		toggle("Overtake each other", mode.reorder, `${vendor} reorder`, (reorder) => set({ reorder })));
}

function toggle(label, on, key, change) {
	return h("label", { class: "toggle" }, h("input", { type: "checkbox", role: "switch", checked: on, "data-key": key,
		onchange: (event) => act(() => change(event.target.checked), event.target.checked ? `${label}: on` : `${label}: off`) }), label);
}

/** Faults set by tests or by hand that no switch stands for. */
function others(faults) {
	const rest = faults.filter((fault) => !PRESETS.some(([, preset]) => isPreset(fault, fault.vendor, preset)) && !isPreset(fault, "linear", RATELIMITED));
	return rest.length > 0 && h("section", {}, h("h2", { class: "section" }, "Other faults in force"), rest.map((fault) => h("div", { class: "panel between" },
		h("span", {}, `${VENDORS[fault.vendor]}: ${fault.mode}${fault.status ? ` ${fault.status}` : ""} ${Object.values(fault.match).join(" ")}${fault.times === undefined ? "" : ` (${fault.times - fault.hits} times more)`}`),
		h("button", { type: "button", class: "small", onclick: () => act(() => control("DELETE", `faults/${fault.id}`), "Fault removed.") }, "Remove"))));
}
