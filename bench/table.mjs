// Numbers for people: medians over the rounds, ratios to our own, and whether the
// aims are reached.

export function median(values) {
	const sorted = [...values].sort((a, b) => a - b), half = sorted.length >> 1;
	return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

function print(rows) {
	const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
	for (const row of rows) console.log(row.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  '));
}

const thousands = (n) => Math.round(n).toLocaleString('en-US');
const of = (turns, name) => median(turns.map((turn) => turn[name]));

// results: { name, turns: [{ per_second, p50_ms, ..., app_us, nginx_us, redis_us, resident, own }] }, ours first.
export function printContenders(results) {
	const rows = [['', 'requests/s (min..max)', 'p50 ms', 'p99 ms', 'CPU us/request = app + nginx + redis', 'worker MB (own)', 'failed']];
	for (const { name, turns } of results) {
		const rates = turns.map((turn) => turn.per_second), parts = ['app_us', 'nginx_us', 'redis_us'].map((part) => of(turns, part));
		rows.push([name, `${thousands(median(rates))} (${thousands(Math.min(...rates))}..${thousands(Math.max(...rates))})`,
			of(turns, 'p50_ms').toFixed(2), of(turns, 'p99_ms').toFixed(2),
			`${Math.round(parts[0] + parts[1] + parts[2])} = ${parts.map(Math.round).join(' + ')}`,
			`${Math.max(...turns.map((turn) => turn.resident)).toFixed(1)} (${Math.max(...turns.map((turn) => turn.own)).toFixed(1)})`,
			String(turns.reduce((sum, turn) => sum + turn.failed, 0))]);
	}
	print(rows);
	console.log();
}

export function printCallers(results, what = 'calls/s (min..max)') {
	const rows = [['', what, 'CPU us each = app + redis', 'fattest process, MB (own)']];
	for (const { name, turns } of results) {
		const rates = turns.map((turn) => turn.per_second), parts = ['app_us', 'redis_us'].map((part) => of(turns, part));
		rows.push([name, `${thousands(median(rates))} (${thousands(Math.min(...rates))}..${thousands(Math.max(...rates))})`,
			`${Math.round(parts[0] + parts[1])} = ${parts.map(Math.round).join(' + ')}`,
			`${Math.max(...turns.map((turn) => turn.resident)).toFixed(1)} (${Math.max(...turns.map((turn) => turn.own)).toFixed(1)})`]);
	}
	print(rows);
	console.log();
}

// Requests per second of ours over theirs: the median of the ratios within each
// round, whose turns were neighbours in time.
export function ratio(results, name) {
	const ours = results[0].turns, theirs = results.find((r) => r.name === name).turns;
	return median(ours.map((turn, i) => turn.per_second / theirs[i].per_second));
}

export function judge(what, value, digits, aim, good) {
	console.log(`${what}: ${value.toFixed(digits)} (aim ${aim}) ${good ? 'reached' : 'MISSED'}`);
}
