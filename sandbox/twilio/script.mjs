// How the called person behaves: by what a test has set for the number, by the number's last two digits, or like everyone.

const ANYONE = { outcome: "answered", queue_seconds: 0.2, ring_seconds: 3, answered_by: "human", turns: [], hangup_after_seconds: null, sip_code: null,
	error_code: null, refuse: null };
const OUTCOMES = ["answered", "busy", "no-answer", "failed"];
const ANSWERERS = ["human", "machine", "fax", "unknown", "machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other"];
const TURN = ["digits", "speech", "confidence", "after_seconds", "interrupts", "hangup"];

/** Numbers that behave by themselves; refused ones are refused when the call is created. */
export const ENDINGS = {
	80: { refuse: 21211 }, 81: { refuse: 21217 }, 82: { refuse: 21214 }, 83: { refuse: 21215 }, 84: { refuse: 21216 },
	90: { outcome: "busy" }, 91: { outcome: "no-answer" }, 92: { outcome: "failed", sip_code: 404 }, 93: { answered_by: "machine" },
	94: { turns: [{ hangup: true }] }, 95: { turns: [{ digits: "9" }] }, 96: { turns: [{ digits: "1" }] }, 97: { turns: [{ speech: "Yes, please." }] },
};

export const defaultScript = () => ({ speed: 10, caller_ids: [], default: {}, numbers: {} });

export function behaviourOf(script, number) {
	return { ...ANYONE, ...script.default, ...script.numbers[number] ?? ENDINGS[number.slice(-2)] };
}

/** Changes the script; returns a sentence when the wish is not understood. */
export function changeScript(script, wanted) {
	const unknown = Object.keys(wanted).find((name) => !(name in defaultScript()));
	if (unknown)
		return `unknown member ${unknown}`;
	if (wanted.speed !== undefined && !(wanted.speed >= 0.1 && wanted.speed <= 100_000))
		return "speed must be a number between 0.1 and 100000";
	if (wanted.caller_ids !== undefined && !(Array.isArray(wanted.caller_ids) && wanted.caller_ids.every((one) => /^\+\d+$/.test(one))))
		return "caller_ids must be a list of telephone numbers";
	for (const [name, behaviour] of [["default", wanted.default ?? {}], ...Object.entries(wanted.numbers ?? {})]) {
		const problem = name !== "default" && !/^\+\d+$/.test(name) ? "is not a telephone number" : checkBehaviour(behaviour);
		if (problem)
			return `${name}: ${problem}`;
	}
	Object.assign(script, wanted, { numbers: { ...script.numbers, ...wanted.numbers } });
	return null;
}

function checkBehaviour(behaviour) {
	const unknown = Object.keys(behaviour).find((name) => !(name in ANYONE));
	if (unknown)
		return `unknown member ${unknown}`;
	if (behaviour.outcome !== undefined && !OUTCOMES.includes(behaviour.outcome))
		return `outcome must be one of ${OUTCOMES.join(", ")}`;
	if (behaviour.answered_by !== undefined && !ANSWERERS.includes(behaviour.answered_by))
		return `answered_by must be one of ${ANSWERERS.join(", ")}`;
	for (const name of ["queue_seconds", "ring_seconds", "hangup_after_seconds", "sip_code", "error_code", "refuse"])
		if (behaviour[name] !== undefined && behaviour[name] !== null && !(behaviour[name] >= 0))
			return `${name} must be a number`;
	if (!Array.isArray(behaviour.turns ?? []) || (behaviour.turns ?? []).some((turn) => Object.keys(turn).some((name) => !TURN.includes(name))))
		return `turns must be a list of objects with ${TURN.join(", ")}`;
	return null;
}

/** `AnsweredBy` as the chosen kind of detection words it. */
export function answeredBy({ answered_by }, detection) {
	if (answered_by !== "machine")
		return answered_by;
	return detection === "DetectMessageEnd" ? "machine_end_beep" : "machine_start";
}
