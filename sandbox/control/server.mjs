// The control port: what a test or a person on the sandbox page does to the vendors. Serves the page as well.
import { readFileSync } from "node:fs";
import { answer } from "../lib/listener.mjs";
import { Refusal } from "../linear/workspace.mjs";
import { bodyOf, ControlError, missing, refuseIf } from "./body.mjs";
import { elevenlabsRoutes } from "./elevenlabs.mjs";
import { linearRoutes } from "./linear.mjs";
import { callView, twilioRoutes } from "./twilio.mjs";
import { boardView, conversationView, deliveryView } from "./views.mjs";

const LONGEST_WAIT_MS = 25_000;
const PAGE_FILES = {
	"/": ["index.html", "text/html; charset=utf-8"],
	"/sandbox.css": ["sandbox.css", "text/css; charset=utf-8"],
	"/page.mjs": ["page.mjs", "text/javascript; charset=utf-8"],
	"/board.mjs": ["board.mjs", "text/javascript; charset=utf-8"],
	"/issue.mjs": ["issue.mjs", "text/javascript; charset=utf-8"],
	"/mails.mjs": ["mails.mjs", "text/javascript; charset=utf-8"],
	"/traffic.mjs": ["traffic.mjs", "text/javascript; charset=utf-8"],
	"/faults.mjs": ["faults.mjs", "text/javascript; charset=utf-8"],
	"/calls.mjs": ["calls.mjs", "text/javascript; charset=utf-8"],
	"/talks.mjs": ["talks.mjs", "text/javascript; charset=utf-8"],
	"/markdown.mjs": ["markdown.mjs", "text/javascript; charset=utf-8"],
	"/dom.mjs": ["dom.mjs", "text/javascript; charset=utf-8"],
};
const PAGE_HEADERS = {
	"cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
	"content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

const MAIL_HEADERS = {
	"content-type": "text/html; charset=utf-8", "cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
	"content-security-policy": "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; form-action 'none'; frame-ancestors 'self'",
};

export function createControl(sandbox) {
	const { vendors, faults, wirelog, deliveries, limits, urls } = sandbox;
	const routes = [
		["GET", "/control/state", () => ({ urls: urls(), linear: boardView(vendors.linear.workspace), resend: { emails: vendors.resend.outbox() },
			elevenlabs: { script: vendors.elevenlabs.script(), conversations: vendors.elevenlabs.records.all().map(conversationView) },
			twilio: { script: vendors.twilio.script(), calls: vendors.twilio.calls().map(callView) },
			webhooks: { modes: deliveries.modes(), deliveries: deliveries.list().map(deliveryView) }, faults: faults.list(), limits, log_seq: wirelog.last() })],
		["POST", "/control/reset", () => sandbox.reset()],
		["GET", "/control/log", logEntries],
		["GET", "/control/changes", waitForChange],
		["GET", "/control/faults", () => ({ faults: faults.list() })],
		["POST", "/control/faults", (request) => addFault(bodyOf(request))],
		["DELETE", "/control/faults", () => void faults.clear()],
		["DELETE", "/control/faults/:id", (request, id) => faults.remove(id) ? undefined : missing("fault")],
		["GET", "/control/faults/:id", (request, id) => faults.list().find((fault) => fault.id === id) ?? missing("fault")],
		["PUT", "/control/webhooks", (request) => {
			refuseIf(deliveries.configure(bodyOf(request)));
			return deliveries.modes();
		}],
		["GET", "/control/webhooks", () => deliveries.modes()],
		["GET", "/control/webhooks/deliveries", () => ({ deliveries: deliveries.list().map(deliveryView) })],
		["PUT", "/control/limits", (request) => Object.assign(limits, bodyOf(request))],
		["GET", "/control/resend/outbox", () => ({ emails: vendors.resend.outbox() })],
		["GET", "/control/resend/outbox/:id/html", (request, id) => mailPage(id)],
		["POST", "/control/resend/events", (request) => resendEvent(bodyOf(request))],
		...linearRoutes(vendors.linear),
		...elevenlabsRoutes(vendors.elevenlabs),
		...twilioRoutes(vendors.twilio),
	].map(([method, path, run]) => ({ method, pattern: new RegExp(`^${path.replace(/:\w+/g, "([^/]+)")}$`), run }));

	return async function handle(request) {
		if (PAGE_FILES[request.pathname] && request.method === "GET")
			return pageFile(request.pathname);
		const { origin } = request.headers;
		if (origin && origin !== `http://${request.host}`)
			return answer(403, { error: "a page of another site may not control the sandbox" });
		const here = routes.filter((route) => route.pattern.test(request.pathname));
		const route = here.find((one) => one.method === request.method);
		if (!route)
			return answer(here.length ? 405 : 404, { error: here.length ? "this method is not known here" : "no such address" });
		try {
			const result = await route.run(request, ...route.pattern.exec(request.pathname).slice(1).map(decodeURIComponent));
			if (request.method !== "GET")
				wirelog.announce();
			if (result?.$answer)
				return result.$answer;
			return answer(result?.$status ?? 200, result?.$body ?? result ?? { ok: true }, { headers: { "cache-control": "no-store" } });
		} catch (error) {
			if (error instanceof ControlError)
				return answer(error.status, { error: error.message });
			if (error instanceof Refusal)
				return answer(422, { error: error.extensions.userPresentableMessage || error.message });
			throw error;
		}
	};

	function logEntries({ query }) {
		return { entries: wirelog.list({ vendor: query.get("vendor") || undefined, after: Number(query.get("after") || 0) }), last: wirelog.last() };
	}

	/** A long poll: answers when something has changed since the version that the caller knows, or after a while. */
	async function waitForChange({ query }) {
		return { version: await wirelog.changed(Number(query.get("after") || 0), Math.min(LONGEST_WAIT_MS, Number(query.get("timeout_ms") || LONGEST_WAIT_MS))) };
	}

	function addFault(wanted) {
		const { fault, error } = faults.add(wanted, Object.keys(vendors));
		refuseIf(error);
		return { $status: 201, $body: fault };
	}

	/** A mail as the mail program shows it: no scripts, nothing of this page, links open elsewhere. */
	function mailPage(id) {
		const email = vendors.resend.outbox().find((entry) => entry.id === id) ?? missing("mail");
		return { $answer: answer(200, `<!doctype html><meta charset="utf-8"><base target="_blank">${email.html ?? ""}`, { headers: MAIL_HEADERS }) };
	}

	function resendEvent({ email_id, type }) {
		const email = vendors.resend.outbox().find((entry) => entry.id === email_id) ?? missing("mail");
		if (!vendors.resend.sendEvent(email, type))
			throw new ControlError(422, `unknown event type ${type}`);
	}
}

function pageFile(path) {
	const [name, type] = PAGE_FILES[path];
	return answer(200, readFileSync(new URL(`../ui/${name}`, import.meta.url)), { headers: { ...PAGE_HEADERS, "content-type": type } });
}
