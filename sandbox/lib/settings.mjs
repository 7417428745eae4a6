// The sandbox knows the same credentials as the product, from the same dotenv file, so that a call with a wrong
// key or a webhook with a wrong signature fails here as it would fail at the vendor. The file is read again when
// it changes, because a stack is often started before its file is complete.
import { readFileSync, statSync } from "node:fs";

/** Reads `NAME=value` lines; `#` starts a comment line; double quotes know \" and \\. */
export function parseDotenv(text) {
	const values = {};
	for (const line of text.split(/\r?\n/)) {
		const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line);
		if (!match)
			continue;
		const [, name, raw] = match;
		const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(raw);
		values[name] = quoted ? quoted[1].replace(/\\(.)/g, "$1") : raw.replace(/\s+#.*$/, "");
	}
	return values;
}

const DEFAULTS = {
	CEREBRAS_MODEL: "gpt-oss-120b",
	ELEVENLABS_VOICE_ID: "cjVigY5qzO86Huf0OWal",
	LINEAR_SCREENING_STATE: "Screening",
	LINEAR_PASS_STATE: "Done",
	LINEAR_FAIL_STATE: "Declined",
};

/**
 * `overrides` (a test's values) win over the process environment, which wins over the file.
 * An empty value counts as not set.
 */
export function openSettings({ file, environment = process.env, overrides = {} } = {}) {
	let stamp = null;
	let values = {};

	function refresh() {
		if (!file)
			return;
		let now = "absent";
		try {
			const info = statSync(file);
			now = `${info.mtimeMs} ${info.size} ${info.ino}`;
			if (now !== stamp)
				values = parseDotenv(readFileSync(file, "utf8"));
		} catch {
			values = {};
		}
		stamp = now;
	}

	return {
		get(name) {
			refresh();
			return overrides[name] || environment[name] || values[name] || DEFAULTS[name] || "";
		},
	};
}
