// Questions before something happens, in the browser's own dialog: focus stays inside, Escape is "no", and focus
// returns to where it was.
import { $, el } from './dom.js';

let made = 0;

// Gives false, or { reason } when the person agreed. `reason` is the label of a text that must be given; `type` a text
// that must be typed as it stands, for what cannot be taken back. `details` are lines below the question.
export function confirm({ title, text, details = [], yes = 'Continue', no = 'Cancel', danger = false, reason, type }) {
	const id = `dialog-${++made}`;
	const field = (label, name) => el('div', { class: 'field' }, el('label', { for: `${id}-${name}` }, label),
		name === 'reason' ? el('textarea', { id: `${id}-${name}`, name, rows: 3, maxlength: 500, required: true })
			: el('input', { id: `${id}-${name}`, name, autocomplete: 'off', required: true }));
	const form = el('form', { method: 'dialog', novalidate: true },
		el('h2', { id: `${id}-title` }, title),
		text && el('p', {}, text),
		details.length > 0 && el('ul', { class: 'dialog-details' }, details.map((line) => el('li', {}, line))),
		reason && field(reason, 'reason'),
		type && field(`Type “${type}” to confirm`, 'typed'),
		el('p', { class: 'error', role: 'alert' }),
		el('div', { class: 'actions' },
			el('button', { class: 'button', type: 'button', value: 'no', onclick: () => dialog.close('no') }, no),
			el('button', { class: `button primary${danger ? ' danger' : ''}`, type: 'submit' }, yes)));
	const dialog = el('dialog', { class: 'dialog', 'aria-labelledby': `${id}-title` }, form);

	return new Promise((resolve) => {
		form.addEventListener('submit', (event) => {
			event.preventDefault();
			const given = reason ? form.elements.reason.value.trim() : '';
			if (reason && !given) return complain(form, form.elements.reason, 'Please give a reason.');
			if (type && form.elements.typed.value.trim() !== type) return complain(form, form.elements.typed, 'That is not the same text.');
			dialog.reason = given;
			dialog.close('yes');
		});
		dialog.addEventListener('close', () => {
			dialog.remove();
			resolve(dialog.returnValue === 'yes' ? { reason: dialog.reason } : false);
		});
		document.body.append(dialog);
		dialog.showModal();
	});
}

function complain(form, field, text) {
	$('.error', form).textContent = text;
	field.setAttribute('aria-invalid', 'true');
	field.focus();
}
