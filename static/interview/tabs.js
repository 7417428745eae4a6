// One talk at a time over the tabs of a browser: a link opened twice would have two interviewers speak over each other. The tab that
// connects last keeps the talk, as the server keeps the conversation that came last; the others are told.

export class Tabs {
	// `page` names the interview without its secret; `onTaken` runs when another tab has begun its talk.
	constructor(page, onTaken) {
		// Without the interface, in very old browsers, the tabs just do not know of each other.
		this.channel = 'BroadcastChannel' in window ? new BroadcastChannel(`parley.interview.${page}`) : null;
		this.channel?.addEventListener('message', onTaken);
	}

	take() {
		this.channel?.postMessage('talking');
	}
}
