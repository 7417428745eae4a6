// One interview: the transcript beside its recording, key points that lead to what was said, a decision, an erasure.
import { $, $$ } from '../lib/dom.js';
import { api, read } from '../lib/api.js';
import { confirm } from '../lib/dialog.js';
import { clearErrors, submitJson } from '../lib/form.js';
import { refresh, refreshEvery } from '../lib/refresh.js';
import { toast, toastLater } from '../lib/toast.js';

const head = () => $('#interview-head');
const address = () => `/api/interviews/${head().dataset.interview}`;

/* ---- the recording ---- */

const audio = $('#audio');
const status = $('#player-status');
let playing = null; // id of the conversation that the player has

const recordingOf = (id) => $(`[data-recording][data-conversation="${CSS.escape(id)}"]`)?.dataset.recording;
const turnsOf = (id) => $$(`.interview-turns li[data-of="${CSS.escape(id)}"]`);

function load(id) {
	if (playing === id) return true;
	const url = recordingOf(id);
	if (!url) return false;
	playing = id;
	audio.src = url;
	return true;
}

function showPlayer() {
	const first = $('[data-recording]');
	$('#player').hidden = $('#player-hint').hidden = !first;
	if (first && !playing) load(first.dataset.conversation);
}

// From the turn's second on; the turn that is playing pauses.
async function play(turn) {
	if (!load(turn.dataset.of)) return toast('There is no recording of this conversation.', 'bad');
	if (turn.dataset.playing !== undefined && !audio.paused) return audio.pause();
	status.textContent = '';
	const at = Number(turn.dataset.at);
	try {
		if (audio.readyState >= 1) audio.currentTime = at;
		else audio.addEventListener('loadedmetadata', () => { audio.currentTime = at; }, { once: true });
		await audio.play();
		mark(turn);
	} catch (error) {
		if (error.name !== 'AbortError') explain();
	}
	return undefined;
}

// Why it cannot be heard: the API says so in words.
async function explain() {
	if (!playing || status.dataset.asked === playing) return;
	status.dataset.asked = playing;
	try {
		const answer = await fetch(recordingOf(playing), { headers: { range: 'bytes=0-1' } });
		if (answer.ok) status.textContent = 'This browser cannot play the recording.';
		else await read(answer);
	} catch (error) {
		status.textContent = error.message;
	} finally {
		delete status.dataset.asked;
	}
}

function mark(turn) {
	for (const one of $$('.interview-turns li[data-playing]')) {
		if (one === turn) continue;
		delete one.dataset.playing;
		one.removeAttribute('aria-current');
	}
	if (!turn || turn.dataset.playing !== undefined) return;
	turn.dataset.playing = '';
	turn.setAttribute('aria-current', 'true');
}

function follow() {
	if (!playing || (audio.paused && audio.currentTime === 0)) return;
	mark(turnsOf(playing).filter((turn) => Number(turn.dataset.at) <= audio.currentTime + 0.2).at(-1) ?? null);
}

audio.addEventListener('timeupdate', follow);
audio.addEventListener('seeked', follow);
audio.addEventListener('ended', () => mark(null));
audio.addEventListener('error', explain);

/* ---- the transcript ---- */

document.addEventListener('click', (event) => {
	const turn = event.target.closest?.('#interview-talk .interview-turns li');
	// Selecting words is not a click.
	if (turn && (event.target.closest('button') || !String(getSelection()))) play(turn);
	const link = event.target.closest?.('[data-turn-link]');
	if (link) {
		event.preventDefault();
		jump(link);
	}
	if (event.target.closest?.('#decide-open')) openDecision();
	if (event.target.closest?.('#erase')) erase();
});

document.addEventListener('keydown', (event) => {
	const time = event.target.closest?.('.interview-time');
	if (!time || !['ArrowDown', 'ArrowUp'].includes(event.key)) return;
	const all = $$('.interview-time');
	const next = all[all.indexOf(time) + (event.key === 'ArrowDown' ? 1 : -1)];
	event.preventDefault();
	next?.focus();
});

// To the words that carry a key point.
function jump(link) {
	const turn = $(`#turn-${link.dataset.turnLink}`);
	if (!turn) return;
	for (const one of $$('[data-marked]')) unmark(one);
	turn.dataset.marked = '';
	const words = $('p', turn), quote = link.firstChild.textContent.trim().replace(/^“|”$/g, '');
	const at = words.textContent.toLowerCase().indexOf(quote.toLowerCase());
	if (at >= 0) {
		const range = document.createRange();
		range.setStart(words.firstChild, at);
		range.setEnd(words.firstChild, at + quote.length);
		range.surroundContents(document.createElement('mark'));
	}
	history.replaceState(null, '', `#turn-${link.dataset.turnLink}`);
	turn.scrollIntoView({ block: 'center', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
	$('.interview-time', turn).focus({ preventScroll: true });
}

function unmark(turn) {
	delete turn.dataset.marked;
	for (const one of $$('mark', turn)) one.replaceWith(...one.childNodes);
	$('p', turn).normalize();
}

/* ---- a person's word ---- */

const decide = $('#decide');
const openDecision = () => decide.showModal();

if (decide) {
	$('#decide-close').addEventListener('click', () => decide.close());
	$('#decide-form').addEventListener('input', (event) => clearErrors(event.currentTarget));
	submitJson($('#decide-form'), {
		path: () => `${address()}/override`,
		body(form) {
			if (!form.elements.result.value) throw { field: 'result', message: 'Please choose a result.' };
			return { result: form.elements.result.value, reason: form.elements.reason.value };
		},
		done() {
			decide.close();
			$('#decide-form').reset();
			toast('Your decision is recorded and goes to Linear.');
			refresh();
		},
	});
}

/* ---- erasure ---- */

async function erase() {
	const { name } = head().dataset;
	const agreed = await confirm({
		title: `Erase ${name}?`,
		text: 'Everything that is kept of this person goes, also of other interviews with the same address or issue. It cannot be taken back.',
		details: ['Here: the link, the transcript, the recording, the evaluations, the mails and what waits to be done', 'At ElevenLabs: the conversations',
			'Not in our reach: comments and files in Linear, and mails that were sent'],
		type: name, yes: 'Erase for good', danger: true,
	});
	if (agreed) await eraseNow({});
}

async function eraseNow(body) {
	try {
		await api('DELETE', address(), body);
		toastLater('The candidate is erased.');
		location.assign('/console/interviews');
	} catch (error) {
		if (error.status !== 409 || body.force) return toast(error.message, 'bad');
		if (await confirm({ title: 'The candidate is talking', text: 'The talk goes on without being kept. Erase all the same?', yes: 'Erase now', danger: true }))
			await eraseNow({ force: true });
	}
	return undefined;
}

document.addEventListener('refreshed', () => {
	showPlayer();
	follow();
});
showPlayer();
refreshEvery(10);
