// A campaign while it runs. The server wrote the page; here it is kept true: the status replaces numbers and state, events
// go into the log, and what has more to it (calls in progress, the chart, the leads shown) is read again when something
// happened, never more often than the eye needs.
import { $, $$, el } from '../lib/dom.js';
import { api } from '../lib/api.js';
import { confirm } from '../lib/dialog.js';
import { cloneCampaign } from '../lib/clone.js';
import { busy } from '../lib/form.js';
import { toast, toastLater } from '../lib/toast.js';
import { Feed } from '../lib/feed.js';
import { clockWords, words } from '../lib/time.js';
import { toneOf, wordsOf } from '../lib/words.js';

const { id, query, mayChange } = $('#live').dataset;
const campaignPath = `/api/campaigns/${id}`;
const pagePath = `/console/campaigns/${id}`;
const FEED_SHOWN = 200;
const HELD_MOST = 1000;
const UNREACHED = ['no_answer', 'busy', 'failed', 'voicemail', 'stopped', 'incomplete'];
let state = $('#live').dataset.state, status = null, now = null;

const setText = (node, text) => { if (node && node.textContent !== String(text)) node.textContent = text; };
const number = (n) => Number(n).toLocaleString();
const many = (n, one, more) => `${number(n)} ${n === 1 ? one : more}`;
const time = (iso, form) => el('time', { datetime: iso, title: words(iso), 'data-form': form }, form === 'clock' ? clockWords(iso) : words(iso));

// Calls `work` now, then at most every `wait` ms as long as it is asked for; never twice at once, never while nobody looks.
function paced(work, wait) {
	let due = false, timer = null, running = false;
	const run = async () => {
		timer = null;
		if (document.hidden || running) return;
		due = false;
		running = true;
		await work().catch((error) => { if (error.status === 404 || error.status >= 500) console.warn(error.message); });
		running = false;
		timer = setTimeout(() => { timer = null; if (due) run(); }, wait);
	};
	document.addEventListener('visibilitychange', () => { if (!document.hidden && due && !timer) run(); });
	return () => {
		due = true;
		if (!timer && !running) run();
	};
}

/* ---- state and numbers ---- */

function showState(next, reason) {
	state = next;
	setText($('#state'), wordsOf(next));
	$('#state').dataset.tone = toneOf(next);
	setText($('#state-reason'), reason ?? 'It has not been started yet.');
	for (const node of $$('.live-actions [data-for]')) node.hidden = !node.dataset.for.split(' ').includes(next);
}

function showStatus(next) {
	status = next;
	showState(next.state, next.state_reason);
	const { counts, outcomes } = next;
	for (const stat of $$('#counts [data-count]')) setText($('.stat-value', stat), stat.dataset.count === 'attempts' ? next.attempts : counts[stat.dataset.count]);
	setText($('#progress-words'), `${counts.done} of ${counts.total} leads are done`);
	$('#progress').max = Math.max(1, counts.total);
	$('#progress').value = counts.done;
	const codes = Object.keys(outcomes);
	$('#no-outcomes').hidden = codes.length > 0;
	keep($('#outcomes'), codes, (code) => el('li', {}, el('a', { href: `${pagePath}?outcome=${encodeURIComponent(code)}#leads` }, el('span', {}, wordsOf(code)), ' ', el('span', { class: 'number' })),
		el('progress', { class: 'live-bar', 'data-tone': toneOf(code), 'aria-hidden': 'true' })), (row, code) => {
		setText($('.number', row), outcomes[code]);
		$('progress', row).max = Math.max(1, counts.total);
		$('progress', row).value = outcomes[code];
	});
	const blocked = Object.keys(next.blocked).filter((code) => next.blocked[code] > 0);
	$('#blocked-part').hidden = blocked.length === 0;
	keep($('#blocked'), blocked, (code) => el('li', { class: 'row' }, el('span', {}, wordsOf(code)), el('span', { class: 'number' })),
		(row, code) => setText($('.number', row), next.blocked[code]));
	const nextCall = $('#next-call');
	if (next.next_call_at) {
		if ($('time', nextCall)?.getAttribute('datetime') !== next.next_call_at) nextCall.replaceChildren(time(next.next_call_at));
	} else {
		setText(nextCall, next.state !== 'running' ? 'None: the campaign is not running.' : counts.pending + counts.waiting > 0 ? 'As soon as pace and lines allow.' : 'None: no lead is left to call.');
	}
}

