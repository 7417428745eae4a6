// Calls over time by uPlot, loaded only where a chart is shown. Colours are the design's, read again when the theme changes.
import uPlot from 'uplot';
import { el } from './dom.js';
import { wordsOf } from './words.js';

const LINES = 4;
const HEIGHT = 220;
const FEWEST = 14; // steps that the axis shows, however young the campaign

// The outcomes that occur most; the others are in the table.
export function chosenOutcomes(series) {
	const total = (counts) => counts.reduce((sum, n) => sum + n, 0);
	return Object.entries(series.outcomes).map(([code, counts]) => ({ code, counts, total: total(counts) }))
		.filter((one) => one.total > 0).sort((a, b) => b.total - a.total).slice(0, LINES);
}

export function makeChart(box, legend) {
	let plot, last;
	// A token holds a colour for light and one for dark: which of them holds, only what uses it knows.
	const style = (name) => {
		box.style.color = `var(${name})`;
		const { color } = getComputedStyle(box);
		box.style.color = '';
		return color;
	};

	function draw(series) {
		last = series;
		const start = Date.parse(series.from) / 1000, step = series.bucket_seconds;
		const chosen = chosenOutcomes(series);
		const data = [series.placed.map((_, i) => start + i * step), series.placed, ...chosen.map((one) => one.counts)];
		const colors = ['--field', '--chart-1', '--chart-2', '--chart-3', '--chart-4'].map(style);
		const axis = { stroke: style('--muted'), grid: { stroke: style('--line'), width: 1 }, ticks: { stroke: style('--line') }, font: '12px system-ui, sans-serif' };

		plot?.destroy();
		plot = new uPlot({
			width: Math.max(box.clientWidth, 200), height: HEIGHT, legend: { show: false }, cursor: { drag: { x: false, y: false } },
			scales: { x: { time: true, range: () => [start - step, Math.max(data[0].at(-1), start + FEWEST * step) + step] }, y: { range: (_, __, most) => [0, Math.max(4, Math.ceil(most * 1.1))] } },
			axes: [{ ...axis }, { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] }],
			series: [{}, { label: 'Placed', stroke: colors[0], fill: style('--line'), width: 1, paths: uPlot.paths.bars({ size: [0.8, 24] }), points: { show: false } },
				...chosen.map((one, i) => ({ label: wordsOf(one.code), stroke: colors[i + 1], width: 2, points: { show: data[0].length < 40, size: 5, fill: colors[i + 1] } }))],
		}, data, box);
		box.setAttribute('aria-label', `Chart: ${series.placed.reduce((sum, n) => sum + n, 0)} calls placed${chosen.map((one) => `, ${wordsOf(one.code).toLowerCase()} ${one.total}`).join('')}. The table below has the numbers.`);
		legend.replaceChildren(...['Placed', ...chosen.map((one) => `${wordsOf(one.code)} (${one.total})`)]
			.map((label, i) => el('li', { class: `live-key live-key-${i}` }, label)));
	}

	const redraw = () => { if (last) draw(last); };
	matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
	new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ['data-theme'] });
	new ResizeObserver(() => { if (plot && Math.abs(plot.width - box.clientWidth) > 1) plot.setSize({ width: Math.max(box.clientWidth, 200), height: HEIGHT }); }).observe(box);
	return draw;
}
