// The candidate's page asks the server actions: every refusal of the contract, the limits that protect the account at
// ElevenLabs, reconnects, and sessions that another program stored in the contract's form.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { commentKinds, startScreening, STRONG, talkOf, until } from '../support/screening.mjs';

let it;
before(async () => {
	it = await startScreening({ workers: 2, settings: { ORG_DAILY_CONVERSATIONS: 60, ORG_DAILY_INVITATIONS: 12, PARLEY_VENDOR_TIMEOUT_SECONDS: 2 } });
});
after(() => it.stop());

const newSecret = () => randomBytes(32).toString('base64url');
const isoIn = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();

/** Stores a session as another program would. */
async function foreign(more = {}, { ttl = 604_800, org = `org-${randomBytes(4).toString('hex')}` } = {}) {
	const secret = newSecret();
	const session = { linearOrg: org, issueId: '', candidateName: 'Frida Foreign', candidateEmail: 'frida@example.org', companyName: 'Other GmbH',
		jobDescription: 'Keep the lights on.', candidateApplication: 'I like lights.', conversationPointers: '1. Ask about lights.',
		createdAt: isoIn(-60), expiresAt: isoIn(ttl || 604_800), ...more };
	await it.redis('set', `screening:secret:${secret}`, JSON.stringify(session), ...(ttl ? ['ex', ttl] : []));
	return { secret, session };
}

function assertFailure(answer, status, { code, retryable = false } = {}) {
	assert.equal(answer.status, status, JSON.stringify(answer.body));
	assert.equal(answer.body.success, false);
	assert.match(answer.body.error, /^[A-Z].*\.$/);
	assert.equal(typeof answer.body.code, 'string');
	assert.equal(answer.body.retryable, retryable);
	if (code)
		assert.equal(answer.body.code, code);
}

