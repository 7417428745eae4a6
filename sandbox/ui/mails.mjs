// The outbox: what candidates and the administrator would have received. The HTML part is shown in a frame that can
// neither run scripts nor reach this page; its links open in a tab of their own.
import { act, control, empty, h, timeTag } from "./dom.mjs";

const EVENTS = ["email.delivered", "email.bounced", "email.complained", "email.delivery_delayed", "email.failed"];

export const mailPage = {
	title: "Mails",
	load: () => control("GET", "resend/outbox"),
	draw({ emails }, id) {
		if (emails.length === 0)
			return empty("No mail yet", "Move a candidate to the screening column and the invitation appears here.");
		const list = [...emails].reverse();
		const chosen = list.find((email) => email.id === id) ?? list[0];
		return h("div", { class: `split ${id ? "chosen" : ""}` },
			h("nav", { class: "list", "aria-label": "Mails", "data-scroll": "mails" }, list.map((email) => entry(email, email === chosen))),
			reader(chosen));
	},
};

function entry(email, isChosen) {
	return h("a", { href: `#mails/${email.id}`, class: "entry", "aria-current": isChosen ? "true" : undefined, "data-key": `mail ${email.id}` },
		h("span", { class: "entry-head" }, h("strong", {}, email.to.join(", ")), timeTag(isoOf(email.created_at))),
		h("span", {}, email.subject), badge(email.last_event));
}

function isoOf(databaseTime) {
	return databaseTime.replace(" ", "T").replace(/000\+00$/, "Z");
}

function badge(event) {
	const tone = /bounced|complained|failed|suppressed/.test(event) ? "bad" : event === "delivered" ? "good" : "";
	return h("span", { class: `badge ${tone}` }, event.replaceAll("_", " "));
}

function reader(email) {
	return h("article", { class: "panel mail" },
		h("p", { class: "only-phone" }, h("a", { href: "#mails", class: "back" }, "← Mails")),
		h("h2", {}, email.subject),
		h("dl", { class: "facts" }, fact("From", email.from), fact("To", email.to.join(", ")), fact("Tags", email.tags.map(({ name, value }) => `${name}: ${value}`).join(", ") || "none"),
			fact("Events", email.events.map(({ type }) => type.replace("email.", "")).join(", "))),
		email.html && h("iframe", { class: "mail-frame", sandbox: "allow-popups allow-popups-to-escape-sandbox", src: `/control/resend/outbox/${email.id}/html`, title: "The mail as the recipient sees it" }),
		email.text && h("details", { open: !email.html, "data-key": `text ${email.id}` }, h("summary", { "data-key": `open text ${email.id}` }, "Text part"), h("pre", { class: "code wrap", tabindex: "0" }, linked(email.text))),
		h("div", { class: "actions left" }, h("span", { class: "quiet small" }, "Pretend that it"), EVENTS.map((type) =>
			h("button", { type: "button", class: "small", "data-key": type, onclick: () => act(() => control("POST", "resend/events", { email_id: email.id, type }), "Event sent.") },
				type.replace("email.", "").replaceAll("_", " ")))));
}

function fact(name, value) {
	return [h("dt", {}, name), h("dd", {}, value)];
}

/** Addresses in plain text become links, as in most mail programs. */
function linked(text) {
	return text.split(/(https?:\/\/[^\s<>"]+)/).map((part, index) => index % 2 ? h("a", { href: part, target: "_blank", rel: "noreferrer noopener" }, part) : part);
}
