// Transcripts without an interview: find the one that they belong to.
import { $, $$, el } from '../lib/dom.js';
import { api } from '../lib/api.js';
import { clearErrors, submitJson } from '../lib/form.js';
import { refresh, refreshEvery } from '../lib/refresh.js';
import { ago } from '../lib/time.js';
import { toast } from '../lib/toast.js';

const dialog = $('#attach');
const form = $('#attach-form');
const found = $('#found');
const status = $('#found-status');
let conversation = null;
let asked = 0;
let timer;

async function search() {
	const mine = ++asked;
	const words = form.elements.find.value.trim();
	try {
		const { items } = await api('GET', `/api/interviews?limit=10${words ? `&search=${encodeURIComponent(words)}` : ''}`);
		if (mine === asked) show(items);
	} catch (error) {
		status.textContent = error.message;
	}
}

function show(items) {
	found.replaceChildren(...items.map((one) => el('label', { class: 'choice orphans-one' },
		el('input', { type: 'radio', name: 'session', value: one.id }),
		el('span', {}, el('strong', {}, one.candidate_name || 'Without a name'), ` ${one.job_title ?? ''} `, el('span', { class: 'mono' }, one.issue_identifier ?? ''),
			el('span', { class: 'small muted' }, ` ${one.state}, invited ${ago(one.created_at)}`)))));
	status.textContent = items.length ? `${items.length} found` : 'No interview has these words.';
}

document.addEventListener('click', (event) => {
	const button = event.target.closest?.('[data-attach]');
	if (!button) return;
	conversation = button.dataset.attach;
	form.reset();
	found.replaceChildren();
	dialog.showModal();
	search();
});
form.elements.find.addEventListener('input', () => {
	clearTimeout(timer);
	timer = setTimeout(search, 250);
});
// Enter in the search means "search", not "attach".
form.elements.find.addEventListener('keydown', (event) => {
	if (event.key !== 'Enter') return;
	event.preventDefault();
	search();
});
form.addEventListener('input', () => clearErrors(form));
$('#attach-close').addEventListener('click', () => dialog.close());

submitJson(form, {
	path: () => `/api/interviews/orphans/${conversation}/attach`,
	body() {
		const chosen = $$('input[name="session"]', form).find(({ checked }) => checked);
		if (!chosen) throw { message: 'Please choose an interview.' };
		return { session: chosen.value };
	},
	done() {
		dialog.close();
		toast('The transcript is attached and will be evaluated.');
		refresh();
	},
});

refreshEvery(10);
