// One agent: its script with variables, its voice, how a real call would sound; saved so that nobody overwrites another
// operator's work without knowing it.
import { $, $$, el } from '../lib/dom.js';
import { api } from '../lib/api.js';
import { confirm } from '../lib/dialog.js';
import { busy, clearErrors, showError } from '../lib/form.js';
import { play, playButton, stop } from '../lib/player.js';
import { characters, costWords, count, estimate, fillModels, pathOf, say, voiceSettings } from '../lib/speech.js';
import { toast, toastLater } from '../lib/toast.js';
import { chooseVoice, labelWords, languageWords, listenTo, voiceOf } from '../lib/voices.js';

const page = $('#agent'), form = $('#agent-form'), script = $('#script');
const { id, currency, defaultVoice } = page.dataset;
const price = Number(page.dataset.price) || 0, scriptMost = Number(page.dataset.scriptMost);
const mayChange = Boolean($('#save'));
const offered = new Set($$('[data-insert]').map((button) => button.dataset.insert));
const samples = { name: 'Ada Lovelace', phone: '+14155550123' };
let revision = page.dataset.revision, models = [], saved;

/* ---- what the form says ---- */

const settings = voiceSettings($('#settings'), {
	value: page.dataset.settings ? JSON.parse(page.dataset.settings) : null, prefix: 'agent', disabled: !mayChange, onchange: changed,
});
if (page.dataset.settings) $('#settings-details').open = true;

function members() {
	const text = (name) => form.elements.namedItem(name).value;
	return {
		name: text('name'), script: script.value, voice_id: text('voice_id') || null, model_id: text('model_id') || null,
		language: text('language') || null, voice_settings: settings(), elevenlabs_agent_id: text('elevenlabs_agent_id').trim() || null,
	};
}

const isDirty = () => JSON.stringify(members()) !== saved;

function changed() {
	if ($('#save-state')) $('#save-state').textContent = isDirty() ? 'Not saved yet.' : '';
}

addEventListener('beforeunload', (event) => {
	if (mayChange && isDirty()) event.preventDefault();
});

/* ---- the script and its variables ---- */

// What would be said is asked of the server: there is one reader of scripts.
let asking = null, timer, spoken = null, heard = null;

function askPreview() {
	clearTimeout(timer);
	timer = setTimeout(showPreview, 200);
}

function names() {
	const found = new Map();
	for (const [, name, fallback] of script.value.matchAll(/\{\{([A-Za-z_][A-Za-z0-9_]{0,63})(\|[^{}]*)?\}\}/g))
		found.set(name, (found.get(name) ?? true) && fallback !== undefined);
	return found;
}

// A sample value for each variable that the script names; what was typed stays.
function showSamples() {
	const place = $('#samples'), wanted = [...new Set([...names().keys()].map((name) => (name === 'first_name' ? 'name' : name)))];
	const there = new Map($$('input', place).map((input) => [input.name, input]));
	if (wanted.length === there.size && wanted.every((name) => there.has(name))) return;
	for (const [name, input] of there) samples[name] = input.value;
	place.replaceChildren(...wanted.map((name) => el('div', { class: 'field' }, el('label', { for: `sample-${name}`, class: 'mono' }, name),
		el('input', { id: `sample-${name}`, name, maxlength: 500, value: samples[name] ?? '', autocomplete: 'off', oninput: askPreview }))));
	if (!wanted.length) place.append(el('p', { class: 'muted' }, 'The script names no variable: everybody hears the same words.'));
}

const values = () => Object.fromEntries($$('#samples input').map((input) => [input.name, input.value]));

function showCheck() {
	const unknown = [...names()].filter(([name]) => !offered.has(name));
	$('#script-check').replaceChildren(...(unknown.length ? [el('ul', { class: 'list agent-unknown' }, unknown.map(([name, hasDefault]) => el('li', {},
		el('span', { class: 'badge', dataset: { tone: hasDefault ? 'info' : 'warn' } }, 'Unknown'), ' ', el('code', {}, `{{${name}}}`), ' ',
		hasDefault ? 'is no column of the leads that were imported; its default is said then.'
			: `is no column of the leads that were imported. A lead that lacks it is not called. Give it a default, like {{${name}|…}}, or import it.`)))] : []));
}

function showCount() {
	const n = characters(script.value), place = $('#script-count');
	place.textContent = `${count(n)} of ${count(scriptMost)} characters${n > scriptMost ? ': too long' : ''}`;
	place.classList.toggle('error', n > scriptMost);
}

