// What the tests of the screening pipeline do to a private stack: act as the recruiter, the candidate, the vendors'
// webhooks and the administrator with kill -9, and count what came of it. The runner is a process of the test's own,
// so that it can be killed, doubled and left out.
import { spawn } from 'node:child_process';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { openSync, closeSync } from 'node:fs';
import { join } from 'node:path';

import { root, startStack, until } from './stack.mjs';

export { run, root, until } from './stack.mjs';

// Answers that the sandbox's reader of transcripts takes for a pass, a fail, and neither.
export const STRONG = [
	'I spent four years at Norrland Pay and rewrote the settlement batch from Java to C, which took a run from fifty to four minutes.',
	'I led the repair of a double booking incident: we found and reversed one thousand three hundred bookings within a single day.',
	'I run PostgreSQL with replication myself, and I wrote the runbook for fail-over that my team still uses every month.',
];
export const WEAK = [
	'To be honest I have never worked with C or any language close to the machine so far in my life.',
	'No, I have no experience with incidents, somebody else always took care of them at the company.',
];
export const SHORT = ['I write some code at work, mostly small things really.', 'It was fine, I guess, nothing special about it.'];

/** A talk in the vendor's form: the agent asks, the candidate answers. */
export function talkOf(answers, { at = 0 } = {}) {
	const questions = ['Hello, shall we start with your current work?', 'Tell me about a difficult problem.', 'And how do you work with data?'];
	const turns = answers.flatMap((message, index) => [
		{ role: 'agent', message: questions[index % questions.length], time_in_call_secs: at + index * 30 },
		{ role: 'user', message, time_in_call_secs: at + index * 30 + 8 },
	]);
	return [...turns, { role: 'agent', message: 'Thank you, that is all.', time_in_call_secs: at + answers.length * 30 }];
}

const KINDS = {
	invited: /^\*\*Interview invitation sent\*\*/,
	missing: /^\*\*The interview invitation was not sent\./,
	refused: /^\*\*The interview invitation could not be sent\./,
	waits: /^\*\*The interview invitation waits/,
	bounced: /^\*\*The interview invitation bounced/,
	complained: /^\*\*The candidate marked/,
	verdict: /^## Interview result: /,
	transcript: /^\*\*Interview transcript/,
	late: /^\*\*A further conversation/,
};

/** How many comments of each kind an issue has; `other` must stay away. */
export function commentKinds(issue) {
	const counts = {};
	for (const { body } of issue.comments) {
		const kind = Object.keys(KINDS).find((name) => KINDS[name].test(body)) ?? 'other';
		counts[kind] = (counts[kind] ?? 0) + 1;
	}
	return counts;
}

export const commentOf = (issue, kind) => issue.comments.find(({ body }) => KINDS[kind].test(body))?.body;
export const resultOf = (issue) => /^## Interview result: (\w+)/.exec(commentOf(issue, 'verdict') ?? '')?.[1];
export const movesTo = (issue, state) => issue.history.filter(({ to }) => to === state).length;

/* Options: those of startStack, and
 *   workers   of the runner (0: none is started) */
export async function startScreening({ workers = 2, ...options } = {}) {
	const stack = await startStack({ ...options, runner: false });
	const runners = new Set();

	// A runner ends after its minute; cron would start the next.
	function startRunner(count = workers) {
		const log = openSync(join(stack.state, 'log/screening-runner.log'), 'a', 0o600);
		const child = spawn(join(root, 'scripts/stack'), ['exec', '--state', stack.state, '--',
			join(stack.stage, 'libexec/parley/screening-runner'), '--workers', String(count)],
		{ detached: true, stdio: ['ignore', 'ignore', log], env: { ...process.env, ...stack.env } });
		closeSync(log);
		const runner = { child, wanted: true, gone: new Promise((resolve) => child.once('exit', resolve)) };
		runners.add(runner);
		runner.gone.then(() => {
			runners.delete(runner);
			if (runner.wanted)
				startRunner(count);
		});
		return runner;
	}

	async function endRunners(signal) {
		await Promise.all([...runners].map(async (runner) => {
			runner.wanted = false;
			try {
				process.kill(-runner.child.pid, signal);
			} catch { /* it has just ended */ }
			await runner.gone;
			await until(() => groupIsGone(runner.child.pid), { what: 'the runner\'s end', seconds: 60 });
		}));
	}

	const it = await screeningOn(Object.assign(stack, {
		startRunner,
		/** kill -9 for the runner and all its workers. */
		killRunners: () => endRunners('SIGKILL'),
		stopRunners: () => endRunners('SIGTERM'),
	}));

	const stopStack = stack.stop;
	it.stop = async () => {
		await it.control('/faults', { method: 'DELETE' }).catch(() => {});
		await endRunners('SIGTERM');
		return stopStack();
	};
	if (workers)
		startRunner();
	return it;
}

