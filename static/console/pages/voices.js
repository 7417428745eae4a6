// The page of the voices: the library with samples, a bench on which one or two voices say a text, the account's use,
// and recordings of one's own.
import { $, el } from '../lib/dom.js';
import { api, csrfToken, read } from '../lib/api.js';
import { busy, clearErrors, showError } from '../lib/form.js';
import { playButton } from '../lib/player.js';
import { costWords, count, estimate, fillModels, pathOf, say, voiceSettings } from '../lib/speech.js';
import { duration, words } from '../lib/time.js';
import { toast } from '../lib/toast.js';
import { chooseVoice, labelWords, listenTo, listVoices, staleWords, voiceItem, voiceOf } from '../lib/voices.js';

const page = $('#voices');
const { defaultVoice, currency } = page.dataset;
const price = Number(page.dataset.price) || 0;
const query = new URLSearchParams(location.search);
const PAGE = 24;

/* ---- the account ---- */

async function showUsage() {
	const says = $('#usage-words'), meter = $('#usage-meter');
	try {
		const usage = await api('GET', '/api/voice/usage');
		const share = usage.characters_limit ? Math.min(100, usage.characters_used / usage.characters_limit * 100) : 0;
		says.textContent = `${count(usage.characters_used)} of ${count(usage.characters_limit)} characters used, ${count(usage.characters_remaining)} left`
			+ `${usage.resets_at ? `; counted anew ${words(usage.resets_at)}` : ''}. ${staleWords(usage)}`;
		meter.value = share;
		meter.textContent = `${Math.round(share)} %`;
		$('#usage-plan').replaceChildren(
			...(usage.tier ? [el('span', { class: 'badge' }, `Plan: ${usage.tier}`)] : []),
			...(share >= 90 ? [' ', el('span', { class: 'badge', dataset: { tone: share >= 100 ? 'bad' : 'warn' } }, share >= 100 ? 'Used up' : 'Nearly used up')] : []));
	} catch (error) {
		says.textContent = error.message;
		meter.hidden = true;
	}
}

/* ---- the bench ---- */

const slots = { a: null, b: null };
let settings = () => null, models = [];

function voiceName(voice) {
	return voice.name ?? voice.voice_id;
}

function showSlot(slot) {
	const voice = slots[slot], place = $(`#slot-${slot}`);
	const choose = el('button', { class: 'button small', type: 'button', onclick: async () => {
		const chosen = await chooseVoice({ title: slot === 'a' ? 'Choose the voice' : 'Choose the second voice' });
		if (chosen) fillSlot(slot, chosen);
		$('.voices-choose', place)?.focus();
	} }, voice ? 'Change' : 'Choose', el('span', { class: 'visually-hidden' }, slot === 'a' ? ' the voice' : ' the second voice'));
	choose.classList.add('voices-choose');
	place.replaceChildren(
		voice ? el('div', {}, el('strong', {}, voiceName(voice)), el('div', { class: 'small muted' }, labelWords(voice).join(' · '))) : el('span', { class: 'muted' }, 'None'),
		el('div', { class: 'actions' }, choose,
			voice && listenTo(voice),
			slot === 'a' && voice && el('a', { class: 'button small quiet', href: `/console/agents/new?voice=${encodeURIComponent(voice.voice_id)}` }, 'New agent with it'),
			slot === 'b' && voice && el('button', { class: 'button quiet small', type: 'button', onclick: () => {
				fillSlot('b', null);
				$('.voices-choose', place).focus();
			} }, 'Remove', el('span', { class: 'visually-hidden' }, ' the second voice'))));
}

function fillSlot(slot, voice) {
	slots[slot] = voice;
	showSlot(slot);
	showEstimate();
}

function showEstimate() {
	const model = models.find((one) => one.model_id === $('#bench-model').value);
	const twice = slots.a && slots.b;
	$('#bench-cost').textContent = `${estimate($('#bench-text').value, { price, currency, multiplier: (model?.character_cost_multiplier ?? 1) * (twice ? 2 : 1) })}${twice ? ' for both voices' : ''}. What was said before costs nothing.`;
	const most = model?.maximum_text_length_per_request;
	$('#bench-model-hint').textContent = most ? `At most ${count(most)} characters at once.` : '';
}

