// Twilio: takes calls and plays both ends of them, with Twilio's checks, states, callbacks and signatures.
import { randomBytes, timingSafeEqual } from "node:crypto";
import { answer } from "../lib/listener.mjs";
import { accountPart, sidOf } from "./account.mjs";
import { isOver, openLife } from "./life.mjs";
import { callResource } from "./resource.mjs";
import { behaviourOf, defaultScript } from "./script.mjs";
import { checkNewCall, checkValues, CREATE_PARAMETERS, LIST_PARAMETERS, messageOf, readParameters, UPDATE_PARAMETERS } from "./validate.mjs";

const KEPT = 2000;
const KEPT_MS = 180_000; // whoever lost the answer to a dial looks for the call a minute and more later
const PAGE_SIZE = 50;
const ROUTE = /^\/2010-04-01\/Accounts\/([^/]+)\/Calls(?:\/([^/]+))?\.json$/;

/** `connect` is asked who takes a call that TwiML connects to a stream; see elevenlabs/telephone.mjs. */
export function createTwilio({ state, settings, deliveries, limits, connect = () => null, onChange }) {
	const empty = () => ({ script: defaultScript(), calls: [] });
	const part = state.part("twilio", empty);
	const life = openLife({ part, settings, deliveries, limits, connect, changed });
	life.resume();

	return { handle, calls: () => part.calls, script: () => part.script, hangUp: (call) => life.end(call, "completed"), changed, close: life.stop, reset };

	function changed() {
		state.changed();
		onChange();
	}

	function reset() {
		life.stop();
		state.reset("twilio", empty);
	}

	function handle(request) {
		const account = settings.get("TWILIO_ACCOUNT_SID");
		if (!authorized(request, account))
			return refusal(401, 20003, "Authenticate");
		const shown = request.method === "GET" && accountPart(request, { account, own: [settings.get("TWILIO_CALLER_ID")].filter(Boolean),
			verified: part.script.caller_ids, ...limits.twilio?.account });
		if (shown)
			return shown;
		const [, owner, sid] = ROUTE.exec(request.pathname) ?? [];
		const call = sid && part.calls.find((one) => one.sid === sid);
		if (owner !== account || sid && !call)
			return refusal(404, 20404, `The requested resource ${request.pathname} was not found`);
		const routes = sid ? { GET: () => answer(200, callResource(call)), POST: () => update(call, request) } : { GET: () => list(request), POST: () => create(request) };
		return routes[request.method]?.() ?? refusal(405, 20004, "Method not allowed");
	}

	function authorized(request, account) {
		const token = settings.get("TWILIO_AUTH_TOKEN");
		const given = Buffer.from(request.headers.authorization ?? "");
		const right = Buffer.from(`Basic ${Buffer.from(`${account}:${token}`).toString("base64")}`);
		return Boolean(account && token) && given.length === right.length && timingSafeEqual(given, right);
	}

	function create(request) {
		const { values, problem } = readParameters(form(request), CREATE_PARAMETERS);
		const owned = (number) => number === settings.get("TWILIO_CALLER_ID") || part.script.caller_ids.includes(number);
		const wrong = problem ?? checkNewCall(values, owned);
		if (wrong)
			return refused(wrong);
		if (part.calls.filter((call) => !isOver(call)).length >= (limits.twilio?.concurrent ?? Infinity))
			return refusal(429, 10004, messageOf(10004), "refused: too many calls at once");
		const behaviour = behaviourOf(part.script, values.To);
		if (behaviour.refuse)
			return refused({ code: behaviour.refuse, about: values.To });
		const call = newCall(values, behaviour);
		part.calls.push(call);
		trim();
		life.place(call);
		changed();
		return answer(201, { ...callResource(call), date_created: null, date_updated: null }, { effect: `calls ${call.to}` });
	}

	function newCall(params, behaviour) {
		const now = Date.now();
		return { sid: `CA${randomBytes(16).toString("hex")}`, account_sid: settings.get("TWILIO_ACCOUNT_SID"), phone_number_sid: sidOf(params.From),
			to: params.To, from: params.From, status: "queued", answered_by: null, queue_ms: 0, sip_code: null, error_code: null, sequence: 0,
			created: now, updated: now, started: null, answered: null, ended: null, duration: null, talked: 0, documents: 0, turn: 0,
			params, behaviour, heard: [], requests: [], problems: [] };
	}

	/** The oldest finished ones go; one under way, or of the last minutes, is never forgotten. */
	function trim() {
		const before = Date.now() - KEPT_MS;
		while (part.calls.length > KEPT) {
			const index = part.calls.findIndex((call) => isOver(call) && call.created < before);
			if (index < 0)
				return;
			part.calls.splice(index, 1);
		}
	}

	function update(call, request) {
		const { values, problem } = readParameters(form(request), UPDATE_PARAMETERS);
		const wrong = problem ?? checkValues(values, UPDATE_PARAMETERS);
		if (wrong)
			return refused(wrong);
		const { Status, Url, Method, Twiml } = values;
		const waits = call.answered === null;
		if (isOver(call) || Status === "canceled" && !waits || (Url || Twiml) && waits)
			return refused({ code: 21220, about: `the call is ${call.status}` });
		for (const name of ["StatusCallback", "StatusCallbackMethod", "FallbackUrl", "FallbackMethod", "TimeLimit"])
			if (values[name] !== undefined)
				call.params[name] = values[name];
		if (Status)
			life.end(call, waits ? "canceled" : "completed");
		else if (Url || Twiml)
			life.redirect(call, Url ? { url: Url, method: Method } : { text: Twiml });
		changed();
		return answer(200, callResource(call), { effect: Status ? `the call to ${call.to} is ${call.status}` : `the call to ${call.to} goes on differently` });
	}

	function list(request) {
		const { values, problem } = readParameters([...request.query], LIST_PARAMETERS);
		const wrong = problem ?? checkValues(values, LIST_PARAMETERS);
		if (wrong)
			return refused(wrong);
		const found = part.calls.filter((call) => fits(call, values)).reverse();
		const size = Number(values.PageSize ?? PAGE_SIZE);
		const page = Number(values.Page ?? 0);
		// The token names the last call of the page before, so that new calls do not shift the pages.
		const begin = values.PageToken ? found.findIndex(({ sid }) => `PA${sid}` === values.PageToken) + 1 : page * size;
		const shown = found.slice(begin, begin + size);
		const address = (number, token) => `${request.pathname}?${new URLSearchParams({ ...values, PageSize: size, Page: number, ...token && { PageToken: token } })}`;
		const earlier = found[begin - size - 1];
		return answer(200, {
			calls: shown.map(callResource), page, page_size: size, start: page * size, end: page * size + Math.max(0, shown.length - 1),
			uri: request.path, first_page_uri: address(0, null).replace(/&PageToken=[^&]*/, ""),
			previous_page_uri: page > 0 ? address(page - 1, earlier && `PA${earlier.sid}`) : null,
			next_page_uri: begin + size < found.length ? address(page + 1, `PA${shown.at(-1).sid}`) : null,
		});
	}
}

