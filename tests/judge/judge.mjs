// The judge: reads the record of a run and gives a list of findings, empty when everything the product promises about
// calls was kept. It shares no code with the product and believes Twilio's side where both can be asked.
//
//   node tests/judge/judge.mjs RECORD.json
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

import { factsOf } from './facts.mjs';
import * as dials from './rules_dials.mjs';
import * as limits from './rules_limits.mjs';
import * as results from './rules_results.mjs';

const MOST_OF_ONE_RULE = 20;

const RULES = {
	complete: results.complete, hours: dials.hours, suppressed: dials.suppressed, running: dials.running, once: dials.once, two_live: dials.twoLive, known: dials.known,
	pace: limits.pace, concurrent: limits.concurrent, daily_cap: limits.dailyCap, ledger: limits.ledger, attempts: limits.attempts,
	leads: results.leads, outcomes: results.outcomes, keys: results.keys, sums: results.sums, events: results.events, fairness: results.fairness, logs: results.logs,
	problems: results.problems,
};

export const ruleNames = Object.keys(RULES);

/** [{rule, what}]; of one rule the first twenty. */
export function judge(record) {
	const facts = factsOf(record);
	const findings = [];
	for (const [rule, find] of Object.entries(RULES)) {
		let count = 0;
		for (const what of find(facts))
			if (++count <= MOST_OF_ONE_RULE)
				findings.push({ rule, what });
		if (count > MOST_OF_ONE_RULE)
			findings.push({ rule, what: `and ${count - MOST_OF_ONE_RULE} more` });
	}
	return findings;
}

export const told = (findings) => findings.map(({ rule, what }) => `${rule}: ${what}`).join('\n');

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	const record = JSON.parse(readFileSync(process.argv[2], 'utf8'));
	const findings = judge(record);
	console.log(findings.length ? told(findings) : `nothing to object to in ${record.calls.length} calls`);
	process.exitCode = findings.length ? 1 : 0;
}
