// The interview page: leads the candidate from "what will happen" through the talk to "thank you", and back into the talk when
// something fails on the way. This file knows the order of things; every piece it moves stands in a file of its own.
//
// The secret comes from the address and goes into request bodies only: never into a URL, a title, storage or the console.

import { ActionError, announceEnd, announceStart, announceStartOnLeave, requestSession } from './actions.js';
import { Captions } from './captions.js';
import { watchLine } from './line.js';
import { MicPanel } from './mic-panel.js';
import { explainProblem, isMicrophoneError, listMicrophones, microphoneSupported } from './microphone.js';
import { openProgress } from './progress.js';
import { Stage } from './stage.js';
import { Tabs } from './tabs.js';
import { TalkStartError, startTalk } from './talk.js';
import { element, hideProblem, setBusy, showProblem, showStatus, showView } from './view.js';

const ASSOCIATE_AFTER_END_MS = 10 * 60_000;

const UNHEARD = 'The interviewer ended the talk because nothing was heard. Check that your microphone is on, then continue.';

const ELSEWHERE = 'You can close this one. To go on here instead, continue the interview.';

const { consentVersion, assetVersion } = document.body.dataset;
const secret = /^\/interview\/([A-Za-z0-9_-]+)\/?$/.exec(location.pathname)?.[1];
const assets = (name) => `/static/interview/${name}?v=${encodeURIComponent(assetVersion)}`;

class Interview {
	constructor(progress) {
		this.progress = progress;
		this.tabs = new Tabs(progress.page, () => this.talk && this.close(this.talk, 'elsewhere'));
		this.microphone = new MicPanel();
		this.stage = new Stage();
		this.captions = new Captions(element('log'));
		// The running talk: {id, conversation, associated, leaving, line, devices, how}
		this.talk = null;
		// The newest talk, running or not: it must be known to the server before the page is gone.
		this.latest = null;
		this.notes = Promise.resolve();
		this.starting = false;
		this.button = element('start');
		this.problem = element('start-problem');
		this.listen();
		this.open();
	}

	open() {
		if (this.progress.state === 'ended') {
			this.thank();
			return;
		}
		if (this.progress.state === 'talking') document.body.dataset.returning = 'yes';
		showStatus(document.body.dataset.returning === 'yes' ? 'Interrupted' : 'Ready', 'calm');
		this.allowStart();
	}

	listen() {
		element('consent').addEventListener('change', () => this.allowStart());
		element('start').addEventListener('click', () => this.begin());
		element('continue').addEventListener('click', () => this.begin());
		element('finish').addEventListener('click', () => this.finish());
		element('end').addEventListener('click', () => element('end-dialog').showModal());
		element('keep').addEventListener('click', () => element('end-dialog').close());
		element('end-now').addEventListener('click', () => this.endNow());
		element('announce').addEventListener('click', (event) => announceCaptions(event.currentTarget));
		window.addEventListener('beforeunload', (event) => this.talk && askBeforeLeaving(event));
		window.addEventListener('pagehide', () => this.leave());
		// A page that comes back out of the browser's cache has a dead talk in it.
		window.addEventListener('pageshow', (event) => event.persisted && location.reload());
		navigator.mediaDevices?.addEventListener?.('devicechange', () => this.talk?.conversation && this.keepMicrophone());
	}

	// Nothing starts without the consent; the hint says so, because a disabled button alone explains nothing.
	allowStart() {
		const agreed = element('consent').checked;
		element('start').disabled = !agreed || this.starting;
		element('start-hint').textContent = agreed ? 'Your browser may ask for the microphone.' : 'Tick the box above to start.';
	}

	// Start, try again and continue are the same way: microphone, fresh signed URL, talk.
	async begin() {
		hideProblem(this.problem);
		this.starting = true;
		setBusy(this.button, true);
		// Who is on the way back into the talk cannot leave it for good at the same time.
		element('finish').disabled = true;
		try {
			this.progressing('Waiting for your microphone …');
			await this.microphone.hold();
			this.progressing('Connecting …');
			const session = await requestSession(secret, consentVersion);
			await this.converse(session);
		} catch (error) {
			this.fail(error);
		} finally {
			this.starting = false;
			element('finish').disabled = false;
			setBusy(this.button, false);
			this.allowStart();
			this.microphone.release();
			// A disabled button loses the focus; without this a keyboard would start over at the top of the page.
			if (document.activeElement === document.body) this.button.focus();
		}
	}

