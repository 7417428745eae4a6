// The pages of the agents in a browser: writing a script, hearing it, saving it beside others; against the sandbox.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { look, startConsole } from '../support/console.mjs';
import { until } from '../support/stack.mjs';

const HOSTILE = '</textarea><img src=x onerror="window.hit=1"><script>window.hit=1</script>';

describe('the pages of the agents', () => {
	let c;

	before(async () => {
		c = await startConsole({ settings: { SPEECH_PRICE_PER_1000_CHARACTERS: '0.30', PRICE_CURRENCY: 'USD' } });
	}, { timeout: 120_000 });
	after(() => c?.close());

	async function make(path, body) {
		const { status, json, text } = await c.api('POST', path, body);
		assert.ok(status === 201 || status === 200, text);
		return json;
	}
	const agent = (more = {}) => make('/api/agents', { name: 'Reminder', script: 'Hello {{first_name}}, see you in {{city}}.', ...more });
	const campaign = (agent_id, name = 'Spring survey') => make('/api/campaigns', {
		name, agent_id, mode: 'broadcast', timezone: 'America/New_York', calling_hours: { days: ['mon', 'tue'], start: '09:00', end: '20:00' },
	});
	const leads = (id, ...items) => make(`/api/campaigns/${id}/leads`, { leads: items });
	// Tab until the focus is where it should be: what a person without a mouse does.
	async function tabTo(page, locator) {
		for (let i = 0; i < 80; i++) {
			if (await locator.evaluate((node) => node === document.activeElement)) return;
			await page.keyboard.press('Tab');
		}
		assert.fail(`the focus does not come to ${locator}`);
	}

	test('an empty list teaches, and an agent is made by keyboard alone', async () => {
		const page = await c.page('operator');
		await page.goto('/console/agents');
		await page.getByRole('heading', { name: 'No agent yet' }).waitFor();
		await look(page, 'agents-empty');
		await tabTo(page, page.getByRole('link', { name: 'New agent' }));
		await page.keyboard.press('Enter');
		await page.waitForURL(/\/console\/agents\/new$/);
		await page.locator('#voice').getByText('Eric (sandbox)').waitFor();
		await tabTo(page, page.getByLabel('Name', { exact: true }));
		await page.keyboard.type('Invitation');
		await tabTo(page, page.getByLabel('Script'));
		await page.keyboard.type('Hello ');
		await tabTo(page, page.getByRole('button', { name: 'first_name' }));
		await page.keyboard.press('Enter');
		assert.equal(await page.evaluate(() => document.activeElement.id), 'script', 'writing goes on after a variable was inserted');
		await page.keyboard.type(', we invite you.');
		assert.equal(await page.getByLabel('Script').inputValue(), 'Hello {{first_name}}, we invite you.');
		await page.locator('#preview', { hasText: 'Hello Ada, we invite you.' }).waitFor();
		await tabTo(page, page.getByRole('button', { name: 'Choose a voice' }));
		await page.keyboard.press('Enter');
		const dialog = page.getByRole('dialog');
		await page.keyboard.type('sunniva');
		await until(async () => await dialog.getByRole('listitem').count() === 1, { what: 'one voice' });
		await tabTo(page, dialog.getByRole('button', { name: 'Choose Sunniva Drake' }));
		await page.keyboard.press('Enter');
		await page.locator('#voice').getByText('Sunniva Drake').waitFor();
		await tabTo(page, page.getByLabel('Language'));
		await page.keyboard.type('Eng');
		await page.getByText('Not saved yet.').waitFor();
		await tabTo(page, page.getByRole('button', { name: 'Create agent' }));
		await page.keyboard.press('Enter');
		await page.waitForURL(/\/console\/agents\/[A-Za-z0-9_-]{22}$/);
		await page.getByText('Agent “Invitation” was created.').waitFor();
		const made = (await c.api('GET', `/api/agents/${page.url().split('/').at(-1)}`)).json;
		assert.equal(made.script, 'Hello {{first_name}}, we invite you.');
		assert.equal(made.language, 'en');
		assert.equal(made.voice_settings, null);
		assert.notEqual(made.voice_id, c.stack.settings.ELEVENLABS_VOICE_ID);
		await page.context().close();
	});

	test('what is wrong is told at its field', async () => {
		const page = await c.page('operator');
		await page.goto('/console/agents/new');
		await page.getByRole('button', { name: 'Create agent' }).click();
		await page.locator('.field .error', { hasText: 'This must be text' }).waitFor();
		assert.equal(await page.evaluate(() => document.activeElement.name), 'name');
		await page.getByLabel('Name', { exact: true }).fill('A');
		await page.getByLabel('Script').fill('Hello {{ name }}');
		await page.locator('#preview-state', { hasText: 'A placeholder must be written' }).waitFor();
		await page.getByRole('button', { name: 'Create agent' }).click();
		await page.locator('.field .error', { hasText: 'A placeholder must be written' }).waitFor();
		assert.equal(await page.getByLabel('Script').getAttribute('aria-invalid'), 'true');
		await page.getByLabel('Script').fill('x'.repeat(5001));
		await page.getByText('5,001 of 5,000 characters: too long').waitFor();
		await page.context().close();
	});

	test('unknown variables are named, and the preview speaks with the values of a real lead', async () => {
		const { id } = await agent(), { id: cid } = await campaign(id);
		await leads(cid, { phone: '+14155550111', name: 'Grace Hopper', city: 'Arlington', plan: 'gold' });
		const page = await c.page('operator');
		await page.goto(`/console/agents/${id}`);
		await page.getByRole('button', { name: 'plan' }).waitFor();
		assert.equal(await page.locator('#script-check li').count(), 0);
		await page.locator('#preview-state', { hasText: 'Without {{city}} this call would not be made.' }).waitFor();
		await page.getByText('{{city}} is missing').waitFor();
		assert.equal(await page.getByRole('button', { name: 'Hear it' }).isDisabled(), true);
		await page.getByLabel('Script').fill('Hello {{first_name}} of {{city}}, {{odd}} {{odder|maybe}}.');
		const unknown = page.locator('#script-check li');
		await unknown.first().getByText('{{odd}} is no column of the leads').waitFor();
		assert.match(await unknown.nth(0).textContent(), /^Unknown .*A lead that lacks it is not called/);
		assert.match(await unknown.nth(1).textContent(), /its default is said then/);
		await page.getByLabel('Script').fill('Hello {{first_name}} of {{city}}, you have {{plan|basic}}.');
		await page.getByRole('button', { name: 'Take its values' }).click();
		await page.locator('#preview', { hasText: 'Hello Grace of Arlington, you have gold.' }).waitFor();
		await page.locator('#preview-state', { hasText: '40 characters, about $0.012.' }).waitFor();
		await page.getByRole('button', { name: 'Hear it' }).click();
		await page.getByText('40 characters · 40 credits · $0.012.').waitFor();
		await page.getByRole('button', { name: 'Pause the preview' }).waitFor();
		await page.getByRole('button', { name: 'Hear it' }).click();
		await page.getByText('said before, so nothing was bought').waitFor();
		await page.getByLabel('city', { exact: true }).fill('Paris');
		await page.locator('#preview', { hasText: 'Hello Grace of Paris' }).waitFor();
		await page.getByLabel('Lead number').fill('99');
		await page.getByRole('button', { name: 'Take its values' }).click();
		await page.getByText('There is no such lead.').waitFor();
		await look(page, 'agent');
		// The script's change was not saved: leaving asks.
		let asked = 0;
		page.on('dialog', (dialog) => { asked++; void dialog.accept(); });
		await page.getByRole('link', { name: 'Voices' }).click();
		await page.waitForURL(/\/console\/voices/);
		assert.equal(asked, 1);
		await page.context().close();
	});

	test('of two operators the second is told, and decides', async () => {
		const { id } = await agent({ name: 'Shared' });
		const one = await c.page('operator'), two = await c.page('admin');
		await one.goto(`/console/agents/${id}`);
		await two.goto(`/console/agents/${id}`);
		await one.getByLabel('Script').fill('The first one\'s words.');
		await one.getByRole('button', { name: 'Save changes' }).click();
		await one.getByText('Saved. Calls made from now on say this.').waitFor();
		await two.getByLabel('Script').fill('The second one\'s words.');
		await two.getByRole('button', { name: 'Save changes' }).click();
		const conflict = two.locator('#conflict');
		await conflict.getByText('Their changes: script.').waitFor();
		await look(two, 'agent-conflict');
		assert.equal((await c.api('GET', `/api/agents/${id}`)).json.script, 'The first one\'s words.');
		await conflict.getByText('Their script').click();
		await conflict.getByText('The first one\'s words.').waitFor();
		await conflict.getByRole('button', { name: 'Overwrite with mine' }).click();
		await until(async () => (await c.api('GET', `/api/agents/${id}`)).json.script === 'The second one\'s words.', { what: 'the second one\'s words' });
		assert.equal(await conflict.isVisible(), false);
		// The first one saves again, is told, and takes theirs.
		await one.getByLabel('Name', { exact: true }).fill('Renamed');
		await one.getByRole('button', { name: 'Save changes' }).click();
		await one.getByRole('button', { name: 'Load theirs' }).click();
		await one.getByRole('dialog').getByRole('button', { name: 'Load theirs' }).click();
		await until(async () => await one.getByLabel('Script').inputValue() === 'The second one\'s words.', { what: 'their words' });
		assert.equal(await one.getByLabel('Name', { exact: true }).inputValue(), 'Shared');
		await one.context().close();
		await two.context().close();
	});

	test('an agent in use stays, and one that is not is deleted', async () => {
		const { id } = await agent({ name: 'Busy' }), { id: cid } = await campaign(id, 'Holds it');
		const page = await c.page('operator');
		await page.goto('/console/agents');
		const row = page.getByRole('row', { name: /Busy/ });
		await row.getByRole('link', { name: 'Holds it' }).waitFor();
		await row.getByText('Eric (sandbox)').waitFor();
		await look(page, 'agents');
		await row.getByRole('link', { name: 'Busy' }).click();
		await page.locator('#voice').getByText('Eric (sandbox)').waitFor();
		await page.getByRole('button', { name: 'Delete' }).click();
		const dialog = page.getByRole('dialog');
		await dialog.getByText('It is used by 1 campaign').waitFor();
		await dialog.getByRole('button', { name: 'Delete' }).click();
		await page.getByText('1 campaign uses this agent.').waitFor();
		assert.equal((await c.api('GET', `/api/agents/${id}`)).status, 200);
		assert.equal((await c.api('DELETE', `/api/campaigns/${cid}`)).status, 204);
		await page.reload();
		await page.locator('#voice').getByText('Eric (sandbox)').waitFor();
		await page.getByRole('button', { name: 'Delete' }).click();
		await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
		await page.waitForURL(/\/console\/agents$/);
		await page.getByText('The agent was deleted.').waitFor();
		assert.equal((await c.api('GET', `/api/agents/${id}`)).status, 404);
		await page.context().close();
	});

	test('settings that are not touched stay the voice\'s own, and a copy has them all', async () => {
		const { id } = await agent({ name: 'Slow', voice_settings: { speed: 0.8, use_speaker_boost: false }, elevenlabs_agent_id: 'agent_1', language: 'sw' });
		const page = await c.page('operator');
		await page.goto(`/console/agents/${id}`);
		assert.equal(await page.getByRole('slider', { name: 'Speed' }).inputValue(), '0.8');
		assert.equal(await page.getByRole('slider', { name: 'Stability' }).getAttribute('aria-valuetext'), 'as the voice has it');
		await page.getByRole('slider', { name: 'Style' }).focus();
		await page.keyboard.press('ArrowRight');
		await page.getByRole('button', { name: 'Reset Speed' }).click();
		await page.getByRole('button', { name: 'Save changes' }).click();
		await page.getByText('Saved.').waitFor();
		const stored = (await c.api('GET', `/api/agents/${id}`)).json;
		assert.deepEqual(stored.voice_settings, { style: 0.05, use_speaker_boost: false });
		assert.equal(stored.language, 'sw', 'a language that is not in our list is kept');
		await page.getByRole('link', { name: 'Copy' }).click();
		await page.waitForURL(/from=/);
		assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Copy of Slow');
		await page.getByRole('button', { name: 'Create agent' }).click();
		await page.waitForURL(/\/console\/agents\/[A-Za-z0-9_-]{22}$/);
		const copy = (await c.api('GET', `/api/agents/${page.url().split('/').at(-1)}`)).json;
		for (const name of ['script', 'voice_id', 'model_id', 'language', 'voice_settings', 'elevenlabs_agent_id'])
			assert.deepEqual(copy[name], stored[name], name);
		await page.context().close();
	});

	test('hostile names and scripts do nothing', async () => {
		const { id } = await agent({ name: HOSTILE, script: `\n${HOSTILE}{{city|"><b onmouseover=alert(1)>}}` });
		const { id: cid } = await campaign(id, HOSTILE);
		await leads(cid, { phone: '+14155550112', name: HOSTILE, city: HOSTILE });
		const page = await c.page('operator');
		await page.goto('/console/agents');
		await page.getByRole('link', { name: HOSTILE }).first().waitFor();
		await page.goto(`/console/agents/${id}`);
		assert.equal(await page.getByLabel('Script').inputValue(), `\n${HOSTILE}{{city|"><b onmouseover=alert(1)>}}`, 'as it was written');
		await page.getByRole('button', { name: 'Take its values' }).click();
		await page.locator('#preview', { hasText: `${HOSTILE}${HOSTILE}` }).waitFor();
		assert.equal(await page.locator('main img, main script, #preview b').count(), 0);
		assert.equal(await page.evaluate(() => window.hit), undefined);
		await look(page, 'agent-hostile');
		await page.context().close();
	});

	test('a viewer reads, and nothing else', async () => {
		const { id } = await agent({ name: 'Seen' });
		const page = await c.page('viewer');
		await page.goto('/console/agents');
		assert.equal(await page.getByRole('link', { name: 'New agent' }).count(), 0);
		await page.getByRole('link', { name: 'Seen' }).click();
		await page.getByText('Your role lets you look, but not change.').waitFor();
		assert.equal(await page.getByLabel('Script').isDisabled(), true);
		assert.equal(await page.getByRole('button', { name: /Save|Delete|Hear it/ }).count(), 0);
		await page.getByLabel('city', { exact: true }).fill('Rome');
		await page.locator('#preview', { hasText: 'see you in Rome.' }).waitFor();
		await page.goto(`/console/agents/${id}x`);
		await page.getByRole('heading', { name: 'There is nothing here', exact: true }).waitFor();
		await page.context().close();
	});

	test('a voice that the account has no more is told', async () => {
		const { id } = await agent({ name: 'Lost voice', voice_id: 'gone1' });
		const page = await c.page('operator');
		await page.goto(`/console/agents/${id}`);
		await page.getByText('This voice is not in the ElevenLabs account any more').waitFor();
		await page.goto('/console/agents');
		await page.getByText('gone1 (not in the account)').waitFor();
		await page.context().close();
	});
});
