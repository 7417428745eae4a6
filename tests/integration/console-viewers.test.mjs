// What a viewer is shown, everywhere: a number and an address are planted wherever people, candidates and vendors can put
// them, then every page, answer and export that a viewer can reach is read.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { startStack } from '../support/stack.mjs';
import { operator, signIn } from '../support/visitor.mjs';

const NUMBER = '+14155550188', MAIL = 'secret@plant.example', SAID = `my number is 415-555-0188 or ${MAIL}`;
const PLANTED = /415[^0-9]{0,12}555[^0-9]{0,3}0188|secret(?:@|%40|&#64;)plant/i;
const SESSION = 'S'.repeat(22), NOW = Date.now();
const MOST = 150;

describe('viewers', () => {
	let stack, viewer, worker, agent, campaign;

	before(async () => {
		stack = await startStack({ sandbox: false, runner: false });
		viewer = await signIn(stack, await operator(stack, 'viewer'));
		worker = await signIn(stack, await operator(stack, 'operator'));
		agent = (await worker.ask('POST', '/api/agents', { name: 'A', script: `Hello, ${SAID}` })).json.id;
		const made = await worker.ask('POST', '/api/campaigns', { name: 'C', agent_id: agent, mode: 'broadcast', timezone: 'America/New_York', caller_id: NUMBER, keys: { 1: { outcome: 'yes', say: SAID } } });
		campaign = made.json.id;
		await worker.ask('POST', `/api/campaigns/${campaign}/leads`, { leads: [{ phone: NUMBER, name: `Ada ${NUMBER}`, mail: MAIL, note: SAID }] });
		for (const phone of [NUMBER, '+14155550187', '+14155550189'])
			await worker.ask('POST', '/api/do-not-call', { phone, reason: SAID });
		await plantCall();
		await plantInterview();
		await plantFaults();
	}, { timeout: 180_000 });
	after(() => stack?.stop());

	const set = (key, fields) => stack.redis('hset', key, ...Object.entries(fields).flat());

	async function plantCall() {
		const call = { campaign, lead: 1, phone: NUMBER, from: NUMBER, status: 'completed', outcome: 'answered', answered_by: 'human', digits: '4155550188', speech: SAID,
			placed: NOW - 60_000, ended: NOW, duration: 30, v: 4, t2: `${NOW} i`, t3: `${NOW} k=4155550188 p=${encodeURIComponent(SAID)}` };
		await set('parley:call:att1', call);
		await set('parley:call:att2', { ...call, open: 1, status: 'in-progress' });
		await stack.redis('zadd', `parley:calls:${campaign}`, NOW - 60_000, 'att1');
		await stack.redis('zadd', 'parley:calls-all', NOW - 60_000, 'att1');
		await stack.redis('sadd', `parley:live-calls:${campaign}`, 'att2');
		await set(`parley:lead:${campaign}:1`, { q: 'att1' });
		await stack.redis('set', 'parley:call-conversation:att1', 'conv_call');
		await set('parley:conversation:conv_call', { data: JSON.stringify({ transcript: [{ role: 'user', message: SAID, time_in_call_secs: 1 }] }) });
		const events = [{ type: 'state', state: 'paused', state_reason: SAID }, { type: 'call', call: { id: 'att1', lead_id: '1', status: 'completed', digits: '4155550188', speech: SAID } }];
		for (const [i, event] of events.entries())
			await stack.redis('xadd', `parley:events:${campaign}`, `${i + 1}-0`, 'e', JSON.stringify({ seq: i + 1, at: new Date(NOW).toISOString(), ...event }));
		await set(`parley:campaign:${campaign}`, { state: 'paused', reason: SAID, seq: 2 });
	}

	async function plantInterview() {
		await set(`parley:session:${SESSION}`, { secret: 's'.repeat(43), workspace: 'default', org: 'acme', issue_id: 'i', identifier: 'HIR-1', candidate_name: `Cleo ${NUMBER}`,
			candidate_email: MAIL, company_name: 'Acme', job_title: 'Engineer', job_description: SAID, application: SAID, pointers: SAID, created: NOW, expires: NOW + 864e5, evaluated: NOW,
			result: 'pass', override: 'fail', judged_by: 'verdict:x' });
		await stack.redis('zadd', 'parley:sessions', NOW, SESSION);
		await stack.redis('zadd', `parley:timeline:${SESSION}`, NOW, `decided fail by ${MAIL}`);
		await stack.redis('zadd', `parley:session-conversations:${SESSION}`, NOW, 'conv_talk');
		const data = JSON.stringify({ transcript: [{ role: 'user', message: SAID, time_in_call_secs: 1 }], conversation_initiation_client_data: { dynamic_variables: { candidate_name: SAID } } });
		await set('parley:conversation:conv_talk', { session: SESSION, state: 'received', received: NOW, data });
		await set(`parley:evaluations:${SESSION}`, { 'verdict:x': JSON.stringify({ result: 'pass', confidence: 1, reasoning: SAID, basis: 'model', at: NOW, keyPoints: [{ point: SAID, quote: SAID, time: '00:01', speaker: 'candidate' }] }) });
		await set(`parley:overrides:${SESSION}`, { 'override:x': JSON.stringify({ result: 'fail', reason: SAID, by: MAIL, at: NOW, model: 'pass' }) });
		await set('parley:conversation:conv_orphan', { state: 'received', received: NOW, data });
		await stack.redis('zadd', 'parley:orphans', NOW, 'conv_orphan');
	}

	async function plantFaults() {
		await set('parley:job:mail:x', { kind: 'mail', state: 'dead', payload: 'invite/x/1', reason: `Resend refused ${MAIL}`, attempts: 3, created: NOW, ended: NOW });
		await stack.redis('zadd', 'parley:queue:screening:dead', NOW, 'mail:x');
		await set('parley:check:twilio.caller', { group: 'Twilio', state: 'fail', sentence: `The caller id ${NUMBER} is unknown.`, todo: `Ask ${MAIL}.`, at: NOW });
	}

	// Everything that a page leads to, and the answers that pages ask for.
	async function readAll(visitor) {
		const texts = new Map(), first = ['/console/', `/console/campaigns/${campaign}`, `/console/campaigns/${campaign}/leads/1`, `/console/campaigns/${campaign}/calls/att1`,
			`/console/campaigns/${campaign}/edit`, `/console/agents/${agent}`, ...[1, 2, 3, 4, 5, 6, 7].map((step) => `/console/campaigns/${campaign}/edit?step=${step}`), `/console/interviews/${SESSION}`, '/console/interviews?stage=evaluated', '/console/interviews/orphans', '/console/calls', '/console/do-not-call',
			'/api/overview', '/api/doctor', '/api/jobs', '/api/calls', '/api/do-not-call', '/api/do-not-call?limit=1', '/api/do-not-call.csv', '/api/agents', '/api/campaigns', '/api/interviews', `/api/interviews/${SESSION}`,
			'/api/interviews/orphans', ...['', '/leads', '/leads/1', '/leads.csv', '/calls', '/calls/att1', '/calls.csv', '/status', '/now', '/events', '/series', '/review'].map((path) => `/api/campaigns/${campaign}${path}`)];
		const queue = [...first], seen = new Set(queue);
		while (queue.length && texts.size < MOST) {
			const path = queue.shift(), { text, status, headers } = await visitor.ask('GET', path);
			assert.ok(status < 500 || status === 503, `${path}: ${status} ${text.slice(0, 300)}`);
			texts.set(path, `${text}\n${headers.get('location') ?? ''}`);
			const next = [...text.matchAll(/(?:href|src|action)="(\/(?:console|api)[^"#]*)/g)].map((match) => match[1].replaceAll('&amp;', '&'));
			const cursor = /"next_cursor":"([^"]+)"/.exec(text)?.[1];
			if (cursor)
				next.push(`${path.split('?')[0]}?limit=1&cursor=${encodeURIComponent(cursor)}`);
			for (const one of next)
				if (!seen.has(one) && seen.add(one))
					queue.push(one);
		}
		return texts;
	}

	test('a number and an address that are planted everywhere are shown to operators, and to viewers nowhere', async () => {
		const theirs = await readAll(viewer), leaks = [];
		for (const [path, text] of theirs) {
			const found = PLANTED.exec(decodeURIComponent(path)) ?? PLANTED.exec(text);
			if (found)
				leaks.push(`${path}: …${text.slice(Math.max(0, found.index - 60), found.index + 40)}…`);
		}
		assert.deepEqual(leaks, []);
		assert.ok(theirs.size > 50, String(theirs.size));
		const ours = await readAll(worker);
		assert.ok([...ours].filter(([, text]) => PLANTED.test(text)).length > 20);
	});
});
