// Keeps parts of a page fresh: asks for the page again and takes over every element with data-live that has changed. The
// server renders it, so nothing is rendered twice.
//
// What somebody is typing into is left alone, and so is everything while a dialog is open. Focus in a part that is replaced
// goes to the element of the same id or address; <details> with an id stay open.
import { $, $$ } from './dom.js';
import { localTimes } from './time.js';

const isTyping = (element) => element.contains(document.activeElement) && document.activeElement.matches('input, textarea, select');

// What scripts put on elements, which the server's text does not have.
const OURS = ['data-playing', 'data-marked', 'aria-current', 'aria-busy', 'disabled', 'open'];

// A part without that: times stand in the reader's zone, words of a quote are marked.
function essence(part) {
	const copy = part.cloneNode(true);
	for (const time of $$('time[datetime]', copy)) {
		time.removeAttribute('title');
		time.textContent = '';
	}
	for (const name of OURS) for (const one of $$(`[${name}]`, copy)) one.removeAttribute(name);
	for (const mark of $$('mark', copy)) mark.replaceWith(...mark.childNodes);
	copy.normalize();
	return copy;
}

function nameOf(node) {
	if (node.id) return `#${CSS.escape(node.id)}`;
	const href = node.getAttribute('href');
	return href && `[href="${CSS.escape(href)}"]`;
}

function replace(old, next) {
	const focused = old.contains(document.activeElement) ? nameOf(document.activeElement) : null;
	const open = $$('details[open][id]', old).map(({ id }) => id);
	const taken = document.importNode(next, true);
	for (const id of open) $(`#${CSS.escape(id)}`, taken)?.setAttribute('open', '');
	localTimes($$('time[datetime]', taken));
	old.replaceWith(taken);
	if (focused) $(focused, taken)?.focus({ preventScroll: true });
}

export async function refresh() {
	const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
	if (answer.redirected && new URL(answer.url).pathname === '/login') return location.reload();
	if (answer.status === 410) return location.reload(); // what it shows is gone: the page says so
	if (!answer.ok) throw new Error(`the page answers ${answer.status}`);
	const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
	if ($('dialog[open]')) return undefined;
	for (const old of $$('[data-live]')) {
		const next = fresh.querySelector(`[data-live="${CSS.escape(old.dataset.live)}"]`);
		if (next && !isTyping(old) && !essence(old).isEqualNode(essence(next))) replace(old, next);
	}
	localTimes($$('time[data-form="ago"]'));
	document.dispatchEvent(new CustomEvent('refreshed'));
	return undefined;
}

// Every so many seconds, while the page is looked at; after a failure more slowly.
export function refreshEvery(seconds) {
	let wait = seconds, timer;
	const turn = async () => {
		if (!document.hidden && !$('dialog[open]')) {
			try {
				await refresh();
				wait = seconds;
			} catch {
				wait = Math.min(wait * 2, 120);
			}
		}
		timer = setTimeout(turn, wait * 1000);
	};
	timer = setTimeout(turn, wait * 1000);
	document.addEventListener('visibilitychange', () => {
		if (document.hidden) return;
		clearTimeout(timer);
		timer = setTimeout(turn, 200);
	});
}
