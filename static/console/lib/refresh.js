// Keeps parts of a page fresh: asks for the page again and takes over every element with data-live that has changed. The
// server renders it, so nothing is rendered twice; what somebody is using at the moment is left alone.
import { $$ } from './dom.js';
import { localTimes } from './time.js';

const inUse = (element) => element.contains(document.activeElement) && document.activeElement !== document.body;

// What the server sent last for each element: scripts (times in the reader's zone) have changed the page since.
const sent = new WeakMap();

export async function refresh() {
	const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
	if (answer.redirected && new URL(answer.url).pathname === '/login') return location.reload();
	if (!answer.ok) throw new Error(`the page answers ${answer.status}`);
	const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
	for (const old of $$('[data-live]')) {
		const next = fresh.querySelector(`[data-live="${CSS.escape(old.dataset.live)}"]`);
		if (!next || inUse(old)) continue;
		const html = next.outerHTML;
		if (sent.get(old) === html) continue;
		const taken = document.importNode(next, true);
		localTimes($$('time[datetime]', taken));
		sent.set(taken, html);
		old.replaceWith(taken);
	}
	document.dispatchEvent(new CustomEvent('refreshed'));
}

// Every so many seconds, while the page is looked at; after a failure more slowly.
export function refreshEvery(seconds) {
	let wait = seconds, timer;
	const turn = async () => {
		if (!document.hidden) {
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
