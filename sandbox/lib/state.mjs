// What the stand-ins remember (issues, mails, conversations) must outlive a restart, as it does at the vendors.
// One JSON file is enough at this size; it is replaced atomically, so a killed sandbox leaves the old or the new one.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const WRITE_AFTER_MS = 20;
const SHARE_OF_TIME = 10; // a large state is written less often: at most a tenth of the time goes into it

/** `directory` null keeps everything in memory. Each vendor owns one member of `data`. */
export function openState(directory) {
	const file = directory ? join(directory, "state.json") : null;
	let data = {};
	let timer = null;
	let tookMs = 0;

	if (file) {
		mkdirSync(directory, { recursive: true, mode: 0o700 });
		try {
			data = JSON.parse(readFileSync(file, "utf8"));
		} catch (error) {
			if (error.code !== "ENOENT")
				throw new Error(`the sandbox cannot read its own state: ${error.message}`);
		}
	}

	function flush() {
		clearTimeout(timer);
		timer = null;
		const begin = performance.now();
		if (file)
			writeAtomically(file, JSON.stringify(data));
		tookMs = performance.now() - begin;
	}

	return {
		data,
		/** Gives the part of one vendor, made by `create` the first time. */
		part(name, create) {
			if (!data[name])
				data[name] = create();
			return data[name];
		},
		/** Replaces the content of a part while everyone keeps the reference. */
		reset(name, create) {
			const part = data[name];
			for (const key of Object.keys(part))
				delete part[key];
			Object.assign(part, create());
			this.changed();
		},
		changed() {
			if (file && !timer)
				timer = setTimeout(flush, Math.max(WRITE_AFTER_MS, SHARE_OF_TIME * tookMs));
		},
		flush,
	};
}

export function writeAtomically(file, text) {
	const temporary = `${file}.${process.pid}.new`;
	writeFileSync(temporary, text, { mode: 0o600 });
	renameSync(temporary, file);
}
