// Linear prices a query before running it: 0.1 a property, 1 an object, a list multiplies what is inside by its page
// size; more than 10,000 points are refused. The product must stay far below, so the sandbox counts the same way.
import { getNamedType, isObjectType, Kind } from "graphql";

export const COMPLEXITY_LIMIT = 10_000;

export function complexityOf(schema, document, variables) {
	const fragments = new Map(document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION).map((one) => [one.name.value, one]));
	const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
	const root = operation.operation === "mutation" ? schema.getMutationType() : schema.getQueryType();
	return Math.ceil(Math.round(costOf(operation.selectionSet, root) * 1000) / 1000);

	function costOf(selectionSet, type) {
		let sum = 0;
		for (const selection of selectionSet.selections) {
			if (selection.kind === Kind.FRAGMENT_SPREAD)
				sum += costOf(fragments.get(selection.name.value).selectionSet, type);
			else if (selection.kind === Kind.INLINE_FRAGMENT)
				sum += costOf(selection.selectionSet, type);
			else
				sum += costOfField(selection, type);
		}
		return sum;
	}

	function costOfField(selection, type) {
		const field = type.getFields?.()[selection.name.value];
		const inner = field && getNamedType(field.type);
		if (!isObjectType(inner))
			return 0.1;
		if (!inner.name.endsWith("Connection"))
			return 1 + costOf(selection.selectionSet, inner);
		return costOfList(selection, inner);
	}

	/** The entries are multiplied, what describes the page is not. */
	function costOfList(selection, type) {
		const isPageInfo = (inner) => inner.name?.value === "pageInfo";
		const part = (keep) => costOf({ selections: selection.selectionSet.selections.filter(keep) }, type);
		return pageSize(selection) * part((inner) => !isPageInfo(inner)) + part(isPageInfo);
	}

	function pageSize(selection) {
		for (const argument of selection.arguments ?? [])
			if (["first", "last"].includes(argument.name.value))
				return argument.value.kind === Kind.VARIABLE ? Number(variables?.[argument.value.name.value] ?? 50) : Number(argument.value.value);
		return 50;
	}
}
