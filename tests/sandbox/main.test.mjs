// The sandbox as a program: says where it listens, keeps ports and data over a restart, ends cleanly.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { call, until } from "./support.mjs";

const folder = mkdtempSync(join(tmpdir(), "parley-sandbox-"));
const program = fileURLToPath(new URL("../../sandbox/main.mjs", import.meta.url));
const envFile = join(folder, "env");
const running = new Set();
after(() => {
	for (const child of running)
		child.kill("SIGKILL");
	rmSync(folder, { recursive: true });
});

async function start(...more) {
	const child = spawn(process.execPath, [program, "--env", envFile, "--state", join(folder, "state"), ...more], { stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env.PATH } });
	running.add(child);
	child.once("exit", () => running.delete(child));
	const [line] = await once(createInterface({ input: child.stdout }), "line");
	return { child, urls: JSON.parse(line) };
}

const control = async (urls, method, path, body) => (await call(`${urls.ui}/control/${path}`, { method, body })).json;

test("addresses, data and credentials over a kill and a restart", async () => {
	writeFileSync(envFile, "# not complete yet\n");
	const first = await start();
	const file = join(folder, "state", "sandbox.json");
	assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), first.urls);
	assert.equal(first.urls.ready, true);
	await control(first.urls, "PATCH", "linear/issues/HIR-2", { state: "Screening" });
	const viewer = (authorization) => call(`${first.urls.linear}/graphql`, { method: "POST", headers: { authorization, "content-type": "application/json" }, body: { query: "{ viewer { id } }" } });
	assert.equal((await viewer("lin_api_\"x")).status, 401, "no key is set, so none is right");
	writeFileSync(envFile, 'LINEAR_API_KEY="lin_api_\\"x"\n');
	assert.equal((await viewer("lin_api_\"x")).status, 200, "the file is read again");
	writeFileSync(join(folder, "ports.json"), readFileSync(file));
	await until(() => readFileSync(join(folder, "state", "state.json"), "utf8").includes('"fromStateId"'), "the move is on the disk");
	first.child.kill("SIGKILL");
	await once(first.child, "exit");

	const second = await start("--ports-file", join(folder, "ports.json"));
	assert.deepEqual(second.urls, first.urls);
	assert.equal((await control(second.urls, "GET", "linear/issues/HIR-2")).state.name, "Screening");
	second.child.kill("SIGTERM");
	assert.deepEqual(await once(second.child, "exit"), [0, null]);
});

test("a wrong call says what is wrong", async () => {
	const child = spawn(process.execPath, [program], { stdio: ["ignore", "ignore", "pipe"] });
	const [text] = await once(child.stderr, "data");
	assert.match(String(text), /--state is missing/);
	assert.deepEqual(await once(child, "exit"), [1, null]);
});
