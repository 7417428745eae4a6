// The microphone card on the first view: try the microphone, see its level, choose another one. It owns the open stream until
// the talk takes over, and remembers the choice.

import { closeMicrophone, explainProblem, listMicrophones, openMicrophone, watchLevel } from './microphone.js';
import { element, hideProblem, setBusy, showProblem } from './view.js';

const HEARD_LEVEL = 0.45;
const HEARD_FRAMES = 8;
const SILENT_AFTER_MS = 6000;
const READ_OUT_MS = 500;

export class MicPanel {
	constructor() {
		this.stream = null;
		this.deviceId = '';
		this.stopLevel = null;
		this.check = element('mic-check');
		this.select = element('mic-device');
		this.problem = element('mic-problem');
		this.check.addEventListener('click', () => (this.stopLevel ? this.release() : this.try()));
		this.select.addEventListener('change', () => this.choose(this.select.value));
		navigator.mediaDevices?.addEventListener?.('devicechange', () => this.stopLevel && this.fillDevices());
	}

	// Opens the microphone and holds it. Throws what the browser threw, after showing what helps.
	async hold() {
		hideProblem(this.problem);
		if (this.stream?.getAudioTracks().some((track) => track.readyState === 'live')) return;
		try {
			this.stream = await this.open();
		} catch (error) {
			this.explain(error);
			throw error;
		}
	}

	// Shows what helps with a microphone that could not be opened.
	explain(error) {
		showProblem(this.problem, explainProblem(error));
		this.problem.scrollIntoView({ block: 'nearest' });
	}

	// Lets go of the microphone and the meter.
	release() {
		this.rest();
		closeMicrophone(this.stream);
		this.stream = null;
	}

	async open() {
		try {
			return await openMicrophone(this.deviceId);
		} catch (error) {
			// The chosen microphone may have been unplugged meanwhile; any other is better than none.
			if (error.name !== 'OverconstrainedError' || !this.deviceId) throw error;
			this.deviceId = '';
			return openMicrophone('');
		}
	}

	async try() {
		setBusy(this.check, true);
		try {
			await this.hold();
			await this.fillDevices();
			this.measure();
		} catch {
			// Explained already.
		} finally {
			setBusy(this.check, false);
		}
	}

	async choose(deviceId) {
		this.deviceId = deviceId;
		this.release();
		await this.try();
	}

	async fillDevices() {
		const devices = await listMicrophones();
		const current = this.deviceId || this.stream?.getAudioTracks()[0]?.getSettings().deviceId;
		this.select.replaceChildren(...devices.map(({ id, label }) => new Option(label, id, false, id === current)));
	}

	measure() {
		element('mic-live').hidden = false;
		this.check.textContent = 'Stop checking';
		const meter = element('mic-meter');
		const started = performance.now();
		let loud = 0;
		let readOut = 0;
		this.say('Say a few words …', 'wait');
		const stop = watchLevel(this.stream, (level) => {
			meter.style.setProperty('--level', level.toFixed(3));
			const now = performance.now();
			if (now - readOut > READ_OUT_MS) {
				readOut = now;
				meter.setAttribute('aria-valuenow', String(Math.round(level * 100)));
				meter.setAttribute('aria-valuetext', level < 0.2 ? 'Silent' : level < HEARD_LEVEL ? 'Quiet' : 'Good');
			}
			if (level > HEARD_LEVEL) loud++;
			if (loud >= HEARD_FRAMES) this.say('We can hear you.', 'good');
			else if (now - started > SILENT_AFTER_MS) this.say('We hear nothing yet. Speak up, or choose another microphone.', 'wait');
		});
		this.stopLevel = stop;
	}

	say(text, tone) {
		const heard = element('mic-heard');
		heard.dataset.tone = tone;
		if (heard.textContent !== text) heard.textContent = text;
	}

	rest() {
		this.stopLevel?.();
		this.stopLevel = null;
		element('mic-live').hidden = true;
		this.check.textContent = 'Check microphone';
	}
}
