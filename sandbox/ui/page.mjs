// The frame of the sandbox page: chooses the view by the address's hash, draws it again whenever something changed, and
// keeps the reader's place (focus, open parts, scroll) over a redraw.
import { control, h, tell } from "./dom.mjs";
import { boardPage } from "./board.mjs";
import { mailPage } from "./mails.mjs";
import { callPage } from "./calls.mjs";
import { talkPage } from "./talks.mjs";
import { trafficPage } from "./traffic.mjs";
import { faultPage } from "./faults.mjs";

const VIEWS = { board: boardPage, mails: mailPage, talks: talkPage, calls: callPage, traffic: trafficPage, faults: faultPage };
const main = document.getElementById("main");
let shown = null;
let drawing = Promise.resolve();

/** #view/id */
function wanted() {
	const [view, id] = location.hash.slice(1).split("/");
	return { view: VIEWS[view] ? view : "board", id: id ? decodeURIComponent(id) : null };
}

function drawNavigation(current) {
	document.getElementById("views").replaceChildren(...Object.entries(VIEWS).map(([name, page]) =>
		h("a", { href: `#${name}`, "aria-current": name === current ? "page" : undefined }, page.title)));
}

async function draw() {
	const { view, id } = wanted();
	const page = VIEWS[view];
	let data;
	try {
		data = await page.load();
	} catch {
		tell("The sandbox does not answer.", true);
		return;
	}
	const now = JSON.stringify([view, id, data]);
	if (now === shown || busy())
		return;
	const sameView = shown?.startsWith(`["${view}"`);
	shown = now;
	drawNavigation(view);
	const place = sameView ? remember() : null;
	main.replaceChildren(page.draw(data, id));
	if (place)
		restore(place);
	document.title = `${page.title} · Parley sandbox`;
}

/** A redraw must not take a card out of someone's hand, close a menu or lose typed text. */
function busy() {
	const active = document.activeElement;
	return Boolean(document.querySelector(".dragged") || active?.closest?.("main form"));
}

function remember() {
	return {
		focus: document.activeElement?.dataset?.key ?? null,
		open: new Set([...main.querySelectorAll("details[open][data-key]")].map((element) => element.dataset.key)),
		scroll: [...main.querySelectorAll("[data-scroll]")].map((element) => [element.dataset.scroll, element.scrollLeft, element.scrollTop]),
	};
}

function restore({ focus, open, scroll }) {
	for (const element of main.querySelectorAll("details[data-key]"))
		if (open.has(element.dataset.key))
			element.open = true;
	for (const [name, left, top] of scroll)
		main.querySelector(`[data-scroll="${CSS.escape(name)}"]`)?.scrollTo(left, top);
	if (focus)
		main.querySelector(`[data-key="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
}

function redraw() {
	drawing = drawing.then(draw, draw);
	return drawing;
}

addEventListener("hashchange", () => redraw().then(() => scrollTo(0, 0)));
addEventListener("sandbox-changed", redraw);
await redraw();

for (let version = 0;;) {
	try {
		({ version } = await control("GET", `changes?after=${version}`));
		await redraw();
	} catch {
		tell("The sandbox does not answer.", true);
	}
	// Many changes come together; twice a second is often enough for the eye.
	await new Promise((resolve) => setTimeout(resolve, 500));
}
