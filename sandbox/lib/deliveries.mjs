// Webhooks on their way to the product: signed anew at every attempt, repeated on the vendor's schedule (shortened),
// and, on request, held back, doubled or overtaken by the next one, as real deliveries sometimes are.
// Open deliveries are part of the saved state, because a vendor does not forget them when it restarts either.
import { randomUUID } from "node:crypto";

const KEPT = 500;
const HOLD_FOR_REORDER_MS = 1500;

/**
 * `vendors` maps a name to {path, timeoutMs, retriesMs, sign(delivery, settings) → {headers, body}, succeeded(status), retryable(status)}.
 * A vendor that calls the addresses it was given has target(delivery), timeout(delivery) and retries(delivery) instead of path
 * and timeoutMs, and its sign() may give another url and method too.
 */
export function openDeliveries({ state, settings, vendors, onChange = () => {} }) {
	const part = state.part("deliveries", emptyDeliveries);
	for (const [name, mode] of Object.entries(emptyDeliveries().modes))
		part.modes[name] = { ...mode, ...part.modes[name] }; // a saved state may be older than a vendor or a member
	const timers = new Map();
	let closed = false;

	for (const delivery of part.list)
		if (delivery.state === "pending")
			schedule(delivery, Math.max(0, delivery.next_at - Date.now()));

	function emptyDeliveries() {
		const modes = Object.keys(vendors).map((name) => [name, {
			enabled: true, duplicate: 0, delay_ms: 0, reorder: false, lose: [], retries_ms: vendors[name].retriesMs }]);
		return { list: [], modes: Object.fromEntries(modes) };
	}

	function schedule(delivery, afterMs) {
		delivery.next_at = Date.now() + afterMs;
		clearTimeout(timers.get(delivery.id));
		timers.set(delivery.id, setTimeout(() => attempt(delivery), afterMs));
		changed();
	}

	async function attempt(delivery) {
		timers.delete(delivery.id);
		if (closed)
			return;
		const vendor = vendors[delivery.vendor];
		const base = settings.get("WEBHOOK_BASE_URL") || settings.get("PUBLIC_BASE_URL");
		delivery.url = vendor.target?.(delivery) ?? base.replace(/\/+$/, "") + vendor.path;
		delivery.attempts++;
		delivery.last_at = new Date().toISOString();
		delivery.status = null;
		delivery.error = null;
		try {
			if (!base && !vendor.target)
				throw new Error("WEBHOOK_BASE_URL is not set");
			const { url = delivery.url, method = "POST", headers, body } = vendor.sign(delivery, settings);
			const response = await fetch(url, {
				method, headers, body, redirect: "manual", signal: AbortSignal.timeout(vendor.timeout?.(delivery) ?? vendor.timeoutMs) });
			delivery.status = response.status;
			await response.arrayBuffer();
		} catch (error) {
			delivery.error = error.cause?.code || error.cause?.message || error.message;
		}
		if (!closed)
			settle(delivery, vendor);
	}

	function settle(delivery, vendor) {
		const retries = part.modes[delivery.vendor].retries_ms.slice(0, vendor.retries?.(delivery));
		if (vendor.succeeded(delivery.status))
			delivery.state = "delivered";
		else if (delivery.attempts <= retries.length && vendor.retryable(delivery.status, delivery))
			return schedule(delivery, retries[delivery.attempts - 1]);
		else
			delivery.state = "failed";
		delivery.next_at = null;
		changed();
	}

	function changed() {
		state.changed();
		onChange();
	}

	function enqueue(vendor, type, payload) {
		const delivery = {
			id: randomUUID(), vendor, type, payload, created_at: new Date().toISOString(),
			state: "pending", attempts: 0, status: null, error: null, url: null, next_at: null, last_at: null,
		};
		part.list.push(delivery);
		trim();
		return delivery;
	}

	/** The oldest finished ones go; one that is still on its way is never forgotten. */
	function trim() {
		while (part.list.length > KEPT) {
			const index = part.list.findIndex((delivery) => delivery.state !== "pending");
			if (index < 0)
				return;
			part.list.splice(index, 1);
		}
	}

	return {
		send(vendor, type, payload) {
			const mode = part.modes[vendor];
			if (!mode.enabled || mode.lose.includes(type))
				return null;
			const held = part.list.find((other) => other.vendor === vendor && other.held && other.state === "pending");
			const first = enqueue(vendor, type, payload);
			if (mode.reorder && !held) {
				first.held = true;
				schedule(first, mode.delay_ms + HOLD_FOR_REORDER_MS);
			} else {
				schedule(first, mode.delay_ms);
				if (held) {
					held.held = false;
					schedule(held, mode.delay_ms + 100);
				}
			}
			for (let copy = 0; copy < mode.duplicate; copy++) {
				const again = enqueue(vendor, type, payload);
				again.message_id = first.message_id || first.id;
				schedule(again, mode.delay_ms + 20 * (copy + 1));
			}
			return first;
		},
		list: () => part.list,
		modes: () => part.modes,
		/** Returns a sentence when the wish cannot be met. */
		configure(wanted) {
			for (const [name, mode] of Object.entries(wanted ?? {})) {
				if (!part.modes[name])
					return `unknown vendor ${name}`;
				const unknown = Object.keys(mode).find((key) => !(key in part.modes[name]));
				if (unknown)
					return `unknown member ${name}.${unknown}`;
			}
			for (const [name, mode] of Object.entries(wanted ?? {}))
				Object.assign(part.modes[name], mode);
			changed();
			return null;
		},
		reset() {
			for (const timer of timers.values())
				clearTimeout(timer);
			timers.clear();
			state.reset("deliveries", emptyDeliveries);
		},
		close() {
			closed = true;
			for (const timer of timers.values())
				clearTimeout(timer);
		},
	};
}
