// The page and the sandbox's interviewer, without the C programs: a whole scripted talk with the fake microphone, from the greeting
// to the goodbye, over a signed URL that the sandbox issued.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startSandbox } from '../../sandbox/sandbox.mjs';
import { buildAssets, finish, launchBrowser, openPage, until } from '../support/browser.mjs';
import { startPageDouble } from '../support/page-double.mjs';

const settings = { ELEVENLABS_API_KEY: 'key', ELEVENLABS_AGENT_ID: 'agent_test' };
const variables = {
	candidate_name: 'Grace Hopper', company_name: 'Acme', job_description: 'Compilers', job_application: 'I wrote one.',
	conversation_pointers: '1. Ask about compilers\n2. Ask about teamwork', parley_session: 'session_1',
};

let assets, browser, sandbox, double;

before(async () => {
	assets = await buildAssets();
	browser = await launchBrowser();
	sandbox = await startSandbox({ settings, environment: {} });
	double = await startPageDouble({ assets: assets.directory, agentOrigin: sandbox.urls.elevenlabs.replace('http', 'ws') });
	double.actions.session = async () => {
		const response = await fetch(`${sandbox.urls.elevenlabs}/v1/convai/conversation/get-signed-url?agent_id=agent_test`, {
			headers: { 'xi-api-key': 'key' },
		});
		const { signed_url: signedUrl } = await response.json();
		return { body: { success: true, signedUrl, dynamicVariables: variables } };
	};
});
after(async () => {
	await browser.close();
	await double.close();
	await sandbox.close();
	await assets.remove();
});

test('a whole talk with the sandbox: greeting, questions, answers, goodbye, thanks', async () => {
	await sandbox.control('POST', '/control/elevenlabs/script', { reply_after_ms: 400, turns: 2, pace: 4 });
	const page = await openPage(browser);
	await page.goto(double.url);
	await page.getByRole('checkbox', { name: /^I agree/ }).check();
	await page.getByRole('button', { name: 'Start interview' }).click();
	await page.getByRole('status').filter({ hasText: 'Connected' }).waitFor();
	await page.getByRole('log').getByText('Hello Grace Hopper').waitFor();
	await page.getByRole('heading', { name: /^Thank you/ }).waitFor({ timeout: 90_000 });
	const said = await page.getByRole('log', { includeHidden: true }).textContent();
	const { conversations } = await sandbox.control('GET', '/control/elevenlabs/conversations');
	assert.equal(conversations.length, 1);
	for (const { message } of conversations[0].transcript) assert.ok(said.includes(message), message);
	assert.equal(conversations[0].dynamic_variables.parley_session, 'session_1');
	await until(() => double.requests.some(({ action, body }) => action === 'end' && body.conversationId === conversations[0].conversation_id), 'the note of the end');
	await finish(page);
});

test('variables that the interviewer needs and does not get end in a retry, not in a silent page', async () => {
	const good = double.actions.session;
	double.actions.session = async () => {
		const answer = await good();
		return { body: { ...answer.body, dynamicVariables: {} } };
	};
	const page = await openPage(browser);
	await page.goto(double.url);
	await page.getByRole('checkbox', { name: /^I agree/ }).check();
	await page.getByRole('button', { name: 'Start interview' }).click();
	await page.getByRole('alert').filter({ hasText: 'could not be reached' }).waitFor();
	await finish(page);
});
