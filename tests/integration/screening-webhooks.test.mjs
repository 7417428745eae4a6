// The door for the vendors' webhooks: what is refused and how, what is taken though Redis was away, several Linear
// workspaces, vendors that are not configured; and after all that, what stands in no log.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { after, before, describe, test } from 'node:test';

import { commentKinds, movesTo, startScreening, STRONG, talkOf, until } from '../support/screening.mjs';

const NOW = () => Math.floor(Date.now() / 1000);
const transcriptEvent = (id, more = {}) => ({ type: 'post_call_transcription', event_timestamp: NOW(),
	data: { agent_id: 'agent_sandbox_interviewer', conversation_id: id, status: 'done', transcript: talkOf(STRONG), metadata: { start_time_unix_secs: NOW() - 60 }, ...more } });

/** The workers of a FastCGI program are the children of its multiwatch. */
async function childrenOf(parent) {
	const stats = await Promise.all((await readdir('/proc')).filter((name) => /^\d+$/.test(name))
		.map(async (pid) => [Number(pid), await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')]));
	return stats.filter(([, text]) => {
		const [state, ppid] = text.slice(text.lastIndexOf(')') + 2).split(' ');
		return state !== 'Z' && Number(ppid) === parent;
	}).map(([pid]) => pid);
}

/** It may have ended since it was listed. */
function killIfThere(pid) {
	try {
		process.kill(pid, 'SIGKILL');
	} catch (error) {
		if (error.code !== 'ESRCH')
			throw error;
	}
}

describe('the webhooks', () => {
	let it;
	before(async () => { it = await startScreening({ workers: 2, settings: { PARLEY_SWEEP_AFTER_SECONDS: 10, PARLEY_JOB_LEASE_SECONDS: 8 } }); });
	after(() => it.stop());

	describe('without a good signature', () => {
		const body = () => JSON.stringify(transcriptEvent('conv_unsigned'));
		const eleven = (text, more = {}) => it.webhook('elevenlabs', text, more);
		const rows = {
			'elevenlabs: no signature': () => eleven(body(), { unsigned: true }),
			'elevenlabs: wrong key': () => eleven(body(), { headers: { 'elevenlabs-signature': `t=${NOW()},v0=${createHmac('sha256', 'wrong').update(`${NOW()}.${body()}`).digest('hex')}` } }),
			'elevenlabs: another body': () => eleven(`${body()} `, { headers: it.sign.elevenlabs(body()) }),
			'elevenlabs: an hour old': () => eleven(body(), { headers: it.sign.elevenlabs(body(), NOW() - 3600) }),
			'elevenlabs: from the future': () => eleven(body(), { headers: it.sign.elevenlabs(body(), NOW() + 3600) }),
			'elevenlabs: nonsense': () => eleven(body(), { headers: { 'elevenlabs-signature': 't=,v0=' } }),
			'linear: no signature': () => it.webhook('linear', '{}', { unsigned: true }),
			'linear: wrong': () => it.webhook('linear', '{}', { headers: { 'linear-signature': 'a'.repeat(64) } }),
			'linear: too short': () => it.webhook('linear', '{}', { headers: { 'linear-signature': 'ab' } }),
			'linear: an old stamp': () => it.webhook('linear', { type: 'Issue', action: 'create', webhookTimestamp: Date.now() - 61_000, data: { id: 'x' } }),
			'linear: a stamp from the future': () => it.webhook('linear', { type: 'Issue', action: 'create', webhookTimestamp: Date.now() + 90_000, data: { id: 'x' } }),
			'linear: no stamp': () => it.webhook('linear', { type: 'Issue', action: 'create', data: { id: 'x' } }),
			'resend: no signature': () => it.webhook('resend', '{}', { unsigned: true }),
			'resend: wrong': () => it.webhook('resend', '{}', { headers: { 'svix-signature': 'v1,AAAA' } }),
			'resend: an hour old': () => it.webhook('resend', '{"a":1}', { headers: it.sign.resend('{"a":1}', NOW() - 3600) }),
			'resend: from the future': () => it.webhook('resend', '{"a":1}', { headers: it.sign.resend('{"a":1}', NOW() + 3600) }),
		};
		for (const [name, send] of Object.entries(rows))
			test(`${name}: 401 and one security line`, async () => {
				const lines = async () => (await it.events('security.signature_invalid')).length;
				const before = await lines();
				assert.equal((await send()).status, 401);
				await until(async () => await lines() > before, { what: 'the log line' });
				assert.equal(await lines(), before + 1);
			});
	});

	describe('well signed', () => {
		const rows = [
			['elevenlabs', 'not JSON', 'hello', 400],
			['elevenlabs', 'a list', '[]', 400],
			['elevenlabs', 'quoted as JavaScript is', "{'type':'something_new'}", 400],
			['elevenlabs', 'not a number of JSON', '{"type":"something_new","data":NaN}', 400],
			['elevenlabs', 'a number of another form', '{"type":"something_new","data":-01}', 400],
			['elevenlabs', 'something behind the value', '{"type":"something_new"}{}', 400],
			['elevenlabs', 'a type with NUL behind it', '{"type":"post_call_transcription\\u0000","data":{}}', 200],
			['elevenlabs', 'a conversation id with NUL in it', '{"type":"post_call_transcription","data":{"conversation_id":"conv\\u0000x","transcript":[]}}', 400],
			['elevenlabs', 'a type named twice, the last unknown', '{"type":"post_call_transcription","type":"something_new"}', 200],
			['elevenlabs', 'no type', '{}', 400],
			['elevenlabs', 'no conversation id', '{"type":"post_call_transcription","data":{"transcript":[]}}', 400],
			['elevenlabs', 'an id of another form', '{"type":"post_call_transcription","data":{"conversation_id":"a/b","transcript":[]}}', 400],
			['elevenlabs', 'no transcript', '{"type":"post_call_transcription","data":{"conversation_id":"conv_x"}}', 400],
			['elevenlabs', 'no audio', '{"type":"post_call_audio","data":{"conversation_id":"conv_x"}}', 400],
			['elevenlabs', 'audio that is no base64', '{"type":"post_call_audio","data":{"conversation_id":"conv_x","full_audio":"%%%"}}', 400],
			['elevenlabs', 'invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400],
			['elevenlabs', 'too deep', `{"type":"x","data":${'['.repeat(500)}${']'.repeat(500)}}`, 400],
			['elevenlabs', 'an unknown type', '{"type":"something_new","data":{}}', 200],
			['linear', 'not JSON', '<xml/>', 400],
			['linear', 'quoted as JavaScript is', `{'type':'Project','webhookTimestamp':${Date.now()}}`, 400],
			['linear', 'another type', { type: 'Project', action: 'update', data: { id: 'p' } }, 200],
			['linear', 'an issue without id', { type: 'Issue', action: 'create', data: {} }, 400],
			['linear', 'a removed issue', { type: 'Issue', action: 'remove', data: { id: 'gone' } }, 200],
			['resend', 'not JSON', 'x', 400],
			['resend', 'a number of another form', '{"type":"contact.created","data":01}', 400],
			['resend', 'no type', '{}', 400],
			['resend', 'a bounce of nothing', '{"type":"email.bounced","data":{}}', 400],
			['resend', 'an unknown type', '{"type":"contact.created","data":{}}', 200],
			['resend', 'a bounce of a mail that is not ours', '{"type":"email.bounced","data":{"email_id":"e-unknown"}}', 200],
		];
		for (const [vendor, name, event, status] of rows)
			test(`${vendor}: ${name} is ${status}`, async () => {
				const body = vendor === 'linear' && typeof event === 'object' ? { ...event, webhookTimestamp: Date.now() } : event;
				assert.equal((await it.webhook(vendor, body)).status, status);
			});

		test('over the limit is 413', async () => {
			for (const vendor of ['linear', 'resend'])
				assert.equal((await it.webhook(vendor, 'x'.repeat(5 * 1024 * 1024 + 1000))).status, 413, vendor);
			const answer = await it.webhook('elevenlabs', Buffer.alloc(64 * 1024 * 1024 + 1000, 0x20), { unsigned: true });
			assert.equal(answer.status, 413);
		});

		test('a large recording fits', async () => {
			const full_audio = Buffer.alloc(8 * 1024 * 1024, 7).toString('base64');
			const answer = await it.webhook('elevenlabs', { type: 'post_call_audio', event_timestamp: NOW(), data: { conversation_id: 'conv_large_audio', agent_id: 'a', full_audio } });
			assert.equal(answer.status, 200);
		});

		test('compressed is not understood, and no worker dies of it', async () => {
			const body = gzipSync(JSON.stringify(transcriptEvent('conv_gz')));
			const answer = await it.webhook('elevenlabs', body, { headers: { 'content-encoding': 'gzip' } });
			assert.equal(answer.status, 400);
		});
	});

	test('while Redis is away the answer is 503, and the vendor\'s repetition is taken', async () => {
		const one = await it.invite();
		const talk = await it.beginTalk(one.secret);
		await it.stopRunners();
		process.kill(await it.pid('redis.pid'), 'SIGSTOP');
		let status;
		try {
			// The programs wait a moment for a Redis that is slow; this one is silent.
			status = (await it.webhook('elevenlabs', transcriptEvent(talk))).status;
		} finally {
			process.kill(await it.pid('redis.pid'), 'SIGCONT');
		}
		assert.equal(status, 503);
		await until(async () => (await fetch(`${it.url}/readyz`)).status === 200, { what: 'Redis' });
		assert.equal((await it.webhook('elevenlabs', transcriptEvent(talk))).status, 200);
		it.startRunner();
		await it.untilComments(one.id, { verdict: 1 });
		await it.untilQuiet();
		assert.deepEqual(commentKinds(await it.issue(one.id)), { invited: 1, verdict: 1 });
	});

	test('Redis killed in the middle of everything loses nothing and doubles nothing', async () => {
		const people = Array.from({ length: 8 }, () => it.person('Redi'));
		const issues = [];
		for (const person of people)
			issues.push(await it.addCandidate(person));
		const kill = async () => {
			const pid = await it.pid('redis.pid');
			process.kill(pid, 'SIGKILL');
			await until(async () => await it.pid('redis.pid') !== pid && await it.redis('ping') === 'PONG', { what: 'Redis started again by its keeper' });
		};
		for (const [index, { id }] of issues.entries()) {
			await it.move(id, 'Screening');
			if (index === 3 || index === 6)
				await kill();
		}
		const secrets = [];
		for (const [index, { id }] of issues.entries()) {
			await it.untilComments(id, { invited: 1 }, { seconds: 90 });
			secrets.push(await it.secretOf(people[index].email));
		}
		for (const [index, secret] of secrets.entries()) {
			await it.talk(secret);
			if (index === 4)
				await kill();
		}
		for (const [index, { id }] of issues.entries()) {
			await it.untilComments(id, { verdict: 1 }, { seconds: 90 });
			const issue = await it.issue(id);
			assert.deepEqual(commentKinds(issue), { invited: 1, verdict: 1 });
			assert.equal(movesTo(issue, 'Done'), 1);
			assert.equal(issue.attachments.length, 1);
			assert.equal((await it.mailsTo(people[index].email)).length, 1);
		}
	});

	test('programs killed while webhooks come lose nothing and double nothing', async () => {
		const people = Array.from({ length: 10 }, () => it.person('Kim'));
		const issues = await Promise.all(people.map((person) => it.addCandidate(person)));
		for (const [index, { id }] of issues.entries()) {
			await it.move(id, 'Screening');
			if (index % 3 === 0)
				for (const pid of await childrenOf(await it.pid('webhooks.pid')))
					killIfThere(pid);
		}
		// What was cut off is sent again by Linear.
		for (const [index, { id }] of issues.entries()) {
			await it.untilComments(id, { invited: 1 }, { seconds: 60 });
			assert.equal((await it.mailsTo(people[index].email)).length, 1);
		}
		await it.untilQuiet();
		for (const { id } of issues)
			assert.deepEqual(commentKinds(await it.issue(id)), { invited: 1 });
	});

	test('the runner started with --once does what is due and ends', async () => {
		await it.stopRunners();
		const one = await it.addCandidate(it.person('Once'));
		await it.move(one.id, 'Screening');
		await until(async () => (await it.redis('zcard', 'parley:queue:screening:due')) !== '0', { what: 'the stored webhook' });
		const result = await it.runOnce();
		assert.equal(result.code, 0, result.output);
		assert.deepEqual(commentKinds(await it.issue(one.id)), { invited: 1 });
		it.startRunner();
	});

	test('a second workspace has its own secret and key', async () => {
		const secret = 'lin_wh_second_workspace_0123456789';
		const added = await it.exec('bin/parley', 'workspaces', 'add', 'second', '--help');
		assert.equal(added.code, 0, added.output);
		// Its key is the first one's here: the sandbox knows one workspace.
		await it.redis('hset', 'parley:workspace:second', 'api_key', it.settings.LINEAR_API_KEY, 'webhook_secret', secret, 'pass_state', 'In Progress');
		await it.redis('sadd', 'parley:workspaces', 'second');
		const person = it.person('Wanda');
		const { id } = await it.addCandidate(person);
		await it.mute('linear');
		await it.move(id, 'Screening');
		await it.mute('linear', true);
		const event = JSON.stringify(await it.moveEvent(id, { at: (await it.issue(id)).updatedAt }));
		const sign = (key) => ({ 'linear-signature': createHmac('sha256', key).update(event).digest('hex') });
		assert.equal((await it.webhook('linear', event, { headers: sign('lin_wh_third') })).status, 401);
		assert.equal((await it.webhook('linear', event, { headers: sign(secret) })).status, 200);
		await it.untilComments(id, { invited: 1 });
		await it.talk(await it.secretOf(person.email));
		const issue = await it.untilComments(id, { verdict: 1 });
		assert.equal(issue.state.name, 'In Progress', 'its own state for a pass');
		await it.redis('srem', 'parley:workspaces', 'second');
		assert.equal((await it.webhook('linear', event, { headers: sign(secret) })).status, 401, 'after its removal');
	});

	test('a pass state that the team lacks leaves the issue, and the comment says so', async () => {
		await it.redis('hset', 'parley:workspace:odd', 'api_key', it.settings.LINEAR_API_KEY, 'webhook_secret', 'lin_wh_odd_012345678901', 'pass_state', 'No Such State');
		await it.redis('sadd', 'parley:workspaces', 'odd');
		const person = it.person('Olga');
		const { id } = await it.addCandidate(person);
		await it.mute('linear');
		await it.move(id, 'Screening');
		await it.mute('linear', true);
		const event = JSON.stringify(await it.moveEvent(id, { at: (await it.issue(id)).updatedAt }));
		await it.webhook('linear', event, { headers: { 'linear-signature': createHmac('sha256', 'lin_wh_odd_012345678901').update(event).digest('hex') } });
		await it.untilComments(id, { invited: 1 });
		await it.talk(await it.secretOf(person.email));
		const issue = await it.untilComments(id, { verdict: 1 });
		assert.equal(issue.state.name, 'Screening');
		assert.match(issue.comments.map(({ body }) => body).join('\n'), /no state named/);
	});

	test('no secret, address, name, transcript or key stands in any log', async () => {
		await it.untilQuiet();
		const secrets = (await it.redis('--scan', '--pattern', 'screening:secret:*')).split('\n').filter(Boolean).map((key) => key.split(':')[2]);
		assert.ok(secrets.length >= 8);
		for (const secret of secrets.slice(0, 2)) {
			await it.page(secret);
			await fetch(`${it.url}/interview/${secret}?x=${secret}`, { headers: { referer: `${it.url}/interview/${secret}` } });
			await fetch(`${it.url}/interview/${secret}/more`);
			await fetch(`${it.url}/interview/${secret}`, { method: 'DELETE' });
		}
		const logs = await it.logs();
		assert.match(logs, /session\.created/);
		for (const secret of secrets)
			assert.ok(!logs.includes(secret), 'a link\'s secret');
		for (const [name, value] of Object.entries(it.settings))
			if (/KEY|SECRET/.test(name))
				assert.ok(!logs.includes(value), name);
		for (const text of [/nr\d+x@example\.org/i, /Nr\d+x\b/, /settlement batch/, /Norrland/, /lin_wh_/, /conversation_signature=/])
			assert.doesNotMatch(logs, text);
	});

	test('nothing was given up', async () => {
		assert.deepEqual(await it.deadJobs(), []);
	});
});

describe('vendors that are not configured', () => {
	let it;
	before(async () => { it = await startScreening({ workers: 0, sandbox: false }); });
	after(() => it.stop());
	for (const vendor of ['linear', 'elevenlabs', 'resend'])
		test(`${vendor}: 503 not_configured`, async () => {
			const { status, text } = await it.webhook(vendor, '{}', { unsigned: true });
			assert.equal(status, 503);
			assert.equal(JSON.parse(text).error.code, 'not_configured');
		});
	test('a signed URL: 503, retryable', async () => {
		const secret = 'S'.repeat(43);
		await it.redis('set', `screening:secret:${secret}`, '{"candidateName":"Ada","companyName":"Acme"}', 'ex', 1000);
		const answer = await it.action('session', { secret });
		assert.equal(answer.status, 503);
		assert.equal(answer.body.code, 'not_configured');
		assert.equal(answer.body.retryable, true);
	});
});
