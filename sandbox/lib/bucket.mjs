// A leaky bucket, the kind of rate limit the vendors describe: it holds `limit` requests and refills over `period`.

/** `limitOf` is asked each time, so that a test can lower a limit while the sandbox runs. */
export function openBucket(limitOf, periodMs) {
	let used = 0;
	let at = Date.now();

	return {
		take(now = Date.now()) {
			const limit = limitOf();
			used = Math.max(0, used - (now - at) / periodMs * limit);
			at = now;
			const allowed = used + 1 <= limit;
			if (allowed)
				used++;
			return { allowed, limit, remaining: Math.max(0, Math.floor(limit - used)), reset: now + Math.ceil(used / Math.max(limit, 1) * periodMs),
				waitMs: allowed ? 0 : Math.ceil((used + 1 - limit) / Math.max(limit, 1) * periodMs) };
		},
	};
}
