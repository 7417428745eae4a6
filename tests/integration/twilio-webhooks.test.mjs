// Twilio's webhooks through nginx, signed by Twilio's own library, about attempts that stand in Redis as the dialer writes
// them: who is believed, what is heard, and that nothing which was pressed is lost. What the sandbox's telephones do with the
// answers is in the campaigns' tests.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import twilio from 'twilio';

import { readTwiml } from '../../sandbox/twilio/twiml.mjs';
import { run, startStack, root, stage, until } from '../support/stack.mjs';

const { getExpectedTwilioSignature, validateRequest, twiml: { VoiceResponse } } = twilio;
const AUDIO = `${'a'.repeat(64)}.wav`;
const ALWAYS = { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], start: '00:00', end: '24:00' };
const KEYS = { 1: { outcome: 'interested', say: 'Thank you & <goodbye>.' }, 9: { outcome: 'opt_out', say: 'You will not be called again.' } };

let stack, number = 0;
before(async () => { stack = await startStack({ runner: false }); });
after(() => stack.stop());

async function api(path, body, method = body === undefined ? 'GET' : 'POST') {
	const answer = await fetch(stack.url + path, { method, body: body && JSON.stringify(body),
		headers: { authorization: `Bearer ${stack.settings.ORCHESTRATOR_API_KEY}`, ...body && { 'content-type': 'application/json' } } });
	assert.ok(answer.ok, `${path}: ${await answer.clone().text()}`);
	return answer.status === 204 ? null : answer.json();
}

/** A campaign with one lead that is being called: {campaign, att, sid, phone}. */
async function oneCall(more = {}) {
	const agent = await api('/api/agents', { name: 'Ada', script: 'Hello.', voice_id: stack.settings.ELEVENLABS_VOICE_ID, language: 'en' });
	const { id: campaign } = await api('/api/campaigns', { name: 'Survey', agent_id: agent.id, timezone: 'America/New_York', calling_hours: ALWAYS,
		recipient_hours: null, keys: KEYS, retry: { max_attempts: 1, delays_seconds: {} }, ...more });
	const phone = `+1415555${String(1000 + ++number)}`;
	await api(`/api/campaigns/${campaign}/leads`, { leads: [{ phone, name: 'Ada' }] });
	const att = randomBytes(16).toString('base64url'), sid = `CA${randomBytes(16).toString('hex')}`;
	await stack.redis('hset', `parley:call:${att}`, 'campaign', campaign, 'lead', '1', 'phone', phone, 'from', stack.settings.TWILIO_CALLER_ID,
		'status', 'queued', 'sid', sid, 'audio', AUDIO, 'placed', String(Date.now()), 'open', '1', 'v', '1');
	await stack.redis('hset', `parley:lead:${campaign}:1`, 's', 'c', 'a', '1', 'q', att);
	await stack.redis('zrem', `parley:due:${campaign}:0`, '1');
	await stack.redis('hincrby', `parley:counts:${campaign}`, 'pending', '-1');
	await stack.redis('hincrby', `parley:counts:${campaign}`, 'calling', '1');
	await stack.redis('sadd', `parley:live-calls:${campaign}`, att);
	await stack.redis('zadd', `parley:calls:${campaign}`, '1', att);
	return { campaign, att, sid, phone };
}

const url = (hook, { att }, more = '') => `${stack.settings.WEBHOOK_BASE_URL}/api/twilio/webhook/${hook}?att=${att}${more}`;

/** A request as Twilio makes it; `signature` undefined: the right one. */
async function post(address, params, { signature = getExpectedTwilioSignature(stack.settings.TWILIO_AUTH_TOKEN, address, params) } = {}) {
	const answer = await fetch(address, { method: 'POST', body: new URLSearchParams(params), headers: { ...signature && { 'x-twilio-signature': signature } } });
	return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
}

const standard = (call, more = {}) => ({ CallSid: call.sid, AccountSid: stack.settings.TWILIO_ACCOUNT_SID, From: stack.settings.TWILIO_CALLER_ID, To: call.phone,
	CallStatus: 'in-progress', ApiVersion: '2010-04-01', Direction: 'outbound-api', ...more });
const tell = (hook, call, more, query) => post(url(hook, call, query), standard(call, more));

