// The bundle as a thing that is shipped: the same every time, free of foreign hosts and of this machine's paths, complete. And
// the help texts, one row for each browser.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { explainProblem, permissionSteps } from '../../static/interview/microphone.js';
import { buildAssets } from '../support/browser.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const NAMES = ['audioConcatProcessor.js', 'interview.css', 'interview.js', 'libsamplerate.worklet.js', 'licences.txt', 'mark.svg',
	'rawAudioProcessor.js'];

test('two builds give the same bytes, and name neither a foreign host nor a place on this machine', async () => {
	const builds = [await buildAssets(), await buildAssets()];
	try {
		const [first, second] = await Promise.all(builds.map(async ({ directory }) => {
			const interview = join(directory, 'interview');
			assert.deepEqual((await readdir(interview)).sort(), NAMES);
			return Promise.all(NAMES.map((name) => readFile(join(interview, name), 'utf8')));
		}));
		assert.deepEqual(first, second);
		const [script, style] = ['interview.js', 'interview.css'].map((name) => first[NAMES.indexOf(name)]);
		for (const text of [script, style]) {
			assert.ok(!text.includes('jsdelivr'));
			assert.ok(!text.includes(root) && !text.includes(builds[0].directory) && !text.includes(`${homedir()}/`));
		}
	} finally {
		await Promise.all(builds.map((build) => build.remove()));
	}
});

const WEBKIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
for (const [browser, agent, words] of [
	['Chrome on a desk', 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36', 'Set Microphone to Allow'],
	['Edge', 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0', 'Set Microphone to Allow'],
	['Firefox', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'crossed-out microphone'],
	['Safari on a desk', `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Version/18.0 Safari/605.1.15`, 'Safari menu'],
	['Safari on a telephone', `Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${WEBKIT} Version/18.0 Mobile/15E148 Safari/604.1`, 'Website Settings'],
	['Chrome on Android', 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36', 'then Permissions'],
	['an unknown browser', 'Something/1.0', 'permissions of this website'],
]) {
	test(`the way to the permission in ${browser} is described`, () => {
		assert.ok(permissionSteps(agent).some((step) => step.includes(words)));
	});
}

test('a failure without a name of its own still gets a sentence and a step', () => {
	const { title, steps } = explainProblem({ name: 'SomethingNew' });
	assert.ok(title && steps.length === 1);
});
