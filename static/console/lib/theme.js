// Light or dark: as the system has it, until the reader chooses; early.js reads the choice before a page is painted.

const KEY = 'parley-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

const current = () => document.documentElement.dataset.theme ?? (dark.matches ? 'dark' : 'light');

export function startThemes(button) {
	if (!button) return;
	const label = () => { button.textContent = current() === 'dark' ? 'Light' : 'Dark'; };
	button.hidden = false;
	label();
	dark.addEventListener('change', label);
	button.addEventListener('click', () => {
		document.documentElement.dataset.theme = current() === 'dark' ? 'light' : 'dark';
		localStorage.setItem(KEY, document.documentElement.dataset.theme);
		label();
	});
}
