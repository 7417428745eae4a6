// The live captions: what the interviewer and the candidate said, in order. Text from outside enters by textContent only.

const MAX_ENTRIES = 500;
const MAX_TEXT = 4000;

export class Captions {
	constructor(log) {
		this.log = log;
		this.entries = [];
		// The line that grows while the candidate speaks; the final wording takes its place.
		this.growing = null;
	}

	// Adds what was said.
	add({ role, text, eventId }) {
		const words = tidy(text);
		if (!words) return;
		if (role !== 'agent') this.dropGrowing();
		const parts = this.append(role, words);
		this.entries.push({ role, eventId, text: words, ...parts });
		if (this.entries.length > MAX_ENTRIES) this.entries.shift().line.remove();
	}

	// Shows what is understood so far of a sentence that is still being spoken.
	hearing(text) {
		const words = tidy(text);
		if (!words) return;
		this.dropGrowing();
		this.growing = this.append('user', `${words} …`).line;
	}

	dropGrowing() {
		this.growing?.remove();
		this.growing = null;
	}

	// Scrolls along, unless the reader has scrolled back to read.
	append(role, words) {
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
		if (follows) this.log.scrollTop = this.log.scrollHeight;
		return { line, what };
	}

	// Replaces what the interviewer meant to say by what was heard before the candidate broke in.
	correct({ text, original, eventId }) {
		const words = tidy(text);
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

function tidy(text) {
	return String(text ?? '').trim().slice(0, MAX_TEXT);
}
