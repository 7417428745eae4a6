// Campaigns in the console: one made from nothing to running by the keyboard alone, people from hostile files, what the
// review says, clones, a test call; and how it all looks.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { look, startConsole } from '../support/console.mjs';

const WHENEVER = { timezone: 'UTC', calling_hours: { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], start: '00:00', end: '24:00' }, recipient_hours: null };

let c, agent;
before(async () => {
	c = await startConsole({ settings: { CALL_PRICE_PER_MINUTE: '0.10', SPEECH_PRICE_PER_1000_CHARACTERS: '0.30', PRICE_CURRENCY: 'EUR' } });
	({ json: agent } = await c.api('POST', '/api/agents', { name: 'Reminder <b>', script: 'Hello {{first_name}} from {{city|your city}}. Press 1 or 9.' }));
});
after(() => c?.close());

async function draft(more = {}) {
	const { status, json, text } = await c.api('POST', '/api/campaigns', { name: 'Spring', agent_id: agent.id, ...WHENEVER, ...more });
	assert.equal(status, 201, text);
	return json.id;
}
const leads = (id, list) => c.api('POST', `/api/campaigns/${id}/leads`, { leads: list });
const csv = (text, name = 'people.csv') => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

// Tabs until the focus is on a control of that name, as a person without a mouse does.
async function tabTo(page, name, most = 80) {
	for (let i = 0; i < most; i++) {
		await page.keyboard.press('Tab');
		const found = await page.evaluate(() => {
			const one = document.activeElement;
			return (one.getAttribute('aria-label') || one.labels?.[0]?.innerText || one.innerText || one.value || '').trim();
		});
		if (found === name || found.startsWith(name)) return;
	}
	assert.fail(`no control "${name}" is reached by Tab`);
}
const step = (page, name) => page.waitForURL(new RegExp(`/edit\\?step=${name}$`));

describe('from nothing to running', () => {
	test('by the keyboard alone', async () => {
		const page = await c.page('operator');
		await page.goto('/console/campaigns');
		await page.getByRole('heading', { name: 'No campaign yet' }).waitFor();
		await look(page, 'campaigns-empty');
		await page.goto('/console/campaigns');
		await tabTo(page, 'New campaign');
		await page.keyboard.press('Enter');
		await page.waitForURL(/\/campaigns\/new$/);

		await tabTo(page, 'Name');
		await page.keyboard.type('Autumn <script>alert(1)</script>');
		await tabTo(page, 'Agent');
		await page.keyboard.type('Rem');
		await tabTo(page, 'Save draft and continue');
		await page.keyboard.press('Enter');
		await step(page, 'leads');
		const id = /campaigns\/([^/]+)\/edit/.exec(page.url())[1];

		await tabTo(page, 'Or paste numbers');
		await page.keyboard.press('Enter');
		await tabTo(page, 'One person a line');
		await page.keyboard.type('+1 415 555 0100, Ada Lovelace');
		await tabTo(page, 'Look at them');
		await page.keyboard.press('Enter');
		await page.getByText('1 lead can be added.').waitFor();
		await tabTo(page, 'Import');
		await page.keyboard.press('Enter');
		await page.getByRole('heading', { name: 'Imported' }).waitFor();
		await tabTo(page, 'Continue');
		await page.keyboard.press('Enter');
		await step(page, 'hours');

		// Every day, around the clock, wherever they are.
		for (const day of ['Saturday', 'Sunday']) {
			await tabTo(page, day);
			await page.keyboard.press('Space');
		}
		for (const field of ['From', 'Until']) {
			await tabTo(page, field);
			await page.keyboard.type('1200AM');
		}
		await tabTo(page, 'Respect the local time');
		await page.keyboard.press('Space');
		await tabTo(page, 'Save and continue');
		await page.keyboard.press('Enter');
		await step(page, 'pace');
		await tabTo(page, 'Save and continue');
		await page.keyboard.press('Enter');
		await step(page, 'retries');
		await tabTo(page, 'Save and continue');
		await page.keyboard.press('Enter');
		await step(page, 'keys');
		await tabTo(page, 'Add an opt-out on 9');
		await page.keyboard.press('Enter');
		await tabTo(page, 'Save and continue');
		await page.keyboard.press('Enter');
		await step(page, 'review');
		await page.getByRole('heading', { name: 'Ready', exact: true }).waitFor();
		await tabTo(page, 'Start');
		await page.keyboard.press('Enter');
		await page.getByRole('dialog').waitFor();
		await tabTo(page, 'Start');
		await page.keyboard.press('Enter');
		await page.waitForURL(new RegExp(`/console/campaigns/${id}$`));

		const { json } = await c.api('GET', `/api/campaigns/${id}`);
		assert.equal(json.name, 'Autumn <script>alert(1)</script>');
		assert.deepEqual(json.calling_hours, WHENEVER.calling_hours);
		assert.equal(json.recipient_hours, null);
		assert.deepEqual(json.keys, { 9: { outcome: 'opt_out', say: 'You will not be called again.' } });
		assert.notEqual(json.state, 'draft');
	});
});

