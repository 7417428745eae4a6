// The page of the voices in a browser: finding and hearing them, the bench, the account, uploads; against the sandbox.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { look, startConsole } from '../support/console.mjs';
import { until } from '../support/stack.mjs';

const HOSTILE = '"><img src=x onerror="window.hit=1">{{name}}<script>window.hit=1</script>';

// A WAV of 8 kHz, mono, 16 bits.
function tone(seconds = 1) {
	const count = seconds * 8000, bytes = Buffer.alloc(44 + count * 2);
	bytes.write('RIFF....WAVEfmt ');
	bytes.writeUInt32LE(36 + count * 2, 4);
	[16, 8000, 16000].forEach((n, i) => bytes.writeUInt32LE(n, [16, 24, 28][i]));
	[1, 1, 2, 16].forEach((n, i) => bytes.writeUInt16LE(n, [20, 22, 32, 34][i]));
	bytes.write('data', 36);
	bytes.writeUInt32LE(count * 2, 40);
	for (let i = 0; i < count; i++)
		bytes.writeInt16LE(Math.round(8000 * Math.sin(i * 2 * Math.PI * 400 / 8000)), 44 + i * 2);
	return bytes;
}

describe('the page of the voices', () => {
	let c;

	before(async () => {
		c = await startConsole({ settings: { SPEECH_PRICE_PER_1000_CHARACTERS: '0.30', PRICE_CURRENCY: 'EUR' } });
	}, { timeout: 120_000 });
	after(() => c?.close());

	const speeches = async () => (await c.stack.control('/log?vendor=elevenlabs')).entries
		.filter((entry) => entry.method === 'POST' && entry.path.startsWith('/v1/text-to-speech/')).length;
	const fault = (body) => c.stack.control('/faults', { method: 'POST', body: { vendor: 'elevenlabs', ...body } });
	const noFault = ({ id }) => c.stack.control(`/faults/${id}`, { method: 'DELETE' });
	const library = (page) => page.locator('#library > li');
	async function open(page, path = '/console/voices') {
		await page.goto(path);
		await page.locator('#library-state').filter({ hasNotText: 'Asking' }).waitFor();
	}
	async function forget() {
		for (const key of (await c.stack.redis('keys', 'parley:voice*')).split('\n').filter(Boolean)) await c.stack.redis('del', key);
	}

	test('shows the library, and finds voices by filters that stand in the address', async () => {
		const page = await c.page('operator');
		await open(page);
		assert.equal(await library(page).count(), 24);
		await page.getByText('Standard voice').waitFor();
		await page.getByRole('link', { name: 'Next page' }).click();
		await page.locator('#library-state').filter({ hasText: '1 voice' }).waitFor();
		assert.match(page.url(), /cursor=/);
		await page.getByRole('link', { name: 'First page' }).click();
		await page.getByLabel('Language').selectOption('German');
		await page.waitForURL(/language=de/);
		await page.getByRole('heading', { name: 'Petra Lindqvist' }).waitFor();
		assert.equal(await library(page).count(), 2);
		assert.doesNotMatch(page.url(), /search=|cursor=/, 'empty filters are no part of the address');
		await page.getByLabel('Search').fill('cosy');
		await page.getByRole('button', { name: 'Find' }).click();
		await page.waitForURL(/search=cosy/);
		await page.getByRole('heading', { name: 'Anselm Brucker' }).waitFor();
		assert.equal(await library(page).count(), 1);
		assert.equal(await page.getByLabel('Language').inputValue(), 'de');
		await page.goto('/console/voices?search=nobody+at+all');
		await page.getByText('No voice of your account is like that').waitFor();
		await page.goto('/console/voices?category=famous');
		await page.getByText('category must be').waitFor();
		await page.context().close();
	});

	test('plays one sound at a time, in place, and says which', async () => {
		const page = await c.page('viewer');
		await open(page);
		await page.getByRole('button', { name: 'Listen to Corwin Ashby' }).click();
		await page.getByRole('button', { name: 'Pause Corwin Ashby' }).waitFor();
		await page.getByRole('button', { name: 'Listen to Meera Tavish' }).focus();
		await page.keyboard.press('Enter');
		await page.getByRole('button', { name: 'Pause Meera Tavish' }).waitFor();
		await page.getByRole('button', { name: 'Listen to Corwin Ashby' }).waitFor();
		assert.equal(await page.getByRole('button', { name: /^Pause/ }).count(), 1);
		await page.keyboard.press('Enter');
		await page.getByRole('button', { name: 'Listen to Meera Tavish' }).waitFor();
		// The sample comes from our own address: what listens is no business of others.
		const from = await page.evaluate(() => performance.getEntriesByType('resource').map((entry) => new URL(entry.name).origin).filter((origin) => origin !== location.origin));
		assert.deepEqual(from, []);
		// A viewer may listen, but not spend.
		assert.equal(await page.locator('#bench').count(), 0);
		assert.equal(await page.locator('#upload').count(), 0);
		await page.context().close();
	});

	test('says a text with two voices, tells what it cost, and does not buy it twice', async () => {
		const page = await c.page('operator');
		await open(page);
		const before = await speeches();
		await page.getByLabel('Text', { exact: true }).fill('Good morning. This is a test of two voices.');
		await page.getByText('43 characters, about €0.0129').waitFor();
		await page.locator('#slot-a').getByText('Eric (sandbox)').waitFor();
		await page.getByRole('button', { name: 'Compare Isla Crannoch' }).click();
		await page.locator('#slot-b').getByText('Isla Crannoch').waitFor();
		await page.getByText('43 characters, about €0.0258 for both voices').waitFor();
		await page.getByRole('button', { name: 'Say it' }).click();
		const first = page.getByRole('article', { name: 'Eric (sandbox)' }), second = page.getByRole('article', { name: 'Isla Crannoch' });
		await first.getByText('43 characters · 43 credits · €0.0129').waitFor();
		await second.getByText('43 characters · 43 credits · €0.0129').waitFor();
		assert.equal(await speeches(), before + 2);
		await second.getByRole('button', { name: 'Listen to Isla Crannoch saying the text' }).click();
		await second.getByRole('button', { name: 'Pause Isla Crannoch saying the text' }).waitFor();
		await page.getByRole('button', { name: 'Say it' }).click();
		await second.getByText('said before, so nothing was bought').waitFor();
		assert.equal(await first.getByText('From the cache').count(), 1);
		assert.equal(await speeches(), before + 2);
		// Another setting is another speech.
		await page.getByText('Voice settings').click();
		const speed = page.getByRole('slider', { name: 'Speed' });
		await speed.focus();
		await page.keyboard.press('ArrowRight');
		assert.equal(await speed.getAttribute('aria-valuetext'), '1.05');
		await page.getByRole('button', { name: 'Remove the second voice' }).click();
		await page.getByRole('button', { name: 'Say it' }).click();
		await first.getByText('43 credits').waitFor();
		assert.equal(await speeches(), before + 3);
		await look(page, 'voices');
		await page.context().close();
	});

	test('a text that is missing or refused is told where it is', async () => {
		const page = await c.page('operator');
		await open(page);
		await page.getByRole('button', { name: 'Say it' }).click();
		await page.getByText('Please write what is to be said.').waitFor();
		assert.equal(await page.evaluate(() => document.activeElement.id), 'bench-text');
		await page.getByLabel('Text', { exact: true }).fill('x'.repeat(5001));
		await page.getByRole('button', { name: 'Say it' }).click();
		await page.locator('#bench .field .error', { hasText: 'at most 5000 characters' }).waitFor();
		await page.context().close();
	});

	test('a voice is chosen in a dialog, by search', async () => {
		const page = await c.page('operator');
		await open(page);
		await page.getByRole('button', { name: 'Change the voice' }).click();
		const dialog = page.getByRole('dialog', { name: 'Choose the voice' });
		await dialog.getByLabel('Search by name').fill('gravelly');
		await dialog.getByRole('button', { name: 'Choose Bastien Corvo' }).waitFor();
		await until(async () => await dialog.getByRole('listitem').count() === 1, { what: 'one voice' });
		await look(page, 'voices-dialog');
		await dialog.getByRole('button', { name: 'Choose Bastien Corvo' }).click();
		await page.locator('#slot-a').getByText('Bastien Corvo').waitFor();
		assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Change the voice');
		await page.context().close();
	});

	test('tells how much of the account is used', async () => {
		const page = await c.page('viewer');
		await open(page);
		const usage = (await c.api('GET', '/api/voice/usage')).json;
		const n = new Intl.NumberFormat('en');
		await page.getByText(`${n.format(usage.characters_used)} of ${n.format(usage.characters_limit)} characters used`).waitFor();
		assert.equal(await page.getByRole('progressbar', { name: 'Account' }).count(), 1);
		await page.context().close();
	});

	test('takes a recording, makes it fit the telephone and plays it', async () => {
		const page = await c.page('operator');
		await open(page);
		await page.getByText('Nothing was uploaded yet.').waitFor();
		await page.getByRole('button', { name: 'Upload' }).click();
		await page.getByText('Please choose a file.').waitFor();
		await page.getByLabel('File').setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no sound') });
		await page.getByRole('button', { name: 'Upload' }).click();
		await page.getByText('This is neither a WAV nor an MP3.').waitFor();
		await page.getByLabel('File').setInputFiles({ name: 'broken.wav', mimeType: 'audio/wav', buffer: tone(2).subarray(0, 9000) });
		await page.getByRole('button', { name: 'Upload' }).click();
		await page.getByText('The recording is damaged').waitFor();
		await page.getByLabel('File').setInputFiles({ name: `${HOSTILE.replaceAll('/', '')}.wav`, mimeType: 'audio/wav', buffer: tone(8) });
		await page.getByRole('button', { name: 'Upload' }).click();
		const row = page.locator('#recordings tr').first();
		await row.getByText('8 s').waitFor();
		assert.equal((await row.getByRole('rowheader').textContent()), HOSTILE.replaceAll('/', '').slice(0, 100));
		await row.getByRole('button', { name: /^Listen to/ }).click();
		await row.getByRole('button', { name: /^Pause/ }).waitFor();
		await page.reload();
		await page.locator('#recordings tr').first().waitFor();
		assert.equal(await page.evaluate(() => window.hit), undefined);
		await page.context().close();
	});

	test('what voices are called can do nothing', async () => {
		const page = await c.page('operator');
		await forget();
		const voice = { voice_id: 'hostile1', name: HOSTILE, category: HOSTILE, description: HOSTILE, labels: { accent: HOSTILE, language: HOSTILE, gender: 7 }, preview_url: null };
		const hostile = await fault({ match: { path: '^/v2/voices' }, mode: 'status', status: 200, body: { voices: [voice], has_more: false, next_page_token: null } });
		try {
			await open(page, `/console/voices?search=${encodeURIComponent(HOSTILE)}&accent=${encodeURIComponent(HOSTILE)}&language=${encodeURIComponent('"><b>')}`);
			assert.equal(await library(page).getByRole('heading').textContent(), HOSTILE);
			assert.equal(await page.getByLabel('Search', { exact: true }).inputValue(), HOSTILE);
			await page.getByRole('button', { name: /^Test/ }).click();
			await page.locator('#slot-a strong', { hasText: 'onerror' }).waitFor();
			assert.equal(await page.locator('#library img, #library script, #slot-a img, .filters b').count(), 0);
			assert.equal(await page.evaluate(() => window.hit), undefined);
			await look(page, 'voices-hostile');
		} finally {
			await noFault(hostile);
			await forget();
		}
		await page.context().close();
	});

	test('shows the old list while ElevenLabs is away, and asks again', async () => {
		const page = await c.page('viewer');
		await open(page);
		for (const pattern of ['parley:voices:*', 'parley:voice-account:usage']) {
			for (const key of (await c.stack.redis('keys', pattern)).split('\n')) {
				const [, , json] = /^(\d+) (.*)$/s.exec(await c.stack.redis('get', key));
				await c.stack.redis('set', key, `${Date.now() - 3 * 3_600_000} ${json}`);
			}
		}
		const away = await fault({ match: { method: 'GET' }, mode: 'status', status: 500, body: {} });
		await open(page);
		await page.locator('#library-state', { hasText: 'ElevenLabs does not answer; this was so 3 hours ago.' }).waitFor();
		assert.equal(await library(page).count(), 24);
		await page.locator('#usage-words', { hasText: 'this was so 3 hours ago' }).waitFor();
		await open(page, '/console/voices?search=warm');
		const again = page.getByRole('button', { name: 'Try again' });
		await again.waitFor();
		await noFault(away);
		await again.click();
		await page.getByRole('heading', { name: 'Amara Fennwick' }).waitFor();
		await page.context().close();
	});
});

describe('the page of the voices without ElevenLabs', () => {
	test('says what is missing, and still takes recordings', async () => {
		const c = await startConsole({ sandbox: false });
		try {
			const page = await c.page('operator');
			await page.goto('/console/voices');
			await page.getByRole('heading', { name: 'ElevenLabs is not connected yet' }).waitFor();
			await page.getByText('Nothing was uploaded yet.').waitFor();
			assert.equal(await page.locator('#library').count(), 0);
			await page.getByLabel('File').setInputFiles({ name: 'a.wav', mimeType: 'audio/wav', buffer: tone(1) });
			await page.getByRole('button', { name: 'Upload' }).click();
			await page.locator('#recordings tr').first().waitFor();
			await look(page, 'voices-off');
		} finally {
			await c.close();
		}
	}, { timeout: 120_000 });
});
