// What every console page does (early.js has gone before): the menu on a telephone, the reader's theme, times in the reader's zone, and buttons
// that call the API by themselves (data-call).
import { $, $$ } from './lib/dom.js';
import { localTimes } from './lib/time.js';
import { startThemes } from './lib/theme.js';
import { carryToast } from './lib/toast.js';
import { startCalls } from './lib/call.js';

const menu = $('#menu');
menu?.addEventListener('click', () => {
	const open = $('#side').classList.toggle('open');
	menu.setAttribute('aria-expanded', String(open));
});
document.addEventListener('keydown', (event) => {
	if (event.key === 'Escape' && $('#side')?.classList.contains('open')) menu.click();
});

startThemes($('#theme'));
localTimes($$('time[datetime]'));
startCalls();
carryToast();
