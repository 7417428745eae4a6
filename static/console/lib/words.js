// Codes of the API as people read them, and the tone of their badge; src/console/words.c says the same on the server.

export function wordsOf(code) {
	const words = (code ?? '').replaceAll(/[_-]/g, ' ');
	return words.charAt(0).toUpperCase() + words.slice(1);
}

const TONES = {
	running: 'good', paused: 'warn', completed: 'info', stopped: 'muted', draft: 'muted',
	pending: 'muted', calling: 'info', waiting: 'warn', done: 'muted',
	queued: 'muted', initiated: 'info', ringing: 'info', 'in-progress': 'good',
	busy: 'warn', 'no-answer': 'warn', no_answer: 'warn', voicemail: 'warn', canceled: 'muted',
	failed: 'bad', unknown: 'bad', invalid_number: 'bad', suppressed: 'muted', opted_out: 'bad', incomplete: 'muted', not_placed: 'muted',
};

export const toneOf = (code) => TONES[code] ?? (code ? 'good' : 'muted');
