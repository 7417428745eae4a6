// The sandbox page in a browser: markup in a candidate's text stays text, a card can be moved, a mail is shown without
// scripts, and nothing is inaccessible.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { call, KEYS, startTestSandbox, until } from "./support.mjs";

const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";
const skip = existsSync(executablePath) ? false : "chromium is not installed";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let sandbox;
let browser;
before(async () => {
	if (skip)
		return;
	sandbox = await startTestSandbox();
	browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-background-networking"] });
});
after(async () => {
	await browser?.close();
	await sandbox?.close();
});

async function open(t, hash, options = {}) {
	const page = await browser.newPage(options);
	const problems = [];
	page.on("pageerror", (error) => problems.push(error.message));
	page.on("dialog", (dialog) => {
		problems.push("a script ran");
		dialog.dismiss();
	});
	t.after(async () => {
		await page.close();
		assert.deepEqual(problems, []);
	});
	await page.goto(`${sandbox.urls.ui}/#${hash}`);
	await page.waitForSelector("#views a[aria-current]");
	return page;
}

const HOSTILE = `<img src=x onerror=alert(1)> **bold** [run](javascript:alert(1)) [safe](https://example.org/a) \\*star\\*

<script>alert(1)</script>

- one
  - two
1. first

> quoted \`code\``;

test("hostile Markdown is text, good Markdown is formatted", { skip }, async (t) => {
	const { identifier } = await sandbox.control("POST", "/control/linear/issues", { title: "<b>Eve</b>", description: HOSTILE });
	const page = await open(t, `board/${identifier}`);
	const prose = page.locator('section[aria-label="Description"] .prose');
	await prose.waitFor();
	assert.equal(await page.locator(".issue h2").textContent(), "<b>Eve</b>");
	assert.equal(await prose.locator("img, script").count(), 0);
	assert.deepEqual(await prose.locator("a").evaluateAll((links) => links.map((link) => link.href)), ["https://example.org/a"]);
	assert.equal(await prose.locator("strong").textContent(), "bold");
	assert.match(await prose.textContent(), /<script>alert\(1\)<\/script>/);
	assert.match(await prose.locator("p").first().textContent(), /\*star\*$/);
	assert.equal(await prose.locator("li li").textContent(), "two");
	assert.equal(await prose.locator("blockquote code").textContent(), "code");
});

test("a card moves by its menu, and the page follows what others do", { skip }, async (t) => {
	const page = await open(t, "board");
	await page.getByLabel("State of HIR-3").selectOption({ label: "Screening" });
	await until(async () => (await sandbox.control("GET", "/control/linear/issues/HIR-3")).state.name === "Screening", "moved");
	await page.locator('section[aria-label="Screening"]', { hasText: "Mei-Lin" }).waitFor();
	await sandbox.control("PATCH", "/control/linear/issues/HIR-3", { state: "Done" });
	await page.locator('section[aria-label="Done"]', { hasText: "Mei-Lin" }).waitFor();
});

test("a candidate is created in the form", { skip }, async (t) => {
	const page = await open(t, "board");
	await page.getByRole("button", { name: "New candidate" }).click();
	await page.getByLabel("Name").fill("Robin Hill");
	await page.getByLabel("E-mail address").fill("robin@example.org");
	await page.getByLabel("Curriculum vitae (Markdown)").fill("Ten years of C");
	await page.getByRole("button", { name: "Add candidate" }).click();
	await page.locator(".card", { hasText: "Robin Hill" }).waitFor();
	const { issues } = await sandbox.control("GET", "/control/linear/issues");
	assert.match(issues.find(({ title }) => title === "Robin Hill").description, /^Name: Robin Hill\nEmail: robin@example\.org\n/);
});

test("a mail is shown, its scripts do not run, its links open elsewhere", { skip }, async (t) => {
	await call(`${sandbox.urls.resend}/emails`, { method: "POST", headers: { authorization: `Bearer ${KEYS.RESEND_API_KEY}`, "user-agent": "t" },
		body: { from: KEYS.EMAIL_FROM, to: "ada@example.org", subject: "Your interview", text: `Go to ${sandbox.urls.ui}/`, html: `<p style="color:#010203">Welcome</p><a href="${sandbox.urls.ui}/">Start</a><script>top.location="/hacked";alert(1)</script>` } });
	const page = await open(t, "mails");
	const mail = page.frameLocator("iframe");
	assert.equal(await mail.getByText("Welcome").evaluate((element) => getComputedStyle(element).color), "rgb(1, 2, 3)");
	const [opened] = await Promise.all([page.context().waitForEvent("page"), mail.getByRole("link", { name: "Start" }).click()]);
	await opened.waitForSelector("#views a");
	await opened.close();
	assert.match(page.url(), /#mails$/);
});

const dial = (To, Twiml) => call(`${sandbox.urls.twilio}/2010-04-01/Accounts/${KEYS.TWILIO_ACCOUNT_SID}/Calls.json`, { method: "POST",
	headers: { authorization: `Basic ${Buffer.from(`${KEYS.TWILIO_ACCOUNT_SID}:${KEYS.TWILIO_AUTH_TOKEN}`).toString("base64")}`, "content-type": "application/x-www-form-urlencoded" },
	body: String(new URLSearchParams({ To, From: KEYS.TWILIO_CALLER_ID, Twiml })) });

test("a call shows who was called, what was heard, and can be hung up", { skip }, async (t) => {
	await sandbox.control("POST", "/control/twilio/script", { speed: 100 });
	await dial("+14155550142", '<Response><Say>&lt;b&gt;Hello&lt;/b&gt;</Say><Pause length="100000"/></Response>');
	const page = await open(t, "calls");
	const one = page.locator("details", { hasText: "+14155550142" });
	await one.locator("summary").click();
	await one.getByText("<b>Hello</b>").waitFor();
	await one.getByRole("button", { name: "Hang up" }).click();
	await one.locator(".badge", { hasText: "completed" }).waitFor();
});

for (const options of [{ colorScheme: "light" }, { colorScheme: "dark" }, { viewport: { width: 360, height: 700 } }])
	test(`no view has an accessibility problem or scrolls sideways: ${JSON.stringify(options)}`, { skip }, async (t) => {
		await sandbox.control("POST", "/control/elevenlabs/conversations", { dynamic_variables: { candidate_name: "Ada" }, webhook: true, transcript: [{ role: "agent", message: "Hello" }, { role: "user", message: "Hi" }] });
		await dial("+14155550190", "<Response/>");
		await dial("+14155550191", "<Response/>");
		for (const view of ["board", "board/HIR-1", "mails", "talks", "calls", "traffic", "faults"]) {
			const page = await open(t, view, { ...options, bypassCSP: true });
			await page.waitForSelector("main :is(section, fieldset, article)", { state: "attached" });
			await page.evaluate(() => document.querySelectorAll("details").forEach((element, index) => { element.open = index < 3; }));
			await page.addScriptTag({ content: axe });
			const { violations } = await page.evaluate(() => globalThis.axe.run({ exclude: [["iframe"]] }));
			assert.deepEqual(violations.map(({ id, nodes }) => `${view}: ${id} ${nodes[0].html.slice(0, 160)} ${nodes[0].failureSummary}`), []);
			assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${view} scrolls sideways`);
		}
	});