// Keeps one child per key in the order of the keys, so that focus and scrolling stay where they are.
function keep(list, keys, make, update) {
	const rows = new Map([...list.children].filter((row) => row.dataset.key !== undefined).map((row) => [row.dataset.key, row]));
	for (const row of [...list.children]) if (!keys.includes(row.dataset.key)) row.remove();
	keys.forEach((key, i) => {
		let row = rows.get(key);
		if (!row) {
			row = make(key);
			row.dataset.key = key;
		}
		if (list.children[i] !== row) list.insertBefore(row, list.children[i] ?? null);
		update(row, key);
	});
}

/* ---- calls in progress and limits ---- */

const readNow = paced(async () => {
	now = await api('GET', `${campaignPath}/now`);
	setText($('#calls-total'), now.calls_total);
	setText($('#calls-most'), now.max_concurrent_calls);
	setText($('#slots'), `${now.calls_total} of ${now.max_concurrent_calls}`);
	setText($('#pace'), `${now.placed_last_minute} in the last minute; at most ${now.calls_per_second} a second (account: ${now.account_calls_per_second})`);
	setText($('#today'), `${now.placed_today} of at most ${now.daily_cap} calls`);
	$('#no-calls').hidden = now.calls.length > 0;
	$('#calls-wrap').hidden = now.calls.length === 0;
	const calls = new Map(now.calls.map((call) => [call.id, call]));
	keep($('#calls tbody'), [...calls.keys()], (key) => {
		const call = calls.get(key);
		return el('tr', {}, el('th', { scope: 'row', 'data-label': 'Lead' }, el('a', { href: `${pagePath}/calls/${key}` }, call.lead_name ?? call.phone)),
			el('td', { 'data-label': 'Status' }, el('span', { class: 'badge' })), el('td', { 'data-label': 'Since' }, time(call.placed_at, 'clock')), el('td', { 'data-label': 'Key or words' }));
	}, (row, key) => {
		const { status: word, digits, speech } = calls.get(key), badge = $('.badge', row);
		setText(badge, wordsOf(word));
		badge.dataset.tone = toneOf(word);
		setText(row.lastElementChild, [digits, speech].filter(Boolean).join(', '));
	});
}, 1000);

/* ---- the chart ---- */

let draw = null;
const readSeries = paced(async () => {
	const series = await api('GET', `${campaignPath}/series`);
	const start = Date.parse(series.from), rows = [];
	const ended = (i) => Object.entries(series.outcomes).filter(([, counts]) => counts[i] > 0).map(([code, counts]) => `${wordsOf(code)} ${counts[i]}`).join(', ');
	for (let i = series.placed.length - 1; i >= 0; i--) {
		const iso = new Date(start + i * series.bucket_seconds * 1000).toISOString();
		if (series.placed[i] > 0 || ended(i)) rows.push(el('tr', {}, el('th', { scope: 'row', 'data-label': 'From' }, time(iso)),
			el('td', { class: 'number', 'data-label': 'Placed' }, String(series.placed[i])), el('td', { 'data-label': 'Ended' }, ended(i))));
	}
	$('#chart-table tbody').replaceChildren(...rows);
	$('#chart').hidden = $('#chart-legend').hidden = rows.length === 0;
	setText($('#chart-step'), rows.length === 0 ? 'No call has been placed yet.' : `each step ${many(series.bucket_seconds / 60, 'minute', 'minutes')}`);
	if (rows.length === 0) return;
	if (!draw) {
		const { makeChart } = await import('../lib/chart.js');
		draw = makeChart($('#chart'), $('#chart-legend'));
	}
	draw(series);
}, 5000);

/* ---- the leads that are shown ---- */