	// Said twice, because the connection state may be scrolled out of sight.
	progressing(sentence) {
		showStatus(sentence, 'busy');
		element('start-hint').textContent = sentence;
	}

	async converse(session) {
		const talk = { id: null, conversation: null, associated: false, leaving: new AbortController(), line: null, devices: [], how: null };
		const conversation = await startTalk({
			...session,
			deviceId: this.microphone.deviceId,
			assets,
			handlers: {
				onConnected: (id) => this.connected(talk, id),
				onClosed: (how) => this.closed(talk, how),
				onMode: (mode) => this.stage.setMode(mode),
				onHearing: (text) => this.captions.hearing(text),
				onSaid: (entry) => this.captions.add(entry),
				onCorrected: (entry) => this.captions.correct(entry),
				onSign: () => talk.line?.sign(),
			},
		});
		talk.conversation = conversation;
		if (this.talk === talk) this.stage.attach(conversation);
		// Ended between connecting and here, for example refused by the server: it must not go on unseen.
		else conversation.endSession();
		talk.devices = await listMicrophones().catch(() => []);
	}

	connected(talk, id) {
		talk.id = id;
		this.talk = talk;
		this.latest = talk;
		this.progress.state = 'talking';
		talk.line = watchLine({
			onTrouble: (sentence) => this.doubt(sentence),
			onDead: () => this.close(talk, 'lost'),
		});
		showView('talk');
		showStatus('Connected', 'live');
		this.stage.connected();
		this.tabs.take();
		this.associate(talk);
	}

	// Notes go out one after the other: the server keeps the newest conversation, so a late note must not overtake a newer one.
	associate(talk) {
		this.notes = this.notes.then(() => announceStart(secret, talk.id, talk.leaving.signal)).then(() => {
			talk.associated = true;
		}, (error) => {
			// Any other refusal is our own fault, and the server still finds the talk by the session id in its variables.
			if (!error.final || this.talk !== talk) return;
			this.close(talk, 'refused');
			this.stop(error.message);
		});
	}

	doubt(sentence) {
		this.remark(sentence);
		showStatus(sentence ? 'Connected, weak signal' : 'Connected', sentence ? 'warn' : 'live');
	}

	remark(sentence) {
		const note = element('talk-note');
		note.hidden = !sentence;
		note.textContent = sentence ?? '';
	}

	// Ends the talk from our side; `how` then decides the view in closed().
	close(talk, how) {
		talk.how ??= how;
		if (talk.conversation) talk.conversation.endSession();
		else this.closed(talk, 'user');
	}

	endNow() {
		element('end-dialog').close();
		if (this.talk) this.close(this.talk, 'user');
	}

	// Every end of a talk arrives here, once.
	closed(talk, how) {
		if (this.talk !== talk) return;
		this.talk = null;
		talk.line.stop();
		this.remark(null);
		element('end-dialog').close();
		this.stage.detach();
		const outcome = talk.how ?? how;
		const unheard = outcome === 'agent' && !this.captions.answered;
		announceEnd(secret, talk.id, outcome === 'lost' || outcome === 'elsewhere' || unheard ? 'lost' : 'finished');
		if (outcome === 'lost') this.offerToContinue('The connection was lost', lostSentence());
		else if (outcome === 'elsewhere') this.offerToContinue('The interview goes on in another tab', ELSEWHERE, 'In another tab');
		// An interviewer who hangs up without having heard anything has not held an interview.
		else if (unheard) this.offerToContinue('You could not be heard', UNHEARD);
		else if (outcome !== 'refused') this.thank();
		setTimeout(() => talk.leaving.abort(), ASSOCIATE_AFTER_END_MS);
	}

