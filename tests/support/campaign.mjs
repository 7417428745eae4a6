// What the tests of campaigns do to a private stack: act as the operator over the JSON API and as the called people over the
// sandbox's control, and have the judge look at everything in the end.
import assert from 'node:assert/strict';
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';

import { judge, told } from '../judge/judge.mjs';
import { openRecorder } from '../judge/recorder.mjs';
import { startStack, until } from './stack.mjs';

export { until } from './stack.mjs';

export const ALWAYS = { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], start: '00:00', end: '24:00' };

// Short waits, so that a whole life of a lead fits into a test.
export const SOON = { max_attempts: 3, delays_seconds: { no_answer: [1], busy: [1], failed: [1], voicemail: [1] } };
export const ONCE = { max_attempts: 1, delays_seconds: {} };

export const KEYS = { 1: { outcome: 'interested', say: 'Thank you, we will be in touch.' }, 9: { outcome: 'opt_out', say: 'You will not be called again.' } };

/** Numbers in San Francisco that nobody else in this process gets; the sandbox's people behave by the last two digits. */
let numbers = 0;
export const phone = (ending = '00') => `+1415${String(2_000_000 + ++numbers * 100 + Number(ending))}`;
export const people = (count, ending, more = {}) => Array.from({ length: count }, (_, i) => ({ phone: phone(ending), name: `Ada Nr${i + 1}`, ...more }));

/* Options: those of startStack, and
 *   pace     calls a second that the account and the sandbox's Twilio allow (100)
 *   speed    how many of Twilio's seconds pass in one of ours (50)
 *   account  what the judge is told of the account besides
 *   hostile  the judge expects complaints of Twilio's */
export async function startCampaigns({ pace = 100, speed = 50, settings = {}, account = {}, hostile = false, fairness, tolerance, ...options } = {}) {
	const stack = await startStack({ ...options, settings: { TWILIO_CALLS_PER_SECOND: pace, ...settings } });
	const operator = operatorOf(stack);
	const recorder = openRecorder(stack, operator);
	const it = Object.assign(stack, operator, telephones(stack), killing(stack), { recorder });
	Object.assign(it, campaignsOf(it, recorder));

	/** Asks the judge about all there was so far; what he finds is the failure of the test that asks first. */
	const toldBefore = new Set();
	it.judged = async () => {
		const record = await recorder.record({ account: { calls_per_second: pace, ...account }, hostile, fairness, tolerance });
		const findings = judge(record).filter(({ what }) => !toldBefore.has(what));
		findings.forEach(({ what }) => toldBefore.add(what));
		if (findings.length && process.env.PARLEY_JUDGE_RECORD)
			await writeFile(process.env.PARLEY_JUDGE_RECORD, JSON.stringify(record));
		assert.deepEqual(findings, [], `the judge found:\n${told(findings)}`);
		return record;
	};
	const stop = stack.stop;
	it.stop = async () => {
		await recorder.close();
		return stop();
	};
	try {
		await it.control('/limits', { method: 'PUT', body: { twilio: { calls_per_second: 1000 } } });
		await it.script({ speed });
	} catch (error) {
		await it.stop();
		throw error;
	}
	return it;
}