const readLeads = paced(async () => {
	const table = $('#lead-table tbody');
	if (!table) return;
	const { items } = await api('GET', `${campaignPath}/leads?${query}`);
	const leads = new Map(items.map((lead) => [lead.id, lead]));
	keep(table, [...leads.keys()], (key) => {
		const lead = leads.get(key);
		return el('tr', { 'data-lead': key }, el('th', { scope: 'row', 'data-label': 'Lead' }, el('a', { href: `${pagePath}/leads/${key}` }, lead.name ?? `Lead ${key}`)),
			el('td', { class: 'mono', 'data-label': 'Number' }, lead.phone), el('td', { 'data-label': 'State' }, el('span', { class: 'badge' })),
			el('td', { class: 'number', 'data-label': 'Attempts' }), el('td', { 'data-label': 'Next call' }), el('td', { 'data-label': 'Why not now' }));
	}, (row, key) => {
		const lead = leads.get(key), [, , stateCell, attempts, next, reason] = row.children, badge = $('.badge', stateCell);
		setText(badge, wordsOf(lead.outcome ?? lead.state));
		badge.dataset.tone = toneOf(lead.outcome ?? lead.state);
		setText(attempts, lead.attempts);
		if (($('time', next)?.getAttribute('datetime') ?? null) !== lead.next_call_at) next.replaceChildren(...(lead.next_call_at ? [time(lead.next_call_at)] : []));
		setText(reason, lead.reason ?? '');
	});
}, 3000);

/* ---- the log ---- */

const log = $('#feed'), hold = $('#feed-pause');
let held = null; // events that came while it is held

function eventRow(event) {
	const { call } = event;
	const text = call ? [wordsOf(call.status), call.outcome && wordsOf(call.outcome) !== wordsOf(call.status) && wordsOf(call.outcome), call.digits && `key ${call.digits}`].filter(Boolean).join(', ')
		: `${wordsOf(event.state)}. ${event.state_reason ?? ''}`;
	return el('li', {}, time(event.at, 'clock'), ' ', call && el('a', { href: `${pagePath}/calls/${call.id}` }, `Lead ${call.lead_id}`), call && ': ', text);
}

function logRows(rows) {
	$('#no-events').hidden = true;
	log.prepend(...rows.reverse());
	while (log.children.length > FEED_SHOWN) log.lastElementChild.remove();
}

function logEvents(events) {
	const rows = events.slice(-FEED_SHOWN).map(eventRow);
	if (!held) return logRows(rows);
	held.push(...rows);
	held.splice(0, Math.max(0, held.length - HELD_MOST));
	setText(hold, `Go on (${held.length})`);
}

hold.hidden = false;
hold.addEventListener('click', () => {
	const rows = held;
	held = held ? null : [];
	hold.setAttribute('aria-pressed', String(Boolean(held)));
	setText(hold, held ? 'Go on' : 'Hold');
	if (rows) logRows(rows);
});

/* ---- the connection ---- */

const CONNECTIONS = { live: 'Live', reconnecting: 'Reconnecting…', polling: 'Polling every few seconds', gone: 'This campaign was deleted' };

const feed = new Feed(id, Number($('#live').dataset.seq), {
	onStatus(next) {
		const before = status;
		showStatus(next);
		readNow();
		if (!before || before.seq !== next.seq || before.state !== next.state) {
			readSeries();
			readLeads();
		}
	},
	onEvents(events) {
		for (const event of events) if (event.type === 'state') showState(event.state, event.state_reason);
		logEvents(events);
		readNow();
		readSeries();
		readLeads();
	},
	onGap: () => logEventsGap(),
	onConnection(kind) {
		$('#connection').dataset.kind = kind;
		setText($('#connection'), CONNECTIONS[kind]);
	},
});

function logEventsGap() {
	const row = el('li', { class: 'muted' }, 'Some events are too long ago to be listed here; all numbers are exact.');
	if (held) held.push(row);
	else logRows([row]);
}

/* ---- what an operator does ---- */

async function act(button, work) {
	busy(button, true);
	try {
		await work();
	} catch (error) {
		toast(error.message, 'bad');
	} finally {
		busy(button, false);
	}
}

const change = (button, action, text) => act(button, async () => {
	const campaign = await api('POST', `${campaignPath}/${action}`);
	showState(campaign.state, campaign.state_reason);
	toast(text);
	$('#state').closest('h1').setAttribute('tabindex', '-1');
	if (button.hidden) $('#state').closest('h1').focus();
});

