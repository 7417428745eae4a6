// One's own password.
import { $ } from '../lib/dom.js';
import { submitJson } from '../lib/form.js';
import { toastLater } from '../lib/toast.js';

submitJson($('#password-form'), {
	path: '/api/account/password',
	body: (form) => {
		const { current_password: present, new_password: chosen, repeat } = form.elements;
		if (chosen.value !== repeat.value) throw { field: 'repeat', message: 'This is not the same password as above.' };
		return { current_password: present.value, new_password: chosen.value };
	},
	// The session was made anew: so is the page's token.
	done: () => {
		toastLater('Your password was changed. Your other sessions have ended.');
		location.reload();
	},
});
