// What is seen of the talk: who is speaking, a shape that moves with the voices, the time, and the mute button.

import { Stopwatch } from './stopwatch.js';
import { element } from './view.js';

const SENTENCES = {
	connecting: 'Connecting to the interviewer …',
	speaking: 'The interviewer is speaking',
	listening: 'Your turn: the interviewer is listening',
	muted: 'You are muted: the interviewer cannot hear you',
};

export class Stage {
	constructor() {
		this.root = element('stage');
		this.mute = element('mute');
		this.watch = new Stopwatch();
		this.conversation = null;
		this.mode = 'listening';
		this.muted = false;
		this.timer = null;
		this.frame = null;
		this.mute.addEventListener('click', () => this.setMuted(!this.muted));
	}

	// The connection stands: the time runs.
	connected() {
		this.mode = 'listening';
		this.watch.start();
		this.timer ??= setInterval(() => this.tick(), 250);
		this.tick();
		this.paint();
	}

	// The conversation can be steered from now on. A mute from before a lost connection still holds.
	attach(conversation) {
		this.conversation = conversation;
		this.mute.disabled = false;
		conversation.setMicMuted(this.muted);
		const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
		if (!still && this.frame === null) this.frame = requestAnimationFrame(() => this.breathe());
	}

	detach() {
		this.conversation = null;
		this.mute.disabled = true;
		this.watch.stop();
		clearInterval(this.timer);
		this.timer = null;
		if (this.frame !== null) cancelAnimationFrame(this.frame);
		this.frame = null;
	}

	setMode(mode) {
		this.mode = mode;
		this.paint();
	}

	setMuted(muted) {
		this.muted = muted;
		this.conversation?.setMicMuted(muted);
		this.mute.textContent = muted ? 'Unmute' : 'Mute';
		this.mute.toggleAttribute('data-on', muted);
		this.paint();
	}

	paint() {
		const mode = this.muted && this.mode === 'listening' ? 'muted' : this.mode;
		this.root.dataset.mode = mode;
		element('speaker').textContent = SENTENCES[mode];
	}

	tick() {
		element('elapsed').textContent = this.watch.text;
	}

	breathe() {
		const volume = this.mode === 'speaking' ? this.conversation?.getOutputVolume() : this.conversation?.getInputVolume();
		this.root.style.setProperty('--level', Math.min(1, (volume ?? 0) * 2).toFixed(3));
		this.frame = requestAnimationFrame(() => this.breathe());
	}
}
