// "Check now", and results as they come. When the last ones are old, an operator's visit looks again by itself.
import { $ } from '../lib/dom.js';
import { api } from '../lib/api.js';
import { busy } from '../lib/form.js';
import { refresh, refreshEvery } from '../lib/refresh.js';
import { toast } from '../lib/toast.js';

const OLD_MS = 120_000;
const button = $('#check-now');

async function check() {
	busy(button, true);
	const look = setInterval(() => refresh().catch(() => {}), 1000);
	try {
		const { counts } = await api('POST', '/api/doctor');
		toast(counts.fail ? `${counts.fail} red` : 'Nothing is red.', counts.fail ? 'bad' : 'good');
	} catch (error) {
		toast(error.message, 'bad');
	} finally {
		clearInterval(look);
		await refresh().catch(() => {});
		busy(button, false);
	}
}

if (button) {
	button.addEventListener('click', check);
	const last = $('#doctor time')?.getAttribute('datetime');
	if (!last || Date.now() - Date.parse(last) > OLD_MS) check();
}
refreshEvery(15);
