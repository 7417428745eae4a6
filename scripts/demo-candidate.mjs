// Prints a demo interview link: moves a candidate of the sandbox's Linear into the
// screening state, as a person would, and takes the link from the invitation in the
// sandbox's outbox. So the link has come all the way the real ones come.
//
//   node demo-candidate.mjs UI_URL [SECONDS]

const [, , ui, seconds = '45'] = process.argv;

async function control(path, method = 'GET', body) {
	const answer = await fetch(new URL(`/control${path}`, ui), {
		method, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body),
	});
	if (!answer.ok)
		throw new Error(`the sandbox answers ${answer.status} to ${method} ${path}`);
	return answer.json();
}

const addressOf = (issue) => /^\W*Email\W.*?([\w.+-]+@[\w-]+\.[\w.-]*\w)/im.exec(issue.description ?? '')?.[1];

// An applicant nobody has looked at yet; when there is none, a new one applies.
async function applicant() {
	const { issues } = await control('/linear/issues');
	const waiting = issues.find((issue) => issue.state.type === 'backlog' && addressOf(issue) && !/bounce|complain/.test(addressOf(issue)));
	if (waiting)
		return waiting;
	return control('/linear/issues', 'POST', {
		title: 'Robin Example', state: 'Backlog',
		description: `Name: Robin Example\nEmail: robin.${Date.now()}@example.org\n\nBackend engineer, seven years of C and PostgreSQL in payments.`,
	});
}

async function invitation(address, known) {
	const end = Date.now() + Number(seconds) * 1000;
	while (Date.now() < end) {
		const { emails } = await control('/resend/outbox');
		for (const mail of emails) {
			const link = /https?:\/\/[^\s"<>]+\/interview\/[A-Za-z0-9_-]{43}/.exec(mail.text ?? '')?.[0];
			if (link && !known.has(mail.id) && JSON.stringify(mail.to).includes(address))
				return link;
		}
		await new Promise((resolve) => setTimeout(resolve, 200));
	}
	throw new Error(`no invitation to the demo candidate within ${seconds} seconds`);
}

try {
	const candidate = await applicant();
	const known = new Set((await control('/resend/outbox')).emails.map((mail) => mail.id));
	await control(`/linear/issues/${candidate.id}`, 'PATCH', { state: 'Screening' });
	console.log(await invitation(addressOf(candidate), known));
} catch (error) {
	console.error(error.message);
	process.exitCode = 1;
}