/** The verbs of an answer, which must be TwiML that Twilio has nothing to say against. */
function verbsOf(answer) {
	assert.equal(answer.status, 200, answer.text);
	assert.match(answer.type, /^text\/xml/);
	const { verbs, warnings } = readTwiml(answer.text);
	assert.deepEqual(warnings, []);
	return verbs;
}

async function stateOf({ campaign, att, phone }) {
	const [lead] = (await api(`/api/campaigns/${campaign}/leads`)).items;
	const [call] = (await api(`/api/campaigns/${campaign}/calls`)).items;
	const { seq } = await api(`/api/campaigns/${campaign}/status`);
	assert.equal(call.id, att);
	const suppressed = (await api('/api/do-not-call?limit=200')).items.some((one) => one.phone === phone);
	return { lead: lead.state, outcome: lead.outcome, call, seq, suppressed };
}

describe('what is heard', () => {
	test('first is the script, as Twilio\'s own library would write it', async () => {
		const call = await oneCall();
		const answer = await tell('answer', call);
		const want = new VoiceResponse();
		want.gather({ input: 'dtmf', numDigits: 1, finishOnKey: '', timeout: 6, action: `${url('gather', call, '&step=1')}#rc=3&rp=5xx,ct,rt`, method: 'POST',
			actionOnEmptyResult: true }).play(`${stack.settings.WEBHOOK_BASE_URL}/audio/${AUDIO}`);
		assert.deepEqual(verbsOf(answer), readTwiml(want.toString()).verbs);
		assert.equal((await stateOf(call)).call.status, 'in-progress');
	});

	test('after a key is what the campaign says, and the outcome is the lead\'s', async () => {
		const call = await oneCall();
		const want = new VoiceResponse();
		want.say({ language: 'en-US' }, KEYS[1].say);
		want.hangup();
		assert.deepEqual(verbsOf(await tell('gather', call, { Digits: '1' }, '&step=1')), readTwiml(want.toString()).verbs);
		await tell('status', call, { CallStatus: 'completed', CallDuration: '12', SequenceNumber: '3' });
		const { lead, outcome, call: { digits, duration_seconds: seconds, status } } = await stateOf(call);
		assert.deepEqual({ lead, outcome, digits, seconds, status }, { lead: 'done', outcome: 'interested', digits: '1', seconds: 12, status: 'completed' });
	});

	test('after words in another script than ours is escaped and kept', async () => {
		const call = await oneCall({ speech: true });
		const said = 'Grüß Gott <Hangup/> – हाँ 日本語 😀';
		const [gather] = verbsOf(await tell('gather', call, { SpeechResult: said, Confidence: '0.9' }, '&step=1'));
		assert.equal(gather.name, 'Gather');
		assert.equal((await stateOf(call)).call.speech, said);
	});
});

describe('who is not believed', () => {
	test('changes nothing, and leaves one line in the log', async () => {
		const call = await oneCall();
		const before = await stateOf(call);
		const address = url('gather', call, '&step=1'), form = standard(call, { Digits: '9' });
		const right = getExpectedTwilioSignature(stack.settings.TWILIO_AUTH_TOKEN, address, form);
		assert.equal(validateRequest(stack.settings.TWILIO_AUTH_TOKEN, right, address, form), true);
		const signatures = [null, 'bm90IGl0', right.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')), getExpectedTwilioSignature('0'.repeat(32), address, form),
			getExpectedTwilioSignature(stack.settings.TWILIO_AUTH_TOKEN, address, { ...form, Digits: '1' }),
			getExpectedTwilioSignature(stack.settings.TWILIO_AUTH_TOKEN, address.replace(/att=[^&]*/, `att=${'A'.repeat(22)}`), form)];
		for (const signature of signatures)
			assert.equal((await post(address, form, { signature })).status, 401);
		await until(async () => (await stack.logs()).split('"security.signature_invalid"').length - 1 === signatures.length, { what: 'a line for each' });
		assert.deepEqual(await stateOf(call), before);
		assert.equal(verbsOf(await post(address, form, { signature: right })).at(-1).name, 'Hangup');
		assert.equal((await stateOf(call)).suppressed, true);
	});

	test('who names another call, another account or no attempt gets an empty answer', async () => {
		const call = await oneCall();
		const before = await stateOf(call);
		const form = { Digits: '9', CallStatus: 'completed', AnsweredBy: 'fax' };
		for (const hook of ['answer', 'gather', 'status', 'amd'])
			for (const answer of [await tell(hook, call, { ...form, CallSid: `CA${'0'.repeat(32)}` }), await tell(hook, call, { ...form, AccountSid: `AC${'0'.repeat(32)}` }),
				await tell(hook, { ...call, att: 'A'.repeat(22) }, form), await tell(hook, { ...call, att: '' }, form)])
				assert.deepEqual(verbsOf(answer), []);
		assert.deepEqual(await stateOf(call), before);
	});

	test('a body over 5 MB is refused', async () => {
		const call = await oneCall();
		assert.equal((await tell('status', call, { Extra: 'x'.repeat(5 * 1024 * 1024) })).status, 413);
	});
});

