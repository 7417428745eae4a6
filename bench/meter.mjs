// What the kernel says about processes: their family, the processor time they had
// (all threads), and the memory they hold.
import fs from 'node:fs';

const read = (file) => { try { return fs.readFileSync(file, 'utf8'); } catch { return ''; } };

export function family(pid) {
	const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number);
	return [pid, ...children.flatMap(family)];
}

// Processor time in nanoseconds.
export function spent(pids) {
	let sum = 0;
	for (const pid of pids) {
		let threads = [];
		try { threads = fs.readdirSync(`/proc/${pid}/task`); } catch { /* it ended */ }
		for (const thread of threads) sum += Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0] || 0);
	}
	return sum;
}

// Resident memory of the fattest of the processes, and what it shares with no other.
export function memory(pids) {
	const kilobytes = (text, name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
	let fattest = { resident: 0, own: 0 };
	for (const pid of pids) {
		const text = read(`/proc/${pid}/smaps_rollup`);
		const resident = kilobytes(text, 'Rss') / 1024;
		if (resident > fattest.resident) fattest = { resident, own: (kilobytes(text, 'Private_Clean') + kilobytes(text, 'Private_Dirty')) / 1024 };
	}
	return fattest;
}
