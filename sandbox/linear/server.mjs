// Linear's front door: credentials, rate limit, GraphQL over HTTP, uploads, and Linear's way of saying no
// (HTTP 200 with errors for most refusals, HTTP 400 for the rate limit).
import { readFileSync } from "node:fs";
import { buildSchema, execute, parse, validate } from "graphql";
import { answer, jsonOf } from "../lib/listener.mjs";
import { openBucket } from "../lib/bucket.mjs";
import { complexityOf, COMPLEXITY_LIMIT } from "./complexity.mjs";
import { createRoot } from "./resolvers.mjs";
import { getAsset, putUpload } from "./uploads.mjs";
import { badInput, openWorkspace, Refusal } from "./workspace.mjs";

const REQUESTS_PER_HOUR = 5000;
const COMPLEXITY_PER_HOUR = 3_000_000;
const HOUR_MS = 3_600_000;

export const linearSchema = prepareSchema(readFileSync(new URL("../linear.graphql", import.meta.url), "utf8"));

/** Date arguments become ISO text that compares as text; a duration such as -P1D counts from now. */
function prepareSchema(text) {
	const schema = buildSchema(text);
	for (const name of ["DateTime", "DateTimeOrDuration"]) {
		const scalar = schema.getType(name);
		scalar.parseValue = parseTime;
		scalar.parseLiteral = (node) => parseTime(node.value);
	}
	const metadata = schema.getType("JSONObject");
	metadata.parseValue = (value) => {
		if (value === null || typeof value !== "object" || Array.isArray(value))
			throw new TypeError("JSONObject must be an object");
		return value;
	};
	return schema;
}

const DURATION = /^(-?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

function parseTime(value) {
	const duration = DURATION.exec(value);
	if (duration) {
		const [weeks, days, hours, minutes, seconds] = duration.slice(2).map((part) => Number(part ?? 0));
		const milliseconds = ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
		return new Date(Date.now() + (duration[1] ? -milliseconds : milliseconds)).toISOString();
	}
	const time = Date.parse(value);
	if (Number.isNaN(time))
		throw new TypeError(`not a date: ${value}`);
	return new Date(time).toISOString();
}

export function createLinear({ state, settings, deliveries, limits }) {
	const workspace = openWorkspace({ state, settings, deliveries });
	const requests = openBucket(() => limits.linear?.requests ?? REQUESTS_PER_HOUR, HOUR_MS);
	const root = createRoot(workspace, settings);

	return { workspace, handle, reset: workspace.reset };

	function handle(request) {
		if (request.pathname.startsWith("/upload/") && request.method === "PUT")
			return putUpload(workspace, request);
		if (request.pathname.startsWith("/assets/") && request.method === "GET")
			return getAsset(workspace, request, authorized(request));
		if (request.pathname !== "/graphql")
			return answer(404, "Not Found", { headers: { "content-type": "text/plain" } });
		if (request.method !== "POST")
			return answer(405, "Method Not Allowed", { headers: { allow: "POST", "content-type": "text/plain" } });
		return graphql(request);
	}

	/** A personal key stands alone in the header; with Bearer it is refused, as Linear does. */
	function authorized(request) {
		const key = settings.get("LINEAR_API_KEY");
		return Boolean(key) && request.headers.authorization === key;
	}

	function graphql(request) {
		if (!authorized(request))
			return failure(401, "Authentication required, not authenticated", { type: "authentication error", code: "AUTHENTICATION_ERROR",
				statusCode: 401, userError: true, userPresentableMessage: "You need to authenticate to access this operation." });
		const rate = requests.take();
		if (!rate.allowed)
			return failure(400, "Rate limit exceeded. Only 5000 requests are allowed per 1 hour.", { type: "ratelimited", code: "RATELIMITED",
				statusCode: 429, userError: true, userPresentableMessage: "Rate limit exceeded.",
				meta: { rateLimitResult: { allowed: false, limit: rate.limit, remaining: 0, duration: HOUR_MS } } }, rateHeaders(rate, 0));
		const input = jsonOf(request);
		if (!input || typeof input.query !== "string" || !/json/.test(request.headers["content-type"] || ""))
			return failure(400, "POST body must be JSON with a query", { type: "graphql error", code: "BAD_REQUEST", statusCode: 400, userError: true }, rateHeaders(rate, 0));
		return run(input, request, rate);
	}

	function run({ query, variables, operationName }, request, rate) {
		let document;
		try {
			document = parse(query);
		} catch (error) {
			return failure(400, error.message, { type: "graphql error", code: "GRAPHQL_PARSE_FAILED", statusCode: 400, userError: true }, rateHeaders(rate, 0));
		}
		const problems = validate(linearSchema, document);
		if (problems.length)
			return answer(400, { errors: problems.map((problem) => ({ message: problem.message, locations: problem.locations,
				extensions: { type: "graphql error", code: "GRAPHQL_VALIDATION_FAILED", statusCode: 400, userError: true, http: { status: 400 } } })) },
			{ headers: rateHeaders(rate, 0) });
		const cost = complexityOf(linearSchema, document, variables);
		if (cost > COMPLEXITY_LIMIT)
			return failure(400, "Query too complex", { type: "invalid input", code: "INPUT_ERROR", statusCode: 400, userError: true,
				userPresentableMessage: `The query costs ${cost} points, ${COMPLEXITY_LIMIT} are allowed.` }, rateHeaders(rate, cost));
		const effects = [];
		const result = execute({ schema: linearSchema, document, rootValue: root, variableValues: variables, operationName,
			contextValue: { host: request.host, rate, done: (effect) => effects.push(effect) } });
		const body = result.errors ? { errors: result.errors.map(linearError), data: result.data ?? null } : { data: result.data };
		return answer(200, body, { headers: rateHeaders(rate, cost), effect: effects.join(", ") || undefined });
	}
}

/** The name in the text is enough for the log and for faults; a broken query has none. */
export function operationOf(request) {
	if (request.pathname !== "/graphql")
		return null;
	const input = jsonOf(request);
	return input?.operationName || /\b(?:query|mutation)\s+(\w+)/.exec(input?.query ?? "")?.[1] || null;
}

function linearError(error) {
	const cause = error.originalError;
	const extensions = cause instanceof Refusal ? cause.extensions
		: cause && !cause.extensions && !(cause instanceof TypeError) ? { type: "internal error", code: "INTERNAL_SERVER_ERROR", statusCode: 500 }
			: badInput(error.message).extensions;
	return { message: cause instanceof Refusal ? cause.message : error.message, path: error.path, locations: error.locations,
		extensions: { ...extensions, http: { status: extensions.statusCode === 400 ? 200 : extensions.statusCode } } };
}

function failure(status, message, extensions, headers = {}) {
	return answer(status, { errors: [{ message, extensions: { ...extensions, http: { status } } }] }, { headers });
}

/** Resets are in Unix milliseconds; Retry-After is not sent. */
function rateHeaders(rate, complexity) {
	return {
		"x-ratelimit-requests-limit": String(rate.limit),
		"x-ratelimit-requests-remaining": String(rate.remaining),
		"x-ratelimit-requests-reset": String(rate.reset),
		"x-complexity": String(complexity),
		"x-ratelimit-complexity-limit": String(COMPLEXITY_PER_HOUR),
		"x-ratelimit-complexity-remaining": String(COMPLEXITY_PER_HOUR - complexity),
		"x-ratelimit-complexity-reset": String(rate.reset),
	};
}
