// The steps of a campaign: each form becomes a PATCH of what it holds; nothing typed is lost without a question.
import { $, $$ } from '../lib/dom.js';
import { api } from '../lib/api.js';
import { busy, clearErrors, showError } from '../lib/form.js';
import { toast, toastLater } from '../lib/toast.js';
import { startDelays, startHolidays, startKeys, startPace, startZones } from '../lib/campaign-fields.js';
import { startLeads } from '../lib/campaign-leads.js';
import { startReview } from '../lib/campaign-review.js';

const page = $('#campaign-edit'), form = $('#step-form');
const { id, step } = page.dataset, mayChange = Boolean(page.dataset.mayChange);
const ORDER = ['basics', 'leads', 'hours', 'pace', 'retries', 'keys', 'review'];
const field = (name) => form.elements.namedItem(name);
const number = (name) => (field(name).value.trim() === '' ? null : Number(field(name).value));

// What each form says, as the API takes it.
const readers = {
	basics: () => ({
		name: field('name').value, agent_id: field('agent_id').value, mode: field('mode').value, caller_id: field('caller_id').value.replace(/[\s()./-]/g, ''),
		...(id ? {} : { timezone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC' }),
	}),
	hours: () => ({
		timezone: field('timezone').value.trim(),
		calling_hours: {
			days: $$('[name="calling_hours.days"]:checked', form).map((box) => box.value), start: field('calling_hours.start').value,
			end: midnight(field('calling_hours.end').value),
		},
		recipient_hours: $('#with-recipient').checked ? { start: field('recipient_hours.start').value, end: midnight(field('recipient_hours.end').value) } : null,
		holidays: holidays(),
	}),
	pace: () => ({ calls_per_second: number('calls_per_second'), max_concurrent_calls: number('max_concurrent_calls'), daily_cap: number('daily_cap') }),
	retries: () => ({ retry: { max_attempts: number('retry.max_attempts'), delays_seconds: delays() }, voicemail: field('voicemail').value }),
	keys: () => ({ keys: keys(), speech: field('speech').checked }),
};
const midnight = (time) => (time === '00:00' ? '24:00' : time);
let holidays, delays, keys, saved = null;

// What cannot be read yet counts as changed.
function snapshot() {
	try {
		return JSON.stringify(readers[step]());
	} catch {
		return '';
	}
}

async function save(event) {
	event.preventDefault();
	const button = event.submitter ?? $('[type="submit"]', form);
	if (button.getAttribute('aria-busy') === 'true') return;
	clearErrors(form);
	busy(button, true);
	try {
		const body = readers[step]();
		const campaign = await api(id ? 'PATCH' : 'POST', id ? `/api/campaigns/${id}` : '/api/campaigns', body);
		saved = snapshot();
		if (!id || button.value === 'next') {
			toastLater(id ? 'Saved.' : 'The draft is saved.');
			location.assign(`/console/campaigns/${campaign.id}/edit?step=${ORDER[ORDER.indexOf(step) + 1]}`);
			return;
		}
		toast('Saved.');
		changed();
	} catch (error) {
		if (!error.message) throw error;
		showError(form, error);
	} finally {
		busy(button, false);
	}
}

function changed() {
	const state = $('#save-state');
	if (state) state.textContent = snapshot() === saved ? '' : 'Not saved yet';
}

if (step === 'hours') {
	startZones($('#timezone'), $('#zones'), $('#zone-now'));
	holidays = startHolidays({ list: $('#holidays'), input: $('#holiday'), button: $('#add-holiday'), days: JSON.parse(form.dataset.hours) ?? [], mayChange, changed: () => changed() });
	const recipient = $('#with-recipient'), show = () => { $('#recipient-fields').hidden = !recipient.checked; };
	recipient.addEventListener('change', show);
	show();
}
if (step === 'pace') startPace(form, $('#pace-words'));
if (step === 'retries') delays = startDelays($$('[data-delays]'), JSON.parse(form.dataset.retry)?.delays_seconds ?? {});
if (step === 'keys') keys = startKeys({ place: $('#keys'), add: $('#add-key'), optOut: $('#add-opt-out'), keys: JSON.parse(form.dataset.keys) ?? {}, mayChange, changed: () => changed() });
if (step === 'leads') startLeads(id);
if (step === 'review') startReview(id, page.dataset.state, mayChange);

if (form && mayChange) {
	form.noValidate = true;
	form.addEventListener('submit', save);
	saved = snapshot();
	form.addEventListener('input', changed);
	form.addEventListener('change', changed);
	addEventListener('beforeunload', (event) => {
		if (snapshot() !== saved) event.preventDefault();
	});
}
