// Answers the fields of linear.graphql from the workspace. Objects are wrapped lazily: a field that needs work is a
// function, which graphql-js calls with (arguments, context) only when the query asks for it.
import { badInput, notFound } from "./workspace.mjs";
import { connection, matches } from "./filter.mjs";
import { createSlot } from "./uploads.mjs";
import { profileUrl, projectUrl, WEBHOOK_ID } from "./webhooks.mjs";

export function createRoot(workspace, settings) {
	const { part } = workspace;
	const list = (entries, wrap) => (page) => {
		const found = connection(entries(), page);
		return { ...found, nodes: found.nodes.map(wrap) };
	};
	const required = (entry, kind, wrap) => {
		if (!entry)
			throw notFound(kind);
		return wrap(entry);
	};

	const wrapUser = (user) => ({ ...user, url: profileUrl(user) });
	const wrapTeam = (team) => ({ ...team, organization: part.organization,
		states: ({ filter, ...page }) => list(() => statesFor(filter), wrapState)(page) });
	const wrapState = (state) => ({ ...state, description: null, team: () => wrapTeam(part.team) });
	const wrapProject = (project) => ({ ...project, url: projectUrl(part, project),
		status: { id: project.id, name: "In Progress", type: "started" },
		teams: list(() => [part.team], wrapTeam),
		initiatives: list(() => [], (entry) => entry) });
	const wrapAttachment = (entry) => ({ ...entry, creator: () => wrapUser(workspace.user(entry.creatorId)),
		issue: () => wrapIssue(workspace.issue(entry.issueId)) });
	const wrapComment = (comment) => ({ ...comment, url: workspace.commentUrl(comment), botActor: null,
		user: () => wrapUser(workspace.user(comment.userId)),
		parent: () => comment.parentId ? wrapComment(workspace.comment(comment.parentId)) : null,
		issue: () => wrapIssue(workspace.issue(comment.issueId)) });
	const wrapHistory = (entry) => ({ ...entry, actor: () => wrapUser(workspace.user(entry.actorId)),
		issue: () => wrapIssue(workspace.issue(entry.issueId)),
		fromState: () => entry.fromStateId ? wrapState(workspace.state(entry.fromStateId)) : null,
		toState: () => entry.toStateId ? wrapState(workspace.state(entry.toStateId)) : null });
	const wrapIssue = (issue) => ({ ...issue, url: workspace.url(issue), priorityLabel: "No priority", labelIds: [],
		archivedAt: null, trashed: null, externalUserCreator: null, botActor: null,
		creator: () => wrapUser(workspace.user(issue.creatorId)),
		state: () => wrapState(workspace.state(issue.stateId)),
		team: () => wrapTeam(part.team),
		project: () => issue.projectId ? wrapProject(workspace.project(issue.projectId)) : null,
		labels: list(() => [], (entry) => entry),
		attachments: list(() => part.attachments.filter((entry) => entry.issueId === issue.id), wrapAttachment),
		comments: list(() => part.comments.filter((entry) => entry.issueId === issue.id), wrapComment),
		history: list(() => part.history.filter((entry) => entry.issueId === issue.id), wrapHistory) });
	const wrapWebhook = () => ({ id: WEBHOOK_ID, label: "Parley", enabled: true, resourceTypes: ["Issue", "Comment"],
		url: `${(settings.get("WEBHOOK_BASE_URL") || settings.get("PUBLIC_BASE_URL")).replace(/\/+$/, "")}/api/webhooks/linear`,
		allPublicTeams: true, team: null, createdAt: part.organization.createdAt, updatedAt: part.organization.createdAt });

	const readState = (state, name) => name === "team" ? part.team : state[name];
	const statesFor = (filter) => part.states.filter((state) => matches(filter, state, (entry, name) =>
		entry === state ? readState(entry, name) : entry[name]));
	const issuesFor = (filter) => part.issues.filter((issue) => matches(filter, issue, (entry, name) => {
		if (entry !== issue)
			return name === "team" ? part.team : entry[name];
		if (name === "state")
			return workspace.state(issue.stateId);
		if (name === "team")
			return part.team;
		if (name === "project")
			return issue.projectId ? workspace.project(issue.projectId) : null;
		return entry[name];
	}));
	const success = (more) => ({ success: true, lastSyncId: part.sync, ...more });

	return {
		viewer: () => wrapUser(workspace.viewer()),
		organization: () => part.organization,
		rateLimitStatus: (_, { rate }) => ({ identifier: workspace.viewer().id, kind: "user", limits: [
			{ type: "REQUESTS", requestedAmount: 1, allowedAmount: rate.limit, period: 3_600_000, remainingAmount: rate.remaining, reset: rate.reset }] }),
		team: ({ id }) => required([part.team].find((team) => team.id === id || team.key === id), "Team", wrapTeam),
		teams: ({ filter, ...page }) => list(() => [part.team].filter((team) => matches(filter, team, (entry, name) => entry[name])), wrapTeam)(page),
		issue: ({ id }) => required(workspace.issue(id), "Issue", wrapIssue),
		issues: ({ filter, ...page }) => list(() => issuesFor(filter), wrapIssue)(page),
		comment({ id }) {
			if (!id)
				throw badInput("id must be given.");
			return required(workspace.comment(id), "Comment", wrapComment);
		},
		attachment: ({ id }) => required(workspace.attachment(id), "Attachment", wrapAttachment),
		attachmentsForURL: ({ url, ...page }) => list(() => part.attachments.filter((entry) => entry.url === url), wrapAttachment)(page),
		workflowState: ({ id }) => required(part.states.find((state) => state.id === id), "WorkflowState", wrapState),
		workflowStates: ({ filter, ...page }) => list(() => statesFor(filter), wrapState)(page),
		project: ({ id }) => required(part.projects.find((project) => project.id === id || project.slugId === id), "Project", wrapProject),
		projects: list(() => part.projects, wrapProject),
		webhooks: list(() => [{ createdAt: part.organization.createdAt }], wrapWebhook),

		issueCreate: ({ input }, { done }) => {
			const issue = workspace.createIssue(input, workspace.viewer());
			done(`created issue ${issue.identifier}`);
			return success({ issue: wrapIssue(issue) });
		},
		issueUpdate: ({ id, input }, { done }) => {
			const issue = workspace.updateIssue(id, input, workspace.viewer());
			done(`updated issue ${issue.identifier}${input.stateId ? ` → ${workspace.state(issue.stateId).name}` : ""}`);
			return success({ issue: wrapIssue(issue) });
		},
		commentCreate: ({ input }, { done }) => {
			const comment = workspace.createComment(input, workspace.viewer());
			done(`commented on ${workspace.issue(comment.issueId).identifier}`);
			return success({ comment: wrapComment(comment) });
		},
		commentUpdate: ({ id, input }, { done }) => {
			const comment = workspace.updateComment(id, input, workspace.viewer());
			done("changed a comment");
			return success({ comment: wrapComment(comment) });
		},
		fileUpload: (input, { host, done }) => {
			done(`reserved an upload of ${input.size} bytes`);
			return success({ uploadFile: createSlot(workspace, input, host) });
		},
		attachmentCreate: ({ input }, { done }) => {
			const attachment = workspace.createAttachment(input, workspace.viewer());
			done(`attached ${attachment.title} to ${workspace.issue(attachment.issueId).identifier}`);
			return success({ attachment: wrapAttachment(attachment) });
		},
	};
}