async function showPreview() {
	const place = $('#preview'), state = $('#preview-state');
	asking?.abort();
	const mine = asking = new AbortController();
	try {
		const answer = await api('POST', '/api/agents/preview', { script: script.value, variables: values() }, { signal: mine.signal });
		spoken = answer.missing.length ? null : answer.text;
		place.replaceChildren(...marked(answer.text, answer.missing));
		const model = models.find((one) => one.model_id === $('#model').value);
		state.textContent = answer.missing.length
			? `Without ${answer.missing.map((name) => `{{${name}}}`).join(', ')} this call would not be made.`
			: `${estimate(answer.text, { price, currency, multiplier: model?.character_cost_multiplier ?? 1 })}.`;
		if (form.elements.script.getAttribute('aria-invalid') === 'true') clearErrors(form);
	} catch (error) {
		if (error.name === 'AbortError') return;
		spoken = null;
		place.textContent = '';
		state.textContent = error.message;
	}
	if ($('#speak')) $('#speak').disabled = !spoken?.trim();
	if (heard !== null && heard !== spoken) forgetSpeech();
}

// What can be heard is always what is shown.
function forgetSpeech() {
	heard = null;
	stop();
	$$('.play', $('#preview-speech')).forEach((old) => old.remove());
	$('#speak-state').textContent = '';
}

// What is missing stands out by words, not by colour alone.
function marked(text, missing) {
	if (!text.trim()) return [el('span', { class: 'muted' }, 'Nothing yet. What you write appears here as one person hears it.')];
	if (!missing.length) return [text];
	const pieces = text.split(new RegExp(`(\\{\\{(?:${missing.join('|')})\\}\\})`));
	return pieces.map((piece, i) => (i % 2 ? el('mark', { class: 'agent-missing' }, `${piece} is missing`) : piece));
}

function scriptChanged() {
	showCount();
	showCheck();
	showSamples();
	askPreview();
}

function insert(name) {
	const text = `{{${name}}}`;
	script.focus();
	script.setRangeText(text, script.selectionStart, script.selectionEnd, 'end');
	script.dispatchEvent(new Event('input', { bubbles: true }));
}

/* ---- the voice ---- */

function showVoice(voice, note) {
	const place = $('#voice'), voiceId = $('#voice-id').value, name = voice?.name ?? voiceId;
	place.replaceChildren(
		el('div', {}, el('strong', {}, name || 'No voice'), voiceId === defaultVoice && voiceId ? el('span', { class: 'muted' }, ' (standard voice)') : null,
			voice && el('div', { class: 'small muted' }, labelWords(voice).join(' · ')), note && el('div', { class: 'small error' }, note)),
		el('div', { class: 'actions' },
			mayChange && el('button', { class: 'button small', type: 'button', id: 'choose-voice', onclick: choose }, 'Choose a voice'),
			voice && listenTo(voice)));
}

async function choose() {
	const voice = await chooseVoice({ language: $('#language').value });
	if (voice) {
		$('#voice-id').value = voice.voice_id;
		showVoice(voice);
		changed();
	}
	$('#choose-voice').focus();
}

async function startVoice() {
	const voiceId = $('#voice-id').value;
	showVoice(null);
	if (!voiceId) return;
	try {
		const voice = await voiceOf(voiceId);
		if ($('#voice-id').value === voiceId) showVoice(voice);
	} catch (error) {
		showVoice(null, error.status === 404 ? 'This voice is not in the ElevenLabs account any more: calls cannot be spoken. Choose another.' : error.status === 503 ? '' : error.message);
	}
}

function showModel() {
	const model = models.find((one) => one.model_id === $('#model').value), language = $('#language').value;
	const most = model?.maximum_text_length_per_request;
	$('#model-hint').textContent = [model?.description === model?.name ? '' : model?.description, most ? `At most ${count(most)} characters.` : ''].filter(Boolean).join(' ');
	const spoken = (model?.languages ?? []).map((one) => one.language_id);
	$('#language-hint').textContent = !language ? '' : $('#model').value.includes('multilingual') ? 'This model finds the language out from the text.'
		: spoken.length && !spoken.includes(language) ? `This model does not speak ${languageWords(language)}.` : '';
}

/* ---- hearing it ---- */

async function speak() {
	const button = $('#speak'), state = $('#speak-state'), place = $('#preview-speech');
	if (!spoken || button.getAttribute('aria-busy') === 'true') return;
	const text = spoken, { voice_id: voice, model_id: model, language, voice_settings: set } = members();
	busy(button, true);
	state.textContent = 'Speaking…';
	try {
		const answer = await say({ text, voice_id: voice, model_id: model, language, voice_settings: set });
		state.textContent = `${costWords(answer)}.`;
		const listen = playButton({ src: pathOf(answer.audio_url), name: 'the preview', small: false });
		$$('.play', place).forEach((old) => old.remove());
		place.append(listen);
		heard = text;
		void play(listen);
	} catch (error) {
		state.textContent = error.message;
	} finally {
		busy(button, false);
		button.focus();
	}
}

