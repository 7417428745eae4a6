// One dialog adds a workspace or changes one. What is left empty stays as it is, but for states: empty takes the settings'.
import { $, $$ } from '../lib/dom.js';
import { clearErrors, submitJson } from '../lib/form.js';
import { toastLater } from '../lib/toast.js';

const dialog = $('#workspace'), form = $('form', dialog);
const STATES = ['screening_state', 'pass_state', 'fail_state'];
let edited = null;

function open(name, states = {}) {
	edited = name;
	form.reset();
	clearErrors(form);
	$('#workspace-title').textContent = name ? `Change ${name}` : 'Add a workspace';
	$('#name-field').hidden = Boolean(name);
	for (const hint of $$('.hint[data-new]', form)) hint.textContent = name ? hint.dataset.old : hint.dataset.new;
	for (const state of STATES) form.elements[state].value = states[state] ?? '';
	dialog.showModal();
	(name ? form.elements.screening_state : form.elements.name).focus();
}

$('#add').addEventListener('click', () => open(null));
$('#cancel').addEventListener('click', () => dialog.close());
for (const button of $$('button[data-edit]')) {
	const { edit, screening, pass, fail } = button.dataset;
	button.addEventListener('click', () => open(edit, { screening_state: screening, pass_state: pass, fail_state: fail }));
}

function body() {
	const value = (name) => form.elements[name].value.trim();
	const sent = Object.fromEntries(STATES.map((name) => [name, value(name) || null]));
	for (const name of ['api_key', 'webhook_secret']) if (value(name)) sent[name] = value(name);
	return edited ? sent : { name: value('name'), ...sent };
}

// The method depends on what the dialog was opened for.
submitJson(form, {
	method: () => (edited ? 'PATCH' : 'POST'),
	path: () => (edited ? `/api/workspaces/${encodeURIComponent(edited)}` : '/api/workspaces'),
	body,
	done() {
		toastLater(edited ? 'Changed.' : 'Added.');
		location.reload();
	},
});