function operatorOf(stack) {
	/** {status, json, text, headers}; an object is sent as JSON, text as CSV. */
	async function api(path, { method = 'GET', body, headers = {} } = {}) {
		const type = body === undefined ? {} : { 'content-type': typeof body === 'string' ? 'text/csv' : 'application/json' };
		const answer = await fetch(stack.url + path, { method, body: typeof body === 'object' ? JSON.stringify(body) : body,
			headers: { authorization: `Bearer ${stack.settings.ORCHESTRATOR_API_KEY}`, ...type, ...headers } });
		const text = await answer.text();
		let json = null;
		try {
			json = JSON.parse(text);
		} catch { /* not JSON: a 204 or an export */ }
		return { status: answer.status, json, text, headers: answer.headers };
	}

	/** The JSON of an answer that must have this status. */
	async function ask(path, { expect = 200, ...options } = {}) {
		const answer = await api(path, options);
		assert.equal(answer.status, expect, `${options.method ?? 'GET'} ${path}: ${answer.text}`);
		return answer.json;
	}

	/** Every item of a list, page by page. */
	async function list(path) {
		const items = [];
		for (let cursor = ''; cursor !== null;) {
			const page = await ask(`${path}${path.includes('?') ? '&' : '?'}limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
			items.push(...page.items);
			cursor = page.next_cursor;
		}
		return items;
	}

	return { api, ask, list };
}

function campaignsOf(it, recorder) {
	const path = (id, rest = '') => `/api/campaigns/${id}${rest}`;

	async function act(id, word, { expect = 200 } = {}) {
		const sent = Date.now();
		const { status, json, text } = await it.api(path(id, `/${word}`), { method: 'POST', body: {} });
		recorder.act(id, { act: word, sent, answered: Date.now(), status });
		assert.equal(status, expect, `${word}: ${text}`);
		return json;
	}

	return {
		createAgent: (more = {}) => it.ask('/api/agents', { method: 'POST', expect: 201,
			body: { name: 'Ada', script: 'Hello {{first_name|there}}, this is a call.', voice_id: it.settings.ELEVENLABS_VOICE_ID, ...more } }),

		/** Open at all hours, as fast as the account, three short attempts, unless told otherwise. */
		async createCampaign(more = {}) {
			const agent = more.agent_id ?? (await this.createAgent()).id;
			const sent = Date.now();
			const campaign = await it.ask('/api/campaigns', { method: 'POST', expect: 201,
				body: { name: 'Survey', agent_id: agent, mode: 'broadcast', timezone: 'America/New_York', calling_hours: ALWAYS, recipient_hours: null,
					max_concurrent_calls: 20, calls_per_second: 50, retry: SOON, keys: KEYS, ...more } });
			recorder.settings(campaign.id, campaign, sent, Date.now());
			return campaign;
		},

		async changeCampaign(id, changes) {
			const sent = Date.now();
			const campaign = await it.ask(path(id), { method: 'PATCH', body: changes });
			recorder.settings(id, campaign, sent, Date.now());
			return campaign;
		},

		async importLeads(id, leads, query = '') {
			const answer = await it.ask(path(id, `/leads${query}`), { method: 'POST', body: typeof leads === 'string' ? leads : { leads } });
			if (!query.includes('dry_run'))
				recorder.imported(id, answer);
			return answer;
		},

		start: (id, options) => act(id, 'start', options),
		pause: (id, options) => act(id, 'pause', options),
		resume: (id, options) => act(id, 'resume', options),
		stopCampaign: (id, options) => act(id, 'stop', options),

		/** A campaign with these leads, running. */
		async launch(leads, more = {}) {
			const campaign = await this.createCampaign(more);
			const answer = await this.importLeads(campaign.id, leads);
			assert.deepEqual(answer.rejected, []);
			await this.start(campaign.id);
			return campaign.id;
		},

		async deleteCampaign(id) {
			await recorder.keep(id);
			await it.ask(path(id), { method: 'DELETE', expect: 204 });
		},

		status: (id) => it.ask(path(id, '/status')),
		campaign: (id) => it.ask(path(id)),
		leads: (id, query = '') => it.list(path(id, `/leads${query}`)),
		calls: (id, query = '') => it.list(path(id, `/calls${query}`)),

		/** outcome by telephone number */
		async outcomes(id) {
			return Object.fromEntries((await this.leads(id)).map((lead) => [lead.phone, lead.outcome]));
		},

		untilStatus: (id, wanted, { seconds = 30, what = 'the status' } = {}) => until(async () => {
			const status = await it.status(id);
			return wanted(status) && status;
		}, { seconds, what }),

		async untilState(id, state, { seconds = 30 } = {}) {
			let last;
			try {
				return await this.untilStatus(id, (status) => { last = status; return status.state === state; }, { seconds });
			} catch {
				throw new Error(`the campaign is not ${state} after ${seconds} s: ${JSON.stringify(last)}`);
			}
		},
		untilCompleted(id, options) {
			return this.untilState(id, 'completed', options);
		},

		suppress: (number, reason = 'asked') => it.ask('/api/do-not-call', { method: 'POST', expect: 201, body: { phone: number, reason } }),
		suppressed: async (number) => (await it.list('/api/do-not-call')).find((one) => one.phone === number) ?? null,
		async unsuppress(number) {
			const { created_at: from } = await this.suppressed(number);
			const until = Date.now();
			await it.ask(`/api/do-not-call/${encodeURIComponent(number)}`, { method: 'DELETE', expect: 204 });
			recorder.removed(number, Date.parse(from), until);
		},
	};
}

/** The sandbox's Twilio. */
function telephones(stack) {
	return {
		script: (body) => stack.control('/twilio/script', { method: 'POST', body }),
		behave: (number, behaviour) => stack.control('/twilio/script', { method: 'POST', body: { numbers: { [number]: behaviour } } }),
		twilioCalls: async () => (await stack.control('/twilio/calls')).calls,
		async twilioCallsTo(number) {
			return (await this.twilioCalls()).filter((call) => call.to === number);
		},
		hangUp: (sid) => stack.control(`/twilio/calls/${sid}/hangup`, { method: 'POST', body: {} }),
		callbacks: (mode) => stack.control('/webhooks', { method: 'PUT', body: { twilio: mode } }),
		/** A fault of Twilio's API; `match` by default a dial. */
		twilioFault: (mode, more = {}) => stack.control('/faults', { method: 'POST',
			body: { vendor: 'twilio', match: { method: 'POST', path: '/Calls\\.json' }, mode, times: 1, ...more } }),
		clearFaults: () => stack.control('/faults', { method: 'DELETE' }),
		deadCalm: () => stack.control('/webhooks', { method: 'PUT', body: { twilio: { enabled: true, duplicate: 0, delay_ms: 0, reorder: false, lose: [] } } }),
		/** Dials that reached Twilio, with what was asked. */
		async dials() {
			const { entries } = await stack.control('/log?vendor=twilio');
			return entries.filter(({ method, path }) => method === 'POST' && path.endsWith('/Calls.json'))
				.map((entry) => ({ ...entry, form: new URLSearchParams(entry.body) }));
		},
	};
}

/** kill -9 for the processes of this stack, and no other. */
function killing(stack) {
	/** The pids of a program, known by its name and by the stack's own settings in its environment. */
	async function processes(program) {
		const pids = [];
		for (const pid of await readdir('/proc'))
			if (/^\d+$/.test(pid)) {
				const exe = await readlink(`/proc/${pid}/exe`).catch(() => '');
				if (basename(exe) === program && (await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).includes(`PARLEY_ENV_FILE=${stack.state}/`))
					pids.push(Number(pid));
			}
		return pids;
	}

	function killAll(pids) {
		let killed = 0;
		for (const pid of pids)
			try {
				process.kill(pid, 'SIGKILL');
				killed++;
			} catch { /* it has just ended */ }
		return killed;
	}

	return {
		processes,
		/** The runner with all its workers; cron starts it again. Gives how many. */
		killRunners: async () => killAll(await processes('campaign-runner')),
		killProgram: async (program) => killAll(await processes(program)),
		/** One process of a program, by a number that chooses. */
		async killOne(program, choice = 0) {
			const pids = await processes(program);
			return pids.length ? killAll([pids[choice % pids.length]]) : 0;
		},
		/** A part that a keeper keeps, by the name of its pid file. */
		async kill(part) {
			const pid = await stack.pid(part);
			killAll([pid]);
			return pid;
		},
	};
}
