// Speech from ElevenLabs through our API: what it costs, and how it is set.
import { el } from './dom.js';
import { api } from './api.js';

const number = new Intl.NumberFormat('en');
const SETTINGS = [
	{ name: 'stability', label: 'Stability', min: 0, max: 1, step: 0.05, usual: 0.5, low: 'more expressive', high: 'more even' },
	{ name: 'similarity_boost', label: 'Similarity', min: 0, max: 1, step: 0.05, usual: 0.75, low: 'freer', high: 'closer to the original' },
	{ name: 'style', label: 'Style', min: 0, max: 1, step: 0.05, usual: 0, low: 'plain', high: 'exaggerated' },
	{ name: 'speed', label: 'Speed', min: 0.7, max: 1.2, step: 0.05, usual: 1, low: 'slower', high: 'faster' },
];
const OWN = 'as the voice has it';

export const count = (n) => number.format(n);
export const pathOf = (url) => new URL(url, location.origin).pathname;
export const previewOf = (id) => `/api/voice/voices/${encodeURIComponent(id)}/preview`;

// Small amounts are told exactly: speech costs cents.
export function money(amount, currency) {
	try {
		return new Intl.NumberFormat('en', { style: 'currency', currency, maximumFractionDigits: amount && amount < 1 ? 4 : 2 }).format(amount);
	} catch {
		return `${currency} ${amount}`;
	}
}

export const characters = (text) => [...text].length;

// "62 characters, about $0.01": before it is bought. `pricing` is { price (of 1000), currency, multiplier }.
export function estimate(text, { price, currency, multiplier = 1 }) {
	const n = characters(text);
	const words = `${count(n)} ${n === 1 ? 'character' : 'characters'}`;
	return n && price ? `${words}, about ${money(n * multiplier * price / 1000, currency)}` : words;
}

// What the answer of /api/voice/test says about its cost.
export function costWords({ characters: n, cached, cost, price, currency }) {
	const words = [`${count(n)} ${n === 1 ? 'character' : 'characters'}`];
	if (cached) return `${words[0]} · said before, so nothing was bought`;
	if (cost !== null && cost !== undefined) words.push(`${count(cost)} ${cost === 1 ? 'credit' : 'credits'}`);
	if (price !== null && price !== undefined) words.push(money(price, currency));
	return words.join(' · ');
}

export const say = (wish) => api('POST', '/api/voice/test', Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== '' && value !== null && value !== undefined)));

let models;
export function loadModels() {
	models ??= api('GET', '/api/voice/models').then((answer) => answer.models);
	models.catch(() => { models = undefined; });
	return models;
}

// Fills a <select> with the models; the chosen one stays chosen, also when ElevenLabs names it no more.
export async function fillModels(select) {
	const chosen = select.value;
	const list = await loadModels();
	const known = list.some((model) => model.model_id === chosen);
	select.replaceChildren(...list.map((model) => el('option', { value: model.model_id }, model.name ?? model.model_id)),
		...(known || !chosen ? [] : [el('option', { value: chosen }, chosen)]));
	if (chosen) select.value = chosen;
	return list;
}

// Sliders that say nothing until they are moved: then the voice's own setting holds.
export function voiceSettings(container, { value = null, prefix = 'setting', onchange = () => {}, disabled = false } = {}) {
	const given = { ...value };
	const rows = SETTINGS.map((setting) => {
		const id = `${prefix}-${setting.name}`;
		const output = el('output', { for: id, class: 'number muted' });
		const range = el('input', { type: 'range', id, name: `voice_settings.${setting.name}`, min: setting.min, max: setting.max, step: setting.step, disabled });
		const reset = el('button', { class: 'button quiet small', type: 'button', 'aria-label': `Reset ${setting.label}`, disabled }, 'Reset');
		const show = () => {
			const set = setting.name in given;
			if (!set) range.value = setting.usual;
			output.textContent = set ? Number(given[setting.name]).toFixed(2) : OWN;
			range.setAttribute('aria-valuetext', set ? `${Number(given[setting.name]).toFixed(2)}` : OWN);
			reset.hidden = !set || disabled;
		};
		if (setting.name in given) range.value = given[setting.name];
		range.addEventListener('input', () => { given[setting.name] = Number(range.value); show(); onchange(); });
		reset.addEventListener('click', () => { delete given[setting.name]; show(); range.focus(); onchange(); });
		show();
		return el('div', { class: 'field speech-setting' },
			el('div', { class: 'row' }, el('label', { for: id }, setting.label), output),
			range,
			el('div', { class: 'row hint' }, el('span', {}, setting.low), reset, el('span', {}, setting.high)),
			el('p', { class: 'error', role: 'alert' }));
	});
	const boost = el('select', { id: `${prefix}-boost`, name: 'voice_settings.use_speaker_boost', disabled },
		el('option', { value: '' }, OWN), el('option', { value: 'true' }, 'on'), el('option', { value: 'false' }, 'off'));
	if ('use_speaker_boost' in given) boost.value = String(given.use_speaker_boost);
	boost.addEventListener('change', () => {
		if (boost.value) given.use_speaker_boost = boost.value === 'true';
		else delete given.use_speaker_boost;
		onchange();
	});
	container.replaceChildren(el('div', { class: 'fields' }, rows,
		el('div', { class: 'field' }, el('label', { for: boost.id }, 'Speaker boost'), boost, el('p', { class: 'hint' }, 'Likeness to the speaker, at the price of speed.'))));
	return () => (Object.keys(given).length ? { ...given } : null);
}