	offerToContinue(title, sentence, status = title) {
		this.button = element('continue');
		this.problem = element('lost-problem');
		this.button.textContent = 'Continue interview';
		hideProblem(this.problem);
		// Finishing here would end what goes on in the other tab.
		element('finish').hidden = sentence === ELSEWHERE;
		element('lost-title').textContent = title;
		element('lost-text').textContent = sentence;
		showView('lost');
		showStatus(status, 'warn');
	}

	// Not to be continued: the assessment need not wait any longer.
	finish() {
		if (this.latest) announceEnd(secret, this.latest.id, 'finished');
		this.thank();
	}

	thank() {
		this.progress.state = 'ended';
		showView('done');
		showStatus('Interview ended', 'calm');
	}

	stop(sentence) {
		element('stopped-text').textContent = sentence;
		showView('stopped');
		showStatus('Stopped', 'warn');
	}

	// A start that did not work: explain it beside the button, which then reads "Try again".
	fail(error) {
		if (error.code === 'interview_finished') {
			this.thank();
			return;
		}
		if (error.final) {
			this.stop(error.message);
			return;
		}
		showStatus('Not started', 'warn');
		const cause = error instanceof TalkStartError ? error.cause : error;
		if (error.retryable !== false) this.button.textContent = 'Try again';
		if (isMicrophoneError(cause)) {
			this.explainMicrophone(cause);
			return;
		}
		const known = error instanceof ActionError || error instanceof TalkStartError;
		showProblem(this.problem, { title: known ? error.message : 'Something went wrong on this page. Please try again.' });
	}

	explainMicrophone(error) {
		if (this.problem.id === 'start-problem') this.microphone.explain(error);
		else showProblem(this.problem, explainProblem(error));
	}

	// A microphone that was unplugged during the talk is replaced by the browser's default one.
	async keepMicrophone() {
		const { talk } = this;
		const before = talk.devices;
		talk.devices = await listMicrophones();
		if (before.every(({ id }) => talk.devices.some((device) => device.id === id))) return;
		this.microphone.deviceId = '';
		await talk.conversation.changeInputDevice({}).catch(() => {
			this.remark('Your microphone was disconnected. Please plug one in.');
		});
	}

	// The page goes away: end the conversation properly and leave what the server needs to know.
	leave() {
		const { talk, latest } = this;
		this.talk = null;
		if (latest && !latest.associated) announceStartOnLeave(secret, latest.id);
		if (!talk) return;
		talk.line.stop();
		talk.conversation?.endSession();
		// It may be a reload: the candidate is awaited back.
		announceEnd(secret, talk.id, 'lost');
	}
}

function lostSentence() {
	return navigator.onLine
		? 'Nothing to worry about: what you said so far is kept. When you continue, the interviewer greets you again.'
		: 'Your device is offline. What you said so far is kept; continue as soon as you are online again.';
}

// The server knows no time zone of the candidate; the browser does.
function showLocalDeadline() {
	const time = element('expires');
	const deadline = new Date(time.dateTime);
	if (Number.isNaN(deadline.getTime()) || deadline.getTimezoneOffset() === 0) return;
	const words = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' });
	time.textContent = `${words.format(deadline)} (your time)`;
}

// Older browsers ask only when a value is returned.
function askBeforeLeaving(event) {
	event.preventDefault();
	event.returnValue = '';
}

// A screen reader would speak over the interviewer, so captions are announced only on request.
function announceCaptions(button) {
	const on = button.getAttribute('aria-pressed') !== 'true';
	button.setAttribute('aria-pressed', String(on));
	element('log').setAttribute('aria-live', on ? 'polite' : 'off');
}

// A finished interview is shown by the server and allows nothing else.
if (secret && !document.body.dataset.view.startsWith('done')) {
	showLocalDeadline();
	if (microphoneSupported()) {
		openProgress(secret).then((progress) => new Interview(progress));
	} else {
		element('unsupported').hidden = false;
		element('mic-check').disabled = true;
		showStatus('Not possible in this browser', 'warn');
	}
}
