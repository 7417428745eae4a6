// Buttons that call the API by themselves:
//
//   <button data-call="POST /api/…" data-body='{"…":1}' data-confirm="What it means." data-confirm-title="Do it?"
//     data-yes="Do it" data-danger data-reason="Why?" data-done="reload" data-toast="Done.">
//
// data-done: "reload" (default) or an address; data-reason asks for a text that is sent as "reason".
import { api } from './api.js';
import { confirm } from './dialog.js';
import { busy } from './form.js';
import { toast, toastLater } from './toast.js';

export function startCalls(root = document) {
	root.addEventListener('click', (event) => {
		const button = event.target.closest?.('button[data-call]');
		if (button) run(button);
	});
}

async function run(button) {
	const { call, body, confirm: text, confirmTitle, yes, reason, done = 'reload', toast: news } = button.dataset;
	const [method, path] = call.split(' ');
	let sent = body ? JSON.parse(body) : undefined;
	if (text || reason) {
		const answer = await confirm({ title: confirmTitle ?? `${button.textContent.trim()}?`, text, yes: yes ?? button.textContent.trim(), danger: 'danger' in button.dataset, reason });
		if (!answer) return;
		if (reason) sent = { ...sent, reason: answer.reason };
	}
	busy(button, true);
	try {
		await api(method, path, sent);
		if (news) toastLater(news);
		if (done === 'reload') location.reload();
		else location.assign(done);
	} catch (error) {
		busy(button, false);
		toast(error.message, 'bad');
	}
}
