// Holds the GraphQL documents that the C client sends against Linear's schema: our own copy of the part we use, and the
// vendor's whole one where it lies beside the repository. Reads them out of src/vendors/linear_operations.h.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { buildSchema, Kind, NoDeprecatedCustomRule, parse, specifiedRules, validate } from "graphql";
import { complexityOf, COMPLEXITY_LIMIT } from "../../sandbox/linear/complexity.mjs";

const HEADER = new URL("../../src/vendors/linear_operations.h", import.meta.url);
const OWN = new URL("../../sandbox/linear.graphql", import.meta.url);
const VENDORS = new URL("../../../shared/specs/linear.schema.graphql", import.meta.url);

/** An ordinary query may take a small part of what one may cost at most; the sweep's lists are the dearest. */
const ORDINARY_COST = 200;
const DEAREST = new Set(["IssuesInState"]);

/** `#define LINEAR_X \` followed by one string literal a line: exactly the form that the header promises. */
function operationsIn(source) {
	const found = new Map();
	for (const [, name, body] of source.matchAll(/^#define (LINEAR_[A-Z_]+) \\\n((?:\t".*" ?\\?\n)+)/gm))
		found.set(name, [...body.matchAll(/^\t(".*") ?\\?$/gm)].map(([, literal]) => JSON.parse(literal)).join(""));
	return found;
}

const source = readFileSync(HEADER, "utf8");
const operations = operationsIn(source);

test("every operation of the header is found, each under a name of its own", () => {
	const macros = [...source.matchAll(/^#define (LINEAR_[A-Z_]+)(?= )/gm)].map(([, name]) => name);
	assert.ok(macros.length >= 12);
	assert.deepEqual([...operations.keys()], macros);
	const names = [...operations.values()].map((text) => parse(text).definitions[0].name.value);
	assert.equal(new Set(names).size, names.length);
});

test("what only reads begins with the word query: the client repeats those", () => {
	for (const [name, text] of operations) {
		const [definition, ...more] = parse(text).definitions;
		assert.equal(more.length, 0, name);
		assert.ok(text.startsWith(`${definition.operation} `), name);
	}
});

test("every list has a page size", () => {
	for (const [name, text] of operations) {
		const lists = [];
		const visit = (set) => {
			for (const field of set?.selections ?? []) {
				if (field.selectionSet?.selections.some((inner) => inner.name.value === "nodes"))
					lists.push(field);
				visit(field.selectionSet);
			}
		};
		visit(parse(text).definitions[0].selectionSet);
		for (const list of lists)
			assert.ok(list.arguments.some((one) => one.name.value === "first" && one.value.kind === Kind.INT), `${name}: ${list.name.value}`);
	}
});

test("the sandbox's schema accepts every operation", () => holdAgainst(OWN));

test("Linear's own schema accepts every operation and calls nothing deprecated", { skip: existsSync(VENDORS) ? false : "the vendor's contract is not beside the repository" },
	() => holdAgainst(VENDORS));

test("a document that does not fit would be noticed", () => {
	const schema = buildSchema(readFileSync(OWN, "utf8"));
	assert.notEqual(validate(schema, parse("query Organization { organization { id nickname } }")).length, 0);
});

test("every operation costs far less than Linear allows", () => {
	const schema = buildSchema(readFileSync(OWN, "utf8"));
	for (const [name, text] of operations) {
		const document = parse(text);
		const cost = complexityOf(schema, document, {});
		assert.ok(cost <= (DEAREST.has(document.definitions[0].name.value) ? COMPLEXITY_LIMIT / 2 : ORDINARY_COST), `${name} costs ${cost}`);
	}
});

function holdAgainst(file) {
	const schema = buildSchema(readFileSync(file, "utf8"), { assumeValidSDL: true });
	for (const [name, text] of operations)
		assert.deepEqual(validate(schema, parse(text), [...specifiedRules, NoDeprecatedCustomRule]).map((problem) => problem.message), [], name);
}
