// Small words for changing the document: which view is shown, the connection state, and boxes that explain a problem.

export const element = (id) => document.getElementById(id);

// Shows one view and moves the focus to its heading, so that a screen reader says where we are now.
export function showView(name) {
	if (document.body.dataset.view === name) return;
	document.body.dataset.view = name;
	window.scrollTo(0, 0);
	document.querySelector(`.view-${name} h1`)?.focus({ preventScroll: true });
}

// The connection state, read out when it changes. `tone`: calm | busy | live | warn.
export function showStatus(text, tone) {
	const status = element('status');
	status.dataset.tone = tone;
	if (status.textContent !== text) status.textContent = text;
}

// Fills a problem box with a sentence and, where there is something to do, the steps.
export function showProblem(box, { title, steps = [] }) {
	const heading = document.createElement('p');
	heading.className = 'note-title';
	heading.textContent = title;
	const list = document.createElement('ol');
	for (const step of steps) {
		const item = document.createElement('li');
		item.textContent = step;
		list.append(item);
	}
	box.replaceChildren(heading, ...(steps.length ? [list] : []));
	box.hidden = false;
}

export function hideProblem(box) {
	box.hidden = true;
	box.replaceChildren();
}

// Marks a button as working: it stays where it is, but cannot be pressed twice.
export function setBusy(button, busy) {
	button.disabled = busy;
	button.toggleAttribute('data-busy', busy);
	button.setAttribute('aria-busy', String(busy));
}
