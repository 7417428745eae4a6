// Watches whether the line to the interviewer is alive. A dead network does not close a WebSocket for minutes; the candidate
// should hear from us earlier than that.

const QUIET_MS = 30_000;
const OFFLINE_MS = 12_000;
const LOOK_MS = 1000;

// `onTrouble(sentence | null)` reports a doubt and its end; `onDead()` that waiting is pointless. `sign()` of the result is to be
// called for everything that arrives, `stop()` at the end.
export function watchLine({ onTrouble, onDead }) {
	let lastSign = performance.now();
	let offlineSince = null;
	let shown = null;

	const look = () => {
		const now = performance.now();
		offlineSince = navigator.onLine ? null : offlineSince ?? now;
		if (offlineSince !== null && now - offlineSince > OFFLINE_MS) {
			stop();
			onDead();
			return;
		}
		if (offlineSince !== null) show('You seem to be offline. We are waiting for your connection.');
		else if (now - lastSign > QUIET_MS) show('Nothing has arrived for a while. Your connection may be weak.');
		else show(null);
	};
	const timer = setInterval(look, LOOK_MS);
	window.addEventListener('offline', look);
	window.addEventListener('online', look);

	function show(sentence) {
		if (sentence === shown) return;
		shown = sentence;
		onTrouble(sentence);
	}
	function stop() {
		clearInterval(timer);
		window.removeEventListener('offline', look);
		window.removeEventListener('online', look);
	}
	return {
		sign() {
			lastSign = performance.now();
		},
		stop,
	};
}