describe('the steps', () => {
	test('keep a draft that is left, say what is wrong at its field, and ask before something typed is lost', async () => {
		const page = await c.page('operator'), id = await draft();
		await page.goto(`/console/campaigns/${id}/edit?step=retries`);
		await page.getByLabel('Attempts for each person').fill('7');
		await page.getByLabel('After busy').fill('10 min, 1 fortnight');
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await page.getByText('“1 fortnight” is no delay').waitFor();
		assert.equal(await page.getByLabel('After busy').getAttribute('aria-invalid'), 'true');
		await page.getByLabel('After busy').fill('10 min, 2 h');
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await page.getByText('Saved.').waitFor();
		const { json } = await c.api('GET', `/api/campaigns/${id}`);
		assert.equal(json.retry.max_attempts, 7);
		assert.deepEqual(json.retry.delays_seconds.busy, [600, 7200]);

		await page.getByLabel('Attempts for each person').fill('99');
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await page.getByText('This must be a whole number').waitFor();
		let asked = 0;
		page.on('dialog', (dialog) => { asked++; dialog.accept(); });
		await page.getByRole('link', { name: 'Pace' }).click();
		await page.waitForURL(/step=pace/);
		assert.equal(asked, 1);

		await page.goto('/console/campaigns');
		await page.getByRole('link', { name: 'Continue: Spring' }).first().click();
		await page.getByRole('heading', { name: 'Basics' }).waitFor();
	});

	test('take keys and holidays, and look right in every size', async () => {
		const page = await c.page('operator'), id = await draft();
		await page.goto(`/console/campaigns/${id}/edit?step=keys`);
		await page.getByRole('button', { name: 'Add a key' }).click();
		await page.getByLabel('Outcome').fill('call back');
		await page.getByLabel('What is said then').fill('We "will" <i>call</i>.');
		await page.getByRole('button', { name: 'Add an opt-out on 9' }).click();
		await look(page, 'campaign-keys');
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await page.getByText('Saved.').waitFor();
		await page.goto(`/console/campaigns/${id}/edit?step=hours`);
		await page.getByLabel('Add a day').fill('2027-01-01');
		await page.getByRole('button', { name: 'Add', exact: true }).click();
		await look(page, 'campaign-hours');
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await page.getByText('Saved.').waitFor();
		const { json } = await c.api('GET', `/api/campaigns/${id}`);
		assert.deepEqual(json.keys, { 1: { outcome: 'call_back', say: 'We "will" <i>call</i>.' }, 9: { outcome: 'opt_out', say: 'You will not be called again.' } });
		assert.deepEqual(json.holidays, ['2027-01-01']);
		assert.deepEqual(json.calling_hours, WHENEVER.calling_hours);
		for (const name of ['basics', 'pace', 'retries']) {
			await page.goto(`/console/campaigns/${id}/edit?step=${name}`);
			await look(page, `campaign-${name}`);
		}
	});
});

