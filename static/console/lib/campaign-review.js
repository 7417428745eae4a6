// The last step: what will happen when the campaign is started, what keeps it from that, and a test call.
import { $, el } from './dom.js';
import { api } from './api.js';
import { confirm } from './dialog.js';
import { busy, clearErrors, showError } from './form.js';
import { ago, duration, words } from './time.js';
import { toastLater } from './toast.js';

const count = (n) => n.toLocaleString();
const people = (n) => `${count(n)} ${n === 1 ? 'person' : 'people'}`;
const LIMITS = { pace: 'the campaign’s own pace', account: 'the pace of your Twilio account', slots: 'the calls at the same time' };

export function startReview(id, state, mayChange) {
	const place = $('#review'), home = `/console/campaigns/${id}`;
	let review = null;

	async function load(focus = false) {
		place.setAttribute('aria-busy', 'true');
		// What is red keeps it from being started, as long as that is known: so it is looked at now. A slow vendor is not waited for.
		if (mayChange) await Promise.race([api('POST', '/api/doctor').catch(() => {}), new Promise((resolve) => setTimeout(resolve, 3000))]);
		try {
			review = await api('GET', `/api/campaigns/${id}/review`);
			place.replaceChildren(...parts());
			if (focus) $('#review-again').focus();
		} catch (error) {
			place.replaceChildren(el('p', { class: 'notice', dataset: { tone: 'bad' }, role: 'alert' }, error.message), again());
		}
		place.setAttribute('aria-busy', 'false');
	}
	const again = () => el('button', { class: 'button', type: 'button', id: 'review-again', onclick: () => load(true) }, 'Look again');

	/* ---- what it says ---- */

	const parts = () => [start(), remarks(), ...(review.left ? [numbers(), people_(), course()] : review.total ? [people_()] : [again()])].filter(Boolean);
	const items = (list) => el('ul', { class: 'list' }, list.map(({ sentence, href, code }) => el('li', { class: 'row', dataset: { code } }, el('span', {}, sentence), href && mayChange && el('a', { href }, 'Mend it'))));

	function remarks() {
		return review.warnings.length > 0 && el('section', { class: 'notice', dataset: { tone: 'warn' }, 'aria-label': 'Worth a look' }, el('h2', {}, 'Worth a look'), items(review.warnings));
	}

	function numbers() {
		const stat = (value, label, href) => el(href ? 'a' : 'div', { class: 'stat', href }, el('span', { class: 'stat-value' }, value), el('span', { class: 'stat-label' }, label));
		return el('div', { class: 'stats', id: 'review-numbers' },
			stat(count(review.callable), 'can be called now', `${home}#leads`),
			stat(count(review.left - review.callable), 'cannot be called now', review.left - review.callable ? `${home}#leads` : null),
			stat(count(review.worst_case_calls), 'calls at most, every attempt used'),
			stat(review.time.ends_at ? ago(review.time.ends_at) : 'Never', review.time.ends_at ? 'the earliest end of that' : 'the end of that, within a year'));
	}

	function people_() {
		const total = review.total;
		return el('section', { class: 'card', 'aria-labelledby': 'who-title' },
			el('div', { class: 'card-head' }, el('h2', { id: 'who-title' }, 'Who is called'), again()),
			el('p', {}, el('a', { href: `${home}#leads` }, people(total)), total === 1 ? ' is in this campaign' : ' are in this campaign', review.total - review.left ? `, ${count(review.total - review.left)} of them done or not to be called.` : '.'),
			review.examined < total && el('p', { class: 'hint' }, `The first ${count(review.examined)} were looked at one by one, the others by their hours alone.`),
			review.blocked.length ? el('div', { class: 'table-wrap' }, el('table', { class: 'table', id: 'blocked' },
				el('caption', {}, 'Why some are not called right now'),
				el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Reason'), el('th', { scope: 'col', class: 'number' }, 'Leads'))),
				el('tbody', {}, review.blocked.map(({ code, sentence, count: n }) => el('tr', { dataset: { code } }, el('th', { scope: 'row', 'data-label': 'Reason' }, sentence), el('td', { class: 'number', 'data-label': 'Leads' }, count(n)))))))
				: review.left > 0 && el('p', {}, 'Nothing keeps any of them from being called right now.'));
	}

	function course() {
		const { time, speech, cost } = review;
		const facts = [
			['Pace', `${time.calls_per_second.toLocaleString()} calls a second, held by ${LIMITS[time.limited_by]}`],
			['Calling time', time.calling_seconds > 0 && review.worst_case_calls ? `${duration(time.calling_seconds)} on ${count(time.days)} ${time.days === 1 ? 'day' : 'days'}${time.daily_cap_reached ? '; the calls a day are the limit' : ''}` : 'none'],
			['First call', time.begins_at ? words(time.begins_at) : 'never'],
			['Earliest end', time.ends_at ? `${words(time.ends_at)}, waits between attempts not counted` : 'it does not end within a year'],
			time.calls_never > 0 && ['Never placed', `${count(time.calls_never)} calls, because no hours allow them`],
			speech && ['Speech', speech.texts_to_buy ? `${speech.estimated ? 'about ' : ''}${count(speech.texts_to_buy)} ${speech.texts_to_buy === 1 ? 'text' : 'texts'} with ${count(speech.characters_to_buy)} characters to buy${speech.characters_bought ? `, ${count(speech.characters_bought)} already bought` : ''}` : 'all texts are bought already'],
			cost && ['Estimated cost', costWords(cost)],
		].filter(Boolean);
		return el('section', { class: 'card', 'aria-labelledby': 'course-title' }, el('h2', { id: 'course-title' }, 'How it goes'),
			el('dl', { class: 'facts' }, facts.flatMap(([name, value]) => [el('dt', {}, name), el('dd', { dataset: { fact: name } }, value)])),
			el('p', { class: 'hint' }, `Every person called as often as allowed, at about ${time.assumed_call_seconds} seconds a call.`));
	}

	function costWords({ currency, calls, speech, total, assumed_minutes_per_call: minutes }) {
		const money = (amount) => new Intl.NumberFormat(undefined, { style: 'currency', currency }).format(Number(amount));
		const pieces = [calls && `${money(calls)} for calls of ${minutes} min`, speech && `${money(speech)} for speech`].filter(Boolean);
		return `at most ${money(total)}: ${pieces.join(', ')}`;
	}

	/* ---- the start ---- */

	function start() {
		const can = mayChange && !review.obstacles.length;
		if (review.state === 'running') return el('p', { class: 'notice', dataset: { tone: 'good' } }, el('span', {}, 'It is running. ', el('a', { href: home }, 'Watch it live')));
		if (!mayChange || !['draft', 'paused'].includes(review.state)) return null;
		const verb = review.state === 'draft' ? 'start' : 'resume', label = review.state === 'draft' ? 'Start' : 'Resume';
		const button = el('button', { class: 'button primary', type: 'button', id: 'start', disabled: !can, 'aria-describedby': 'start-words', onclick: () => begin(button, verb, label) }, label);
		const why = can ? el('p', { id: 'start-words' }, review.callable ? `${people(review.callable)} can be called at once.` : review.time.begins_at ? `The first call is placed ${words(review.time.begins_at)}.` : 'Nobody can be called at present.')
			: el('div', { class: 'notice', dataset: { tone: 'bad' }, id: 'start-words' }, el('p', {}, `It cannot be ${verb === 'start' ? 'started' : 'resumed'} yet:`), items(review.obstacles));
		return el('section', { class: 'card', 'aria-labelledby': 'start-title' }, el('h2', { id: 'start-title' }, can ? 'Ready' : 'Not ready yet'),
			why, el('div', { class: 'actions' }, el('a', { class: 'button', href: `${home}/edit?step=keys` }, 'Back'), button));
	}

	async function begin(button, verb, label) {
		const now = review.callable ? `${people(review.callable)} can be called right now, at most ${count(review.worst_case_calls)} calls are placed in all.` : 'Calls are placed as soon as the hours allow.';
		if (!await confirm({ title: `${label} the campaign?`, text: now, details: review.warnings.map(({ sentence }) => sentence), yes: label })) return;
		busy(button, true);
		try {
			await api('POST', `/api/campaigns/${id}/${verb}`);
			toastLater(verb === 'start' ? 'The campaign was started.' : 'The campaign goes on.');
			location.assign(home);
		} catch (error) {
			busy(button, false);
			await load();
			place.prepend(el('p', { class: 'notice', dataset: { tone: 'bad' }, role: 'alert' }, error.message));
		}
	}

	load();
	if (mayChange) startTest(id);
}

