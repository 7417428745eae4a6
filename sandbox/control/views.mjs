// How the sandbox shows what it holds to tests and to its own page.
import { assetContent } from "../linear/uploads.mjs";
import { projectUrl } from "../linear/webhooks.mjs";

/** An issue with everything that hangs on it; the content of attachments in our own storage is included. */
export function issueView(workspace, issue) {
	const { part } = workspace;
	const state = workspace.state(issue.stateId);
	const project = issue.projectId ? workspace.project(issue.projectId) : null;
	const byTime = (a, b) => a.createdAt.localeCompare(b.createdAt);
	return {
		id: issue.id, identifier: issue.identifier, title: issue.title, description: issue.description, url: workspace.url(issue),
		createdAt: issue.createdAt, updatedAt: issue.updatedAt,
		state: { id: state.id, name: state.name, type: state.type, color: state.color },
		project: project && { id: project.id, name: project.name, description: project.description, content: project.content, url: projectUrl(part, project) },
		comments: part.comments.filter((entry) => entry.issueId === issue.id).sort(byTime).map((entry) => ({
			id: entry.id, body: entry.body, createdAt: entry.createdAt, user: workspace.user(entry.userId).name })),
		attachments: part.attachments.filter((entry) => entry.issueId === issue.id).sort(byTime).map((entry) => ({
			id: entry.id, title: entry.title, subtitle: entry.subtitle, url: entry.url, metadata: entry.metadata, createdAt: entry.createdAt,
			content: assetContent(workspace, entry.url) })),
		history: part.history.filter((entry) => entry.issueId === issue.id).map((entry) => ({
			createdAt: entry.createdAt, from: workspace.state(entry.fromStateId).name, to: workspace.state(entry.toStateId).name,
			actor: workspace.user(entry.actorId).name })),
	};
}

export function boardView(workspace) {
	return {
		organization: workspace.part.organization,
		team: workspace.part.team,
		states: workspace.part.states,
		projects: workspace.part.projects,
		issues: workspace.part.issues.map((issue) => issueView(workspace, issue)),
	};
}

export function deliveryView({ id, vendor, type, url, state, status, attempts, error, created_at, last_at, next_at, payload }) {
	return { id, vendor, type, url, state, status, attempts, error, created_at, last_at, next_at, payload };
}

export function conversationView(record) {
	const { id, status, started, duration, variables, transcript, termination_reason, user_id } = record;
	return { conversation_id: id, status, started, duration, dynamic_variables: variables, transcript, termination_reason, user_id };
}
