// Faults on request: the product must survive vendors that are slow, wrong, silent or that take a request and lose
// the answer. A fault is chosen before the stand-in sees the request; the listener carries it out.
import { randomUUID } from "node:crypto";

export const FAULT_MODES = ["status", "status_after", "timeout", "delay", "cut", "cut_after", "malformed", "truncate", "close"];

export function openFaults() {
	const faults = [];

	return {
		/** Returns {fault} or {error}: a misspelt fault that never strikes would make a test pass for nothing. */
		add(wanted, vendors) {
			const problem = check(wanted, vendors);
			if (problem)
				return { error: problem };
			const fault = { id: randomUUID(), match: {}, hits: 0, skipped: 0, ...wanted, since: new Date().toISOString() };
			faults.push(fault);
			return { fault };
		},
		list: () => faults,
		remove(id) {
			const index = faults.findIndex((fault) => fault.id === id);
			if (index >= 0)
				faults.splice(index, 1);
			return index >= 0;
		},
		clear: () => faults.splice(0),
		/** The first fault that fits strikes; a spent one stays in the list as a record, but never strikes again. */
		strike(request) {
			for (const fault of faults) {
				if (fault.times !== undefined && fault.hits >= fault.times)
					continue;
				if (!fits(fault, request))
					continue;
				if (fault.skipped < (fault.after || 0)) {
					fault.skipped++;
					continue;
				}
				fault.hits++;
				return fault;
			}
			return null;
		},
	};
}

function fits(fault, { vendor, method, path, operation, body }) {
	const { match } = fault;
	return fault.vendor === vendor
		&& (!match.method || match.method.toUpperCase() === method)
		&& (!match.path || new RegExp(match.path).test(path))
		&& (!match.operation || match.operation === operation)
		&& (!match.body || body?.includes(match.body));
}

const KNOWN = new Set(["vendor", "match", "mode", "status", "headers", "body", "delay_ms", "times", "after", "code", "reason"]);

function check(wanted, vendors) {
	if (!wanted || typeof wanted !== "object")
		return "a fault is a JSON object";
	const unknown = Object.keys(wanted).filter((key) => !KNOWN.has(key));
	if (unknown.length)
		return `unknown members: ${unknown.join(", ")}`;
	if (!vendors.includes(wanted.vendor))
		return `vendor must be one of ${vendors.join(", ")}`;
	if (!FAULT_MODES.includes(wanted.mode))
		return `mode must be one of ${FAULT_MODES.join(", ")}`;
	if (wanted.match && Object.keys(wanted.match).some((key) => !["method", "path", "operation", "body"].includes(key)))
		return "match knows method, path, operation and body";
	try {
		new RegExp(wanted.match?.path ?? "");
	} catch (error) {
		return `match.path: ${error.message}`;
	}
	return null;
}
