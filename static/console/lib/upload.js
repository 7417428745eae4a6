// One long upload with its progress: first what the browser has sent, then what the server has read of it.
import { csrfToken } from './api.js';

const ASK_MS = 700;

// told({ share, text }): share 0 to 100, or null while it cannot be said. Gives { done, stop }; done resolves to { report, problem }:
// a report (of what was kept, at least), and a sentence when something went wrong.
export function upload(path, blob, { progressPath, told }) {
	const request = new XMLHttpRequest();
	let timer = null, stopped = false;

	async function ask() {
		try {
			const answer = await fetch(progressPath, { headers: { accept: 'application/json' } });
			if (answer.ok && timer) {
				const { rows, bytes, bytes_total: total, rejected } = await answer.json();
				told({ share: total ? 100 * bytes / total : null, text: `${rows.toLocaleString()} rows read${rejected ? `, ${rejected.toLocaleString()} rejected` : ''} …` });
			}
		} catch {
			// asked again
		}
		if (timer) timer = setTimeout(ask, ASK_MS);
	}

	const done = new Promise((resolve) => {
		const end = (result) => {
			clearTimeout(timer);
			timer = null;
			resolve(result);
		};
		request.upload.addEventListener('progress', ({ loaded, total }) => told({ share: total ? 100 * loaded / total : null, text: `Sending: ${(loaded / 1048576).toFixed(1)} of ${(total / 1048576).toFixed(1)} MB` }));
		request.upload.addEventListener('load', () => {
			told({ share: null, text: 'Reading the rows …' });
			timer = setTimeout(ask, ASK_MS);
		});
		request.addEventListener('load', () => {
			const json = parse(request.responseText);
			if (request.status === 200) return end({ report: json });
			if (request.status === 401) return location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
			const problem = json?.error?.message ?? (request.status === 413 ? 'The file is too large.' : 'The import did not work. Please try again.');
			end({ report: json && 'accepted' in json ? json : null, problem });
		});
		request.addEventListener('error', () => end({ report: null, problem: 'The connection broke off. Rows that were read already are kept: import the file again, numbers are taken once.' }));
		request.addEventListener('abort', () => end({ report: null, problem: stopped ? 'Stopped. Rows that were read already are kept: a number is taken once, so the file can be imported again.' : 'The upload broke off.' }));
	});
	request.open('POST', path);
	request.setRequestHeader('content-type', 'text/csv');
	request.setRequestHeader('accept', 'application/json');
	request.setRequestHeader('x-csrf-token', csrfToken());
	request.send(blob);
	return { done, stop: () => { stopped = true; request.abort(); } };
}

function parse(text) {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
