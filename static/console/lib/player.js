// Sound on a page: one at a time, and the button that started it says so and pauses it.
import { el, icon } from './dom.js';
import { toast } from './toast.js';

const audio = new Audio();
let current = null;

audio.preload = 'none';
for (const name of ['playing', 'pause', 'ended', 'waiting']) audio.addEventListener(name, () => current && show(current));
audio.addEventListener('error', () => {
	if (!current || !audio.getAttribute('src')) return;
	const failed = current;
	stop();
	toast(`“${failed.dataset.name}” cannot be played.`, 'bad');
});

const playing = (button) => button === current && !audio.paused && !audio.ended;

function show(button) {
	const on = playing(button);
	if (button.dataset.state === String(on)) return;
	button.dataset.state = String(on);
	button.setAttribute('aria-label', `${on ? 'Pause' : 'Listen to'} ${button.dataset.name}`);
	button.replaceChildren(icon(on ? 'pause' : 'play'), el('span', {}, on ? 'Pause' : 'Listen'));
}

export function stop() {
	const last = current;
	audio.pause();
	current = null;
	if (last) show(last);
}

export async function play(button) {
	const src = button.dataset.src;
	if (current && current !== button) stop();
	current = button;
	if (audio.getAttribute('src') !== src) audio.src = src;
	try {
		await audio.play();
	} catch (error) {
		// The error event tells what could not be played; a play() that was overtaken by another is no fault.
		if (error.name === 'NotAllowedError') toast('Your browser asks for a click before it plays sound.', 'warn');
	}
	show(button);
}

// A button that plays `src` and pauses it; `name` is what is heard, for its accessible name.
export function playButton({ src, name, small = true }) {
	const button = el('button', { class: `button${small ? ' small' : ''} play`, type: 'button', dataset: { src, name } });
	button.addEventListener('click', () => {
		if (playing(button)) audio.pause();
		else void play(button);
	});
	show(button);
	return button;
}

// What the browser tests look at: the sound that is heard now.
export const heard = () => ({ src: audio.getAttribute('src'), time: audio.currentTime, paused: audio.paused });

addEventListener('pagehide', stop);
