// Remembers in this tab how far the interview came, so that a reload during the talk says "interrupted" and one afterwards says
// "thank you", even before the server knows. The secret is not stored; a short hash of it keeps two links in one tab apart.

const KEY = 'parley.interview';

export async function openProgress(secret) {
	const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret));
	const page = Array.from(new Uint8Array(bytes, 0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
	return {
		page,
		// "talking", "ended" or null
		get state() {
			try {
				const stored = JSON.parse(sessionStorage.getItem(KEY));
				return stored?.page === page ? stored.state : null;
			} catch {
				return null;
			}
		},
		set state(state) {
			try {
				sessionStorage.setItem(KEY, JSON.stringify({ page, state }));
			} catch {
				// Storage may be switched off; then a reload just starts from what the server knows.
			}
		},
	};
}
