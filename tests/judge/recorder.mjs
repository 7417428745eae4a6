// Collects what the judge reads, while a stack runs: Twilio's side from the sandbox (which keeps only the newest, so it is
// asked all the time) and, at the end, what the product says of it. A record is one JSON object:
//
//   account       calls_per_second, contact_min_gap_seconds, contact_max_per_day (0: off)
//   wire          requests that reached Twilio, as in the sandbox's log
//   calls         calls at Twilio with `params`, `requests`, `problems`, `times` (ms)
//   campaigns     id; settings [{sent, answered, settings}]; acts [{act, sent, answered, status}] of people; imports [{answer}];
//                 final {campaign, status, leads, calls, events, events_from}, null for one that is not judged yet
//   suppressions  [{phone, from, until?}]: when the do-not-call list began and ceased to hold a number
//   logs          [{name, text}]
//   gaps          what was lost on the way here
//   hostile       true: Twilio's complaints are expected
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const POLL_MS = 200;
const OVERLAP_MS = 100;

/** `list(path)` gives all items of a list of the product's API, `api(path)` its answer; see tests/support/campaign.mjs. */
export function openRecorder(stack, { api, list }) {
	const wire = [], gaps = [], calls = new Map(), campaigns = new Map(), removed = [];
	let seq = 0, callsAfter = 0, closed = false, failed = null;
	let turn = Promise.resolve();
	const polling = (async () => {
		while (!closed) {
			await inTurn().catch((error) => { failed = error; });
			await new Promise((resolve) => setTimeout(resolve, POLL_MS));
		}
	})();

	/** One poll at a time. */
	function inTurn() {
		turn = turn.catch(() => {}).then(poll);
		return turn;
	}

	async function poll() {
		const { entries } = await stack.control(`/log?after=${seq}`);
		const open = entries.findIndex(({ status, fault }) => status === null && fault === null);
		for (const entry of open < 0 ? entries : entries.slice(0, open)) {
			if (entry.seq !== seq + 1)
				gaps.push(`requests ${seq + 1} to ${entry.seq - 1} of the sandbox's log`);
			({ seq } = entry);
			if (entry.vendor === 'twilio')
				wire.push(entry);
		}
		const since = Date.now() - OVERLAP_MS;
		for (const call of (await stack.control(`/twilio/calls?updated_after=${callsAfter}`)).calls)
			calls.set(call.sid, call);
		callsAfter = since;
	}

	const of = (id) => campaigns.get(id) ?? campaigns.set(id, { id, settings: [], acts: [], imports: [], final: null, gone: false }).get(id);

	/** What the product says of a campaign now. Events are asked last, so that none is newer than the rest. */
	async function collect(id) {
		const path = `/api/campaigns/${id}`;
		const { json: campaign } = await api(path), { json: status } = await api(`${path}/status`);
		const [leads, rows] = [await list(`${path}/leads`), await list(`${path}/calls`)];
		const from = Math.max(1, status.seq - 9999);
		const events = [];
		for (let after = from - 1, items; after < status.seq; after = items.at(-1).seq) {
			({ items } = (await api(`${path}/events?after=${after}`)).json);
			if (!items?.length)
				break;
			events.push(...items.filter((event) => event.seq <= status.seq));
		}
		return { campaign, status, leads, calls: rows, events, events_from: from };
	}

	async function logs() {
		const names = await readdir(join(stack.state, 'log'));
		return Promise.all(names.map(async (name) => ({ name, text: await stack.logs(name) })));
	}

	return {
		settings: (id, settings, sent, answered) => of(id).settings.push({ sent, answered, settings }),
		act: (id, act) => of(id).acts.push(act),
		imported: (id, answer) => of(id).imports.push({ answer }),
		/** Before a campaign is deleted. */
		async keep(id) {
			of(id).final = await collect(id);
			of(id).gone = true;
		},
		removed: (phone, from, until) => removed.push({ phone, from, until }),

		async record({ account = {}, hostile = false, tolerance, fairness } = {}) {
			await inTurn();
			if (failed)
				gaps.push(`the sandbox was not asked for a while: ${failed.message}`);
			failed = null;
			for (const campaign of campaigns.values())
				if (!campaign.gone)
					campaign.final = await collect(campaign.id);
			const listed = await list('/api/do-not-call');
			return {
				account: { calls_per_second: 1, contact_min_gap_seconds: 0, contact_max_per_day: 0, ...account }, hostile, tolerance, fairness,
				wire, calls: [...calls.values()], campaigns: [...campaigns.values()], gaps,
				suppressions: [...removed, ...listed.map(({ phone, created_at: at }) => ({ phone, from: Date.parse(at) }))],
				logs: await logs(),
			};
		},
		async close() {
			closed = true;
			await polling;
		},
	};
}