describe('people from files', () => {
	const hostile = ['Kundennr;Mobilnummer;Full name;Stadt;=SUM(1+1)', '1;(415) 555-0111;Ada <img src=x onerror=alert(1)>;Rome;x',
		'2;not a number;=cmd|calc;Oslo;y', '3;+1 415 555 0113;Cy;"two\nlines";z', '4;+14155550111;Twice;Rome;w', '5;+14155550115;Dee'].join('\r\n');

	test('are looked at, their columns chosen, bad cells named; all rejected rows can be fetched', async () => {
		const page = await c.page('operator'), id = await draft();
		await page.goto(`/console/campaigns/${id}/edit?step=leads`);
		await page.getByLabel('Choose a file').setInputFiles(csv(hostile));
		await page.locator('#columns').waitFor();
		assert.equal(await page.getByLabel('What Kundennr is').inputValue(), 'variable');
		assert.equal(await page.getByLabel('What Full name is').inputValue(), 'name');
		// Without a country the first number is none; with one it is.
		await page.getByLabel('Country of numbers').selectOption('US');
		await page.getByText('not a number').first().waitFor();
		await page.getByLabel('What Mobilnummer is').selectOption('phone');
		await page.getByText('Bad: ').first().waitFor();
		await page.getByLabel('What Kundennr is').selectOption('drop');
		await page.getByLabel('What Stadt is').waitFor();
		await page.getByLabel('Variable for Stadt').fill('city');
		await page.getByLabel('Variable for Stadt').press('Tab');
		await page.getByText('2 leads can be added, 1 there already or twice, 2 rows cannot be used.').waitFor();
		await look(page, 'campaign-leads');
		await page.getByRole('button', { name: 'Import', exact: true }).click();
		await page.getByRole('heading', { name: 'Imported' }).waitFor();
		assert.equal(await page.locator('#import-result [data-fact="Added"]').innerText(), '2');
		assert.equal(await page.locator('#import-result [data-fact="Rejected"]').innerText(), '2');
		await look(page, 'campaign-leads-result');
		const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download the 2 rows' }).click()]);
		const chunks = [];
		for await (const chunk of await download.createReadStream()) chunks.push(chunk);
		const text = Buffer.concat(chunks).toString();
		assert.match(text, /^rejected_row,rejected_because,Kundennr,Mobilnummer/);
		assert.match(text, /'=cmd\|calc/);
		assert.match(text, /another number of cells/);
		const { json } = await c.api('GET', `/api/campaigns/${id}/leads/1`);
		assert.deepEqual([json.phone, json.name, json.variables.city], ['+14155550111', 'Ada <img src=x onerror=alert(1)>', 'Rome']);
		assert.equal(json.variables.kundennr, undefined);
	});

	test('pasted numbers are told by the lines they were pasted in', async () => {
		const page = await c.page('operator'), id = await draft();
		await page.goto(`/console/campaigns/${id}/edit?step=leads`);
		await page.getByText('Or paste numbers').click();
		await page.getByLabel('One person a line').fill('+14155550131, Ada\n\nnonsense\n+14155550133');
		await page.getByRole('button', { name: 'Look at them' }).click();
		await page.locator('#preview').waitFor();
		assert.deepEqual(await page.locator('#preview tbody th').allInnerTexts(), ['1', '3', '4']);
		await page.getByRole('button', { name: 'Import', exact: true }).click();
		await page.getByText('Rejected rows').click();
		await page.getByText(/^Row 3 \(nonsense\)/).waitFor();
	});

	test('a column that is chosen twice gives way, and a wrong variable is told', async () => {
		const page = await c.page('operator'), id = await draft();
		await page.goto(`/console/campaigns/${id}/edit?step=leads`);
		await page.getByLabel('Choose a file').setInputFiles(csv('phone,other\n+14155550121,+14155550122\n'));
		await page.getByText('1 lead can be added.').waitFor();
		await page.getByLabel('What other is').selectOption('phone');
		await page.locator('select[aria-label="What phone is"]:has(option[value="drop"]:checked)').waitFor();
		await page.getByText('1 lead can be added.').waitFor();
		await page.getByLabel('What phone is').selectOption('variable');
		await page.getByLabel('Variable for phone').fill('not good');
		await page.getByLabel('Variable for phone').press('Tab');
		await page.getByText('cannot be the name of a variable').waitFor();
		assert.equal(await page.getByRole('button', { name: 'Import', exact: true }).isDisabled(), true);
	});

	test('are dropped on the page too; who only looks cannot fetch what was rejected', async () => {
		const page = await c.page('operator'), id = await draft();
		await page.goto(`/console/campaigns/${id}/edit?step=leads`);
		await page.evaluate((text) => {
			const transfer = new DataTransfer();
			transfer.items.add(new File([text], 'dropped.csv', { type: 'text/csv' }));
			for (const kind of ['dragenter', 'dragover', 'drop']) document.querySelector('#drop').dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
		}, 'phone\n+14155550151\n12\n');
		await page.getByRole('heading', { name: 'dropped.csv' }).waitFor();
		await page.getByRole('button', { name: 'Import', exact: true }).click();
		await page.getByRole('heading', { name: 'Imported' }).waitFor();
		await page.getByRole('link', { name: '1 lead', exact: true }).waitFor();
		assert.equal(await page.getByText('needs you').count(), 0);
		const address = await page.getByRole('link', { name: 'Download the 1 row' }).getAttribute('href');
		assert.equal((await page.request.get(address)).status(), 200);
		assert.equal((await (await c.page('viewer')).request.get(address)).status(), 403);
	});

	test('a long file tells how far it is', async () => {
		const page = await c.page('operator'), id = await draft();
		const rows = Array.from({ length: 40_000 }, (_, i) => `+1415${String(6_000_000 + i)},Somebody with a rather long name Nr ${i}`);
		await page.goto(`/console/campaigns/${id}/edit?step=leads`);
		await page.getByLabel('Choose a file').setInputFiles(csv(`phone,name\n${rows.join('\n')}\n1,bad\n`));
		await page.getByText('In the beginning of the file').waitFor();
		await page.getByRole('button', { name: 'Check every row first' }).click();
		await page.locator('#import-progress progress').waitFor();
		await page.getByRole('heading', { name: 'Every row was checked' }).waitFor({ timeout: 60_000 });
		assert.equal(await page.locator('#import-result [data-fact="Would be added"]').innerText(), '40,000');
		await page.getByRole('button', { name: 'Import', exact: true }).click();
		await page.getByRole('heading', { name: 'Imported' }).waitFor({ timeout: 60_000 });
		const { json } = await c.api('GET', `/api/campaigns/${id}/status`);
		assert.equal(json.counts.total, 40_000);
	});
});

describe('the review', () => {
	test('says why it cannot start, and where that is mended', async () => {
		const page = await c.page('operator'), id = await draft();
		await page.goto(`/console/campaigns/${id}/edit?step=review`);
		await page.getByText('The campaign has no leads to call.').waitFor();
		assert.equal(await page.getByRole('button', { name: 'Start' }).isDisabled(), true);
		await page.getByText('needs you').waitFor();
		await look(page, 'campaign-review-obstacles');
		await page.getByRole('link', { name: 'Mend it' }).first().click();
		await page.waitForURL(/step=2/);
		await page.getByRole('heading', { name: 'Add leads' }).waitFor();
	});

	test('counts who can be called and who cannot, calls, speech and money', async () => {
		const page = await c.page('operator');
		const id = await draft({ keys: { 9: { outcome: 'opt_out' } } });
		await c.api('POST', '/api/do-not-call', { phone: '+14155550132' });
		await leads(id, [{ phone: '+14155550131', name: 'Zoe' }, { phone: '+14155550132', name: 'Bob' }, { phone: '+14155550133' }]);
		await page.goto(`/console/campaigns/${id}/edit?step=review`);
		const stats = page.locator('#review-numbers .stat-value');
		await stats.first().waitFor();
		assert.deepEqual((await stats.allInnerTexts()).slice(0, 3), ['1', '1', '3']);
		assert.match(await page.locator('#blocked [data-code="missing_variable"]').innerText(), /\{\{first_name\}\}/);
		assert.match(await page.locator('[data-fact="Speech"]').innerText(), /^1 text with 39 characters/);
		assert.match(await page.locator('[data-fact="Estimated cost"]').innerText(), /€0\.31.*€0\.30 for calls.*€0\.01 for speech/);
		await look(page, 'campaign-review');
	});
});

describe('the list', () => {
	test('shows progress with links to the rows, filters, and clones', async () => {
		const page = await c.page('operator'), id = await draft({ name: 'Cloned & <i>loved</i>' });
		await leads(id, [{ phone: '+14155550141' }, { phone: '+14155550142' }]);
		await page.goto('/console/campaigns?search=loved');
		assert.equal(await page.locator('#campaigns tbody tr').count(), 1);
		await page.getByRole('link', { name: '0 of 2 done' }).waitFor();
		await page.getByRole('button', { name: 'Clone: Cloned & <i>loved</i>' }).click();
		const dialog = page.getByRole('dialog');
		await dialog.getByLabel('Name').fill('The copy');
		await dialog.getByLabel('Also copy its 2 leads').check();
		await dialog.getByRole('button', { name: 'Make the draft' }).click();
		await page.waitForURL(/\/edit$/);
		await page.getByRole('heading', { name: 'The copy' }).waitFor();
		const copy = /campaigns\/([^/]+)\/edit/.exec(page.url())[1];
		assert.equal((await c.api('GET', `/api/campaigns/${copy}/status`)).json.counts.total, 2);
		await page.goto('/console/campaigns?state=stopped');
		await page.getByRole('heading', { name: 'No campaign matches' }).waitFor();
		await page.goto('/console/campaigns');
		await look(page, 'campaigns');
	});

	test('a viewer looks and changes nothing', async () => {
		const page = await c.page('viewer'), id = await draft();
		await page.goto('/console/campaigns');
		assert.equal(await page.getByRole('button', { name: /Clone/ }).count(), 0);
		await page.goto(`/console/campaigns/${id}/edit?step=pace`);
		await page.getByText('Your role lets you look, but not change.').waitFor();
		assert.equal(await page.getByLabel('Calls a day').isDisabled(), true);
		assert.equal(await page.getByRole('button', { name: 'Save' }).count(), 0);
		await page.goto(`/console/campaigns/${id}/edit?step=leads`);
		assert.equal(await page.locator('#upload').count(), 0);
	});
});

describe('a test call', () => {
	test('rings the number, tells its outcome, and stands in no list', async () => {
		const page = await c.page('operator'), id = await draft({ recipient_hours: { start: '00:00', end: '00:01' }, keys: { 1: { outcome: 'interested', say: 'Thank you.' } } });
		await page.goto(`/console/campaigns/${id}/edit?step=review`);
		await page.getByLabel('Your number').fill('not one');
		await page.getByRole('button', { name: 'Call me' }).click();
		await page.getByText('This is not a telephone number.').waitFor();
		await page.getByLabel('Your number').fill('+1 415 555 0196');
		await page.getByRole('button', { name: 'Call me' }).click();
		await page.getByText('say what it is for this call').or(page.getByText('Confirm that the number is your own')).waitFor();
		await page.getByLabel('This is my own number').check();
		await page.getByLabel('first_name').fill('Ada');
		await page.getByRole('button', { name: 'Call me' }).click();
		await page.getByText('The call has ended: interested (key 1').waitFor({ timeout: 60_000 });
		const { json } = await c.api('GET', '/api/campaigns');
		assert.ok(json.items.every(({ name }) => name !== 'Test call'));
		assert.equal((await c.api('GET', `/api/campaigns/${id}/status`)).json.attempts, 0);
	});
});
