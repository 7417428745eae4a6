// The page's three requests to Parley. Every failure becomes an ActionError that holds a sentence for the candidate and says
// whether trying again can help, so that the views need to know nothing about HTTP.

// The server gives ElevenLabs 30 seconds; a little more than that keeps its own explanation from being cut off.
const SESSION_TIMEOUT_MS = 40_000;
const NOTE_TIMEOUT_MS = 15_000;
const RETRY_DELAYS_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];
const PATH = '/actions/interview/';

export class ActionError extends Error {
	constructor(message, retryable, status = 0, code = '') {
		super(message);
		this.name = 'ActionError';
		this.retryable = retryable;
		this.code = code;
		// Not found, expired, revoked (404), or taken by someone else (409): nothing done on this page can change it.
		this.final = !retryable && (status === 404 || status === 409);
	}
}

// Asks for a fresh signed URL and the variables of the conversation. The consent goes with it: no consent, no talk.
export async function requestSession(secret, consentVersion) {
	const answer = await post('session', { secret, consent: { version: consentVersion } }, SESSION_TIMEOUT_MS);
	if (!/^wss?:\/\//.test(answer.signedUrl ?? '') || typeof answer.dynamicVariables !== 'object') {
		throw new ActionError('The interview service gave an answer we cannot read. Please try again.', true);
	}
	return { signedUrl: answer.signedUrl, dynamicVariables: answer.dynamicVariables };
}

// Ties the conversation to the interview. It goes on in the background until it is done, refused for good (throws) or
// `signal` aborts: the talk must not wait for it, and a lost note would leave the transcript without an owner.
export async function announceStart(secret, conversationId, signal) {
	for (let attempt = 0; !signal.aborted; attempt++) {
		try {
			await post('start', { secret, conversationId }, NOTE_TIMEOUT_MS);
			return;
		} catch (error) {
			if (!error.retryable) throw error;
		}
		await pause(RETRY_DELAYS_MS[Math.min(attempt, RETRY_DELAYS_MS.length - 1)], signal);
	}
}

// Tells that the talk is over, so that its transcript is asked for sooner. It must leave even while the page is closing, and
// nobody waits for the answer: without this note everything still happens, only later. The reason is 'lost' when the candidate
// may come back, and then the assessment waits a while for that; else 'finished'.
export function announceEnd(secret, conversationId, reason) {
	send('end', { secret, conversationId, reason });
}

// The last chance for announceStart when the page goes away before it got through.
export function announceStartOnLeave(secret, conversationId) {
	send('start', { secret, conversationId });
}

function send(action, body) {
	const text = JSON.stringify(body);
	if (navigator.sendBeacon?.(PATH + action, new Blob([text], { type: 'application/json' }))) return;
	fetch(PATH + action, request(text, { keepalive: true })).catch(() => {});
}

async function post(action, body, timeoutMs) {
	const abort = new AbortController();
	const timer = setTimeout(() => abort.abort(), timeoutMs);
	try {
		const response = await fetch(PATH + action, request(JSON.stringify(body), { signal: abort.signal }));
		return readAnswer(response.status, await response.json().catch(() => null));
	} catch (error) {
		if (error instanceof ActionError) throw error;
		const sentence = abort.signal.aborted
			? 'The interview service took too long to answer. Please try again.'
			: 'We could not reach the interview service. Please check your internet connection and try again.';
		throw new ActionError(sentence, true);
	} finally {
		clearTimeout(timer);
	}
}

function request(text, more) {
	return { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: text, cache: 'no-store', ...more };
}

function readAnswer(status, answer) {
	if (answer?.success === true) return answer;
	if (typeof answer?.error === 'string') {
		throw new ActionError(answer.error, answer.retryable === true, status, answer.code);
	}
	// Not our program: nginx, a proxy or a captive portal answered.
	throw new ActionError('The interview service is not available right now. Please try again.', true);
}

// Waits with some jitter, so that many pages do not come back at the same moment; an abort ends the wait.
function pause(ms, signal) {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, ms * (0.75 + Math.random() / 2));
		signal.addEventListener('abort', () => {
			clearTimeout(timer);
			resolve();
		}, { once: true });
	});
}
