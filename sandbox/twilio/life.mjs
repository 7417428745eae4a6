// The life of a call: queued, initiated, ringing, then answered and talked through, or busy, not answered, failed. Seconds
// are Twilio's seconds; the script's `speed` says how many of them pass in one of ours.
import { announce, announceMachine } from "./callbacks.mjs";
import { answeredBy } from "./script.mjs";
import { converse } from "./talk.mjs";

const LONGEST_TIMER_MS = 2 ** 31 - 1;
const DETECTION_SECONDS = 2;

/** Thrown inside a call to end it. */
export class Over extends Error {
	constructor(status, sipCode = 200) {
		super(status);
		this.status = status;
		this.sipCode = sipCode;
	}
}

export const isOver = (call) => call.ended !== null;

export function openLife({ part, settings, deliveries, limits, connect, changed }) {
	const runs = new Map();
	let nextStart = 0;

	return { place, end, redirect, resume, stop };

	/** The answer to "when does Twilio dial it?": calls leave the queue one after the other. */
	function place(call) {
		const perSecond = Math.max(1e-6, limits.twilio?.calls_per_second ?? 1) * part.script.speed;
		const begin = Math.max(Date.now(), nextStart);
		nextStart = begin + 1000 / perSecond;
		call.queue_ms = Math.round((begin - Date.now()) * part.script.speed);
		start(call, live);
	}

	function start(call, work) {
		const run = { call, timers: new Set(), wait: (seconds) => wait(run, seconds), during: (promise) => Promise.race([promise, run.interrupted]),
			arm: () => arm(run), stopwatch, connect, authToken: () => settings.get("TWILIO_AUTH_TOKEN"), changed: () => touch(call), Over };
		arm(run);
		runs.set(call.sid, run);
		work(run).catch((error) => {
			if (!(error instanceof Over))
				process.stderr.write(`sandbox: twilio: ${error.stack}\n`);
			if (error.status !== "stopped" && !isOver(call))
				end(call, error.status ?? "failed", error.sipCode);
		}).finally(() => forget(run));
	}

	/** Makes an interruption possible; the promise is kept until whoever was interrupted has dealt with it. */
	function arm(run) {
		run.interrupted = new Promise((resolve, reject) => { run.interrupt = reject; });
		run.interrupted.catch(() => {});
	}

	function forget(run) {
		for (const timer of run.timers)
			clearTimeout(timer);
		if (runs.get(run.call.sid) === run)
			runs.delete(run.call.sid);
	}

	function later(run, seconds, action) {
		const timer = setTimeout(() => {
			run.timers.delete(timer);
			action();
		}, Math.min(LONGEST_TIMER_MS, seconds * 1000 / part.script.speed));
		run.timers.add(timer);
	}

	function wait(run, seconds) {
		return run.during(new Promise((resolve) => later(run, seconds, resolve)));
	}

	/** Tells how many of Twilio's seconds have passed since. */
	function stopwatch() {
		const began = Date.now();
		return () => (Date.now() - began) / 1000 * part.script.speed;
	}

	function touch(call) {
		call.updated = Date.now();
		changed();
	}

	function enter(call, status, event) {
		call.status = status;
		announce(deliveries, call, event);
		touch(call);
	}

	async function live(run) {
		const { call } = run;
		const { behaviour, params } = call;
		await run.wait(call.queue_ms / 1000 + behaviour.queue_seconds);
		call.started = Date.now();
		enter(call, "queued", "initiated");
		await run.wait(0.5);
		if (behaviour.outcome === "failed")
			throw new Over("failed", behaviour.sip_code ?? 503);
		enter(call, "ringing", "ringing");
		const patience = Number(params.Timeout ?? 60);
		if (behaviour.outcome === "no-answer" || behaviour.ring_seconds > patience) {
			await run.wait(patience);
			throw new Over("no-answer", behaviour.sip_code ?? 487);
		}
		await run.wait(behaviour.ring_seconds);
		if (behaviour.outcome === "busy")
			throw new Over("busy", behaviour.sip_code ?? 486);
		await answered(run);
	}

	async function answered(run) {
		const { call } = run;
		call.answered = Date.now();
		enter(call, "in-progress", "answered");
		await detect(run);
		await converse(run);
		throw new Over("completed");
	}

	/** Machine detection: before the first word, or beside the talk; digits to send switch it off. */
	async function detect(run) {
		const { call } = run;
		const { MachineDetection, AsyncAmd, SendDigits } = call.params;
		if (!MachineDetection || SendDigits)
			return;
		const found = () => {
			call.answered_by = answeredBy(call.behaviour, MachineDetection);
			touch(call);
		};
		if (AsyncAmd === "true")
			return later(run, DETECTION_SECONDS, () => {
				found();
				announceMachine(deliveries, call, DETECTION_SECONDS * 1000);
			});
		await run.wait(DETECTION_SECONDS);
		call.talked += DETECTION_SECONDS;
		found();
	}

	/** Ends a call now; what it was doing stops. */
	function end(call, status, sipCode = status === "completed" ? 200 : 487) {
		call.ended = Date.now();
		call.duration = call.answered === null ? 0 : Math.max(1, Math.round(call.talked));
		call.sip_code = sipCode;
		call.error_code = status === "failed" ? call.behaviour.error_code : null;
		enter(call, status, status);
		runs.get(call.sid)?.interrupt(new Over(status));
	}

	/** `source` is {url, method} or {text}: what a call in progress does from now on. */
	function redirect(call, source) {
		runs.get(call.sid)?.interrupt(Object.assign(new Error("redirected"), { source }));
	}

	/** After a restart: the waiting calls are dialled, the others lost their line. */
	function resume() {
		for (const call of part.calls)
			if (call.status === "queued")
				start(call, live);
			else if (!isOver(call))
				end(call, call.answered === null ? "failed" : "completed");
	}

	function stop() {
		nextStart = 0;
		for (const run of [...runs.values()]) {
			run.interrupt(new Over("stopped"));
			forget(run);
		}
	}
}
