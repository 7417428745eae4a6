// What the console asks the JSON API while a campaign is made, on a live stack: a file's columns and its rejected rows, the
// review and what it refuses, copies, and a test call that rings the sandbox's telephone.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';

import { ALWAYS, ONCE, people, phone, startCampaigns, until } from '../support/campaign.mjs';

let it;
before(async () => { it = await startCampaigns({ settings: { CALL_PRICE_PER_MINUTE: '0.02', SPEECH_PRICE_PER_1000_CHARACTERS: '0.30', PRICE_CURRENCY: 'EUR' } }); });
after(() => it?.stop());

const path = (id, rest = '') => `/api/campaigns/${id}${rest}`;
const post = (where, body, expect = 200) => it.ask(where, { method: 'POST', body, expect });

describe('an import', () => {
	afterEach(() => it.judged());

	test('follows the columns that were chosen, is followed itself, and gives back all that it rejected', async () => {
		const { id } = await it.createCampaign();
		const number = phone(), file = `Nr;Tel;Wer\n1;${number};Ada "the first"\n`.replaceAll('"', '') + '2;=1+1;Bob\n';
		const looked = await post(path(id, '/leads?dry_run=1&preview=5&columns=auto'), file);
		assert.deepEqual(looked.columns.map(({ header, use }) => [header, use]), [['Nr', 'variable'], ['Tel', 'phone'], ['Wer', 'variable']]);
		assert.deepEqual(looked.preview.map(({ row, column }) => [row, column]), [[2, null], [3, 1]]);

		const report = await it.importLeads(id, file, '?columns=-,phone,name&import=upload-number-1');
		assert.deepEqual([report.accepted, report.rejected_count, report.rejected[0].field], [1, 1, 'phone']);
		const rejected = await it.api(report.rejected_csv);
		assert.equal(rejected.status, 200);
		assert.match(rejected.headers.get('content-disposition'), /attachment/);
		assert.match(rejected.text, /^rejected_row,rejected_because,Nr,Tel,Wer\r\n3,.*,2,'=1\+1,Bob\r\n$/);
		const followed = await it.ask(path(id, '/imports/upload-number-1'));
		assert.deepEqual([followed.state, followed.rows, followed.accepted, followed.rejected, followed.bytes], ['done', 2, 1, 1, file.length]);
		const [lead] = await it.leads(id);
		assert.deepEqual([lead.phone, lead.name], [number, 'Ada the first']);
	});

	test('of many rejected rows keeps every one, beyond what the report can tell', async () => {
		const { id } = await it.createCampaign();
		const file = `phone,note\n${Array.from({ length: 12_000 }, (_, i) => `number ${i} is bad,"a, note"`).join('\n')}\n`;
		const report = await post(path(id, '/leads?import=upload-number-2'), file);
		assert.deepEqual([report.accepted, report.rejected_count, report.rejected.length], [0, 12_000, 10_000]);
		const { text } = await it.api(report.rejected_csv);
		const lines = text.trimEnd().split('\r\n');
		assert.equal(lines.length, 12_001);
		assert.equal(lines.at(-1), '12001,"The number has no country code, and no country was given.",number 11999 is bad,"a, note"');
	});
});

describe('the review', () => {
	afterEach(() => it.judged());

	test('counts what the campaign then does, and the start refuses what it names', async () => {
		const { id: agent } = await it.createAgent({ script: 'Hello {{name}}.' });
		const { id } = await it.createCampaign({ agent_id: agent, retry: ONCE });
		assert.deepEqual((await it.ask(path(id, '/review'))).obstacles.map(({ code }) => code), ['no_leads']);
		const refused = await it.api(path(id, '/start'), { method: 'POST', body: {} });
		assert.deepEqual([refused.status, refused.json.error.message], [409, 'The campaign has no leads to call.']);

		const listed = phone();
		const callable = people(3, '00');
		await it.importLeads(id, [...callable, { phone: listed, name: 'Listed' }, { phone: phone() }]);
		await it.suppress(listed);
		const review = await it.ask(path(id, '/review'));
		assert.deepEqual([review.total, review.left, review.callable, review.worst_case_calls], [5, 5, 3, 3]);
		assert.deepEqual(review.blocked.map(({ code, count }) => [code, count]), [['suppressed', 1], ['missing_variable', 1]]);
		assert.equal(review.speech.texts_to_buy, 5, 'three scripts and the words after two keys');
		assert.deepEqual([review.cost.currency, review.cost.calls], ['EUR', '0.06']);
		assert.ok(Date.parse(review.time.ends_at) > Date.parse(review.time.begins_at));

		await it.redis('hset', 'parley:check:twilio.account', 'state', 'fail', 'sentence', 'Twilio refuses the token.', 'at', Date.now());
		const red = await it.api(path(id, '/start'), { method: 'POST', body: {} });
		assert.deepEqual([red.status, red.json.error.message], [409, 'Twilio refuses the token.']);
		await it.redis('del', 'parley:check:twilio.account');

		await it.start(id);
		const status = await it.untilCompleted(id);
		assert.deepEqual(status.outcomes, { answered: 3, suppressed: 1, incomplete: 1 });
		assert.equal((await it.ask(path(id, '/review'))).speech.texts_to_buy, 0);
	});
});

describe('a clone', () => {
	afterEach(() => it.judged());

	test('takes the settings, and the leads when it is told to; nobody is called by it', async () => {
		const id = await it.launch(people(2, '00'), { retry: ONCE });
		await it.untilCompleted(id);
		const bare = await post(path(id, '/clone'), {}, 201);
		assert.deepEqual([bare.name, bare.state, (await it.status(bare.id)).counts.total], ['Copy of Survey', 'draft', 0]);
		const whole = await post(path(id, '/clone'), { name: 'Again', leads: true }, 201);
		const status = await it.status(whole.id);
		assert.deepEqual([whole.name, whole.copied.accepted, status.counts.pending, status.attempts], ['Again', 2, 2, 0]);
	});
});

// The judge looks at campaigns that are in the list: of these calls the tests say themselves that each was made once.
describe('a test call', () => {
	const NIGHT = { start: '00:00', end: '00:01' }; // of the recipient's day

	test('rings with the campaign\'s texts and keys, and stands in no list and no total', async () => {
		const { id: agent } = await it.createAgent({ script: 'Hello {{first_name}}.' });
		const { id } = await it.createCampaign({ agent_id: agent, recipient_hours: NIGHT, calling_hours: { ...ALWAYS, end: '00:01' } });
		const number = phone('96'); // presses 1
		const refusal = async (body) => (await it.api(path(id, '/test-call'), { method: 'POST', body })).json.error.field;
		assert.equal(await refusal({ phone: '12' }), 'phone');
		assert.equal(await refusal({ phone: number, variables: { first_name: 'Ada' } }), 'own_number');
		assert.equal(await refusal({ phone: number, own_number: true }), 'variables.first_name');

		const begun = await post(path(id, '/test-call'), { phone: number, own_number: true, variables: { first_name: 'Ada' } }, 202);
		assert.equal(await refusal({ phone: number, own_number: true, variables: { first_name: 'Ada' } }), 'phone', 'a second one beside the first');
		const ended = await until(async () => {
			const now = await it.ask(path(id, `/test-calls/${begun.id}`));
			assert.notEqual(now.state, 'failed', now.sentence);
			return now.state === 'done' && now;
		}, { seconds: 30, what: 'the end of the test call' });
		assert.deepEqual([ended.outcome, ended.call.digits], ['interested', '1']);
		const [call, ...others] = await it.twilioCallsTo(number);
		assert.deepEqual(others, []);
		assert.ok(call.heard.some(({ verb, status }) => verb === 'Play' && status === 200), 'its speech was there before the dial');

		assert.equal((await it.status(id)).attempts, 0);
		assert.ok((await it.list('/api/campaigns')).every((one) => one.id !== begun.id));
		assert.ok((await it.list('/api/calls')).every((one) => one.campaign_id !== begun.id && one.id !== ended.call.id));
		assert.equal((await it.api(path(begun.id, '/start'), { method: 'POST', body: {} })).status, 404);
		assert.ok([404, 409].includes((await it.api(path(begun.id, '/leads'), { method: 'POST', body: { leads: people(1, '00') } })).status), 'it takes no further leads');
	});

	test('is refused for a number of the do-not-call list', async () => {
		const { id } = await it.createCampaign(), number = phone('95'); // presses 9, which opts out
		const begun = await post(path(id, '/test-call'), { phone: number }, 202);
		await until(async () => (await it.ask(path(id, `/test-calls/${begun.id}`))).outcome === 'opted_out', { seconds: 30, what: 'the opt-out' });
		assert.ok(await it.suppressed(number));
		const refused = await it.api(path(id, '/test-call'), { method: 'POST', body: { phone: number } });
		assert.deepEqual([refused.status, refused.json.error.field], [409, 'phone']);
		assert.equal((await it.twilioCallsTo(number)).length, 1);
	});
});
