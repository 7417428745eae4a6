// The workspace a fresh sandbox starts with: one hiring team, one open job and a few applicants whose issues are
// written the way people write them (bold labels, links around addresses, one without an address).
import { createHash } from "node:crypto";

/** The same name gives the same UUID (version 4 in form), so links and tests survive a reset. */
export function fixedId(name) {
	const hex = createHash("sha256").update(`parley-sandbox ${name}`).digest("hex");
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const JOB = `# Backend Engineer, Payments

Acme moves money for 4,000 small shops. Five people build and run the service that does it; you would be the sixth.

## What you will do
- Design and run the ledger service (C and PostgreSQL, about 900 transactions a second at noon)
- Be on call one week in six, and leave the runbook better than you found it
- Review code with patience, and write the tests that let others change it

## What we ask for
- Four or more years of building backend services that others depend on
- Experience with one language close to the machine: C, C++, Rust or Go
- You have led the repair of a production incident, and can tell what you learnt
- Clear written English; the team is spread over three time zones

## Good to know
Remote within Europe, 32 or 40 hours a week, salary 68,000 to 84,000 euros.
`;

const ADA = `Name: Ada Okafor
Email: ada.okafor@example.org

## CV
**Senior Backend Engineer, Norrland Pay (2020 to now)**
- Rewrote the settlement batch from Java to C; a run went from 50 to 4 minutes
- Led the repair of a double-booking incident: 1,300 bookings found and reversed within a day
- On call one week in five

**Backend Engineer, Freight One (2016 to 2020)**
- PostgreSQL replication and fail-over, Go services for tracking

**Education**: MSc Computer Science, Lund 2016
`;

const JONAS = `**Name:** Jonas Brandt
**Email:** [jonas.brandt@example.net](mailto:jonas.brandt@example.net)
**Phone:** +49 30 5550123

## Application
I have worked as a web developer for two years, mostly with PHP and some Node. I would like to learn C and how payment systems work.

- Junior Developer at Studio Nord since 2024
- Built three shop sites with a payment plug-in
- Apprenticeship as IT specialist, Berlin 2024
`;

const MEI = `* **Name**: Mei-Lin Zhao
* **Email**: <mei.zhao@example.com>

### Curriculum vitae
1. Staff Engineer at Harbour Systems, 2018 to now: storage engine in Rust, 40 TB in production
2. Engineer at Blue Dot, 2013 to 2018: message broker in C++
3. Speaker: "Twelve ways to lose a write" (2023)

_Available from the first of February._
`;

const SAM = `Name: Sam Iyer

I saw the position on your page. My CV is attached to the mail I wrote last week.
`;

const PAT = `Name: Pat "Bounce" O'Neil
Email: pat.bounce@example.org

Site reliability engineer, eight years, Go and Terraform. <b>Not</b> a fan of _meetings_ | but of [links](https://example.org/pat).
`;

const STATES = [
	["Backlog", "backlog", "#8a8f98"],
	["Screening", "started", "#d9a400"],
	["In Progress", "started", "#4c7df0"],
	["Done", "completed", "#2f9e6b"],
	["Declined", "canceled", "#b4534b"],
];

/** The state names come from the settings, so that a renamed screening state exists on the board as well. */
export function demoWorkspace(settings, now = new Date()) {
	const at = (minutesAgo) => new Date(now.getTime() - minutesAgo * 60_000).toISOString();
	const renamed = {
		Screening: settings.get("LINEAR_SCREENING_STATE"), Done: settings.get("LINEAR_PASS_STATE"),
		Declined: settings.get("LINEAR_FAIL_STATE") };
	const person = (key, name, email, more = {}) => ({ id: fixedId(`user ${key}`), name, displayName: key, email, app: false,
		active: true, admin: false, createdAt: at(90_000), updatedAt: at(90_000), ...more });
	const workspace = {
		sync: 1000,
		organization: { id: fixedId("organization"), name: "Acme (sandbox)", urlKey: "acme-sandbox", createdAt: at(90_000), updatedAt: at(90_000) },
		users: [
			person("parley", "Parley", "parley@acme.example", { admin: true }),
			person("grace", "Grace Hopper", "grace@acme.example"),
		],
		team: { id: fixedId("team HIR"), key: "HIR", name: "Hiring", createdAt: at(90_000), updatedAt: at(90_000) },
		states: STATES.map(([name, type, color], position) => ({ id: fixedId(`state ${name}`), name: renamed[name] || name, type, color,
			position, createdAt: at(90_000), updatedAt: at(90_000) })),
		projects: [{ id: fixedId("project backend"), name: "Backend Engineer, Payments", description: "The sixth engineer of the payments team",
			content: JOB, slugId: "backend-engineer-payments-4f1c", createdAt: at(80_000), updatedAt: at(80_000) }],
		issues: [], comments: [], attachments: [], history: [], uploads: {}, nextNumber: 1,
	};
	const candidates = [["Ada Okafor: Backend Engineer", ADA], ["Jonas Brandt: Backend Engineer", JONAS],
		["Mei-Lin Zhao: Backend Engineer", MEI], ["Sam Iyer: Backend Engineer", SAM], ["Pat O'Neil: Backend Engineer", PAT]];
	candidates.forEach(([title, description], index) => {
		const number = workspace.nextNumber++;
		workspace.issues.push({ id: fixedId(`issue ${number}`), number, identifier: `HIR-${number}`, title, description,
			stateId: workspace.states[0].id, projectId: workspace.projects[0].id, creatorId: workspace.users[1].id, priority: 0,
			sortOrder: -100 * number, createdAt: at(600 - 40 * index), updatedAt: at(600 - 40 * index),
			startedAt: null, completedAt: null, canceledAt: null });
	});
	return workspace;
}
