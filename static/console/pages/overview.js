// The overview renews itself, and tells the server where the reader's day begins.
import { refresh, refreshEvery } from '../lib/refresh.js';

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const known = document.cookie.split('; ').includes(`parley-zone=${encodeURIComponent(zone)}`);
if (!known && zone) {
	document.cookie = `parley-zone=${encodeURIComponent(zone)}; path=/console; max-age=31536000; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`;
	refresh().catch(() => {});
}
refreshEvery(10);
