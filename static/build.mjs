// Builds what the browser loads, from this directory and npm packages:
//
//   node static/build.mjs --out DIR [--node-modules DIR]
//
// writes DIR/interview/: the bundled script and style sheet, the audio worklets (self-hosted, because the content security
// policy allows no blob: and no foreign host), the picture, and the licences of what is included; and DIR/console/: one style
// sheet, a script for the frame and one for each page (what they share is split off), the icons. The same input gives the
// same bytes. The build fails when a first load outgrows its budget.

import { copyFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';

const FIRST_LOAD_BUDGET = 100 * 1024;
// The page itself, compressed, has the rest of the 100 KB.
const CONSOLE_BUDGET = 80 * 1024;
// Loaded on every visit. The resampler is not: only browsers that cannot open a 16 kHz audio context ask for it.
const FIRST_LOAD = ['interview.js', 'interview.css', 'mark.svg', 'rawAudioProcessor.js', 'audioConcatProcessor.js'];
const RESAMPLER_URL = '/static/interview/libsamplerate.worklet.js';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({ options: { out: { type: 'string' }, 'node-modules': { type: 'string' } } });
if (!values.out) {
	console.error('usage: build.mjs --out DIR [--node-modules DIR]');
	process.exit(100);
}
const modules = resolve(values['node-modules'] ?? join(here, '..', 'node_modules'));
const source = join(here, 'interview');
const out = join(resolve(values.out), 'interview');
const client = join(modules, '@elevenlabs', 'client');
const resampler = join(modules, '@alexanderolsen', 'libsamplerate-js');
const esbuild = createRequire(join(modules, 'anchor.cjs'))('esbuild');

// Client 1.25.0 hands `libsampleratePath` to the microphone side only; the loudspeaker side always takes this constant, which
// names a public CDN. Our policy refuses that host, so the constant itself must become ours.
const ownResampler = {
	name: 'own-resampler',
	setup(build) {
		build.onLoad({ filter: /addLibsamplerateModule\.js$/ }, async ({ path }) => {
			const text = await readFile(path, 'utf8');
			const contents = text.replace(/https:\/\/cdn\.jsdelivr\.net[^"']+/, RESAMPLER_URL);
			if (contents === text) throw new Error('the client no longer names its resampler as expected');
			return { contents, loader: 'js' };
		});
	},
};

await mkdir(out, { recursive: true });
await esbuild.build({
	entryPoints: [join(source, 'interview.js'), join(source, 'interview.css')],
	outdir: out,
	bundle: true,
	minify: true,
	format: 'iife',
	target: ['es2021', 'safari15', 'firefox100', 'chrome100'],
	charset: 'utf8',
	legalComments: 'none',
	banner: { js: '/* Includes MIT-licensed software, see licences.txt */' },
	logLevel: 'warning',
	alias: {
		'@elevenlabs/client': join(client, 'dist', 'platform', 'web', 'index.js'),
		'livekit-client': join(source, 'livekit-stub.js'),
	},
	// Addresses in the style sheet are the site's own and stay as they are.
	external: ['/static/*'],
	plugins: [ownResampler],
});

await Promise.all([
	copyFile(join(source, 'mark.svg'), join(out, 'mark.svg')),
	copyFile(join(client, 'worklets', 'rawAudioProcessor.js'), join(out, 'rawAudioProcessor.js')),
	copyFile(join(client, 'worklets', 'audioConcatProcessor.js'), join(out, 'audioConcatProcessor.js')),
	copyFile(join(resampler, 'dist', 'libsamplerate.worklet.js'), join(out, 'libsamplerate.worklet.js')),
	writeFile(join(out, 'licences.txt'), await licences([client, resampler])),
]);
await buildConsole();
await checkBudget();
await checkConsoleBudget();

// The console: modules for browsers that have them. Pages may load the rest (a chart) when it is needed.
async function buildConsole() {
	const from = join(here, 'console'), to = join(resolve(values.out), 'console');
	const named = async (folder, ending) => (await readdir(join(from, folder)).catch(() => []))
		.filter((name) => name.endsWith(ending)).sort().map((name) => join(from, folder, name));
	const sheets = [join(from, 'console.css'), ...await named('pages', '.css')];
	const common = { bundle: true, minify: true, charset: 'utf8', legalComments: 'none', logLevel: 'warning', nodePaths: [modules] };
	await mkdir(to, { recursive: true });
	await esbuild.build({
		...common,
		entryPoints: [join(from, 'early.js'), join(from, 'shell.js'), ...await named('pages', '.js')],
		outdir: to,
		entryNames: '[name]',
		chunkNames: 'shared-[hash]',
		splitting: true,
		format: 'esm',
		target: ['es2022', 'safari16', 'firefox110', 'chrome110'],
	});
	await esbuild.build({
		...common,
		stdin: { contents: sheets.map((path) => `@import ${JSON.stringify(path)};`).join('\n'), loader: 'css', resolveDir: from },
		outfile: join(to, 'console.css'),
		external: ['/static/*'],
	});
	await copyFile(join(from, 'icons.svg'), join(to, 'icons.svg'));
	await writeFile(join(to, 'licences.txt'), await licences([join(modules, 'uplot')]));
}

// What a page loads at once: the sheet, the icons, the frame's script, its own, and what these import.
async function checkConsoleBudget() {
	const from = join(resolve(values.out), 'console');
	const weigh = async (name) => gzipSync(await readFile(join(from, name))).length;
	const imported = async (name, seen = new Set()) => {
		if (seen.has(name)) return seen;
		seen.add(name);
		const text = await readFile(join(from, name), 'utf8');
		for (const [, found] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) await imported(found, seen);
		return seen;
	};
	const frame = ['console.css', 'icons.svg', 'early.js', ...await imported('shell.js')];
	let most = { name: 'shell', total: 0 };
	for (const name of (await readdir(from)).filter((entry) => entry.endsWith('.js') && !entry.startsWith('shared-'))) {
		const files = new Set([...frame, ...await imported(name)]);
		const total = (await Promise.all([...files].map(weigh))).reduce((sum, size) => sum + size, 0);
		if (total > most.total) most = { name, total };
	}
	console.log(`console: at most ${(most.total / 1024).toFixed(1)} KB compressed (${most.name}; budget ${CONSOLE_BUDGET / 1024} KB beside the page itself)`);
	if (most.total > CONSOLE_BUDGET) {
		console.error('the first load of a console page is over its budget');
		process.exit(1);
	}
}

// Gives the licence texts of the included packages, each under its name and version.
async function licences(packages) {
	const texts = await Promise.all(packages.map(async (directory) => {
		const { name, version, license } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
		const file = (await readdir(directory)).find((entry) => /^licen[cs]e/i.test(entry));
		const text = file ? await readFile(join(directory, file), 'utf8') : `Licence: ${license}\n`;
		return `${name} ${version}\n\n${text}`;
	}));
	return texts.join('\n----------------------------------------\n\n');
}

// Says what the first load weighs and refuses more than the budget.
async function checkBudget() {
	const sizes = await Promise.all(FIRST_LOAD.map(async (name) => gzipSync(await readFile(join(out, name))).length));
	const total = sizes.reduce((sum, size) => sum + size, 0);
	console.log(`interview page: ${(total / 1024).toFixed(1)} KB compressed (budget ${FIRST_LOAD_BUDGET / 1024} KB)`);
	if (total > FIRST_LOAD_BUDGET) {
		console.error('the first load of the interview page is over its budget');
		process.exit(1);
	}
}