function result(voice, state) {
	const place = el('article', { class: 'card voices-result', 'aria-label': voiceName(voice) }, el('h3', {}, voiceName(voice)), el('p', { class: 'muted' }, state));
	return place;
}

async function sayIt(event) {
	event.preventDefault();
	const form = event.target, button = $('#bench-say'), results = $('#results');
	const voices = [slots.a, slots.b].filter(Boolean);
	clearErrors(form);
	if (!$('#bench-text').value.trim()) return showError(form, { field: 'text', message: 'Please write what is to be said.' });
	if (!voices.length) return showError(form, { message: 'Please choose a voice.' });
	if (button.getAttribute('aria-busy') === 'true') return;
	busy(button, true);
	const places = voices.map((voice) => result(voice, 'Speaking…'));
	results.replaceChildren(...places);
	// One after the other: an account may have few requests at a time.
	for (const [i, voice] of voices.entries()) {
		const state = $('p', places[i]);
		try {
			const answer = await say({ text: $('#bench-text').value, voice_id: voice.voice_id, model_id: $('#bench-model').value, voice_settings: settings() });
			state.textContent = costWords(answer);
			places[i].dataset.cached = String(answer.cached);
			places[i].append(el('div', { class: 'actions' }, playButton({ src: pathOf(answer.audio_url), name: `${voiceName(voice)} saying the text`, small: false }),
				answer.cached && el('span', { class: 'badge', dataset: { tone: 'info' } }, 'From the cache')));
		} catch (error) {
			state.textContent = error.message;
			state.className = 'error';
			if (error.field === 'text') showError(form, error);
		}
	}
	busy(button, false);
	void showUsage();
}

async function startBench() {
	const form = $('#bench');
	if (!form) return;
	form.noValidate = true;
	form.addEventListener('submit', sayIt);
	form.addEventListener('input', showEstimate);
	settings = voiceSettings($('#bench-settings'), { prefix: 'bench' });
	showSlot('a');
	showSlot('b');
	showEstimate();
	fillModels($('#bench-model')).then((list) => { models = list; showEstimate(); }).catch(() => {});
	const wanted = query.get('voice') ?? defaultVoice;
	if (!wanted) return;
	try {
		const voice = await voiceOf(wanted);
		if (!slots.a) fillSlot('a', voice);
	} catch {
		// The voice of the settings is not in the account: the doctor tells; here one is chosen by hand.
	}
}

/* ---- the library ---- */

const bench = $('#bench');

function take(slot, voice) {
	fillSlot(slot, voice);
	bench.scrollIntoView({ block: 'start' });
	$('#bench-text').focus();
	toast(`${voiceName(voice)} is the ${slot === 'a' ? 'voice' : 'second voice'} of the bench.`);
}

function item(voice) {
	const name = voiceName(voice), hidden = () => el('span', { class: 'visually-hidden' }, ` ${name}`);
	const node = voiceItem(voice,
		bench && el('button', { class: 'button small', type: 'button', onclick: () => take('a', voice) }, 'Test', hidden()),
		bench && el('button', { class: 'button small', type: 'button', onclick: () => take('b', voice) }, 'Compare', hidden()));
	if (voice.voice_id === defaultVoice) $('h3', node).after(el('span', { class: 'badge', dataset: { tone: 'info' } }, 'Standard voice'));
	return node;
}

function showPager(answer) {
	const pager = $('#library-pager'), links = [];
	const link = (changes, text, rel) => {
		const to = new URLSearchParams(query);
		for (const [name, value] of Object.entries(changes)) {
			if (value) to.set(name, value);
			else to.delete(name);
		}
		links.push(el('a', { class: 'button', href: `?${to}#library-title`, rel }, text));
	};
	if (query.get('cursor')) link({ cursor: '' }, 'First page');
	if (answer.next_cursor) link({ cursor: answer.next_cursor }, 'Next page', 'next');
	pager.replaceChildren(...links);
	pager.hidden = !links.length;
}

