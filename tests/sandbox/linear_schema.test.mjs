// The sandbox's own Linear schema must not know more, or other, than Linear's: every type, field, argument and default of
// it is looked up in the vendor's schema. And the product's operations must run on it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { buildSchema, getNamedType, isEnumType, isInputObjectType, isIntrospectionType, isNonNullType, isObjectType, isScalarType, isSpecifiedScalarType, parse, validate } from "graphql";
import { complexityOf } from "../../sandbox/linear/complexity.mjs";
import { linearSchema } from "../../sandbox/linear/server.mjs";
import { readSpec, skipWithout } from "./specs.mjs";

const vendorText = readSpec("linear.schema.graphql");
const operationsText = readSpec("linear.operations.graphql");

/** What the product uses of the vendor; other operations of the collection are not in the sandbox. */
const USED = ["Connection", "RateLimit", "Teams", "Issue", "IssueState", "IssueAttachments", "IssueComments", "Comment", "TeamStates", "Project",
	"ProjectIssues", "AttachmentsForURL", "Webhooks", "IssueCreate", "IssueMove", "CommentCreate", "CommentUpdate", "FileUpload", "AttachmentCreate"];

function differences(ours, theirs) {
	const wrong = [];
	for (const type of Object.values(ours.getTypeMap())) {
		if (isIntrospectionType(type) || isSpecifiedScalarType(type))
			continue;
		const other = theirs.getType(type.name);
		if (!other || other.constructor !== type.constructor)
			wrong.push(`${type.name} is not in Linear's schema`);
		else if (isEnumType(type))
			wrong.push(...type.getValues().filter(({ name }) => !other.getValue(name)).map(({ name }) => `${type.name}.${name}`));
		else if (!isScalarType(type))
			wrong.push(...fieldDifferences(type, other));
	}
	return wrong;
}

function fieldDifferences(type, other) {
	const wrong = [];
	for (const field of Object.values(type.getFields())) {
		const same = other.getFields()[field.name];
		if (!same || String(same.type) !== String(field.type))
			wrong.push(`${type.name}.${field.name}: ${field.type}, Linear has ${same?.type}`);
		for (const argument of field.args ?? []) {
			const twin = same?.args.find(({ name }) => name === argument.name);
			if (!twin || String(twin.type) !== String(argument.type))
				wrong.push(`${type.name}.${field.name}(${argument.name}: ${argument.type}), Linear has ${twin?.type}`);
		}
		for (const argument of same?.args ?? [])
			if (isNonNullType(argument.type) && argument.defaultValue === undefined && !field.args.some(({ name }) => name === argument.name))
				wrong.push(`${type.name}.${field.name} lacks the required argument ${argument.name}`);
	}
	if (isInputObjectType(type))
		for (const field of Object.values(other.getFields()))
			if (isNonNullType(field.type) && field.defaultValue === undefined && !type.getFields()[field.name])
				wrong.push(`${type.name} lacks the required ${field.name}`);
	return wrong;
}

test("every name and type is Linear's", { skip: skipWithout(vendorText) }, () => {
	assert.deepEqual(differences(linearSchema, buildSchema(vendorText)), []);
});

test("the comparison finds differences", { skip: skipWithout(vendorText) }, () => {
	const wrong = buildSchema("type Query { viewer: User! } type User { id: ID! name: String shoeSize: Int }");
	assert.equal(differences(wrong, buildSchema(vendorText)).length, 2);
});

test("the collected operations are valid and cost what was estimated", { skip: skipWithout(operationsText) }, () => {
	const { operations } = JSON.parse(readSpec("linear.operations.json"));
	const definitions = new Map(parse(operationsText).definitions.map((definition) => [definition.name.value, definition]));
	for (const name of USED) {
		const document = { kind: "Document", definitions: [definitions.get(name)] };
		assert.deepEqual(validate(linearSchema, document).map(({ message }) => message), [], name);
		assert.equal(complexityOf(linearSchema, document, operations[name].variables), operations[name].estimatedComplexity, `${name}: complexity`);
	}
});

test("every object type of the schema is reached by the product or its lists", () => {
	const reached = new Set();
	const visit = (type) => {
		if (!type || reached.has(type.name))
			return;
		reached.add(type.name);
		if (isObjectType(type))
			for (const field of Object.values(type.getFields()))
				visit(getNamedType(field.type));
	};
	visit(linearSchema.getQueryType());
	visit(linearSchema.getMutationType());
	const unused = Object.values(linearSchema.getTypeMap()).filter((type) => isObjectType(type) && !isIntrospectionType(type) && !reached.has(type.name));
	assert.deepEqual(unused.map(({ name }) => name), []);
});
