// The board of the interviews: the filters act when they are changed, and what happens meanwhile is shown.
import { $, $$ } from '../lib/dom.js';
import { refreshEvery } from '../lib/refresh.js';

const filters = $('form.filters');
for (const select of $$('select', filters)) select.addEventListener('change', () => filters.requestSubmit());
// Addresses without empty parameters can be read and passed on.
filters.addEventListener('submit', () => {
	for (const field of $$('input, select', filters)) field.disabled = !field.value.trim();
	setTimeout(() => { for (const field of $$('input, select', filters)) field.disabled = false; });
});

refreshEvery(10);
