// The vendors' published contracts, where they lie beside the repository. They are not ours to commit, so tests that need
// them are skipped, and counted as skipped, without them.
import { readFileSync } from "node:fs";
import Ajv from "ajv";

const FOLDER = new URL("../../../shared/specs/", import.meta.url);

/** The text of a contract, or null. */
export function readSpec(name) {
	try {
		return readFileSync(new URL(name, FOLDER), "utf8");
	} catch {
		return null;
	}
}

/** `skip` for node:test: false, or the reason. */
export const skipWithout = (text) => text === null ? "the vendor's contract is not beside the repository" : false;

/** Validators for the answers of an OpenAPI document: check(method, path, status, body) throws with what is wrong. */
export function openapiChecker(text) {
	const document = JSON.parse(text);
	const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, logger: false });
	ajv.addSchema(document, "api");
	return (method, path, status, body) => {
		const responses = document.paths[path]?.[method.toLowerCase()]?.responses ?? {};
		if (!responses[status]?.content?.["application/json"]?.schema)
			throw new Error(`the contract has no JSON answer ${status} for ${method} ${path}`);
		const pointer = ["paths", path, method.toLowerCase(), "responses", String(status), "content", "application/json", "schema"]
			.map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1")).map(encodeURIComponent).join("/");
		const validate = ajv.compile({ $ref: `api#/${pointer}` });
		if (!validate(body))
			throw new Error(`${method} ${path} ${status}: ${ajv.errorsText(validate.errors).slice(0, 800)}`);
	};
}