describe('a request that is refused', () => {
	const secret = 'A'.repeat(43);
	for (const action of ['session', 'start', 'end']) {
		const whole = (more) => ({ secret, ...(action === 'session' ? {} : { conversationId: 'conv_1' }), ...more });
		test(`${action}: not JSON is 415`, async () => assertFailure(await it.action(action, null, { raw: 'secret=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }), 415));
		for (const [name, raw] of Object.entries({ 'broken JSON': '{"secret":', 'no object': '[]', 'nothing': '', 'no secret': '{"conversationId":"conv_1"}',
			'a secret that is no text': '{"secret":5,"conversationId":"conv_1"}', 'too deep': `${'['.repeat(200)}${']'.repeat(200)}`, 'a NUL byte': '{"secret":"a\u0000b"}\u0000' }))
			test(`${action}: ${name} is 400`, async () => assertFailure(await it.action(action, null, { raw }), 400));
		test(`${action}: an unknown secret is 404`, async () => assertFailure(await it.action(action, whole()), 404));
		test(`${action}: a secret of another form is 404`, async () => assertFailure(await it.action(action, whole({ secret: '../../etc' })), 404));
		test(`${action}: a body over its limit is 413`, async () => assert.equal((await it.action(action, whole({ more: 'x'.repeat(70_000) }))).status, 413));
	}
	test('a conversation id of another form is 400', async () => {
		const { secret: live } = await foreign();
		for (const conversationId of ['', 'a b', 'a/b', 'ä', 'x'.repeat(129), 5, null, ['conv_1'], 'a\nb'])
			assertFailure(await it.action('start', { secret: live, conversationId }), 400);
		assert.equal((await it.action('start', { secret: live, conversationId: 'x'.repeat(128) })).status, 200);
	});
	test('GET is not an action', async () => {
		assert.equal((await fetch(`${it.url}/actions/interview/session`)).status, 405);
	});
});

describe('a link that has ended', () => {
	test('expired: page and actions say so, and nothing personal is kept', async () => {
		const { secret } = await foreign({}, { ttl: 2 });
		assert.equal((await it.page(secret)).status, 200);
		await until(async () => (await it.page(secret)).status === 404, { what: 'the end of the link' });
		assert.match((await it.page(secret)).text, /Interview expired/);
		assertFailure(await it.action('session', { secret }), 404, { code: 'session_expired' });
		assertFailure(await it.action('start', { secret, conversationId: 'conv_x' }), 404, { code: 'session_expired' });
	});
	test('whose own date has passed counts as expired though its key lives on', async () => {
		const { secret } = await foreign({ expiresAt: isoIn(-5) }, { ttl: 1000 });
		const page = await it.page(secret);
		assert.equal(page.status, 404);
		assert.match(page.text, /Interview expired/);
		assertFailure(await it.action('session', { secret }), 404, { code: 'session_expired' });
	});
});

describe('a session of another program', () => {
	test('has a page, signed URLs with all variables, and an association that keeps what it holds', async () => {
		const { secret, session } = await foreign({ unknownNumber: 7, unknownDeep: { list: [1, { a: null }] }, 'Ünicode': '✓' }, { ttl: 5000 });
		const page = await it.page(secret);
		assert.equal(page.status, 200);
		assert.match(page.text, /Frida Foreign/);
		const minted = await it.action('session', { secret });
		assert.equal(minted.status, 200);
		assert.match(minted.body.signedUrl, /^ws:\/\/127\.0\.0\.1:\d+\//);
		assert.equal(minted.body.candidateName, 'Frida Foreign');
		assert.equal(minted.body.companyName, 'Other GmbH');
		const { parley_session, ...variables } = minted.body.dynamicVariables;
		assert.deepEqual(variables, { company_name: 'Other GmbH', candidate_name: 'Frida Foreign', job_description: 'Keep the lights on.',
			job_application: 'I like lights.', conversation_pointers: '1. Ask about lights.' });
		assert.ok(parley_session && !parley_session.includes(secret.slice(0, 20)));
		assert.match(minted.headers.get('cache-control'), /no-store/);
		assert.equal((await it.action('start', { secret, conversationId: 'conv_foreign_1' })).status, 200);
		assert.deepEqual(await it.sessionOf(secret), { ...session, conversationId: 'conv_foreign_1' });
		const [left, reverse] = await Promise.all([`screening:secret:${secret}`, 'screening:conversation:conv_foreign_1'].map((key) => it.redis('ttl', key)));
		assert.ok(Number(left) <= 5000 && Number(left) > 4900, left);
		assert.ok(Math.abs(Number(left) - Number(reverse)) <= 1, `${left} ${reverse}`);
		assert.equal(await it.redis('get', 'screening:conversation:conv_foreign_1'), secret);
	});

	test('without an end has a page that names its own date', async () => {
		const { secret, session } = await foreign({}, { ttl: 0 });
		const page = await it.page(secret);
		assert.equal(page.status, 200);
		assert.ok(page.text.includes(session.expiresAt.slice(0, 10)) || page.text.includes(session.expiresAt.slice(0, 16)), 'the date');
		assert.equal((await it.page(secret)).text, page.text, 'the same at the second look');
		assert.equal((await it.action('start', { secret, conversationId: 'conv_endless' })).status, 200);
		assert.equal(await it.redis('ttl', `screening:secret:${secret}`), '-1');
		assert.equal(await it.redis('ttl', 'screening:conversation:conv_endless'), '-1');
	});

	test('may hold its pointers as a list', async () => {
		const { secret, session } = await foreign({ conversationPointers: ['Ask about lamps.', 'Ask about bulbs.'] });
		const { body } = await it.action('session', { secret });
		assert.equal(body.dynamicVariables.conversation_pointers, '1. Ask about lamps.\n2. Ask about bulbs.');
		await it.action('start', { secret, conversationId: 'conv_list' });
		assert.deepEqual((await it.sessionOf(secret)).conversationPointers, session.conversationPointers);
	});

	test('gets its verdict on the issue, by its reverse key alone', async () => {
		const person = it.person('Fern');
		const { id } = await it.addCandidate(person, { state: 'Backlog' });
		await it.mute('linear');
		await it.move(id, 'Screening');
		await it.mute('linear', true);
		const { secret } = await foreign({ issueId: id, linearOrg: 'acme-sandbox', candidateName: person.name });
		const { conversation_id: talk } = await it.control('/elevenlabs/conversations', { method: 'POST',
			body: { dynamic_variables: {}, transcript: talkOf(STRONG), webhook: false } });
		await it.redis('set', `screening:conversation:${talk}`, secret, 'ex', 604_800);
		await it.sendTranscript(talk);
		const issue = await it.untilComments(id, { verdict: 1 });
		assert.equal(issue.state.name, 'Done');
		assert.deepEqual(commentKinds(issue), { verdict: 1 });
	});

	for (const [name, value] of Object.entries({ 'no JSON': 'gibberish', 'a list': '[]', 'nothing in it': '{}', 'numbers for text': '{"candidateName":5,"companyName":null}' }))
		test(`that holds ${name} breaks nothing`, async () => {
			const secret = newSecret();
			await it.redis('set', `screening:secret:${secret}`, value, 'ex', 1000);
			assert.ok([200, 404, 500, 503].includes((await it.page(secret)).status));
			const { secret: good } = await foreign();
			assert.equal((await it.page(good)).status, 200);
		});
});

describe('the association', () => {
	test('of the same id again is a success; of another the newest holds and the earlier still lead there', async () => {
		const { secret } = await foreign();
		for (const conversationId of ['conv_again_1', 'conv_again_1', 'conv_again_2'])
			assert.deepEqual((await it.action('start', { secret, conversationId })).body, { success: true });
		assert.equal((await it.sessionOf(secret)).conversationId, 'conv_again_2');
		for (const id of ['conv_again_1', 'conv_again_2'])
			assert.equal(await it.redis('get', `screening:conversation:${id}`), secret);
	});
	test('of an id that another session has is 409', async () => {
		const [a, b] = [await foreign(), await foreign()];
		assert.equal((await it.action('start', { secret: a.secret, conversationId: 'conv_owned' })).status, 200);
		assertFailure(await it.action('start', { secret: b.secret, conversationId: 'conv_owned' }), 409);
		assert.equal((await it.sessionOf(b.secret)).conversationId, undefined);
		assert.equal(await it.redis('get', 'screening:conversation:conv_owned'), a.secret);
	});
	test('twenty times at once ends with one of them, whole', async () => {
		const { secret, session } = await foreign({ keep: 'me' });
		const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => it.action('start', { secret, conversationId: `conv_race_${i}` })));
		assert.ok(answers.filter(({ status }) => status === 200).length >= 1);
		for (const { status } of answers)
			assert.ok([200, 503].includes(status), String(status));
		const { conversationId, ...rest } = await it.sessionOf(secret);
		assert.match(conversationId, /^conv_race_/);
		assert.deepEqual(rest, session);
	});
});

describe('the limits', () => {
	test('ten signed URLs an hour for a session, then 429 with Retry-After', async () => {
		const { secret } = await foreign();
		for (let i = 0; i < 10; i++)
			assert.equal((await it.action('session', { secret })).status, 200, `mint ${i + 1}`);
		const answer = await it.action('session', { secret });
		assertFailure(answer, 429, { retryable: true });
		const wait = Number(answer.headers.get('retry-after'));
		assert.ok(wait > 3000 && wait <= 3600, String(wait));
		assert.equal((await it.action('session', { secret: (await foreign()).secret })).status, 200, 'another session');
	});

	test('a day\'s conversations for an organization', async () => {
		const org = 'org-that-talks';
		const statuses = [];
		for (let i = 0; i < 7; i++) {
			const { secret } = await foreign({}, { org });
			for (let k = 0; k < 9; k++)
				statuses.push((await it.action('session', { secret })).status);
		}
		assert.deepEqual(statuses, [...Array(60).fill(200), 429, 429, 429]);
		const { secret } = await foreign({}, { org });
		assertFailure(await it.action('session', { secret }), 429, { retryable: true });
		assert.equal((await it.action('session', { secret: (await foreign({}, { org: 'another-org' })).secret })).status, 200);
	});

	const failures = {
		'401': ['status', { status: 401, body: '{"detail":{"status":"invalid_api_key","message":"Invalid API key"}}' }],
		'402': ['status', { status: 402, body: '{"detail":{"code":"insufficient_credits"}}' }],
		'429': ['status', { status: 429, body: '{"detail":{"status":"too_many_concurrent_requests"}}' }],
		'500': ['status', { status: 500, body: 'oops' }],
		'silence': ['timeout', {}],
		'a cut connection': ['cut', {}],
		'a malformed body': ['malformed', {}],
		'half an answer': ['truncate', {}],
		'no URL in it': ['status', { status: 200, body: '{"nothing":true}', headers: { 'content-type': 'application/json' } }],
		'an address that is no WebSocket': ['status', { status: 200, body: '{"signed_url":"https://evil.example/"}', headers: { 'content-type': 'application/json' } }],
	};
	for (const [name, fault] of Object.entries(failures))
		test(`ElevenLabs answers ${name}: 502, retryable, and not counted`, async () => {
			const { secret } = await foreign();
			const added = await it.fault('elevenlabs', { path: 'get-signed-url' }, ...fault.slice(0, 1), { ...fault[1], times: 12 });
			const begun = Date.now();
			for (let i = 0; i < (name === 'silence' ? 1 : 11); i++)
				assertFailure(await it.action('session', { secret }), 502, { retryable: true });
			assert.ok(Date.now() - begun < 30_000);
			await it.control(`/faults/${added.id}`, { method: 'DELETE' });
			assert.equal((await it.action('session', { secret })).status, 200, 'the quota was given back');
		});
});

test('consent is kept with its version and time', async () => {
	const { secret } = await foreign();
	assert.equal((await it.action('session', { secret, consent: { version: '2026-11' } })).status, 200);
	const rows = (await it.redis('--scan', '--pattern', 'parley:session:*')).split('\n');
	const mine = [];
	for (const row of rows)
		if (await it.redis('hget', row, 'secret') === secret)
			mine.push(row);
	assert.equal(mine.length, 1);
	assert.equal(await it.redis('hget', mine[0], 'consent_version'), '2026-11');
	assert.ok(Math.abs(Number(await it.redis('hget', mine[0], 'consent_at')) - Date.now()) < 60_000);
});

test('the day\'s invitations of an organization: the next one waits, and a comment says so', async () => {
	const people = Array.from({ length: 13 }, () => it.person('Quin'));
	const issues = [];
	for (const person of people)
		issues.push(await it.addCandidate(person));
	for (const { id } of issues)
		await it.move(id, 'Screening');
	const all = await until(async () => {
		const now = await Promise.all(issues.map(({ id }) => it.issue(id)));
		return now.every(({ comments }) => comments.length) && now;
	}, { seconds: 40, what: 'a comment on each' });
	const kinds = all.map((issue) => Object.keys(commentKinds(issue))[0]);
	assert.equal(kinds.filter((kind) => kind === 'invited').length, 12);
	assert.equal(kinds.filter((kind) => kind === 'waits').length, 1);
	await it.untilQuiet();
	const [waiting] = all.filter((issue) => commentKinds(issue).waits);
	assert.deepEqual(commentKinds(await it.issue(waiting.id)), { waits: 1 });
});
