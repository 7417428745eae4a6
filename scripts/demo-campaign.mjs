// Makes a demo campaign over the JSON API and starts it, and prints its id: forty telephones
// of the sandbox, each with its own behaviour (sandbox/README.md, "Calls").
//
//   ORCHESTRATOR_API_KEY=... node demo-campaign.mjs BASE_URL

const [, , base] = process.argv;

async function api(path, body) {
	const answer = await fetch(new URL(path, base), {
		method: 'POST',
		headers: { authorization: `Bearer ${process.env.ORCHESTRATOR_API_KEY}`, 'content-type': 'application/json' },
		body: JSON.stringify(body ?? {}),
	});
	if (!answer.ok)
		throw new Error(`POST ${path} answers ${answer.status}: ${await answer.text()}`);
	return answer.json();
}

const names = ['Ada', 'Ben', 'Chen', 'Dana', 'Emre', 'Fatima', 'Goran', 'Hana', 'Ines', 'Jakub'];
const cities = ['Oakland', 'Berkeley', 'San Jose', ''];
// The last two digits decide: most listen, some press 1 or 9, some are busy, away or a machine.
const endings = ['95', '96', '96', '10', '96', '90', '91', '11', '93', '96', '12', '94', '97', '96', '13', '80', '92', '96', '14', '95'];

function leads() {
	return Array.from({ length: 40 }, (_, i) => ({
		phone: `+1415555${20 + i}${endings[i % endings.length]}`,
		name: `${names[i % names.length]} Example`,
		...(cities[i % cities.length] && { city: cities[i % cities.length] }),
	}));
}

try {
	const agent = await api('/api/agents', {
		name: 'Spring survey',
		script: 'Hello {{first_name}}, this is an automated call of Parley to {{city|your town}}. '
			+ 'Press 1 when you would like to hear from us, or 9 and we will never call again.',
	});
	const campaign = await api('/api/campaigns', {
		name: 'Demo: spring survey', agent_id: agent.id, timezone: 'America/Los_Angeles',
		calling_hours: { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], start: '00:00', end: '24:00' },
		recipient_hours: null, calls_per_second: 0.5, max_concurrent_calls: 4,
		retry: { max_attempts: 3, delays_seconds: { no_answer: [120], busy: [60], failed: [120], voicemail: [180] } },
		keys: {
			1: { outcome: 'interested', say: 'Thank you, we will be in touch.' },
			9: { outcome: 'opt_out', say: 'You will not be called again.' },
		},
	});
	await api(`/api/campaigns/${campaign.id}/leads`, { leads: leads() });
	await api(`/api/campaigns/${campaign.id}/start`);
	console.log(campaign.id);
} catch (error) {
	console.error(error.message);
	process.exitCode = 1;
}
