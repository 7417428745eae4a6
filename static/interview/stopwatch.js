// Measures the talk with the monotonic clock: setting the computer's clock, or summer time, must not change it. It can be
// stopped while the connection is lost and goes on afterwards.

export class Stopwatch {
	constructor() {
		this.before = 0;
		this.since = null;
	}

	start() {
		this.since ??= performance.now();
	}

	stop() {
		if (this.since !== null) this.before += performance.now() - this.since;
		this.since = null;
	}

	get text() {
		const running = this.since === null ? 0 : performance.now() - this.since;
		const seconds = Math.floor((this.before + running) / 1000);
		return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
	}
}
