// Short news at the edge of the page, told to screen readers by its live region.
import { $, el } from './dom.js';

const KEPT = 'parley-toast';

export function toast(text, tone = 'good') {
	const note = el('div', { class: 'toast', dataset: { tone } }, text);
	$('#toasts').append(note);
	setTimeout(() => note.remove(), tone === 'bad' ? 9000 : 5000);
}

// For news of what a page did before it is loaded again, or another one is opened.
export const toastLater = (text) => sessionStorage.setItem(KEPT, text);

export function carryToast() {
	const text = sessionStorage.getItem(KEPT);
	sessionStorage.removeItem(KEPT);
	if (text) toast(text);
}