/** What people and vendors do, for a stack whose runner is somebody else's. */
export async function screeningOn(stack) {
	let number = 0;
	const it = Object.assign(stack, recruiter(stack), candidate(stack), vendors(stack), observer(stack));
	it.person = (name = 'Ada') => {
		const word = `${name} Nr${++number}x`;
		return { name: word, email: `${name.toLowerCase()}.nr${number}x@example.org` };
	};
	if (stack.vendors.ui)
		await it.control('/limits', { method: 'PUT', body: { linear: { requests: 1_000_000 }, resend: { per_second: 1000 }, cerebras: { requests_per_minute: 100_000 } } });
	return it;
}

function groupIsGone(pid) {
	try {
		process.kill(-pid, 0);
		return false;
	} catch {
		return true;
	}
}

/** What a person does in Linear. */
function recruiter(stack) {
	const issues = (path = '', options) => stack.control(`/linear/issues${path}`, options);
	return {
		issue: (id) => issues(`/${id}`),
		addIssue: (body) => issues('', { method: 'POST', body }),
		change: (id, body) => issues(`/${id}`, { method: 'PATCH', body }),
		move: (id, state) => issues(`/${id}`, { method: 'PATCH', body: { state } }),

		/** An issue as people write them, in the backlog unless told otherwise. */
		addCandidate(person, more = {}) {
			return this.addIssue({ title: `${person.name} - Backend Engineer`, state: 'Backlog',
				description: `Name: ${person.name}\nEmail: ${person.email}\n\n## CV\n- Rewrote a settlement batch in C at Norrland Pay\n- Led the repair of a double-booking incident\n`, ...more });
		},

		/** From the backlog to an invitation with its link. */
		async invite(person = this.person()) {
			const { id, identifier } = await this.addCandidate(person);
			await this.move(id, 'Screening');
			await this.untilComments(id, { invited: 1 });
			return { ...person, id, identifier, secret: await this.secretOf(person.email) };
		},
	};
}

/** What the page does for the candidate. */
function candidate(stack) {
	return {
		async action(name, body, { headers = {}, raw } = {}) {
			const answer = await fetch(`${stack.url}/actions/interview/${name}`, { method: 'POST',
				headers: { 'content-type': 'application/json', ...headers }, body: raw ?? JSON.stringify(body) });
			const text = await answer.text();
			return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : null };
		},

		async page(secret) {
			const answer = await fetch(`${stack.url}/interview/${secret}`);
			return { status: answer.status, headers: answer.headers, text: await answer.text() };
		},

		/** A conversation at ElevenLabs, tied to the session; its webhook is not sent. */
		async beginTalk(secret, { transcript = talkOf(STRONG), status = 'done', associate = true, ...more } = {}) {
			const minted = await this.action('session', { secret });
			if (minted.status !== 200)
				throw new Error(`no signed URL: ${minted.status} ${JSON.stringify(minted.body)}`);
			const { conversation_id: id } = await stack.control('/elevenlabs/conversations', { method: 'POST',
				body: { dynamic_variables: minted.body.dynamicVariables, transcript, status, webhook: false, ...more } });
			if (associate) {
				const started = await this.action('start', { secret, conversationId: id });
				if (started.status !== 200)
					throw new Error(`not associated: ${started.status} ${JSON.stringify(started.body)}`);
			}
			return id;
		},

		sendTranscript: (id, body = {}) => stack.control(`/elevenlabs/conversations/${id}/webhook`, { method: 'POST', body }),

		/** The whole talk up to its webhook. */
		async talk(secret, options) {
			const id = await this.beginTalk(secret, options);
			await this.sendTranscript(id);
			return id;
		},
	};
}

