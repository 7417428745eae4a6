// Calling hours, computed by ICU (Intl) and not by the product's own reader of time zones, so that the two cannot be
// wrong in the same way. Contract 3.4: a window belongs to the day on which it starts, its end is exclusive.
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const formats = new Map();

function formatOf(zone) {
	if (!formats.has(zone))
		formats.set(zone, new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }));
	return formats.get(zone);
}

/** What the wall shows there: {date: "2026-11-20", day: "fri", before: "thu", minutes}. */
export function wallClock(zone, ms) {
	const part = Object.fromEntries(formatOf(zone).formatToParts(ms).map(({ type, value }) => [type, value]));
	const date = `${part.year}-${part.month}-${part.day}`;
	const weekday = new Date(`${date}T12:00:00Z`).getUTCDay();
	return { date, before: dayBefore(date), day: DAYS[weekday], dayBefore: DAYS[(weekday + 6) % 7], minutes: Number(part.hour) * 60 + Number(part.minute) };
}

const dayBefore = (date) => new Date(Date.parse(`${date}T12:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
const minutesOf = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/** `hours` {days?, start, end}; without days every day counts. */
export function isOpen(hours, zone, ms, holidays = []) {
	const { date, before, day, dayBefore: yesterday, minutes } = wallClock(zone, ms);
	const [start, end] = [minutesOf(hours.start), minutesOf(hours.end)];
	const counts = (weekday, its) => (!hours.days || hours.days.includes(weekday)) && !holidays.includes(its);
	if (start < end)
		return counts(day, date) && minutes >= start && minutes < end;
	return start > end && (counts(day, date) && minutes >= start || counts(yesterday, before) && minutes < end);
}

// The prefixes that the tests call, from the North American and the British numbering plan.
const PREFIXES = {
	'+1212': ['America/New_York'], '+1312': ['America/Chicago'], '+1415': ['America/Los_Angeles'], '+1808': ['Pacific/Honolulu'], '+4420': ['Europe/London'],
};

/** The zones that must all allow a call to this lead; null when the judge does not know the prefix. */
export function zonesOf({ phone, timezone }) {
	return timezone ? [timezone] : PREFIXES[Object.keys(PREFIXES).find((prefix) => phone.startsWith(prefix))] ?? null;
}
