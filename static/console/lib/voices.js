// Voices of ElevenLabs' library, as lists show them; and a dialog to choose one.
import { $, el } from './dom.js';
import { api } from './api.js';
import { playButton, stop } from './player.js';
import { previewOf } from './speech.js';
import { ago } from './time.js';

const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' });
const KINDS = { premade: 'Ready made', cloned: 'Cloned', generated: 'Designed', professional: 'Professional' };
const known = new Map();
let made = 0;

const tidy = (text) => text.replaceAll('_', ' ');

export function languageWords(code) {
	try {
		return names.of(code);
	} catch {
		return code;
	}
}

// "English, british, female, middle aged, conversational"
export function labelWords({ labels = {} }) {
	const { language, accent, gender, age, use_case: use, descriptive } = labels;
	return [language && languageWords(language), accent, gender, age, use, descriptive].filter((word) => typeof word === 'string' && word).map(tidy);
}

export const kindWords = ({ category }) => KINDS[category] ?? category ?? '';

// One voice by its id, asked for once.
export function voiceOf(id) {
	if (!known.has(id)) {
		const asked = api('GET', `/api/voice/voices/${encodeURIComponent(id)}`);
		asked.catch(() => known.delete(id));
		known.set(id, asked);
	}
	return known.get(id);
}

export async function listVoices(query, options) {
	const answer = await api('GET', `/api/voice/voices?${new URLSearchParams([...query].filter(([, value]) => value))}`, undefined, options);
	for (const voice of answer.voices) known.set(voice.voice_id, Promise.resolve(voice));
	return answer;
}

export const staleWords = (answer) => (answer.stale ? `ElevenLabs does not answer; this was so ${ago(answer.as_of)}.` : '');

export const listenTo = (voice) => (voice.preview_url
	? playButton({ src: previewOf(voice.voice_id), name: voice.name ?? voice.voice_id })
	: el('span', { class: 'muted small' }, 'No sample'));

// A voice in a list; `actions` are what can be done with it.
export function voiceItem(voice, ...actions) {
	const name = voice.name ?? voice.voice_id;
	return el('li', { class: 'card voice', dataset: { voice: voice.voice_id } },
		el('div', { class: 'card-head' }, el('h3', {}, name), voice.category && el('span', { class: 'badge' }, kindWords(voice))),
		el('p', { class: 'small muted' }, labelWords(voice).join(' · ')),
		voice.description && el('p', { class: 'small' }, voice.description),
		el('div', { class: 'actions' }, listenTo(voice), ...actions));
}

// Asks for a voice in a dialog; gives it, or null.
export function chooseVoice({ title = 'Choose a voice', language = '' } = {}) {
	const id = `choose-${++made}`;
	const list = el('ul', { class: 'voice-choices' });
	const state = el('p', { class: 'muted', role: 'status' });
	const more = el('button', { class: 'button', type: 'button', hidden: true }, 'Show more');
	const search = el('input', { id: `${id}-search`, type: 'search', maxlength: 100, autocomplete: 'off' });
	const only = el('input', { id: `${id}-language`, type: 'checkbox', checked: true });
	const dialog = el('dialog', { class: 'dialog voice-dialog', 'aria-labelledby': `${id}-title` },
		el('div', { class: 'dialog-body' },
			el('h2', { id: `${id}-title` }, title),
			el('div', { class: 'field' }, el('label', { for: search.id }, 'Search by name, accent or character'), search),
			language && el('div', { class: 'choice' }, only, el('label', { for: only.id }, `Only voices made for ${languageWords(language)}`)),
			state, list,
			el('div', { class: 'actions' }, more, el('button', { class: 'button', type: 'button', onclick: () => dialog.close() }, 'Cancel'))));

	return new Promise((resolve) => {
		let chosen = null, cursor = '', asking = null, timer;

		async function load(fresh) {
			asking?.abort();
			const mine = asking = new AbortController();
			if (fresh) cursor = '';
			state.textContent = 'Asking ElevenLabs…';
			try {
				const answer = await listVoices([['search', search.value.trim()], ['language', language && only.checked ? language : ''], ['limit', '20'], ['cursor', cursor]], { signal: mine.signal });
				if (fresh) list.replaceChildren();
				list.append(...answer.voices.map((voice) => voiceItem(voice,
					el('button', { class: 'button small primary', type: 'button', onclick: () => { chosen = voice; dialog.close(); } }, 'Choose', el('span', { class: 'visually-hidden' }, ` ${voice.name ?? voice.voice_id}`)))));
				cursor = answer.next_cursor ?? '';
				more.hidden = !cursor;
				state.textContent = list.children.length ? staleWords(answer) : 'No voice like that. Try fewer words.';
			} catch (error) {
				if (error.name === 'AbortError') return;
				state.textContent = error.message;
			}
		}

		search.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(() => load(true), 250); });
		only.addEventListener('change', () => load(true));
		more.addEventListener('click', () => load(false));
		dialog.addEventListener('close', () => {
			clearTimeout(timer);
			asking?.abort();
			stop();
			dialog.remove();
			resolve(chosen);
		});
		document.body.append(dialog);
		dialog.showModal();
		$('input', dialog).focus();
		void load(true);
	});
}
