#!/usr/bin/env node
// Starts the sandbox from the shell: node sandbox/main.mjs --env FILE --state DIR. Prints one JSON line with the addresses
// when it is ready and leaves the same in DIR/sandbox.json, where a restart finds its ports again.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeAtomically } from "./lib/state.mjs";
import { PORT_NAMES, startSandbox } from "./sandbox.mjs";

const USAGE = `usage: node sandbox/main.mjs --env FILE --state DIR [--host 127.0.0.1] [--port-base N | --ports-file FILE]

Stand-ins for ElevenLabs, Linear, Cerebras, Resend and Twilio, and a page to look at them.
  --env FILE         dotenv file with the credentials that the product uses too
  --state DIR        where issues, mails and conversations are kept
  --host ADDRESS     address to listen on (127.0.0.1)
  --port-base N      use the ports N (page), N+1, … instead of free ones
  --ports-file FILE  use the ports named in an earlier sandbox.json, if it exists
`;

/** Sockets of a process that was killed a moment ago may still hold the port. */
const BUSY_RETRIES = 20;
const BUSY_WAIT_MS = 250;

function readOptions() {
	const names = ["env", "state", "host", "port-base", "ports-file"];
	const { values } = parseArgs({ options: { help: { type: "boolean" }, ...Object.fromEntries(names.map((name) => [name, { type: "string" }])) } });
	if (values.help) {
		process.stdout.write(USAGE);
		process.exit(0);
	}
	if (!values.state)
		throw new Error("--state is missing");
	return values;
}

function wantedPorts(values) {
	if (values["port-base"]) {
		const base = Number(values["port-base"]);
		if (!Number.isInteger(base) || base < 1024 || base + PORT_NAMES.length > 65_535)
			throw new Error(`--port-base must be a number between 1024 and ${65_535 - PORT_NAMES.length}`);
		return Object.fromEntries(PORT_NAMES.map((name, index) => [name, base + index]));
	}
	try {
		const earlier = JSON.parse(readFileSync(values["ports-file"], "utf8"));
		return Object.fromEntries(PORT_NAMES.filter((name) => earlier[name]).map((name) => [name, Number(new URL(earlier[name]).port)]));
	} catch {
		return {};
	}
}

async function startPatiently(options) {
	for (let attempt = 0; ; attempt++) {
		try {
			return await startSandbox(options);
		} catch (error) {
			if (error.code !== "EADDRINUSE" || attempt >= BUSY_RETRIES)
				throw error;
			await new Promise((resolve) => setTimeout(resolve, BUSY_WAIT_MS));
		}
	}
}

try {
	const values = readOptions();
	mkdirSync(values.state, { recursive: true, mode: 0o700 });
	const sandbox = await startPatiently({ envFile: values.env, stateDir: values.state, host: values.host, ports: wantedPorts(values) });
	const ready = JSON.stringify({ ready: true, ...sandbox.urls });
	writeAtomically(join(values.state, "sandbox.json"), `${ready}\n`);
	process.stdout.write(`${ready}\n`);
	for (const signal of ["SIGTERM", "SIGINT"])
		process.once(signal, () => sandbox.close().then(() => process.exit(0)));
} catch (error) {
	process.stderr.write(`sandbox: ${error.message}\n`);
	process.exit(1);
}