/** Events as a vendor signs them, for those that the sandbox would not send. */
function vendors(stack) {
	// Bodies may be bytes that are no text.
	const hmac = (key, prefix, body) => createHmac('sha256', key).update(prefix).update(body);
	const sign = {
		linear: (body) => ({ 'linear-delivery': randomUUID(), 'linear-event': 'Issue',
			'linear-signature': hmac(stack.settings.LINEAR_WEBHOOK_SECRET, '', body).digest('hex') }),
		elevenlabs(body, at = Math.floor(Date.now() / 1000)) {
			const digest = hmac(stack.settings.ELEVENLABS_WEBHOOK_SECRET, `${at}.`, body).digest('hex');
			return { 'elevenlabs-signature': `t=${at},v0=${digest}` };
		},
		resend(body, at = Math.floor(Date.now() / 1000), id = `msg_${randomBytes(12).toString('hex')}`) {
			const key = Buffer.from(stack.settings.RESEND_WEBHOOK_SECRET.replace(/^whsec_/, ''), 'base64');
			const digest = hmac(key, `${id}.${at}.`, body).digest('base64');
			return { 'svix-id': id, 'svix-timestamp': String(at), 'svix-signature': `v1,${digest}` };
		},
	};
	return {
		sign,
		/** `event`: an object, or text as it is. `headers` win over the signature's. */
		async webhook(vendor, event, { headers = {}, unsigned = false } = {}) {
			const body = typeof event === 'string' || Buffer.isBuffer(event) ? event : JSON.stringify(event);
			const answer = await fetch(`${stack.url}/api/webhooks/${vendor}`, { method: 'POST', body,
				headers: { 'content-type': 'application/json', ...(unsigned ? {} : sign[vendor](body)), ...headers } });
			return { status: answer.status, text: await answer.text() };
		},
		/** The event of an issue's move, as Linear words it. */
		async moveEvent(id, { at = new Date().toISOString(), from = 'Backlog', to = 'Screening', stamp = Date.now() } = {}) {
			const { states } = await stack.control('/linear/board');
			const stateOf = (name) => states.find((state) => state.name === name);
			return { action: 'update', type: 'Issue', createdAt: at, webhookTimestamp: stamp,
				data: { id, updatedAt: at, stateId: stateOf(to).id, state: { id: stateOf(to).id, name: to } },
				updatedFrom: { stateId: stateOf(from).id, updatedAt: at } };
		},
		fault: (vendor, match, mode, more = {}) => stack.control('/faults', { method: 'POST', body: { vendor, match, mode, times: 1, ...more } }),
		faultHits: async (fault) => (await stack.control(`/faults/${fault.id}`)).hits,
		clearFaults: () => stack.control('/faults', { method: 'DELETE' }),
		mute: (vendor, enabled = false) => stack.control('/webhooks', { method: 'PUT', body: { [vendor]: { enabled } } }),
	};
}

/** What came of it. */
function observer(stack) {
	const key = (...parts) => stack.redis(...parts);
	return {
		async mailsTo(address) {
			const { emails } = await stack.control('/resend/outbox');
			return emails.filter(({ to }) => [to].flat().includes(address));
		},
		async secretsOf(address) {
			return (await this.mailsTo(address)).map(({ text }) => /\/interview\/([A-Za-z0-9_-]{43})\b/.exec(text)[1]);
		},
		secretOf: async function (address) {
			return (await this.secretsOf(address)).at(-1);
		},
		async sessionOf(secret) {
			return JSON.parse(await key('get', `screening:secret:${secret}`) || 'null');
		},
		wire: async (vendor, wanted = () => true) => (await stack.control(`/log?vendor=${vendor}`)).entries.filter(wanted),

		/** Jobs that wait for their next attempt do not wait any longer: how long they would is not the question. */
		async hurry() {
			const waiting = (await key('zrange', 'parley:queue:screening:due', 0, -1)).split('\n').filter((id) => /^(issue|verdict|transcript|comment):/.test(id));
			if (waiting.length)
				await key('zadd', 'parley:queue:screening:due', 'XX', 'LT', ...waiting.flatMap((id) => [Date.now(), id]));
		},

		/** Waits until the issue has at least these comments; gives the issue. */
		untilComments(id, wanted, { seconds = 40, hurry = false } = {}) {
			return until(async () => {
				if (hurry)
					await this.hurry();
				const issue = await this.issue(id);
				const have = commentKinds(issue);
				if (Object.entries(wanted).every(([kind, count]) => (have[kind] ?? 0) >= count))
					return issue;
				throw new Error(`comments are ${JSON.stringify(have)}`);
			}, { seconds, what: `comments ${JSON.stringify(wanted)}` });
		},

		/** Waits until no job runs or is due within the next `withinMs`: whatever was going to happen has happened. */
		async untilQuiet({ seconds = 60, withinMs = 60_000, except = /^linear-sweep:|^alert:/ } = {}) {
			return until(async () => {
				const soon = (await key('zrangebyscore', 'parley:queue:screening:due', '-inf', Date.now() + withinMs)).split('\n');
				const leased = (await key('zrange', 'parley:queue:screening:leased', 0, -1)).split('\n');
				const open = [...soon, ...leased].filter((id) => id && !except.test(id));
				if (open.length)
					throw new Error(`open jobs: ${open.join(' ')}`);
				return true;
			}, { seconds, what: 'an empty queue' });
		},
		deadJobs: async () => (await key('zrange', 'parley:queue:screening:dead', 0, -1)).split('\n').filter(Boolean),
		api: async (path, { method = 'GET', token = stack.settings.ORCHESTRATOR_API_KEY } = {}) => {
			const answer = await fetch(`${stack.url}/api/interviews${path}`, { method, headers: { authorization: `Bearer ${token}` } });
			const text = await answer.text();
			return { status: answer.status, body: text ? JSON.parse(text) : null };
		},
		/** Log lines of one event. */
		events: async (event) => (await stack.logs()).split('\n').filter((line) => line.startsWith('{')).flatMap((line) => {
			try {
				return [JSON.parse(line)];
			} catch {
				return [];
			}
		}).filter((line) => line.event === event),
	};
}
