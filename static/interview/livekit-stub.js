// Stands in for the npm package livekit-client in the bundle. The interview always uses the WebSocket transport (a signed URL),
// never WebRTC, and the real package would triple the download. Using one of these is a mistake in our code and says so.

const refuse = () => {
	throw new Error('WebRTC is not part of this bundle');
};

export class Room {
	constructor() {
		refuse();
	}
}
export const RoomEvent = {};
export const ConnectionState = {};
export const Track = { Kind: {}, Source: {} };
export const createLocalAudioTrack = refuse;
