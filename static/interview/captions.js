// The live captions: what the interviewer and the candidate said, in order. Text from outside enters by textContent only.

const MAX_ENTRIES = 500;
const MAX_TEXT = 4000;

export class Captions {
	constructor(log) {
		this.log = log;
		this.entries = [];
	}

	// Adds a line. Scrolls along unless the reader has scrolled back to read.
	add({ role, text, eventId }) {
		const words = String(text ?? '').trim().slice(0, MAX_TEXT);
		if (!words) return;
		const follows = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40;
		const line = document.createElement('p');
		line.className = `line line-${role === 'agent' ? 'agent' : 'you'}`;
		const who = document.createElement('span');
		who.className = 'line-who';
		who.textContent = role === 'agent' ? 'Interviewer' : 'You';
		const what = document.createElement('span');
		what.className = 'line-text';
		what.textContent = words;
		line.append(who, ' ', what);
		document.getElementById('log-empty')?.remove();
		this.log.append(line);
		this.entries.push({ role, eventId, text: words, line, what });
		if (this.entries.length > MAX_ENTRIES) this.entries.shift().line.remove();
		if (follows) this.log.scrollTop = this.log.scrollHeight;
	}

	// Replaces what the interviewer meant to say by what was heard before the candidate broke in.
	correct({ text, original, eventId }) {
		const words = String(text ?? '').trim().slice(0, MAX_TEXT);
		const spoken = this.entries.filter((entry) => entry.role === 'agent').reverse();
		const entry = spoken.find((one) => one.eventId === eventId) ?? spoken.find((one) => one.text === String(original ?? '').trim());
		if (!entry || !words) return;
		entry.text = words;
		entry.what.textContent = words;
	}

	// Whether the candidate has been heard at all.
	get answered() {
		return this.entries.some((entry) => entry.role !== 'agent');
	}
}
