// Bytes to a port and the bytes that come back: for requests that no HTTP client
// would send.
import { connect } from 'node:net';

export function rawRequest(port, bytes, { seconds = 5 } = {}) {
	return new Promise((resolve, reject) => {
		const socket = connect(port, '127.0.0.1');
		let answer = '';
		socket.setTimeout(seconds * 1000, () => socket.destroy());
		socket.on('data', (data) => { answer += data.toString('latin1'); });
		socket.on('error', (error) => (answer ? resolve(answer) : reject(error)));
		socket.on('close', () => resolve(answer));
		socket.write(bytes);
	});
}