/* ---- the test call ---- */

const STATUS = { queued: 'It is being dialled.', initiated: 'It is being dialled.', ringing: 'It rings.', 'in-progress': 'You are talking.', unknown: 'What became of the call is being found out.' };

function startTest(id) {
	const form = $('#test-form'), state = $('#test-state'), button = $('[type="submit"]', form);
	let following = 0;

	form.noValidate = true;
	form.addEventListener('submit', async (event) => {
		event.preventDefault();
		if (button.getAttribute('aria-busy') === 'true') return;
		clearErrors(form);
		state.textContent = '';
		busy(button, true);
		try {
			const variables = Object.fromEntries([...form.elements].filter(({ name, value }) => name.startsWith('variables.') && value.trim()).map(({ name, value }) => [name.slice('variables.'.length), value.trim()]));
			const test = await api('POST', `/api/campaigns/${id}/test-call`, { phone: form.elements.namedItem('phone').value, own_number: form.elements.namedItem('own_number').checked, ...(Object.keys(variables).length ? { variables } : {}) });
			await follow(test, ++following);
		} catch (error) {
			showError(form, error);
		} finally {
			busy(button, false);
		}
	});

	async function follow(test, mine) {
		while (mine === following) {
			state.textContent = told(test);
			if (test.state === 'done' || test.state === 'failed') return;
			await new Promise((resolve) => setTimeout(resolve, 1000));
			test = await api('GET', `/api/campaigns/${id}/test-calls/${test.id}`);
		}
	}
	function told({ state: code, sentence, outcome, call }) {
		if (code === 'calling') return STATUS[call?.status] ?? sentence;
		if (code !== 'done') return sentence;
		const heard = [call?.digits && `key ${call.digits}`, call?.speech && `“${call.speech}”`, call?.duration_seconds > 0 && duration(call.duration_seconds)].filter(Boolean);
		return `The call has ended: ${(outcome ?? 'ended').replaceAll('_', ' ')}${heard.length ? ` (${heard.join(', ')})` : ''}.`;
	}
}
