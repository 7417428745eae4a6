// Times are sent in UTC and shown in the reader's own zone, which is named.

const full = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const zoned = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const UNITS = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];

export const words = (iso) => (iso ? full.format(new Date(iso)) : '');
export const clockWords = (iso) => (iso ? clock.format(new Date(iso)) : '');

// "3 minutes ago", "in 2 hours"
export function ago(iso, now = Date.now()) {
	const seconds = Math.round((new Date(iso).getTime() - now) / 1000);
	const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? UNITS.at(-1);
	return relative.format(Math.trunc(seconds / size), unit);
}

// 75 becomes "1 min 15 s"
export function duration(seconds) {
	const s = Math.round(seconds);
	if (s < 60) return `${s} s`;
	if (s < 3600) return `${Math.floor(s / 60)} min${s % 60 ? ` ${s % 60} s` : ''}`;
	const minutes = Math.round(s / 60);
	if (minutes < 2880) return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ''}`;
	return `${Math.round(minutes / 1440)} days`;
}

const FORMS = { ago: (iso) => ago(iso), clock: clockWords, 'clock-zone': (iso) => zoned.format(new Date(iso)) };

// <time data-form="ago"> tells the distance, "clock" the time of day, "clock-zone" with its zone; others the moment.
export function localTimes(elements) {
	for (const time of elements) {
		const iso = time.getAttribute('datetime');
		if (!iso || Number.isNaN(Date.parse(iso))) continue;
		time.title = words(iso);
		time.textContent = (FORMS[time.dataset.form] ?? words)(iso);
	}
}
