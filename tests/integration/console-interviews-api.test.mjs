// What the console does to interviews, by its JSON API and through nginx: all of one, its recording, a person's decision, an
// erasure of which nothing is left, transcripts without an interview.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { commentKinds, startScreening, STRONG, talkOf, until, WEAK } from '../support/screening.mjs';

let it;
before(async () => { it = await startScreening({ workers: 2 }); });
after(() => it.stop());

async function call(method, path, body, headers = {}) {
	const answer = await fetch(`${it.url}/api/interviews${path}`, { method, body: body === undefined ? undefined : JSON.stringify(body),
		headers: { authorization: `Bearer ${it.settings.ORCHESTRATOR_API_KEY}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers } });
	const bytes = Buffer.from(await answer.arrayBuffer());
	const json = /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(bytes) : null;
	return { status: answer.status, headers: answer.headers, bytes, json };
}

async function interviewOf(person) {
	const { json } = await call('GET', `?search=${encodeURIComponent(person.name)}`);
	assert.equal(json.items.length, 1, `one interview of ${person.name}`);
	return json.items[0].id;
}

// From the invitation to the verdict; `person` as given to invite().
async function judged(transcript, person) {
	const one = await it.invite(person);
	const talk = await it.talk(one.secret, { transcript });
	await it.untilComments(one.id, { verdict: 1 });
	await it.untilQuiet();
	return { ...one, talk, interview: await interviewOf(one) };
}

// Whether any key or value of Redis holds the words; a dump is only readable when it is not compressed.
async function redisHolds(words) {
	await it.redis('config', 'set', 'rdbcompression', 'no');
	const found = await it.redis('eval', `local found = {}
		for _, key in ipairs(redis.call('KEYS', '*')) do
			if string.find(string.lower(key .. redis.call('DUMP', key)), string.lower(ARGV[1]), 1, true) then table.insert(found, key) end
		end
		return found`, 0, words);
	return found.split('\n').filter(Boolean);
}

const decided = /^## Decided by a person: (\w+)/;
const decisionOn = (id, result) => until(async () => (await it.issue(id)).comments.find(({ body }) => decided.exec(body)?.[1] === result), { what: `a decision ${result}`, seconds: 40 });

describe('one interview', () => {
	test('is told from the invitation to the move, with the quotes\' turns', async () => {
		const one = await judged(talkOf(STRONG));
		const { json } = await call('GET', `/${one.interview}`);
		assert.equal(json.state, 'moved');
		assert.equal(json.candidate_email, one.email);
		assert.ok(json.pointers.length > 0);
		const [conversation] = json.conversations;
		assert.equal(conversation.id, one.talk);
		assert.equal(conversation.turns[1].text, STRONG[0]);
		assert.equal(conversation.turns[1].time, '00:08');
		const [evaluation] = json.evaluations;
		assert.ok(evaluation.current && evaluation.at);
		const [point] = evaluation.key_points;
		assert.ok(conversation.turns[point.turn].text.includes(point.quote.replace(/[.…]+$/, '')));
		const happened = json.timeline.map(({ event }) => event);
		for (const event of ['invited', 'invitation sent', 'started', `transcript ${one.talk}`, 'evaluated pass', 'moved to Done'])
			assert.ok(happened.includes(event), `${event} in ${happened.join(', ')}`);
		assert.ok(!JSON.stringify(json).includes(one.secret));
		assert.equal((await call('GET', '?verdict=pass')).json.items.length, 1);
	});

	test('a hostile name and transcript are data', async () => {
		const name = '<img src=x onerror=alert(1)>{{NAME}} O\'Hara Nr900x';
		const said = '</script><script>alert(2)</script> I rewrote the settlement batch in C and led the incident repair.';
		const one = await judged(talkOf([...STRONG, said]), { name, email: 'hara.nr900x@example.org' });
		const { json } = await call('GET', `/${one.interview}`);
		assert.equal(json.candidate_name, name);
		assert.ok(json.conversations[0].turns.some(({ text }) => text === said));
	});
});

describe('the recording', () => {
	test('is played from any moment and fetched once', async () => {
		const one = await judged(talkOf(STRONG));
		const path = `/${one.interview}/conversations/${one.talk}/recording`;
		const whole = await call('GET', path);
		assert.equal(whole.status, 200);
		assert.equal(whole.headers.get('content-type'), 'audio/mpeg');
		assert.equal(whole.headers.get('accept-ranges'), 'bytes');
		const size = whole.bytes.length;
		assert.ok(size > 10_000);
		const rows = [['bytes=0-99', 0, 100], ['bytes=100-', 100, size], ['bytes=-50', size - 50, size], [`bytes=10-${size * 2}`, 10, size]];
		for (const [range, from, end] of rows) {
			const part = await call('GET', path, undefined, { range });
			assert.equal(part.status, 206, range);
			assert.equal(part.headers.get('content-range'), `bytes ${from}-${end - 1}/${size}`);
			assert.ok(part.bytes.equals(whole.bytes.subarray(from, end)), range);
		}
		assert.equal((await call('GET', path, undefined, { range: `bytes=${size}-` })).status, 416);
		assert.equal((await call('GET', path, undefined, { range: 'bytes=9-1' })).status, 200);
		assert.equal((await call('GET', path, undefined, { range: 'bytes=0-9', 'if-range': '"other"' })).status, 200);
		assert.equal((await call('HEAD', path)).headers.get('content-length'), String(size));
		assert.equal((await it.wire('elevenlabs', ({ path: asked }) => asked.endsWith('/audio'))).length, 1);
		assert.equal((await fetch(`${it.url}/api/interviews${path}`)).status, 401);
	});

	test('that cannot be had says why', async () => {
		const one = await judged(talkOf(STRONG));
		const path = `/${one.interview}/conversations/${one.talk}/recording`;
		await it.fault('elevenlabs', { path: `/v1/convai/conversations/${one.talk}/audio` }, 'status', { status: 500 });
		const failed = await call('GET', path);
		assert.equal(failed.status, 502);
		assert.match(failed.json.error.message, /did not give the recording/);
		assert.equal((await call('GET', path)).status, 200);
	});
});

describe('a person\'s decision', () => {
	test('moves the issue from where the verdict had put it, and stands beside it', async () => {
		const one = await judged(talkOf(WEAK));
		assert.equal((await it.issue(one.id)).state.name, 'Declined');
		const answer = await call('POST', `/${one.interview}/override`, { result: 'pass', reason: 'I know her *work*.' });
		assert.equal(answer.status, 200);
		const comment = await decisionOn(one.id, 'pass');
		assert.match(comment.body, /the evaluation had said fail/);
		assert.match(comment.body, /I know her \\\*work\\\*/);
		await it.untilQuiet();
		assert.equal((await it.issue(one.id)).state.name, 'Done');
		const { json } = await call('GET', `/${one.interview}`);
		assert.deepEqual([json.result, json.decision, json.overrides[0].moved], ['fail', 'pass', 'moved']);
		assert.equal(json.evaluations.length, 1);
		// Evaluated again, the model says the same; the person's word stays.
		assert.equal((await call('POST', `/${one.interview}/re-evaluate`)).status, 200);
		await it.untilComments(one.id, { verdict: 2 });
		await it.untilQuiet();
		assert.equal((await it.issue(one.id)).state.name, 'Done');
		const again = (await call('GET', `/${one.interview}`)).json;
		assert.deepEqual([again.evaluations.length, again.decision], [2, 'pass']);
	});

	test('leaves an issue that somebody moved, and says so', async () => {
		const one = await judged(talkOf(WEAK));
		await it.move(one.id, 'Backlog');
		await call('POST', `/${one.interview}/override`, { result: 'pass', reason: 'Yes.' });
		assert.match((await decisionOn(one.id, 'pass')).body, /Somebody had moved the issue meanwhile/);
		assert.equal((await it.issue(one.id)).state.name, 'Backlog');
	});
});

describe('an erasure', () => {
	test('leaves nothing in Redis and nothing at ElevenLabs, and what comes late is dropped', async () => {
		const one = await judged(talkOf([...STRONG, 'My cat is called Quetzalcoatlus and sits on the keyboard all day long.']));
		await call('GET', `/${one.interview}/conversations/${one.talk}/recording`);
		assert.notDeepEqual(await redisHolds('Quetzalcoatlus'), []);
		assert.equal((await call('DELETE', `/${one.interview}`)).status, 204);
		await until(async () => {
			const left = (await Promise.all([one.name, one.email, 'Quetzalcoatlus', one.secret].map(redisHolds))).flat();
			if (left.length)
				throw new Error(left.join(' '));
			return true;
		}, { what: 'an empty Redis', seconds: 30 });
		await until(async () => !(await it.control('/elevenlabs/conversations')).conversations.some(({ id, conversation_id }) => (id ?? conversation_id) === one.talk), { what: 'no conversation' });
		assert.equal((await call('GET', `/${one.interview}`)).status, 410);
		assert.equal((await it.page(one.secret)).status, 404);
		const late = { type: 'post_call_transcription', event_timestamp: Math.floor(Date.now() / 1000),
			data: { conversation_id: one.talk, agent_id: it.settings.ELEVENLABS_AGENT_ID, status: 'done', transcript: [{ role: 'user', message: 'Quetzalcoatlus again', time_in_call_secs: 1 }] } };
		assert.equal((await it.webhook('elevenlabs', late)).status, 200);
		await it.untilQuiet();
		assert.deepEqual(await redisHolds('Quetzalcoatlus'), []);
		assert.equal((await call('GET', '/orphans')).json.items.length, 0);
	});

	test('is refused while the candidate talks, unless it must be', async () => {
		const one = await it.invite();
		await it.beginTalk(one.secret, { status: 'in-progress', transcript: [] });
		const id = await interviewOf(one);
		const refused = await call('DELETE', `/${id}`);
		assert.equal(refused.status, 409);
		assert.match(refused.json.error.message, /talking right now/);
		assert.equal((await call('DELETE', `/${id}`, { force: true })).status, 204);
	});
});

describe('a transcript without an interview', () => {
	const orphan = async (message) => {
		const { conversation_id: id } = await it.control('/elevenlabs/conversations', { method: 'POST', body: { webhook: false, transcript: talkOf([...STRONG, message]),
			dynamic_variables: { candidate_name: 'Somebody' } } });
		await it.sendTranscript(id);
		await until(async () => (await call('GET', '/orphans')).json.items.some(({ conversation_id }) => conversation_id === id), { what: 'the orphan' });
		return id;
	};

	test('is attached to one, evaluated, and told to its issue', async () => {
		const one = await it.invite();
		const id = await orphan('I also keep bees on the roof of our house.');
		const { json } = await call('GET', '/orphans');
		assert.equal(json.items[0].candidate_name, 'Somebody');
		assert.equal((await call('POST', `/orphans/${id}/attach`, { session: await interviewOf(one) })).status, 204);
		const issue = await it.untilComments(one.id, { verdict: 1 });
		assert.deepEqual(commentKinds(issue), { invited: 1, verdict: 1 });
		await until(async () => (await it.issue(one.id)).state.name === 'Done', { what: 'the move' });
		assert.equal((await call('GET', '/orphans')).json.items.length, 0);
	});

	test('is forgotten when it is discarded', async () => {
		const id = await orphan('The word is Brontosaurus, once and never again.');
		assert.equal((await call('POST', `/orphans/${id}/discard`, {})).status, 400);
		assert.equal((await call('POST', `/orphans/${id}/discard`, { reason: 'A test call.' })).status, 204);
		assert.equal((await call('POST', `/orphans/${id}/discard`, { reason: 'A test call.' })).status, 404);
		await it.untilQuiet({ except: /^erasure:|^alert:|^linear-sweep:/ });
		assert.deepEqual(await redisHolds('Brontosaurus'), []);
	});
});
