// Composes the answer to a completion: question pointers, an evaluation of a talk, or, for a schema that is neither,
// valid values. What the product shows to people is recognisable as made from their own words.
import { findFacts, findTurns, promptText } from "./prompt.mjs";
import { judge } from "./judge.mjs";

export function compose(input) {
	const format = input.response_format;
	if (format?.type === "json_schema")
		return JSON.stringify(fill(format.json_schema, input.messages));
	const facts = findFacts(input.messages);
	if (format?.type === "json_object")
		return JSON.stringify({ answer: facts[0] ?? "The sandbox has no opinion." });
	return `The sandbox read ${promptText(input.messages).length} characters. ${facts[0] ?? ""}`.trim();
}

function fill({ name, schema }, messages) {
	const writer = isEvaluation(schema) ? evaluationWriter(messages) : isPointers(name, schema) ? pointerWriter(messages) : plainWriter(messages);
	return value(schema, "", { root: schema, writer, path: [] });
}

function isEvaluation(schema) {
	return Object.values(schema.properties ?? {}).some((property) => property.enum?.includes("pass") && property.enum.includes("fail"));
}

function isPointers(name, schema) {
	const words = /pointer|question|topic|plan/i;
	return words.test(name ?? "") || Object.entries(schema.properties ?? {}).some(([key, property]) => words.test(key) && property.type === "array");
}

/** Fills any schema: the writer is asked for each list's entries and each scalar, the rest follows from the schema. */
function value(schema, key, context) {
	if (schema.$ref)
		return value(context.root.$defs[schema.$ref.replace("#/$defs/", "")], key, context);
	if (schema.const !== undefined)
		return schema.const;
	if (schema.anyOf)
		return value(schema.anyOf.find((branch) => branch.type !== "null") ?? schema.anyOf[0], key, context);
	if (schema.enum)
		return context.writer.choice(schema.enum, key, context);
	switch (schema.type) {
	case "object":
		return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, property]) =>
			[name, value(property, name, { ...context, path: [...context.path, name] })]));
	case "array":
		return context.writer.entries(key, context).map((entry) => value(schema.items, key, { ...context, entry, inList: true }));
	case "integer":
	case "number":
		return bounded(context.writer.number(key, context, schema), schema);
	case "boolean":
		return context.writer.truth(key, context);
	case "null":
		return null;
	default:
		return context.writer.text(key, context);
	}
}

function bounded(number, { type, minimum = -Infinity, maximum = Infinity }) {
	const inside = Math.min(maximum, Math.max(minimum, number));
	return type === "integer" ? Math.round(inside) : inside;
}

function plainWriter(messages) {
	const facts = findFacts(messages);
	return {
		choice: (options) => options[0],
		entries: () => [{ fact: facts[0] ?? "The sandbox has nothing to add." }],
		number: () => 1,
		truth: () => true,
		text: (key, { entry }) => entry?.fact ?? facts[0] ?? "The sandbox has nothing to add.",
	};
}

const ABOUT_PERSON = [
	(fact) => `You wrote "${fact}". What was your own part in it, and what would you do differently today?`,
	(fact) => `About "${fact}": what was the hardest moment, and how did you find out that your solution worked?`,
];
const ABOUT_JOB = [
	(fact) => `For this position "${fact}" matters. Which situation from your past comes closest, and how did you handle it?`,
	(fact) => `The job text says "${fact}". Where have you met that so far, and what came of it?`,
];
/** Where the text says too little to be quoted. */
const WITHOUT_FACTS = [
	"What are you working on at present, what is your own part in it, and what would you do differently today?",
	"Which piece of work that you finished was the hardest, and how did you find out that your solution worked?",
];

/** Two questions about the person and two about the job, each quoting its source. */
function pointerWriter(messages) {
	const person = findFacts(messages, "application").map(shortened);
	const job = findFacts(messages, "job").map(shortened).reverse();
	const ask = (questions, facts) => questions.map((question, index) => facts[index]
		? { fact: facts[index], question: question(facts[index]) } : { fact: "a general question", question: WITHOUT_FACTS[index] });
	const [first, third] = ask(ABOUT_PERSON, person);
	const [second, fourth] = ask(ABOUT_JOB, job);
	const entries = [first, second, third, fourth];
	return {
		...plainWriter(messages),
		entries: (key, { inList }) => inList ? entries.slice(0, 1) : entries,
		text: (key, { entry = first }) => /why|reason|source|basis|evidence/i.test(key) ? entry.fact : entry.question,
	};
}

function shortened(fact) {
	return fact.replaceAll('"', "'").length <= 110 ? fact.replaceAll('"', "'") : `${fact.slice(0, fact.lastIndexOf(" ", 108)).replaceAll('"', "'")} …`;
}

function evaluationWriter(messages) {
	const verdict = judge(findTurns(messages));
	return {
		choice(options, key, { entry }) {
			if (options.includes("pass") && options.includes("fail") && !entry)
				return options.includes(verdict.result) ? verdict.result : options.find((option) => !["pass", "fail"].includes(option)) ?? "fail";
			const kind = entry?.negative ? /neg|weak|concern|risk|against|contra/i : /pos|strong|strength|for|support|pro/i;
			return options.find((option) => kind.test(String(option))) ?? options[0];
		},
		entries: (key, { inList }) => inList ? [] : verdict.points,
		number(key, { entry }, { maximum }) {
			if (/confidence|certainty|probability/i.test(key))
				return maximum === undefined || maximum <= 1 ? verdict.confidence : verdict.confidence * maximum;
			return entry ? (/time|sec|at$/i.test(key) ? entry.time ?? 0 : entry.index ?? 0) : verdict.points.length;
		},
		truth: (key, { entry }) => entry ? !entry.negative : verdict.result === "pass",
		text(key, { entry }) {
			if (!entry)
				return verdict.reasoning;
			if (/quote|evidence|excerpt|verbatim/i.test(key))
				return entry.quote;
			return /time/i.test(key) ? entry.label ?? "" : entry.point;
		},
	};
}
