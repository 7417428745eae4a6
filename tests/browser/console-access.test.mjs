// Signing in and out, one's own account, operators and the audit trail, as a person meets them in a browser.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { finish, openPage } from '../support/browser.mjs';
import { look, startConsole } from '../support/console.mjs';

let c;
before(async () => { c = await startConsole(); }, { timeout: 120_000 });
after(() => c?.close());

const signIn = async (page, email, password) => {
	await page.getByLabel('Email').fill(email);
	await page.getByLabel('Password').fill(password);
	await page.getByRole('button', { name: 'Sign in' }).click();
};

test('signing in works without a script, says what is wrong, and leads to where one wanted to go', async () => {
	const { email, password } = await c.operator('admin');
	const page = await openPage(c.browser, { baseURL: c.url, javaScriptEnabled: false });
	await page.goto('/console/audit?actor=key');
	assert.equal(new URL(page.url()).pathname, '/login');
	await signIn(page, email, 'not the password');
	assert.match(await page.getByRole('alert').textContent(), /do not belong together/);
	assert.equal(await page.getByLabel('Email').inputValue(), email);
	assert.equal(await page.getByLabel('Password').inputValue(), '');
	await signIn(page, email, password);
	await page.waitForURL('**/console/audit?actor=key');
	await page.getByRole('button', { name: 'Sign out' }).click();
	await page.waitForURL('**/login?signed_out=1');
	await page.goto('/console/audit');
	assert.equal(new URL(page.url()).pathname, '/login');
	await finish(page);
});

test('the sign-in looks right', async () => {
	const page = await openPage(c.browser, { baseURL: c.url });
	await page.goto('/login');
	await look(page, 'login');
	await signIn(page, 'nobody@console.example', 'wrong');
	await page.getByRole('alert').waitFor();
	await look(page, 'login-refused');
	await finish(page);
});

test('an administrator adds an operator, hands over the password, changes the role, removes them', async () => {
	const page = await c.page('admin');
	const email = 'grace@console.example';
	await page.goto('/console/operators');
	await page.locator('#add-form').getByLabel('Email').fill('grace');
	await page.getByRole('button', { name: 'Add operator' }).click();
	assert.match(await page.locator('#add-form .error').first().textContent(), /email address/);
	await page.locator('#add-form').getByLabel('Email').fill('Grace@Console.example');
	await page.locator('#add-form').getByLabel('Role').selectOption('viewer');
	await page.getByRole('button', { name: 'Add operator' }).click();
	const dialog = page.getByRole('dialog');
	const password = await dialog.locator('code').textContent();
	assert.match(password, /^[0-9a-z]{5}(-[0-9a-z]{5}){3}$/);
	await look(page, 'operators-password');
	await dialog.getByRole('button', { name: 'Done' }).click();
	const row = page.getByRole('row').filter({ hasText: email });
	await row.waitFor();
	await look(page, 'operators');

	const theirs = await openPage(c.browser, { baseURL: c.url });
	await theirs.goto('/login');
	await signIn(theirs, email, password);
	await theirs.waitForURL('**/console/**');
	await theirs.goto('/console/operators');
	assert.match(await theirs.locator('main').textContent(), /Only an administrator/);

	await row.getByLabel(`Role of ${email}`).selectOption('operator');
	await page.getByRole('dialog').getByRole('button', { name: 'Change role' }).click();
	await page.getByText(`${email} is now an operator.`).waitFor();
	await theirs.goto('/console/account');
	assert.equal(new URL(theirs.url()).pathname, '/login', 'another role ends the sessions');
	await finish(theirs);

	await row.getByRole('button', { name: `Remove ${email}` }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
	await page.getByText('The operator was removed.').waitFor();
	assert.equal(await row.count(), 0);
});

test('one changes the password of one’s own; other sessions end, this one stays', async () => {
	const page = await c.page('viewer'), other = await c.page('viewer');
	const { email, password } = await c.operator('viewer');
	await page.goto('/console/account');
	await look(page, 'account');
	const fill = async (present, chosen, repeat = chosen) => {
		await page.getByLabel('Present password').fill(present);
		await page.getByLabel('New password', { exact: true }).fill(chosen);
		await page.getByLabel('New password again').fill(repeat);
		await page.getByRole('button', { name: 'Change password' }).click();
	};
	await fill(password, 'correct horse battery', 'another one');
	await page.getByText('This is not the same password as above.').waitFor();
	await fill('wrong', 'correct horse battery');
	await page.getByText('This is not your present password.').waitFor();
	await fill(password, 'correct horse battery');
	await page.getByText('Your password was changed.').waitFor();
	await page.reload();
	assert.equal(new URL(page.url()).pathname, '/console/account');
	await other.goto('/console/account');
	assert.equal(new URL(other.url()).pathname, '/login');
	await signIn(other, email, 'correct horse battery');
	await other.waitForURL('**/console/account');
	await other.getByRole('button', { name: 'Sign out everywhere' }).click();
	await other.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
	await other.waitForURL('**/login**');
	await page.reload();
	assert.equal(new URL(page.url()).pathname, '/login');
});

test('the audit trail tells what was done, filters by address, and is exported', async () => {
	const page = await c.page('admin');
	await page.goto('/console/audit');
	const rows = page.locator('tbody tr');
	await page.getByRole('row').filter({ hasText: 'operator.remove' }).first().waitFor();
	await look(page, 'audit');
	await page.getByLabel('Who').fill('admin@console.example');
	await page.getByLabel('What').fill('operator.');
	await page.getByRole('button', { name: 'Show', exact: true }).click();
	await page.waitForURL(/action=operator\./);
	const actions = await rows.locator('code').allTextContents();
	assert.deepEqual(actions, ['operator.remove', 'operator.role', 'operator.add']);
	const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export as CSV' }).click()]);
	const csv = (await (await download.createReadStream()).toArray()).join('');
	assert.equal(csv.trim().split('\n').length, 4);
	const agent = (await c.api('POST', '/api/agents', { name: 'Ada', voice_id: c.stack.settings.ELEVENLABS_VOICE_ID, script: 'Hello.' })).json;
	await page.goto('/console/audit?action=agent.create');
	assert.equal(await page.getByRole('link', { name: agent.id }).getAttribute('href'), `/console/agents/${agent.id}`);
	await c.api('DELETE', `/api/agents/${agent.id}`);
	await page.goto('/console/audit?action=agent.delete');
	await page.getByText(agent.id).waitFor();
	assert.equal(await page.getByRole('link', { name: agent.id }).count(), 0, 'what is gone leads nowhere');
	await page.goto('/console/audit?from=2199-01-01');
	await page.getByText('Nothing fits').waitFor();
	await page.goto('/console/audit?from=yesterday');
	await page.getByRole('alert').waitFor();
});
