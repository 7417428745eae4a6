// The sandbox as a whole: one process with a listener for each vendor and one for control. Every vendor is a folder with
// a `create…` function; a further vendor is added to `createVendors` and nowhere else.
import { openDeliveries } from "./lib/deliveries.mjs";
import { openFaults } from "./lib/faults.mjs";
import { listen } from "./lib/listener.mjs";
import { openSettings } from "./lib/settings.mjs";
import { openState } from "./lib/state.mjs";
import { openWirelog } from "./lib/wirelog.mjs";
import { createCerebras } from "./cerebras/server.mjs";
import { createControl } from "./control/server.mjs";
import { createElevenlabs } from "./elevenlabs/server.mjs";
import { elevenlabsDelivery } from "./elevenlabs/webhook.mjs";
import { createLinear, operationOf } from "./linear/server.mjs";
import { linearDelivery } from "./linear/webhooks.mjs";
import { createResend } from "./resend/server.mjs";
import { resendDelivery } from "./resend/events.mjs";
import { twilioDelivery } from "./twilio/callbacks.mjs";
import { createTwilio } from "./twilio/server.mjs";

export const PORT_NAMES = ["ui", "elevenlabs", "linear", "cerebras", "resend", "twilio"];

/**
 * Options: `envFile` (dotenv), `settings` (values that win over file and environment), `environment` (default: the
 * process's), `stateDir` (null: memory only), `host`, `ports` ({name: number}; 0 or absent: a free one).
 * Returns {urls, control(method, path, body), close()}; `control` gives the answer's JSON.
 */
export async function startSandbox({ envFile, settings: overrides, environment, stateDir = null, host = "127.0.0.1", ports = {} } = {}) {
	const settings = openSettings({ file: envFile, environment, overrides });
	const state = openState(stateDir);
	const wirelog = openWirelog();
	const faults = openFaults();
	const limits = {};
	const deliveries = openDeliveries({ state, settings, onChange: () => wirelog.announce(),
		vendors: { elevenlabs: elevenlabsDelivery, linear: linearDelivery, resend: resendDelivery, twilio: twilioDelivery } });
	const vendors = createVendors({ state, settings, deliveries, limits, onChange: () => wirelog.announce() });
	const urls = {};
	const listeners = [];
	const handleControl = createControl({ vendors, faults, wirelog, deliveries, limits, urls: () => urls, reset });

	try {
		for (const [name, vendor] of Object.entries(vendors))
			await open(name, { handle: vendor.handle, upgrade: vendor.upgrade, operationOf: name === "linear" ? operationOf : undefined, faults, wirelog });
		await open("ui", { handle: handleControl });
	} catch (error) {
		await close();
		throw error;
	}
	state.flush();
	return { urls, control, close };

	async function open(name, options) {
		const listener = await listen({ vendor: name, host, port: ports[name] || 0, ...options });
		listeners.push(listener);
		urls[name] = `http://${host.includes(":") ? `[${host}]` : host}:${listener.port}`;
	}

	/** One call of the control port; throws when the sandbox refuses. */
	async function control(method, path, body) {
		const response = await fetch(new URL(path, urls.ui), { method, body: body === undefined ? undefined : JSON.stringify(body),
			headers: { "content-type": "application/json" } });
		const result = await response.json();
		if (!response.ok)
			throw new Error(`${method} ${path}: ${response.status} ${result.error}`);
		return result;
	}

	function reset() {
		faults.clear();
		for (const name of Object.keys(limits))
			delete limits[name];
		deliveries.reset();
		for (const vendor of Object.values(vendors))
			vendor.reset?.();
		wirelog.clear();
		state.changed();
	}

	async function close() {
		deliveries.close();
		for (const vendor of Object.values(vendors))
			vendor.close?.();
		await Promise.all(listeners.map((listener) => listener.close()));
		wirelog.announce(); // lets go of who still waits for a change
		state.flush();
	}
}

function createVendors(parts) {
	const elevenlabs = createElevenlabs(parts);
	return { elevenlabs, linear: createLinear(parts), cerebras: createCerebras(parts), resend: createResend(parts),
		twilio: createTwilio({ ...parts, connect: elevenlabs.connect }) };
}
