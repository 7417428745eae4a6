// A stand-in for the interviewer's WebSocket that a test can steer word by word: refuse, stay silent, say, correct, hang up,
// vanish. The sandbox holds whole interviews; this one holds the rare states still for as long as a test looks at them.

import { EventEmitter, once } from 'node:events';
import { WebSocketServer } from 'ws';

const RATE = 16000;

// Starts it. `onConnect(call)` decides what happens with a new call; the default accepts it and greets.
export async function startAgentDouble() {
	const server = new WebSocketServer({
		host: '127.0.0.1', port: 0,
		handleProtocols: (offered) => (offered.has('convai') ? 'convai' : false),
	});
	await once(server, 'listening');
	const double = new EventEmitter();
	let number = 0;
	Object.assign(double, {
		calls: [],
		onConnect: (call) => call.accept().say('Hello Ada, shall we start?'),
		signedUrl: () => `ws://127.0.0.1:${server.address().port}/v1/convai/conversation?agent_id=agent_double&conversation_signature=s${Math.random().toString(36).slice(2)}`,
		origin: `ws://127.0.0.1:${server.address().port}`,
		async close() {
			for (const client of server.clients) client.terminate();
			server.close();
		},
	});
	server.on('connection', (socket) => {
		const call = new Call(socket, `conv_double_${++number}`);
		double.calls.push(call);
		double.emit('call', call);
		double.onConnect(call);
	});
	return double;
}

class Call extends EventEmitter {
	constructor(socket, id) {
		super();
		this.socket = socket;
		this.id = id;
		this.initiation = null;
		// Loudest sample of every audio frame that came from the candidate.
		this.peaks = [];
		this.pongs = [];
		this.closed = null;
		this.eventId = 0;
		socket.on('message', (data) => this.receive(JSON.parse(data)));
		socket.on('close', (code, reason) => {
			this.closed = { code, reason: reason.toString() };
			this.emit('closed', this.closed);
		});
		socket.on('error', () => {});
	}

	receive(message) {
		if (message.user_audio_chunk) this.peaks.push(peak(Buffer.from(message.user_audio_chunk, 'base64')));
		else if (message.type === 'conversation_initiation_client_data') this.initiation = message;
		else if (message.type === 'pong') this.pongs.push(message.event_id);
	}

	send(message) {
		this.socket.send(JSON.stringify(message));
		return this;
	}

	accept() {
		return this.send({
			type: 'conversation_initiation_metadata',
			conversation_initiation_metadata_event: {
				conversation_id: this.id, agent_output_audio_format: `pcm_${RATE}`, user_input_audio_format: `pcm_${RATE}`,
			},
		}).ping();
	}

	ping() {
		return this.send({ type: 'ping', ping_event: { event_id: ++this.eventId, ping_ms: 12 } });
	}

	// Says a sentence with a soft tone that lasts `seconds`.
	say(text, seconds = 0.3) {
		const id = ++this.eventId;
		this.send({ type: 'agent_response', agent_response_event: { agent_response: text, event_id: id } });
		return this.send({ type: 'audio', audio_event: { audio_base_64: tone(seconds), event_id: id } });
	}

	hear(text) {
		return this.send({ type: 'user_transcript', user_transcription_event: { user_transcript: text, event_id: ++this.eventId } });
	}

	hearing(text) {
		return this.send({ type: 'tentative_user_transcript', tentative_user_transcription_event: { user_transcript: text, event_id: ++this.eventId } });
	}

	correct(original, corrected) {
		return this.send({
			type: 'agent_response_correction',
			agent_response_correction_event: {
				original_agent_response: original, corrected_agent_response: corrected, event_id: this.eventId,
			},
		});
	}

	// The agent's own tool for ending: the client then closes the session itself.
	endCall() {
		return this.send({
			type: 'agent_tool_response',
			agent_tool_response: {
				tool_name: 'end_call', tool_call_id: 'call_1', tool_type: 'system', is_error: false, is_called: true, event_id: ++this.eventId,
			},
		});
	}

	overtime() {
		return this.send({ type: 'error', error_event: { code: 1000, error_type: 'max_duration_exceeded', message: 'Maximum duration exceeded' } });
	}

	close(code, reason = '') {
		this.socket.close(code, reason);
	}

	// The network is gone: no close frame.
	vanish() {
		this.socket.terminate();
	}
}

function peak(pcm) {
	let loudest = 0;
	for (let at = 0; at + 1 < pcm.length; at += 2) loudest = Math.max(loudest, Math.abs(pcm.readInt16LE(at)));
	return loudest;
}

function tone(seconds) {
	const samples = Math.floor(seconds * RATE);
	const pcm = Buffer.alloc(samples * 2);
	for (let at = 0; at < samples; at++) {
		const swell = 0.5 + 0.5 * Math.sin((at / RATE) * 18);
		pcm.writeInt16LE(Math.round(5000 * swell * Math.sin((at / RATE) * 2 * Math.PI * 180)), at * 2);
	}
	return pcm.toString('base64');
}
