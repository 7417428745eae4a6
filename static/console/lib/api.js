// The JSON API with the console's session (contract 3.3): every change carries the token.
import { $ } from './dom.js';

export class ApiError extends Error {
	constructor(status, { code = 'failed', message, field } = {}) {
		super(message ?? 'That did not work. Please try again.');
		this.status = status;
		this.code = code;
		this.field = field;
	}
}

export const csrfToken = () => $('meta[name="csrf-token"]')?.content ?? '';

// Gives the parsed answer (null for 204); throws ApiError. A session that has ended leads to the sign-in.
export async function api(method, path, body, { signal } = {}) {
	const headers = { accept: 'application/json' };
	if (method !== 'GET') headers['x-csrf-token'] = csrfToken();
	if (body !== undefined) headers['content-type'] = 'application/json';
	let answer;
	try {
		answer = await fetch(path, { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body) });
	} catch (error) {
		if (error.name === 'AbortError') throw error;
		throw new ApiError(0, { code: 'offline', message: 'The server cannot be reached. Please check your connection and try again.' });
	}
	return read(answer);
}

// The same for an answer that was fetched otherwise.
export async function read(answer) {
	if (answer.status === 401) {
		location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
		return new Promise(() => {});
	}
	const json = answer.status === 204 ? null : await answer.json().catch(() => null);
	if (!answer.ok) throw new ApiError(answer.status, json?.error);
	return json;
}
