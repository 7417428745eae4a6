// The rules of a strict JSON schema at Cerebras. A schema the service would refuse must be refused here, or the
// product would only learn it from its first real request.

const REFUSED = ["oneOf", "allOf", "not", "if", "then", "else", "pattern", "format", "minLength", "maxLength", "minItems", "maxItems",
	"prefixItems", "patternProperties", "propertyNames", "unevaluatedProperties", "dependentRequired", "contains", "uniqueItems"];
const TYPES = new Set(["object", "array", "string", "number", "integer", "boolean", "null"]);

/** Returns a sentence, or null when the schema is fine. */
export function checkSchema(schema) {
	if (JSON.stringify(schema).length > 5000)
		return "The schema is longer than 5000 characters.";
	if (schema?.type !== "object")
		return "The root of the schema must be of type object.";
	const definitions = schema.$defs ?? {};
	for (const [name, definition] of Object.entries(definitions)) {
		const problem = checkNode(definition, 1, [name]);
		if (problem)
			return problem;
	}
	return checkNode(schema, 1, []);

	function checkNode(node, depth, following) {
		if (!node || typeof node !== "object" || Array.isArray(node))
			return "Every schema must be an object.";
		if (depth > 10)
			return "The schema is nested deeper than 10 levels.";
		const refused = REFUSED.filter((name) => name in node);
		if (refused.length)
			return `Unsupported JSON schema fields: {${refused.map((name) => `'${name}'`).join(", ")}}`;
		if (Array.isArray(node.type))
			return "'type' must be a string; use 'anyOf' for alternatives.";
		if (node.$ref !== undefined)
			return checkReference(node.$ref, depth, following);
		if (node.anyOf)
			return checkAlternatives(node.anyOf, depth, following);
		if (node.enum && node.enum.length > 500)
			return "'enum' has more than 500 values.";
		if (node.type !== undefined && !TYPES.has(node.type))
			return `Unknown type '${node.type}'.`;
		if (node.type === "object")
			return checkObject(node, depth, following);
		if (node.type === "array")
			return node.items && !Array.isArray(node.items) ? checkNode(node.items, depth + 1, following) : "'items' must be one schema.";
		return null;
	}

	function checkObject(node, depth, following) {
		if (node.additionalProperties !== false)
			return "'additionalProperties' is required to be supplied and set to false.";
		const names = Object.keys(node.properties ?? {});
		if (names.length > 500)
			return "An object has more than 500 properties.";
		const missing = names.filter((name) => !(node.required ?? []).includes(name));
		if (missing.length)
			return `'required' is required to be supplied and to be an array including every key in properties. Missing '${missing[0]}'.`;
		return firstProblem(Object.values(node.properties ?? {}), depth, following);
	}

	function checkAlternatives(branches, depth, following) {
		if (!Array.isArray(branches) || branches.length > 5)
			return "'anyOf' may have at most 5 branches.";
		return firstProblem(branches, depth, following);
	}

	function checkReference(reference, depth, following) {
		const name = /^#\/\$defs\/(.+)$/.exec(reference)?.[1];
		if (!name || !definitions[name])
			return `'$ref' ${reference} does not lead to a definition of this schema.`;
		if (following.includes(name))
			return "Recursive schemas are not supported.";
		return checkNode(definitions[name], depth + 1, [...following, name]);
	}

	function firstProblem(nodes, depth, following) {
		for (const node of nodes) {
			const problem = checkNode(node, depth + 1, following);
			if (problem)
				return problem;
		}
		return null;
	}
}