async function takeLead() {
	const campaign = $('#lead-campaign').value, number = $('#lead-number'), button = $('#lead-fill');
	const error = $('.error', number.closest('.field'));
	error.textContent = '';
	busy(button, true);
	try {
		const lead = await api('GET', `/api/campaigns/${encodeURIComponent(campaign)}/leads/${encodeURIComponent(number.value || '1')}`);
		const known = { ...lead.variables, name: lead.name ?? '', phone: lead.phone };
		for (const input of $$('#samples input')) {
			input.value = known[input.name] ?? '';
			samples[input.name] = input.value;
		}
		await showPreview();
		toast(`The values of lead ${lead.id}${lead.name ? `, ${lead.name}` : ''}.`);
	} catch (failure) {
		error.textContent = failure.status === 404 ? 'There is no such lead.' : failure.message;
		number.focus();
	} finally {
		busy(button, false);
	}
}

/* ---- saving ---- */

const WORDS = { name: 'name', script: 'script', voice_id: 'voice', model_id: 'model', language: 'language', voice_settings: 'voice settings', elevenlabs_agent_id: 'agent of ElevenLabs' };

async function save(event, { overwrite = false } = {}) {
	event?.preventDefault();
	const button = $('#save'), body = members();
	if (button.getAttribute('aria-busy') === 'true') return;
	clearErrors(form);
	$('#conflict').hidden = true;
	busy(button, true);
	try {
		if (!id) {
			const agent = await api('POST', '/api/agents', body);
			saved = JSON.stringify(members());
			toastLater(`Agent “${agent.name}” was created.`);
			location.assign(`/console/agents/${encodeURIComponent(agent.id)}`);
			return;
		}
		const agent = await api('PATCH', `/api/agents/${encodeURIComponent(id)}`, overwrite ? body : { ...body, revision });
		revision = agent.revision;
		saved = JSON.stringify(body);
		changed();
		$('h1').textContent = agent.name;
		toast('Saved. Calls made from now on say this.');
	} catch (error) {
		if (error.status === 409 && error.field === 'revision') await showConflict();
		else showError(form, error);
	} finally {
		busy(button, false);
	}
}

// What the other one has changed, and the two ways on.
async function showConflict() {
	const place = $('#conflict'), theirs = await api('GET', `/api/agents/${encodeURIComponent(id)}`), mine = members(), before = JSON.parse(saved);
	const differ = Object.keys(WORDS).filter((name) => JSON.stringify(theirs[name]) !== JSON.stringify(before[name]));
	place.replaceChildren(
		el('h2', {}, 'Somebody else has changed this agent since you opened it'),
		el('p', {}, `Their changes: ${differ.map((name) => WORDS[name]).join(', ') || 'none that you see here'}. Yours are kept on this page until you decide.`),
		differ.includes('script') && el('details', {}, el('summary', {}, 'Their script'), el('p', { class: 'keep-lines' }, theirs.script)),
		el('div', { class: 'actions' },
			el('button', { class: 'button', type: 'button', onclick: async () => {
				if (JSON.stringify(mine) !== saved && !await confirm({ title: 'Give up your changes?', text: 'What you have written on this page is lost; theirs stay.', yes: 'Load theirs', danger: true })) return;
				saved = JSON.stringify(members());
				location.reload();
			} }, 'Load theirs'),
			el('button', { class: 'button danger', type: 'button', onclick: () => save(null, { overwrite: true }) }, 'Overwrite with mine')));
	place.hidden = false;
	place.tabIndex = -1;
	place.focus();
}

async function remove() {
	const button = $('#delete'), uses = Number(button.dataset.uses);
	const answer = await confirm({ title: 'Delete this agent?', danger: true, yes: 'Delete',
		text: uses ? `It is used by ${uses} ${uses === 1 ? 'campaign' : 'campaigns'}: it can only be deleted when none uses it any more.` : 'Its script and settings are gone for good. What was said by it stays in the call log.' });
	if (!answer) return;
	busy(button, true);
	try {
		await api('DELETE', `/api/agents/${encodeURIComponent(id)}`);
		saved = JSON.stringify(members());
		toastLater('The agent was deleted.');
		location.assign('/console/agents');
	} catch (error) {
		toast(error.message, 'bad');
	} finally {
		busy(button, false);
	}
}

/* ---- begin ---- */

saved = JSON.stringify(members());
form.noValidate = true;
form.addEventListener('submit', save);
form.addEventListener('input', changed);
form.addEventListener('change', () => { changed(); showModel(); });
script.addEventListener('input', scriptChanged);
$('#variables').addEventListener('click', (event) => {
	const button = event.target.closest('[data-insert]');
	if (button) insert(button.dataset.insert);
});
$('#speak')?.addEventListener('click', speak);
$('#delete')?.addEventListener('click', remove);
$('#lead-fill').addEventListener('click', takeLead);
$('#model').addEventListener('change', askPreview);
$('#from-lead').hidden = !$('#lead-campaign').value;
scriptChanged();
void startVoice();
fillModels($('#model')).then((list) => { models = list; showModel(); askPreview(); }).catch(() => {});
