// Leads on a whole stack: a long list through nginx, one that breaks off, and the files
// that come back; never a telephone number in a log.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';

import { startStack, until } from '../support/stack.mjs';

const ROWS = 20_000, PIECE = 500;
const phone = (i) => `+1415${String(2_000_000 + i)}`;
const row = (i) => `${phone(i)},"Müller, Nr. ${i}",${i % 2 ? 'Rome' : '=cmd|calc'}\r\n`;

describe('leads', () => {
	let stack, campaign;

	const api = (path, { method = 'GET', body, type = 'application/json', ...more } = {}) =>
		fetch(stack.url + path, { method, body, ...more,
			headers: { authorization: `Bearer ${stack.settings.ORCHESTRATOR_API_KEY}`, ...(body && { 'content-type': type }) } });
	const created = async (path, body) => {
		const answer = await api(path, { method: 'POST', body: JSON.stringify(body) });
		assert.equal(answer.status, 201, await answer.clone().text());
		return (await answer.json()).id;
	};
	const newCampaign = async () => created('/api/campaigns', { name: 'Survey', timezone: 'UTC', caller_id: '+14155550100',
		agent_id: await created('/api/agents', { name: 'Ann', script: 'Hello {{first_name|there}}' }) });
	const counts = async (id) => (await (await api(`/api/campaigns/${id}/status`)).json()).counts;

	function* pieces() {
		yield '\ufeffPhone,Name,City\r\n';
		for (let i = 0; i < ROWS; i += PIECE)
			yield Array.from({ length: PIECE }, (_, k) => row(i + k)).join('');
	}

	before(async () => {
		stack = await startStack();
		campaign = await newCampaign();
	});
	after(() => stack?.stop());

	test('takes a long list that is sent in chunks, without its length', async () => {
		const body = ReadableStream.from(pieces()).pipeThrough(new TextEncoderStream());
		const answer = await api(`/api/campaigns/${campaign}/leads`, { method: 'POST', type: 'text/csv', body, duplex: 'half' });
		const report = await answer.json();
		assert.equal(answer.status, 200, JSON.stringify(report));
		assert.deepEqual([report.accepted, report.duplicates, report.suppressed, report.rejected], [ROWS, 0, 0, []]);
		assert.deepEqual(await counts(campaign), { total: ROWS, pending: ROWS, calling: 0, waiting: 0, done: 0 });
	});

	test('knows all of it when it is sent again, and in a dry run', async () => {
		const body = [...pieces()].join('') + '4155550123,New,\r\n';
		for (const query of ['?dry_run=1', '']) {
			const report = await (await api(`/api/campaigns/${campaign}/leads${query}`, { method: 'POST', type: 'text/csv', body })).json();
			assert.deepEqual([report.accepted, report.duplicates, report.rejected_count], [0, ROWS, 1]);
			assert.deepEqual([report.rejected[0].row, report.rejected[0].value], [ROWS + 2, '4155550123']);
		}
		assert.equal((await counts(campaign)).total, ROWS);
	});

	test('lists them in pages and gives each with its reason', async () => {
		const page = await (await api(`/api/campaigns/${campaign}/leads?limit=3&cursor=10000`)).json();
		assert.deepEqual(page.items.map((lead) => [lead.id, lead.phone, lead.state]), [1, 2, 3].map((i) => [String(10000 + i), phone(9999 + i), 'pending']));
		assert.equal(page.items[0].reason, 'The campaign has not been started.');
		assert.equal(page.next_cursor, '10003');
	});

	test('gives all of them back as a file, defused', async () => {
		const answer = await api(`/api/campaigns/${campaign}/leads.csv`);
		assert.equal(answer.headers.get('content-type'), 'text/csv; charset=utf-8');
		assert.match(answer.headers.get('content-disposition'), /^attachment; filename="leads\.csv"$/);
		const lines = (await answer.text()).split('\r\n');
		assert.equal(lines.length, ROWS + 2);
		assert.equal(lines[0], 'id,phone,name,timezone,state,outcome,attempts,next_call_at,City');
		assert.equal(lines[1], `1,${phone(0)},"Müller, Nr. 0",,pending,,0,,'=cmd|calc`);
		assert.equal(lines[ROWS], `${ROWS},${phone(ROWS - 1)},"Müller, Nr. ${ROWS - 1}",,pending,,0,,Rome`);
		assert.equal(await (await api(`/api/campaigns/${campaign}/calls.csv`)).text(),
			'id,lead_id,phone,call_sid,status,outcome,answered_by,digits,speech,duration_seconds,placed_at,ended_at,error\r\n');
	});

	test('the file can be taken into another campaign', async () => {
		const other = await newCampaign();
		const file = (await (await api(`/api/campaigns/${campaign}/leads.csv`)).text()).split('\r\n').slice(0, 101).join('\r\n');
		const report = await (await api(`/api/campaigns/${other}/leads`, { method: 'POST', type: 'text/csv', body: file })).json();
		assert.deepEqual([report.accepted, report.rejected], [100, []]);
	});

	test('an upload that breaks off leaves no part of a lead', async () => {
		const other = await newCampaign();
		const socket = connect(stack.port, '127.0.0.1');
		socket.on('error', () => {});
		await once(socket, 'connect');
		socket.write(`POST /api/campaigns/${other}/leads HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\n` +
			`Authorization: Bearer ${stack.settings.ORCHESTRATOR_API_KEY}\r\nContent-Length: 10000000\r\n\r\n`);
		for (const piece of pieces())
			socket.write(piece);
		await new Promise((resolve) => socket.write(`${phone(ROWS)},"half a ro`, resolve));
		socket.destroy();
		await until(async () => /"path":"\/api\/campaigns\/-\/leads","status":4(?:00|99)/.test(await stack.logs('access.log')), { what: 'the end of the upload' });
		const { total, pending } = await counts(other);
		assert.equal(total, pending);
		assert.equal(Number(await stack.redis('HGET', `parley:campaign:${other}`, 'leads') || 0), total);
		const report = await (await api(`/api/campaigns/${other}/leads`, { method: 'POST', type: 'text/csv', body: [...pieces()].join('') })).json();
		assert.equal(report.accepted + total, ROWS);
		assert.equal(report.duplicates, total);
	});

	test('too long a list is refused in the form of the API', async () => {
		const answer = await api(`/api/campaigns/${campaign}/leads`, { method: 'POST', body: `{"leads":[]${' '.repeat(17 << 20)}}` });
		assert.equal(answer.status, 413);
		assert.equal((await answer.json()).error.code, 'too_large');
	});

	test('writes no telephone number into a log', async () => {
		assert.ok(!/\+?1415[2-9]\d{6}/.test(await stack.logs()), 'a telephone number in a log');
	});
});
