// What went over the wire: requests of the product to the vendors, and webhooks of the vendors to the product.
import { control, empty, h, json, timeTag } from "./dom.mjs";

const SHOWN = 120;

export const trafficPage = {
	title: "Traffic",
	async load() {
		const [{ entries }, { deliveries }] = await Promise.all([control("GET", "log"), control("GET", "webhooks/deliveries")]);
		return { entries: entries.slice(-SHOWN).reverse(), deliveries: deliveries.slice(-SHOWN).reverse() };
	},
	draw({ entries, deliveries }) {
		if (entries.length + deliveries.length === 0)
			return empty("Nothing yet", "Requests of the product and webhooks to it are listed here.");
		return h("div", { class: "columns" },
			h("section", {}, h("h2", { class: "section" }, "Requests to the vendors"), entries.map(request)),
			h("section", {}, h("h2", { class: "section" }, "Webhooks to the product"), deliveries.map(webhook), deliveries.length === 0 && h("p", { class: "quiet" }, "None yet.")));
	},
};

function request({ seq, time, vendor, method, path, operation, headers, body, status, response, effect, fault }) {
	return h("details", { class: "row", "data-key": `request ${seq}` },
		h("summary", { "data-key": `open request ${seq}` }, h("span", { class: "vendor" }, vendor), h("span", { class: "what" }, operation ?? `${method} ${path.replace(/\?.*/, "")}`),
			fault && h("span", { class: "badge bad" }, fault), tone(status), timeTag(time)),
		effect && h("p", { class: "small" }, effect), h("p", { class: "quiet small wrap" }, `${method} ${path}`), h("h3", { class: "small" }, "Headers"), json(headers),
		body && [h("h3", { class: "small" }, "Body"), json(body)], response && [h("h3", { class: "small" }, "Answer"), json(response)]);
}

function webhook({ id, vendor, type, state, status, attempts, error, created_at, url, payload }) {
	return h("details", { class: "row", "data-key": `webhook ${id}` },
		h("summary", { "data-key": `open webhook ${id}` }, h("span", { class: "vendor" }, vendor), h("span", { class: "what" }, type, attempts > 1 ? ` (${attempts} attempts)` : ""),
			state === "pending" && h("span", { class: "badge" }, "waiting"), status ? tone(status) : error ? h("span", { class: "badge bad" }, error) : null, timeTag(created_at)),
		h("p", { class: "quiet small wrap" }, url ?? "not sent yet"), json(payload));
}

function tone(status) {
	return h("span", { class: `badge ${status >= 400 ? "bad" : status ? "good" : ""}` }, status === null ? "no answer" : String(status));
}