async function stop(button) {
	const { counts } = await api('GET', `${campaignPath}/status`).catch(() => status ?? { counts: { pending: 0, waiting: 0, calling: 0 } });
	const open = counts.pending + counts.waiting;
	const answer = await confirm({
		title: 'Stop this campaign?', yes: 'Stop it', no: 'Keep it', danger: true,
		text: 'A stopped campaign cannot be resumed. To go on later, pause it instead.',
		details: [`${many(open, 'lead ends', 'leads end')} as stopped and ${open === 1 ? 'is' : 'are'} not called any more.`,
			counts.calling > 0 && `${many(counts.calling, 'call is', 'calls are')} in progress: who has answered is heard to the end, what still waits at Twilio is canceled.`].filter(Boolean),
	});
	if (answer) await change(button, 'stop', 'The campaign is stopped.');
}

// The unreached, by outcome: a choice, then a new campaign that its operator reviews and starts.
async function redial(button) {
	const { outcomes } = await api('GET', `${campaignPath}/status`);
	const offered = UNREACHED.filter((code) => outcomes[code] > 0);
	if (offered.length === 0) return toast('Nobody is left to redial: every lead was reached, or must not be called.', 'bad');
	const chosen = await chooseOutcomes(offered, outcomes);
	if (!chosen) return;
	await act(button, async () => {
		const made = await api('POST', `${campaignPath}/redial`, { outcomes: chosen });
		toastLater('A new campaign holds the leads that were not reached. Nothing is called before you start it.');
		location.assign(`/console/campaigns/${made.id}`);
	});
}

function chooseOutcomes(offered, outcomes) {
	const boxes = offered.map((code, i) => el('label', { class: 'choice', for: `redial-${i}` }, el('input', { type: 'checkbox', id: `redial-${i}`, value: code, checked: !['stopped', 'incomplete'].includes(code) }),
		`${wordsOf(code)} (${number(outcomes[code])})`));
	const error = el('p', { class: 'error', role: 'alert' });
	const form = el('form', { method: 'dialog', novalidate: true }, el('h2', { id: 'redial-title' }, 'Redial who was not reached'),
		el('p', {}, 'A new draft with the same settings gets these leads. Numbers of the do-not-call list stay out.'),
		el('fieldset', { class: 'stack' }, el('legend', {}, 'Leads that ended as'), boxes), error,
		el('div', { class: 'actions' }, el('button', { class: 'button', type: 'button', onclick: () => dialog.close() }, 'Cancel'), el('button', { class: 'button primary', type: 'submit' }, 'Make the new run')));
	const dialog = el('dialog', { class: 'dialog', 'aria-labelledby': 'redial-title' }, form);
	let chosen = null;
	return new Promise((resolve) => {
		form.addEventListener('submit', (event) => {
			event.preventDefault();
			const wanted = $$('input:checked', form).map((box) => box.value);
			if (wanted.length === 0) return setText(error, 'Choose at least one.');
			chosen = wanted;
			dialog.close();
		});
		dialog.addEventListener('close', () => {
			dialog.remove();
			resolve(chosen);
		});
		document.body.append(dialog);
		dialog.showModal();
	});
}

const clone = (button) => act(button, async () => {
	const [{ name }, { counts }] = await Promise.all([api('GET', campaignPath), api('GET', `${campaignPath}/status`)]);
	cloneCampaign(button, { id, name, leads: counts.total });
});

if (mayChange) {
	$('#clone').hidden = false;
	$('#pause').addEventListener('click', ({ currentTarget }) => change(currentTarget, 'pause', 'The campaign is paused.'));
	$('#resume').addEventListener('click', ({ currentTarget }) => change(currentTarget, 'resume', 'The campaign goes on.'));
	$('#stop').addEventListener('click', ({ currentTarget }) => stop(currentTarget));
	$('#redial').addEventListener('click', ({ currentTarget }) => redial(currentTarget).catch((error) => toast(error.message, 'bad')));
	$('#clone').addEventListener('click', ({ currentTarget }) => clone(currentTarget));
}

readSeries();
feed.start();
// The pace of the last minute falls also when nothing happens.
setInterval(() => { if (state === 'running') readNow(); }, 10_000);
