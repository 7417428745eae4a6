// Fields of a campaign's steps that are more than one input: time zones, holidays, delays, keys.
import { $, $$, el } from './dom.js';

/* ---- the time zone ---- */

export function startZones(input, list, now) {
	const zones = Intl.supportedValuesOf?.('timeZone') ?? [];
	list.append(...['UTC', ...zones].map((zone) => el('option', { value: zone })));
	const tell = () => {
		try {
			now.textContent = `It is ${new Intl.DateTimeFormat(undefined, { weekday: 'long', hour: '2-digit', minute: '2-digit', timeZone: input.value.trim() }).format(new Date())} there now.`;
		} catch {
			now.textContent = '';
		}
	};
	input.addEventListener('input', tell);
	tell();
}

/* ---- holidays ---- */

// Gives a function that gives the days.
export function startHolidays({ list, input, button, days, mayChange, changed }) {
	const chosen = new Set(days);
	const words = (day) => new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));

	function show() {
		list.replaceChildren(...[...chosen].sort().map((day) => el('li', { class: 'badge' }, words(day),
			mayChange && el('button', { class: 'campaign-chip-remove', type: 'button', 'aria-label': `Remove ${words(day)}`, onclick: () => remove(day) }, '×'))));
		if (!chosen.size) list.append(el('li', { class: 'muted' }, 'None'));
	}
	function remove(day) {
		chosen.delete(day);
		show();
		changed();
		input.focus();
	}
	function add() {
		if (!input.value) return;
		chosen.add(input.value);
		input.value = '';
		show();
		changed();
	}
	button.addEventListener('click', () => { add(); input.focus(); });
	input.addEventListener('keydown', (event) => {
		if (event.key !== 'Enter') return;
		event.preventDefault();
		add();
	});
	show();
	// A day that was chosen but not added is meant too.
	return () => [...new Set([...chosen, ...(input.value ? [input.value] : [])])].sort();
}

/* ---- pace ---- */

export function startPace(form, words) {
	const pace = form.elements.namedItem('calls_per_second'), cap = form.elements.namedItem('daily_cap');
	const account = Number(form.dataset.accountPace);
	const tell = () => {
		const real = Math.min(Number(pace.value), account || Infinity);
		if (!(real > 0) || !(Number(cap.value) > 0)) { words.textContent = ''; return; }
		const hour = Math.floor(real * 3600), hours = Number(cap.value) / hour;
		words.textContent = `At most ${hour.toLocaleString()} calls an hour: a day's ${Number(cap.value).toLocaleString()} calls take ${hours < 1 ? `${Math.max(1, Math.ceil(hours * 60))} minutes` : `${Math.ceil(hours * 10) / 10} hours`}.${Number(pace.value) > account ? ' Your account is the limit.' : ''}`;
	};
	form.addEventListener('input', tell);
	tell();
}

/* ---- delays ---- */

const UNITS = { s: 1, sec: 1, second: 1, seconds: 1, m: 60, min: 60, minute: 60, minutes: 60, h: 3600, hour: 3600, hours: 3600, d: 86400, day: 86400, days: 86400 };

export function delayWords(seconds) {
	const [unit, size] = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]].find(([, length]) => seconds % length === 0);
	return `${seconds / size} ${unit}`;
}

// "1 h, 30 min" is [3600, 1800]; throws what is shown at the field.
export function readDelays(text, field) {
	return text.split(/[,;]/).map((part) => part.trim()).filter(Boolean).map((part) => {
		const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(part) ?? [];
		const seconds = Math.round(Number(amount) * UNITS[unit?.toLowerCase()]);
		if (!(seconds > 0)) throw { field, message: `“${part}” is no delay: write for example 10 min, 1 h or 1 d.` };
		return seconds;
	});
}

export function startDelays(inputs, delays) {
	for (const input of inputs) input.value = (delays[input.dataset.delays] ?? []).map(delayWords).join(', ');
	return () => Object.fromEntries(inputs.map((input) => [input.dataset.delays, readDelays(input.value, input.name)]).filter(([, list]) => list.length));
}

/* ---- keys ---- */

const KEYS = [...'1234567890*#'];
let made = 0;

// Gives a function that gives the keys; it throws what is shown at the row.
export function startKeys({ place, add, optOut, keys, mayChange, changed }) {
	const free = () => KEYS.find((key) => !rows().some((row) => row.key.value === key));
	const rows = () => $$('.campaign-key', place).map((node) => ({
		node, key: $('select', node), outcome: $('[data-part="outcome"]', node), say: $('[data-part="say"]', node),
	}));

	function addRow(key, { outcome = '', say = '' } = {}, focus = false) {
		const n = ++made;
		const node = el('fieldset', { class: 'campaign-key' },
			el('legend', { class: 'visually-hidden' }, 'A key'),
			el('div', { class: 'field' }, el('label', { for: `key-${n}` }, 'Key'), el('select', { id: `key-${n}`, name: `key-${n}` }, KEYS.map((one) => el('option', { value: one, selected: one === key }, one)))),
			el('div', { class: 'field' }, el('label', { for: `outcome-${n}` }, 'Outcome'),
				el('input', { id: `outcome-${n}`, name: `outcome-${n}`, list: 'outcomes', maxlength: 40, value: outcome, autocomplete: 'off', spellcheck: 'false', 'data-part': 'outcome' }), el('p', { class: 'error', role: 'alert' })),
			el('div', { class: 'field campaign-key-say' }, el('label', { for: `say-${n}` }, 'What is said then (optional)'),
				el('input', { id: `say-${n}`, name: `say-${n}`, maxlength: 500, value: say ?? '', autocomplete: 'off', 'data-part': 'say' }), el('p', { class: 'error', role: 'alert' })),
			mayChange && el('button', { class: 'button quiet', type: 'button', 'aria-label': 'Remove this key', onclick: () => { node.remove(); tell(); changed(); add.focus(); } }, 'Remove'));
		place.append(node);
		if (focus) $('[data-part="outcome"]', node).focus();
		tell();
	}
	function tell() {
		optOut.hidden = rows().some((row) => row.outcome.value.trim() === 'opt_out');
		add.disabled = !free();
		place.dataset.empty = String(!rows().length);
	}
	for (const [key, meaning] of Object.entries(keys)) addRow(key, meaning);
	add.addEventListener('click', () => { if (free()) addRow(free(), {}, true); changed(); });
	optOut.addEventListener('click', () => {
		addRow(rows().some((row) => row.key.value === '9') ? free() : '9', { outcome: 'opt_out', say: 'You will not be called again.' }, true);
		changed();
	});
	place.addEventListener('input', tell);
	tell();
	return () => {
		const result = {};
		for (const { key, outcome, say } of rows()) {
			if (key.value in result) throw { field: key.name, message: `The key ${key.value} stands there twice.` };
			const word = outcome.value.trim().replace(/\s+/g, '_');
			if (!/^[A-Za-z0-9_-]{1,40}$/.test(word)) throw { field: outcome.name, message: 'A word of letters, digits, - and _, at most 40.' };
			result[key.value] = { outcome: word, ...(say.value.trim() ? { say: say.value.trim() } : {}) };
		}
		return result;
	};
}
