// The do-not-call list: adding one number, and the import in two steps: first only looked at, then done.
import { $, el } from '../lib/dom.js';
import { csrfToken, read } from '../lib/api.js';
import { busy, clearErrors, showError, submitJson } from '../lib/form.js';
import { toastLater } from '../lib/toast.js';

const REASONS_SHOWN = 20;
const count = (n, one, many) => `${n.toLocaleString()} ${n === 1 ? one : many}`;

const add = $('#add');
if (add) submitJson(add, {
	path: '/api/do-not-call',
	body: (form) => {
		const { phone, reason } = form.elements;
		return { phone: phone.value.trim(), source: 'console', ...(reason.value.trim() ? { reason: reason.value.trim() } : {}) };
	},
	done: () => {
		toastLater('The number is on the list.');
		location.reload();
	},
});

const form = $('#import');
if (form) startImport(form, $('#import-do'), $('#import-result'));

function startImport(form, button, result) {
	form.noValidate = true;
	form.addEventListener('submit', (event) => {
		event.preventDefault();
		send(true, $('#import-check'));
	});
	button.addEventListener('click', () => send(false, button));
	for (const field of form.elements) field.addEventListener('change', forget);

	// What was looked at is not what would be sent now.
	function forget() {
		button.hidden = true;
		result.replaceChildren();
	}

	async function send(look, pressed) {
		clearErrors(form);
		const file = form.elements.file.files[0];
		if (!file) return showError(form, { field: 'file', message: 'Choose a file first.' });
		const query = new URLSearchParams({ dry_run: look ? '1' : '0' });
		for (const name of ['country', 'reason']) {
			const value = form.elements[name].value.trim();
			if (value) query.set(name, name === 'country' ? value.toUpperCase() : value);
		}
		busy(pressed, true);
		try {
			const answer = await fetch(`/api/do-not-call/import?${query}`, { method: 'POST', body: file,
				headers: { 'content-type': 'text/csv', 'x-csrf-token': csrfToken() } })
				.catch(() => { throw { message: 'The file could not be sent. Please try again.' }; });
			const report = await read(answer);
			if (look) {
				show(report, `Would add ${count(report.added, 'number', 'numbers')}`);
				button.hidden = report.added === 0;
				button.textContent = `Import ${count(report.added, 'number', 'numbers')}`;
				if (!button.hidden) button.focus();
			} else {
				button.hidden = true;
				form.elements.file.value = '';
				show(report, `Added ${count(report.added, 'number', 'numbers')}`);
				result.append(el('p', { class: 'actions' }, el('a', { class: 'button', href: '/console/do-not-call' }, 'Show the list')));
			}
		} catch (error) {
			forget();
			showError(form, error.field === 'phone' ? { ...error, message: error.message, field: 'file' } : { field: error.field, message: error.message ?? String(error) });
		} finally {
			busy(pressed, false);
		}
	}

	function show({ already, rejected, rejected_count: bad }, headline) {
		const lines = [el('p', {}, el('strong', {}, headline), `; ${count(already, 'is', 'are')} on the list already, ${count(bad, 'row', 'rows')} cannot be used.`)];
		if (rejected.length > 0) lines.push(
			el('div', { class: 'table-wrap', tabindex: 0, role: 'region', 'aria-label': 'Rows that cannot be used' }, el('table', { class: 'table' }, el('caption', {}, 'Rows that cannot be used'),
				el('thead', {}, el('tr', {}, ['Row', 'Number', 'Why'].map((label) => el('th', { scope: 'col' }, label)))),
				el('tbody', {}, rejected.slice(0, REASONS_SHOWN).map(({ row, value, reason }) => el('tr', {},
					el('th', { scope: 'row', 'data-label': 'Row' }, String(row)), el('td', { 'data-label': 'Number' }, value), el('td', { 'data-label': 'Why' }, reason)))))),
			el('p', { class: 'actions' }, el('button', { class: 'button small', type: 'button', onclick: () => download(rejected) }, 'Download these rows')));
		if (bad > REASONS_SHOWN) lines.push(el('p', { class: 'muted' }, `The first ${REASONS_SHOWN} are shown.`));
		result.replaceChildren(...lines);
	}
}

// What a spreadsheet would run is defused, telephone numbers excepted, as in the server's exports.
function cell(value) {
	const text = /^[=+\-@\t\r\n]/.test(value) && !/^\+\d+$/.test(value) ? `'${value}` : value;
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function download(rejected) {
	const lines = [['row', 'phone', 'reason'], ...rejected.map(({ row, value, reason }) => [String(row), value, reason])];
	const url = URL.createObjectURL(new Blob([lines.map((line) => line.map(cell).join(',')).join('\r\n')], { type: 'text/csv' }));
	el('a', { href: url, download: 'rejected-numbers.csv' }).click();
	URL.revokeObjectURL(url);
}
