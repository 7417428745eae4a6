// Filters, order and pages of Linear's lists.
import { badInput } from "./workspace.mjs";

const PAGE_LIMIT = 250;

/** `read(entry, name)` gives the value of a member: a scalar for a comparator, an object for a nested filter. */
export function matches(filter, entry, read) {
	return Object.entries(filter ?? {}).every(([name, wanted]) => {
		if (wanted === null)
			return true;
		if (name === "and")
			return wanted.every((one) => matches(one, entry, read));
		if (name === "or")
			return wanted.length === 0 || wanted.some((one) => matches(one, entry, read));
		if (name === "null")
			return (entry === null || entry === undefined) === wanted;
		if (entry === null || entry === undefined)
			return false;
		const value = read(entry, name);
		return value === null || value === undefined || typeof value === "object"
			? matches(wanted, value, read) : Object.entries(wanted).every(([operator, operand]) => compare(operator, value, operand));
	});
}

function compare(operator, value, operand) {
	const lower = (text) => String(text).toLowerCase();
	switch (operator) {
	case "eq": return same(value, operand);
	case "neq": return !same(value, operand);
	case "in": return operand.some((one) => same(value, one));
	case "nin": return !operand.some((one) => same(value, one));
	case "gt": return value > operand;
	case "gte": return value >= operand;
	case "lt": return value < operand;
	case "lte": return value <= operand;
	case "eqIgnoreCase": return lower(value) === lower(operand);
	case "neqIgnoreCase": return lower(value) !== lower(operand);
	case "contains": return value.includes(operand);
	case "containsIgnoreCase": return lower(value).includes(lower(operand));
	case "startsWith": return value.startsWith(operand);
	case "endsWith": return value.endsWith(operand);
	default: throw badInput(`unknown comparator ${operator}`);
	}
}

function same(value, operand) {
	return String(value) === String(operand);
}

/** A connection object: at most `first` (50) entries after the cursor; newest first as Linear does it. */
export function connection(entries, { first, last, after, before, orderBy } = {}) {
	if (first !== undefined && first !== null && (first < 1 || first > PAGE_LIMIT))
		throw badInput(`first must be between 1 and ${PAGE_LIMIT}.`);
	const key = orderBy === "updatedAt" ? "updatedAt" : "createdAt";
	let list = entries.map((entry, index) => ({ entry, index }));
	if (entries.every((entry) => entry[key]))
		list.sort((a, b) => b.entry[key].localeCompare(a.entry[key]) || b.index - a.index);
	list = list.map(({ entry }) => entry);
	const total = list.length;
	let from = 0;
	let to = total;
	if (after)
		from = position(list, after) + 1;
	if (before)
		to = position(list, before);
	if (last)
		from = Math.max(from, to - last);
	else
		to = Math.min(to, from + (first ?? 50));
	const nodes = list.slice(from, to);
	return { nodes, pageInfo: { hasNextPage: to < total, hasPreviousPage: from > 0,
		startCursor: nodes[0]?.id ?? null, endCursor: nodes.at(-1)?.id ?? null } };
}

function position(list, cursor) {
	const index = list.findIndex((entry) => entry.id === cursor);
	if (index < 0)
		throw badInput("The cursor is not valid.");
	return index;
}
