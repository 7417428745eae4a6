// Asks for a name and whether the leads come along, and makes a new draft of a campaign.
import { $, el } from './dom.js';
import { api } from './api.js';
import { busy, clearErrors, showError } from './form.js';
import { toastLater } from './toast.js';

export function cloneCampaign(button, { id, name, leads }) {
	const form = el('form', { method: 'dialog', novalidate: true },
		el('h2', { id: 'clone-title' }, 'Clone this campaign'),
		el('p', {}, 'A new draft gets all its settings. Nobody is called before you start it.'),
		el('div', { class: 'field' }, el('label', { for: 'clone-name' }, 'Name'),
			el('input', { id: 'clone-name', name: 'name', maxlength: 200, value: `Copy of ${name}`.slice(0, 200), autocomplete: 'off' }),
			el('p', { class: 'error', role: 'alert' })),
		leads > 0 && el('label', { class: 'choice' }, el('input', { type: 'checkbox', name: 'leads' }),
			el('span', {}, `Also copy its ${leads.toLocaleString()} ${leads === 1 ? 'lead' : 'leads'}`, el('br'),
				el('span', { class: 'hint' }, 'Everybody would be called again.'))),
		el('p', { class: 'error form-error', role: 'alert' }),
		el('div', { class: 'actions' },
			el('button', { class: 'button', type: 'button', onclick: () => dialog.close() }, 'Cancel'),
			el('button', { class: 'button primary', type: 'submit' }, 'Make the draft')));
	const dialog = el('dialog', { class: 'dialog', 'aria-labelledby': 'clone-title' }, form);

	form.addEventListener('submit', async (event) => {
		event.preventDefault();
		const submit = $('[type="submit"]', form);
		clearErrors(form);
		busy(submit, true);
		try {
			const made = await api('POST', `/api/campaigns/${id}/clone`, { name: form.elements.name.value, leads: form.elements.leads?.checked ?? false });
			toastLater('The draft was made.');
			location.assign(`/console/campaigns/${made.id}/edit`);
		} catch (error) {
			busy(submit, false);
			showError(form, error);
		}
	});
	dialog.addEventListener('close', () => { dialog.remove(); button.focus(); });
	document.body.append(dialog);
	dialog.showModal();
	form.elements.name.select();
}