describe('what comes again, late or out of order', () => {
	test('is answered alike and changes nothing twice', async () => {
		const call = await oneCall();
		const story = [['status', { CallStatus: 'ringing' }], ['answer', {}], ['gather', { Digits: '9' }, '&step=1'], ['status', { CallStatus: 'completed', CallDuration: '7' }],
			['amd', { AnsweredBy: 'human' }]];
		const answers = [];
		for (const [hook, more, query] of story)
			answers.push((await tell(hook, call, more, query)).text);
		const once = await stateOf(call);
		assert.deepEqual([once.lead, once.outcome, once.suppressed, once.call.answered_by], ['done', 'opted_out', true, 'human']);
		for (const [i, [hook, more, query]] of [...story.entries()].reverse()) {
			const again = await tell(hook, call, more, query);
			assert.equal(again.status, 200);
			if (hook !== 'answer')
				assert.equal(again.text, answers[i]);
		}
		assert.deepEqual(await stateOf(call), once);
	});

	test('many at once settle once', async () => {
		const call = await oneCall();
		const before = (await stateOf(call)).seq;
		const answers = await Promise.all(Array.from({ length: 12 }, () => tell('status', call, { CallStatus: 'completed', CallDuration: '7' })));
		assert.deepEqual(answers.map(({ status }) => status), answers.map(() => 200));
		const now = await stateOf(call);
		assert.deepEqual([now.lead, now.outcome, now.seq], ['done', 'answered', before + 1]);
	});
});

describe('while Redis is away', () => {
	const keeper = (verb) => run(join(root, 'cron/keeper'), verb === 'start' ? [verb, 'redis', '--', 'redis-server', join(stack.state, 'redis/redis.conf')] : [verb, 'redis'], {
		env: { PARLEY_RUN_DIR: join(stack.state, 'run'), PARLEY_LOG_DIR: join(stack.state, 'log'), PARLEY_CGI_DIR: join(stage, 'libexec/parley/cgi-bin'),
			PARLEY_ENV_FILE: join(stack.state, 'parley.env'), ...stack.env } });

	test('a callback is to come again, and a key goes round with the call until it is stored', async () => {
		const call = await oneCall();
		assert.equal((await keeper('stop')).code, 0);
		let verbs;
		try {
			assert.equal((await tell('status', call, { CallStatus: 'completed' })).status, 503);
			assert.equal((await tell('answer', call)).status, 503);
			verbs = verbsOf(await tell('gather', call, { Digits: '9' }, '&step=1'));
			assert.deepEqual(verbs.map(({ name }) => name), ['Pause', 'Redirect']);
		} finally {
			assert.equal((await keeper('start')).code, 0);
		}
		await until(async () => (await stack.redis('ping')) === 'PONG', { what: 'Redis' });
		const address = verbs[1].text.replace(/#.*/, '');
		assert.equal(verbsOf(await post(address, standard(call))).at(-1).name, 'Hangup');
		const { suppressed, call: { outcome, digits } } = await stateOf(call);
		assert.deepEqual({ suppressed, outcome, digits }, { suppressed: true, outcome: 'opted_out', digits: '9' });
	});
});

test('neither attempts nor telephone numbers nor words reach a log of the webhooks', async () => {
	const call = await oneCall({ speech: true });
	await tell('gather', call, { SpeechResult: 'unmistakable words' }, '&step=1');
	await tell('gather', call, { Digits: '9' }, '&step=2');
	await until(async () => (await stack.logs()).includes('"call.opted_out"'), { what: 'the log line' });
	const text = await stack.logs();
	for (const secret of [call.phone, call.phone.slice(1), 'unmistakable', stack.settings.TWILIO_AUTH_TOKEN])
		assert.equal(text.includes(secret), false, secret);
	assert.equal((await stack.logs('access.log')).includes(call.att), false);
});
