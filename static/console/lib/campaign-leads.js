// People for a campaign: a file or pasted numbers are looked at first (columns, bad cells), then imported whole, with
// progress, and what was rejected can be fetched. The server does all the reading: there is one reader of CSV.
import { $, $$, el } from './dom.js';
import { api, csrfToken, read } from './api.js';
import { REGIONS } from './regions.js';
import { upload } from './upload.js';

const LOOK_BYTES = 256 * 1024, LOOK_ROWS = 8, SAMPLES = 2, MOST_BYTES = 256 * 1024 * 1024, SHOWN_REJECTED = 20;
const USES = [['phone', 'Telephone number'], ['name', 'Name'], ['timezone', 'Time zone'], ['variable', 'Variable for the script'], ['drop', 'Leave out']];
const count = (n) => n.toLocaleString();
const rows = (n) => `${count(n)} ${n === 1 ? 'row' : 'rows'}`;

export function startLeads(id) {
	if (!$('#upload')) return;
	const work = $('#upload-work'), error = $('#upload-error'), news = $('#upload-news'), country = $('#country'), drop = $('#drop'), file = $('#file');
	let source = null, columns = null, looking = null, running = null;

	const path = (query) => `/api/campaigns/${id}/leads?${new URLSearchParams(Object.entries(query).filter(([, value]) => value))}`;
	const wish = () => columns?.map(({ use, variable }) => (use === 'drop' ? '-' : use === 'variable' ? variable : use)).join(',');

	/* ---- where people come from ---- */

	fillCountries(country);
	country.addEventListener('change', () => {
		localStorage.setItem('parley-country', country.value);
		if (source) look();
	});
	file.addEventListener('change', () => { if (file.files[0]) take(file.files[0], file.files[0].name); });
	for (const kind of ['dragenter', 'dragover']) drop.addEventListener(kind, (event) => { event.preventDefault(); drop.dataset.over = 'true'; });
	for (const kind of ['dragleave', 'drop']) drop.addEventListener(kind, () => delete drop.dataset.over);
	drop.addEventListener('drop', (event) => {
		event.preventDefault();
		if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0], event.dataTransfer.files[0].name);
	});
	$('#use-pasted').addEventListener('click', () => {
		const written = $('#pasted').value.split('\n').map((line, i) => [line.trim(), i + 1]).filter(([line]) => line);
		const lines = written.map(([line]) => line);
		if (!lines.length) { $('#pasted').focus(); return fail('Nothing was pasted yet.'); }
		const cell = (text) => `"${text.trim().replaceAll('"', '""')}"`;
		const table = lines.map((line) => {
			const [, phone, name = ''] = /^([^,;\t]*)(?:[,;\t](.*))?$/.exec(line);
			return `${cell(phone)},${cell(name)}`;
		});
		take(new Blob([`phone,name\n${table.join('\n')}\n`], { type: 'text/csv' }), 'pasted numbers', written.map(([, number]) => number));
	});
	addEventListener('beforeunload', (event) => { if (running) event.preventDefault(); });

	// `places`: where the rows below the header stand for the reader, when that is not where they stand in the file.
	function take(blob, name, places) {
		if (running) return;
		if (blob.size > MOST_BYTES) return fail(`The file is larger than 256 MB. Split it and add its parts one after the other.`);
		source = { blob, name, places };
		columns = null;
		look(true);
	}
	const placeOf = (row) => source?.places?.[row - 2] ?? row;
	function fail(text) {
		error.textContent = text;
		work.replaceChildren();
	}

	/* ---- looking at it ---- */

	async function beginning(blob) {
		if (blob.size <= LOOK_BYTES) return blob;
		// Whole lines: a last one that is cut in two would look bad.
		const bytes = new Uint8Array(await blob.slice(0, LOOK_BYTES).arrayBuffer()), end = bytes.lastIndexOf(10);
		return blob.slice(0, end > 0 ? end + 1 : LOOK_BYTES);
	}

	async function look(focus = false) {
		looking?.abort();
		const mine = looking = new AbortController();
		error.textContent = '';
		work.setAttribute('aria-busy', 'true');
		try {
			const body = await beginning(source.blob);
			const answer = await read(await fetch(path({ dry_run: '1', preview: LOOK_ROWS, columns: wish() ?? 'auto', country: country.value }), {
				method: 'POST', headers: { 'content-type': 'text/csv', 'x-csrf-token': csrfToken() }, body, signal: mine.signal,
			}));
			columns = answer.columns;
			show(answer, body.size < source.blob.size);
			if (focus) work.focus();
		} catch (problem) {
			if (problem.name === 'AbortError') return;
			if (columns && problem.field === 'columns') showProblem(problem.message);
			else fail(`${source.name}: ${problem.message}`);
		} finally {
			if (mine === looking) work.setAttribute('aria-busy', 'false');
		}
	}

	function show(answer, isPart) {
		const ready = !answer.problem;
		work.replaceChildren(
			el('h3', {}, source.name),
			mapping(answer),
			el('p', { class: 'error', id: 'columns-error', role: 'alert' }, answer.problem?.message ?? ''),
			preview(answer),
			el('p', { id: 'look-words' }, ready ? lookWords(answer, isPart) : ''),
			el('div', { class: 'actions' },
				el('button', { class: 'button primary', type: 'button', id: 'import', disabled: !ready, onclick: () => run(false) }, 'Import'),
				isPart && el('button', { class: 'button', type: 'button', id: 'check-all', disabled: !ready, onclick: () => run(true) }, 'Check every row first'),
				el('button', { class: 'button quiet', type: 'button', onclick: forget }, 'Another file')));
	}
	function showProblem(text) {
		$('#columns-error').textContent = text;
		for (const button of [$('#import'), $('#check-all')]) if (button) button.disabled = true;
	}
	function lookWords(answer, isPart) {
		const told = [`${count(answer.accepted)} ${answer.accepted === 1 ? 'lead' : 'leads'} can be added`];
		if (answer.suppressed) told.push(`${count(answer.suppressed)} of them on the do-not-call list`);
		if (answer.duplicates) told.push(`${count(answer.duplicates)} there already or twice`);
		if (answer.rejected_count) told.push(`${rows(answer.rejected_count)} cannot be used`);
		return `${isPart ? 'In the beginning of the file: ' : ''}${told.join(', ')}.`;
	}
	function forget() {
		looking?.abort();
		source = columns = null;
		file.value = '';
		work.replaceChildren();
		$('#file').focus();
	}

	/* ---- columns ---- */

	function mapping(answer) {
		const samples = (i) => answer.preview.map(({ cells }) => cells[i]?.trim()).filter(Boolean).slice(0, SAMPLES).join(' · ');
		return el('div', { class: 'table-wrap' }, el('table', { class: 'table', id: 'columns' },
			el('caption', {}, 'What the columns are'),
			el('thead', {}, el('tr', {}, ['Column', 'For example', 'What it is'].map((head) => el('th', { scope: 'col' }, head)))),
			el('tbody', {}, columns.map((column, i) => el('tr', {},
				el('th', { scope: 'row', 'data-label': 'Column' }, column.header || `Column ${i + 1}`),
				el('td', { 'data-label': 'For example' }, samples(i)),
				el('td', { 'data-label': 'What it is' }, chooser(column, i)))))));
	}
	function chooser(column, i) {
		const label = column.header || `Column ${i + 1}`;
		const variable = el('input', { class: 'mono', 'aria-label': `Variable for ${label}`, maxlength: 64, value: column.variable ?? '', hidden: column.use !== 'variable', autocomplete: 'off', spellcheck: 'false', onchange: () => { columns[i].variable = variable.value.trim(); look(); } });
		const select = el('select', { 'aria-label': `What ${label} is`, 'data-column': i, onchange: () => choose(i, select.value) }, USES.map(([use, text]) => el('option', { value: use, selected: use === column.use }, text)));
		return el('div', { class: 'campaign-column' }, select, variable);
	}
	// One column at most is the number, the name, the time zone.
	function choose(i, use) {
		const former = use === 'variable' || use === 'drop' ? -1 : columns.findIndex((one, n) => n !== i && one.use === use);
		if (former >= 0) {
			columns[former] = { ...columns[former], use: 'drop', variable: null };
			news.textContent = `${columns[former].header || `Column ${former + 1}`} is left out now.`;
		}
		const taken = new Set(columns.map((one) => one.variable));
		let variable = null;
		if (use === 'variable') {
			const stem = columns[i].header.toLowerCase().normalize('NFKD').replace(/[^a-z0-9_]+/g, '_').replace(/^_+|_+$/g, '').replace(/^(?=\d)/, '_').slice(0, 60) || 'column';
			variable = ['phone', 'name', 'timezone'].includes(stem) || taken.has(stem) ? `${stem}_${i + 1}` : stem;
		}
		columns[i] = { ...columns[i], use, variable };
		look().then(() => $(`[data-column="${i}"]`, work)?.focus());
	}

	/* ---- the first rows ---- */

	function preview(answer) {
		const used = columns.map((column, i) => ({ ...column, i })).filter(({ use }) => use !== 'drop');
		if (!answer.preview.length) return el('p', { class: 'muted' }, 'There are no rows below the header.');
		return el('div', { class: 'table-wrap', tabindex: 0, role: 'region', 'aria-label': 'The first rows' }, el('table', { class: 'table', id: 'preview' },
			el('caption', {}, 'The first rows'),
			el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Row'), used.map(({ header, i }) => el('th', { scope: 'col' }, header || `Column ${i + 1}`)), el('th', { scope: 'col' }, 'Usable'))),
			el('tbody', {}, answer.preview.map(({ row, cells, reason, column }) => el('tr', { dataset: { bad: reason ? 'true' : 'false' } },
				el('th', { scope: 'row', 'data-label': 'Row' }, count(placeOf(row))),
				used.map(({ header, i }) => el('td', { 'data-label': header || `Column ${i + 1}`, class: column === i ? 'campaign-bad-cell' : null }, column === i ? el('span', {}, el('span', { class: 'campaign-bad-mark' }, 'Bad: '), cells[i] || '(empty)') : cells[i] ?? '')),
				el('td', { 'data-label': 'Usable' }, reason ? el('span', { class: 'error' }, reason) : 'Yes'))))));
	}

	/* ---- the import ---- */

	// What the page said of the campaign's people before.
	async function showHave() {
		const { counts, outcomes } = await api('GET', `/api/campaigns/${id}/status`);
		if (!counts.total) return;
		const listed = outcomes.suppressed ?? 0, home = `/console/campaigns/${id}`;
		$('#have').replaceChildren(el('p', {}, el('a', { href: `${home}#leads` }, `${count(counts.total)} ${counts.total === 1 ? 'lead' : 'leads'}`), counts.total === 1 ? ' is' : ' are', ' in this campaign',
			listed > 0 && ['; ', el('a', { href: `${home}?outcome=suppressed#leads` }, count(listed)), ' of them on the do-not-call list'], '. More can be added at any time; a number is taken once.'));
		$('[aria-current="step"] .campaign-step-attention')?.remove();
	}

	async function run(isCheck) {
		const importId = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
		const bar = el('progress', { max: 100, 'aria-label': 'Progress' }), words = el('p', { id: 'import-words' }, 'Starting …');
		const abort = el('button', { class: 'button', type: 'button' }, 'Stop');
		const fields = $$('button, select, input', work);
		const box = el('div', { class: 'stack', id: 'import-progress' }, bar, words, el('div', { class: 'actions' }, abort));
		for (const field of fields) field.disabled = true;
		error.textContent = '';
		work.append(box);
		running = upload(path({ columns: wish(), country: country.value, import: importId, dry_run: isCheck ? '1' : '' }), source.blob, {
			progressPath: `/api/campaigns/${id}/imports/${importId}`,
			told: ({ share, text }) => { if (share === null) bar.removeAttribute('value'); else bar.value = share; words.textContent = text; },
		});
		abort.addEventListener('click', () => running?.stop());
		abort.focus();
		const { report, problem } = await running.done;
		running = null;
		box.remove();
		for (const field of fields) field.disabled = false;
		if (report) result(report, isCheck, problem);
		else {
			error.textContent = problem;
			$('#import')?.focus();
		}
	}

	function result(report, isCheck, problem) {
		const rejected = report.rejected_count ?? 0;
		const title = el('h3', { tabindex: -1, id: 'result-title' }, isCheck ? 'Every row was checked' : problem ? 'The import broke off' : 'Imported');
		const facts = [[isCheck ? 'Would be added' : 'Added', report.accepted], ['Of them on the do-not-call list', report.suppressed], ['There already or twice', report.duplicates], ['Rejected', rejected]];
		const box = el('section', { class: 'notice', dataset: { tone: problem ? 'bad' : rejected ? 'warn' : 'good' }, id: 'import-result', 'aria-labelledby': 'result-title' }, title,
			problem && el('p', {}, problem),
			el('dl', { class: 'facts' }, facts.flatMap(([name, value]) => [el('dt', {}, name), el('dd', { dataset: { fact: name } }, count(value))])),
			report.rejected_csv && el('p', {}, el('a', { class: 'button', href: report.rejected_csv, download: 'rejected.csv' }, `Download the ${rows(rejected)} with their reasons`)),
			rejected > 0 && el('details', {}, el('summary', {}, 'Rejected rows'), el('ul', { class: 'list' },
				report.rejected.slice(0, SHOWN_REJECTED).map(({ row, value, reason }) => el('li', {}, `Row ${count(placeOf(row))}${value ? ` (${value})` : ''}: ${reason}`)),
				rejected > SHOWN_REJECTED && el('li', { class: 'muted' }, `and ${rows(rejected - SHOWN_REJECTED)} more`))));
		if (isCheck) {
			$('#import-result')?.remove();
			work.append(box);
		} else {
			work.replaceChildren(box);
			source = columns = null;
			file.value = '';
			$('#pasted').value = '';
			showHave();
		}
		news.textContent = `${title.textContent}: ${facts.map(([name, value]) => `${name} ${count(value)}`).join(', ')}.`;
		title.focus();
	}
}

function fillCountries(select) {
	const names = new Intl.DisplayNames(undefined, { type: 'region' });
	const options = REGIONS.map((code) => [code, names.of(code) ?? code]).sort(([, a], [, b]) => a.localeCompare(b));
	select.append(...options.map(([code, name]) => el('option', { value: code }, `${name} (${code})`)));
	select.value = localStorage.getItem('parley-country') ?? '';
	if (select.selectedIndex < 0) select.value = '';
}