async function showLibrary() {
	const state = $('#library-state'), list = $('#library');
	const names = ['search', 'category', 'language', 'accent', 'gender', 'age', 'use_case', 'cursor'];
	try {
		const answer = await listVoices([...names.map((name) => [name, query.get(name)]), ['limit', String(PAGE)]]);
		list.replaceChildren(...answer.voices.map(item));
		$('#accents').replaceChildren(...[...new Set(answer.voices.map((voice) => voice.labels?.accent).filter((accent) => typeof accent === 'string'))].sort().map((value) => el('option', { value })));
		const n = answer.voices.length;
		state.replaceChildren(n ? `${n} ${n === 1 ? 'voice' : 'voices'}${answer.next_cursor ? ' on this page' : ''}. ${staleWords(answer)}`
			: 'No voice of your account is like that. Clear the filters, or add voices to your account at ElevenLabs.');
		if (answer.stale) state.dataset.stale = 'true';
		showPager(answer);
	} catch (error) {
		state.replaceChildren(error.message, ' ', el('button', { class: 'button small', type: 'button', onclick: () => { state.textContent = 'Asking again…'; void showLibrary(); } }, 'Try again'));
	}
}

function startLibrary() {
	const form = $('#filters');
	// Empty filters are not part of the address.
	form.addEventListener('submit', () => {
		for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
	});
	addEventListener('pageshow', () => { for (const field of form.elements) field.disabled = false; });
	for (const select of form.querySelectorAll('select')) select.addEventListener('change', () => form.requestSubmit());
	void showLibrary();
}

/* ---- recordings ---- */

let older = '';

function recordingRow(recording) {
	const name = recording.name ?? 'Without a name';
	return el('tr', { dataset: { recording: recording.recording_id } },
		el('th', { scope: 'row' }, name),
		el('td', { 'data-label': 'Length' }, duration(recording.duration_seconds)),
		el('td', { 'data-label': 'Uploaded' }, el('time', { datetime: recording.created_at }, words(recording.created_at))),
		el('td', {}, playButton({ src: pathOf(recording.audio_url), name })));
}

async function showRecordings(fresh = false) {
	const state = $('#recordings-state'), body = $('#recordings');
	try {
		if (fresh) older = '';
		const answer = await api('GET', `/api/voice/recordings?limit=20${older ? `&cursor=${encodeURIComponent(older)}` : ''}`);
		if (fresh) body.replaceChildren();
		body.append(...answer.items.map(recordingRow));
		older = answer.next_cursor ?? '';
		$('#recordings-more').hidden = !older;
		$('#recordings-wrap').hidden = !body.children.length;
		state.textContent = body.children.length ? '' : 'Nothing was uploaded yet.';
	} catch (error) {
		state.textContent = error.message;
	}
}

const MOST = 20 * 1024 * 1024;

function typeOf(file) {
	if (/\.mp3$/i.test(file.name) || file.type === 'audio/mpeg') return 'audio/mpeg';
	return /\.wav$/i.test(file.name) || /^audio\/(x-|vnd\.)?wave?$/.test(file.type) ? 'audio/wav' : null;
}

async function upload(event) {
	event.preventDefault();
	const form = event.target, button = $('[type="submit"]', form), [file] = form.elements.file.files;
	clearErrors(form);
	if (!file) return showError(form, { field: 'file', message: 'Please choose a file.' });
	if (!typeOf(file)) return showError(form, { field: 'file', message: 'This is neither a WAV nor an MP3.' });
	if (file.size > MOST) return showError(form, { field: 'file', message: 'This file is over 20 MB.' });
	busy(button, true);
	try {
		const name = form.elements.name.value.trim() || file.name.replace(/\.(wav|mp3)$/i, '').slice(0, 100);
		const recording = await read(await fetch(`/api/voice/recordings?name=${encodeURIComponent(name)}`, {
			method: 'POST', body: file, headers: { accept: 'application/json', 'content-type': typeOf(file), 'x-csrf-token': csrfToken() },
		}));
		form.reset();
		toast(`“${recording.name}” is ready for the telephone: ${duration(recording.duration_seconds)}.`);
		await showRecordings(true);
	} catch (error) {
		showError(form, { field: error.field === 'name' ? 'name' : 'file', message: error.message });
	} finally {
		busy(button, false);
	}
}

if ($('#library')) {
	void showUsage();
	void startBench();
	startLibrary();
}
$('#upload')?.addEventListener('submit', upload);
if ($('#upload')) $('#upload').noValidate = true;
$('#recordings-more').addEventListener('click', () => showRecordings());
void showRecordings(true);
