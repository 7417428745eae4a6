// Settings, dead letters and workspaces in a browser: what an operator sees, what a viewer does not, hostile reasons.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { look, startConsole } from '../support/console.mjs';

const HOSTILE = `<img src=x onerror="document.title='taken'"> "quoted" </td><script>document.title='taken'</script>`;
const JOBS = 'parley:queue:screening:dead';

describe('settings in the console', () => {
	let c;
	const state = (page, name) => page.locator(`[data-check="${name}"] .badge`);
	const again = () => c.stack.redis('DEL', 'parley:check-begun');
	const bury = async (id, kind, reason, ms) => {
		await c.stack.redis('HSET', `parley:job:${id}`, 'id', id, 'kind', kind, 'payload', '', 'state', 'dead', 'attempts', 7, 'created', ms, 'reason', reason);
		await c.stack.redis('ZADD', JOBS, ms, id);
	};

	before(async () => { c = await startConsole(); });
	after(() => c?.close());

	test('the first visit looks by itself, and a healthy stack is green', async () => {
		const page = await c.page('operator');
		await page.goto('/console/settings');
		await state(page, 'twilio.account').getByText('ok').waitFor();
		await state(page, 'webhooks.twilio').getByText('ok').waitFor();
		assert.equal(await page.locator('[data-check] .badge[data-tone="bad"]').count(), 0);
		await page.getByText('Nothing is red').first().waitFor();
		await look(page, 'settings');
		await page.context().close();
	});

	test('a vendor that fails turns red, stands first and says what to do', async () => {
		const page = await c.page('operator');
		await page.goto('/console/settings');
		await state(page, 'twilio.account').waitFor();
		await c.stack.control('/faults', { method: 'POST', body: { vendor: 'twilio', mode: 'status', status: 401, match: { path: '/Accounts/[^/]+\\.json' } } });
		await again();
		await page.getByRole('button', { name: 'Check now' }).click();
		await state(page, 'twilio.account').getByText('red').waitFor();
		const first = page.locator('.settings-groups section').first();
		assert.equal(await first.getByRole('heading', { level: 2 }).textContent(), 'Twilio');
		await first.getByText('Twilio does not accept the account and its token.').waitFor();
		await first.getByText('TWILIO_AUTH_TOKEN').first().waitFor();
		await look(page, 'settings-red');
		await c.stack.control('/faults', { method: 'DELETE' });
		await again();
		await page.getByRole('button', { name: 'Check now' }).click();
		await state(page, 'twilio.account').getByText('ok').waitFor();
		await page.context().close();
	});

	test('what is red keeps a campaign from being started, and its button says why', async () => {
		const agent = (await c.api('POST', '/api/agents', { name: 'Ada', voice_id: c.stack.settings.ELEVENLABS_VOICE_ID, script: 'Hello.' })).json;
		const campaign = (await c.api('POST', '/api/campaigns', { name: 'Gate', agent_id: agent.id, mode: 'broadcast', timezone: 'UTC' })).json;
		await c.api('POST', `/api/campaigns/${campaign.id}/leads`, { leads: [{ phone: '+14155550123' }] });
		await c.stack.control('/faults', { method: 'POST', body: { vendor: 'twilio', mode: 'status', status: 401, match: { path: '/Accounts/[^/]+\\.json' } } });
		await again();
		const page = await c.page('operator');
		await page.goto(`/console/campaigns/${campaign.id}/edit?step=review`);
		const start = page.locator('#start');
		await page.locator('#start-words').getByText('Twilio does not accept the account').waitFor();
		assert.ok(await start.isDisabled());
		assert.equal((await c.api('POST', `/api/campaigns/${campaign.id}/start`)).status, 409);
		await c.stack.control('/faults', { method: 'DELETE' });
		await again();
		await page.reload();
		await page.locator('#start:not(:disabled)').waitFor();
		await page.context().close();
	});

	test('every setting stands there by name, no secret does', async () => {
		const page = await c.page('operator');
		await page.goto('/console/settings');
		await page.getByText(/^Show all \d+ by name$/).click();
		await look(page, 'settings-all');
		const text = await page.locator('main').innerText();
		for (const name of ['TWILIO_AUTH_TOKEN', 'REDIS_URL', 'SESSION_TTL_SECONDS', 'SUPABASE_URL'])
			assert.ok(text.includes(name), name);
		for (const name of ['ELEVENLABS_API_KEY', 'TWILIO_AUTH_TOKEN', 'LINEAR_API_KEY', 'RESEND_API_KEY', 'ORCHESTRATOR_API_KEY', 'LINEAR_WEBHOOK_SECRET'])
			assert.ok(!text.includes(c.stack.settings[name]), name);
		assert.match(text, /7 days/);
		assert.ok(text.includes(c.stack.settings.TWILIO_CALLER_ID));
		await page.context().close();
	});

	test('a viewer sees results, no buttons, and no whole number or address', async () => {
		const page = await c.page('viewer');
		await page.goto('/console/settings');
		await state(page, 'twilio.account').getByText('ok').waitFor();
		assert.equal(await page.locator('main button').count(), 0);
		await page.getByText(/^Show all \d+ by name$/).click();
		const text = await page.locator('main').innerText();
		assert.ok(!text.includes(c.stack.settings.TWILIO_CALLER_ID) && !text.includes(c.stack.settings.ADMIN_EMAIL));
		await bury('mail:seen', 'mail', 'Resend: refused (HTTP 422)', Date.now());
		await page.goto('/console/dead-letters');
		await page.getByText('Resend: refused').waitFor();
		assert.equal(await page.locator('main button').count(), 0);
		const answer = await page.goto('/console/workspaces');
		assert.equal(answer.status(), 403);
		await c.stack.redis('DEL', JOBS);
		await page.context().close();
	});

	test('dead letters are retried and discarded; a hostile reason is only text', async () => {
		const page = await c.page('operator');
		const now = Date.now();
		await page.goto('/console/dead-letters');
		await page.getByRole('heading', { name: 'There are no dead letters' }).waitFor();
		await look(page, 'dead-letters-none');
		await bury('transcript:conv_a', 'transcript', HOSTILE, now - 3_600_000);
		await bury('verdict:b', 'verdict', 'Cerebras: refused (HTTP 402, insufficient_credits)', now - 60_000);
		await page.reload();
		await page.getByText(HOSTILE).waitFor();
		assert.ok(!(await page.title()).includes('taken'));
		await look(page, 'dead-letters');
		const lost = page.locator('[data-job="transcript:conv_a"]');
		assert.equal(await lost.getByRole('link').getAttribute('href'), '/console/interviews/orphans');

		await page.locator('[data-job="verdict:b"]').getByRole('button', { name: 'Discard' }).click();
		await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
		await page.getByText('Please give a reason.').waitFor();
		await page.getByLabel('Why is it not needed?').fill('The candidate withdrew.');
		await look(page, 'dead-letters-discard');
		await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
		await page.getByText('Discarded.').waitFor();
		assert.equal(await page.locator('[data-job="verdict:b"]').count(), 0);

		await page.locator('[data-job="transcript:conv_a"]').getByRole('button', { name: 'Retry' }).click();
		await page.getByText('It will be tried again.').waitFor();
		assert.notEqual(await c.stack.redis('HGET', 'parley:job:transcript:conv_a', 'attempts'), '7');
		await c.stack.redis('DEL', JOBS);
		await page.context().close();
	});

	test('all of a kind are retried after a question', async () => {
		const page = await c.page('operator');
		for (let i = 0; i < 3; i++)
			await bury(`alert:${i}`, 'alert', 'Resend: refused (HTTP 500)', Date.now() - i);
		await page.goto('/console/dead-letters');
		await page.getByRole('link', { name: 'Mail the administrator (3)' }).click();
		await page.getByRole('button', { name: 'Retry all 3' }).click();
		await page.getByRole('dialog').getByRole('button', { name: 'Retry all' }).click();
		await page.getByText('They will be tried again.').waitFor();
		await page.context().close();
	});

	test('an administrator adds, changes and removes a workspace', async () => {
		const page = await c.page('admin');
		await page.goto('/console/workspaces');
		await page.getByRole('button', { name: 'Add a workspace' }).click();
		const dialog = page.getByRole('dialog');
		await dialog.getByLabel('Name').fill('second');
		await dialog.getByLabel('API key').fill('lin_api_of_nobody');
		await dialog.getByLabel('Webhook secret').fill('lin_wh_second');
		await dialog.getByRole('button', { name: 'Save' }).click();
		await dialog.getByText('Linear does not accept this key.').waitFor();
		await look(page, 'workspaces-add');
		await dialog.getByLabel('API key').fill(c.stack.settings.LINEAR_API_KEY);
		await dialog.getByRole('button', { name: 'Save' }).click();
		await page.getByText('Added.').waitFor();
		const row = page.getByRole('row', { name: /^second/ });
		await row.getByRole('button', { name: 'Change' }).click();
		await dialog.getByLabel('After a fail').fill('Rejected');
		await dialog.getByRole('button', { name: 'Save' }).click();
		await page.getByText('Changed.').waitFor();
		await row.getByText('Rejected').waitFor();
		await look(page, 'workspaces');
		assert.ok(!(await page.content()).includes('lin_wh_second'));
		await row.getByRole('button', { name: 'Remove' }).click();
		await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
		await page.getByText('Removed.').waitFor();
		assert.equal(await row.count(), 0);
		await page.context().close();
	});
});
