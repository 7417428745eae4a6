// Forms that go to the JSON API: the fault is shown at the field that the API names.
import { $, $$, el } from './dom.js';
import { api } from './api.js';

let made = 0;

// Takes away what an earlier answer said.
export function clearErrors(form) {
	for (const field of $$('[aria-invalid]', form)) field.removeAttribute('aria-invalid');
	for (const error of $$('.error', form)) error.textContent = '';
}

// Shows a fault at the field of that name ("retry.max_attempts" too), else at the form's .form-error. Gives the field.
export function showError(form, { field, message }) {
	const names = field ? [field, field.split('.').at(-1), field.split(/[.[]/)[0]] : [];
	const found = names.map((name) => form.elements.namedItem(name)).find(Boolean);
	const input = found instanceof RadioNodeList ? found[0] : found;
	const place = input?.closest('.field, fieldset');
	if (!place) {
		const general = $('.form-error', form) ?? form.appendChild(el('p', { class: 'error form-error', role: 'alert' }));
		general.textContent = field && !input ? `${message} (${field})` : message;
		return null;
	}
	const error = $('.error', place) ?? place.appendChild(el('p', { class: 'error', role: 'alert' }));
	error.id ||= `error-${++made}`;
	// The label says which one; the API's name for it says nothing to a reader.
	const said = names.find((name) => message.startsWith(`${name} must `));
	error.textContent = said ? `This${message.slice(said.length)}` : message;
	input.setAttribute('aria-invalid', 'true');
	input.setAttribute('aria-describedby', error.id);
	input.focus();
	return input;
}

// `body(form)` gives the JSON (a throw of { field, message } is shown as a fault); `done(json)` follows success.
// `path` and `method` may be functions of the form.
export function submitJson(form, { method = 'POST', path, body, done }) {
	form.noValidate = true;
	form.addEventListener('submit', async (event) => {
		event.preventDefault();
		const button = event.submitter ?? $('[type="submit"]', form);
		if (button?.getAttribute('aria-busy') === 'true') return;
		clearErrors(form);
		busy(button, true);
		try {
			const json = await api(typeof method === 'function' ? method(form) : method, typeof path === 'function' ? path(form) : path, body(form));
			await done(json, form);
		} catch (error) {
			if (!error.message) throw error;
			showError(form, error);
		} finally {
			busy(button, false);
		}
	});
}

export function busy(button, on) {
	if (!button) return;
	button.toggleAttribute('disabled', on);
	if (on) button.setAttribute('aria-busy', 'true');
	else button.removeAttribute('aria-busy');
}