function form(request) {
	return /^application\/x-www-form-urlencoded\b/i.test(request.headers["content-type"] ?? "") ? [...new URLSearchParams(request.body.toString("utf8"))] : [];
}

function fits(call, { To, From, Status, ParentCallSid, ...times }) {
	return (!To || call.to === To) && (!From || call.from === From) && (!Status || call.status === Status) && !ParentCallSid
		&& ["StartTime", "EndTime"].every((name) => within(name === "StartTime" ? call.started : call.ended, times, name));
}

/** Days in UTC; a call without the time does not fit. */
function within(time, wanted, name) {
	const [day, until, since] = [wanted[name], wanted[`${name}<`], wanted[`${name}>`]];
	if (!day && !until && !since)
		return true;
	const its = time === null ? null : new Date(time).toISOString().slice(0, 10);
	return its !== null && (!day || its === day) && (!until || its <= until) && (!since || its >= since);
}

function refused({ code, about }) {
	const message = about === undefined ? messageOf(code) : `${messageOf(code)}: ${about}`;
	return refusal(400, code, message, `refused: ${message}`);
}

function refusal(status, code, message, effect) {
	const headers = status === 401 ? { "www-authenticate": 'Basic realm="Twilio API"' } : {};
	return answer(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status }, { headers, effect });
}
