// Adding operators, changing their role, making them a new password (shown once).
import { api } from '../lib/api.js';
import { confirm } from '../lib/dialog.js';
import { $, $$, el } from '../lib/dom.js';
import { busy, submitJson } from '../lib/form.js';
import { toast, toastLater } from '../lib/toast.js';

const NAMES = { viewer: 'a viewer', operator: 'an operator', admin: 'an administrator' };
const address = (email, rest = '') => `/api/operators/${encodeURIComponent(email)}${rest}`;

// The one time that the password can be seen; resolves when the dialog is closed.
function showPassword({ email, password }) {
	const copied = el('span', { class: 'muted', role: 'status' });
	const copy = el('button', { class: 'button small', type: 'button' }, 'Copy');
	const dialog = el('dialog', { class: 'dialog', 'aria-labelledby': 'password-title' },
		el('form', { method: 'dialog' },
			el('h2', { id: 'password-title' }, `Password for ${email}`),
			el('p', {}, 'Hand it over by a safe way. It cannot be shown again; they can change it under their account.'),
			el('div', { class: 'operators-password' }, el('code', {}, password), copy, copied),
			el('div', { class: 'actions' }, el('button', { class: 'button primary', type: 'submit' }, 'Done'))));
	copy.addEventListener('click', async () => {
		try {
			await navigator.clipboard.writeText(password);
			copied.textContent = 'Copied.';
		} catch {
			copied.textContent = 'Please mark it and copy it by hand.';
		}
	});
	document.body.append(dialog);
	dialog.showModal();
	return new Promise((resolve) => dialog.addEventListener('close', () => { dialog.remove(); resolve(); }));
}

submitJson($('#add-form'), {
	path: '/api/operators',
	body: (form) => ({ email: form.elements.email.value, role: form.elements.role.value }),
	done: async (json) => {
		await showPassword(json);
		location.reload();
	},
});

for (const button of $$('[data-reset]')) {
	button.addEventListener('click', async () => {
		const email = button.dataset.reset;
		const sure = await confirm({ title: 'Make a new password?', text: `The present password of ${email} stops working, and their sessions end.`, yes: 'Make a new password' });
		if (!sure) return;
		busy(button, true);
		try {
			await showPassword(await api('POST', address(email, '/reset')));
		} catch (error) {
			toast(error.message, 'bad');
		} finally {
			busy(button, false);
		}
	});
}

for (const select of $$('.operators-role')) {
	select.addEventListener('change', async () => {
		const { email, was } = select.dataset;
		const sure = await confirm({ title: 'Change the role?', text: `${email} becomes ${NAMES[select.value]} and has to sign in again.`, yes: 'Change role' });
		if (!sure) {
			select.value = was;
			return;
		}
		try {
			await api('PATCH', address(email), { role: select.value });
			toastLater(`${email} is now ${NAMES[select.value]}.`);
			location.reload();
		} catch (error) {
			select.value = was;
			toast(error.message, 'bad');
		}
	});
}
