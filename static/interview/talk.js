// One conversation with the interviewer over ElevenLabs' client. It hides the client behind a few words of our own: a start
// that always ends, and one `onClosed(how)` with how = "user" | "agent" | "limit" | "lost".

import { Conversation } from '@elevenlabs/client';

// The client waits for ever when the service never sends its first message.
const START_TIMEOUT_MS = 25_000;

export class TalkStartError extends Error {
	constructor(message, cause) {
		super(message);
		this.name = 'TalkStartError';
		this.cause = cause;
	}
}

// Connects and resolves to the conversation. `handlers`: onConnected(id), onClosed(how, code), onMode(mode), onHearing(text) while
// the candidate speaks, onSaid({role, text, eventId}), onCorrected({text, original, eventId}), onSign() for anything that
// arrives. Rejects with TalkStartError.
export function startTalk({ signedUrl, dynamicVariables, deviceId, assets, handlers }) {
	let abandoned = false;
	const alive = (action) => (...values) => {
		if (!abandoned) action(...values);
	};
	const session = Conversation.startSession({
		signedUrl,
		connectionType: 'websocket',
		dynamicVariables,
		inputDeviceId: deviceId || undefined,
		workletPaths: {
			rawAudioProcessor: assets('rawAudioProcessor.js'),
			audioConcatProcessor: assets('audioConcatProcessor.js'),
		},
		libsampleratePath: assets('libsamplerate.worklet.js'),
		onConnect: alive(({ conversationId }) => handlers.onConnected(conversationId)),
		onDisconnect: alive((details) => handlers.onClosed(howItEnded(details), details.closeCode)),
		onModeChange: alive(({ mode }) => handlers.onMode(mode)),
		onMessage: alive(({ role, message, event_id: eventId }) => handlers.onSaid({ role, text: message, eventId })),
		onAgentResponseCorrection: alive((event) => handlers.onCorrected({
			text: event.corrected_agent_response,
			original: event.original_agent_response,
			eventId: event.event_id,
		})),
		// The client has no callback of its own for this one and passes it on as unknown.
		onDebug: alive((event) => {
			if (event?.type === 'tentative_user_transcript') handlers.onHearing(event.tentative_user_transcription_event?.user_transcript);
		}),
		onIncomingEvent: alive(() => handlers.onSign()),
	});
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => {
			abandoned = true;
			reject(new TalkStartError('The interviewer did not answer. Please try again.'));
		}, START_TIMEOUT_MS);
		session.then((conversation) => {
			clearTimeout(timer);
			// Too late: the page has already said that it failed. A second conversation must not run unseen.
			if (abandoned) conversation.endSession();
			else resolve(conversation);
		}, (error) => {
			clearTimeout(timer);
			reject(new TalkStartError(startSentence(error), error));
		});
	});
}

function howItEnded({ reason, context }) {
	if (reason === 'user') return 'user';
	if (reason === 'agent') return 'agent';
	return context?.type === 'max_duration_exceeded' ? 'limit' : 'lost';
}

function startSentence(error) {
	if (error?.name === 'SessionConnectionError') {
		return 'The interviewer could not be reached. Please try again; if it keeps failing, another network may help.';
	}
	return 'The sound of this browser could not be started. Please try again, or open the link in another browser.';
}
