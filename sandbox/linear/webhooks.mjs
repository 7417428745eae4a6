// The events Linear sends about issues and comments: payload, headers and signature.
import { createHmac } from "node:crypto";
import { fixedId } from "./demo.mjs";

export const linearDelivery = {
	path: "/api/webhooks/linear",
	timeoutMs: 5000,
	// 1 minute, 1 hour and 6 hours at the vendor; nobody waits for that in front of a sandbox.
	retriesMs: [2000, 10_000, 60_000],
	succeeded: (status) => status === 200,
	retryable: () => true,
	/** The time stamp is fresh at every attempt, otherwise a repeated delivery could never pass the receiver's time window. */
	sign(delivery, settings) {
		const body = JSON.stringify({ ...delivery.payload, webhookTimestamp: Date.now() });
		return { body, headers: {
			"content-type": "application/json; charset=utf-8",
			"user-agent": "Linear-Webhook",
			"linear-delivery": delivery.message_id || delivery.id,
			"linear-event": delivery.type,
			"linear-timestamp": String(Date.now()),
			"linear-signature": createHmac("sha256", settings.get("LINEAR_WEBHOOK_SECRET")).update(body).digest("hex"),
		} };
	},
};

export const WEBHOOK_ID = fixedId("webhook");

export function issueEvent(workspace, action, issue, actor, updatedFrom) {
	const { part } = workspace;
	const state = workspace.state(issue.stateId);
	const project = issue.projectId && workspace.project(issue.projectId);
	const creator = workspace.user(issue.creatorId);
	const data = withoutNull({
		id: issue.id, createdAt: issue.createdAt, updatedAt: issue.updatedAt, number: issue.number, title: issue.title,
		priority: issue.priority, sortOrder: issue.sortOrder, prioritySortOrder: issue.sortOrder, startedAt: issue.startedAt,
		completedAt: issue.completedAt, canceledAt: issue.canceledAt, addedToTeamAt: issue.createdAt,
		addedToProjectAt: project ? issue.createdAt : null, labelIds: [], teamId: part.team.id, projectId: issue.projectId,
		previousIdentifiers: [], creatorId: issue.creatorId, stateId: issue.stateId, reactionData: [], priorityLabel: "No priority",
		identifier: issue.identifier, url: workspace.url(issue), subscriberIds: [issue.creatorId],
		creator: creator && userChild(creator), state: { id: state.id, color: state.color, name: state.name, type: state.type },
		team: { id: part.team.id, key: part.team.key, name: part.team.name },
		project: project ? { id: project.id, name: project.name, url: projectUrl(part, project) } : null,
		labels: [], description: issue.description,
		descriptionData: JSON.stringify({ type: "doc", content: [] }),
	});
	return envelope(workspace, { action, type: "Issue", actor, createdAt: issue.updatedAt, data, updatedFrom, url: workspace.url(issue) });
}

export function commentEvent(workspace, action, comment, actor, updatedFrom) {
	const { part } = workspace;
	const issue = workspace.issue(comment.issueId);
	const user = workspace.user(comment.userId);
	const data = withoutNull({
		id: comment.id, createdAt: comment.createdAt, updatedAt: comment.updatedAt, editedAt: comment.editedAt, body: comment.body,
		issueId: comment.issueId, parentId: comment.parentId, userId: comment.userId, reactionData: [],
		issue: { id: issue.id, identifier: issue.identifier, title: issue.title, url: workspace.url(issue), teamId: part.team.id,
			team: { id: part.team.id, key: part.team.key, name: part.team.name } },
		user: userChild(user),
	});
	return envelope(workspace, { action, type: "Comment", actor, createdAt: comment.updatedAt, data, updatedFrom, url: workspace.commentUrl(comment) });
}

export function projectUrl(part, project) {
	return `https://linear.app/${part.organization.urlKey}/project/${project.slugId}`;
}

export function profileUrl(user) {
	return `https://linear.app/acme-sandbox/profiles/${user.displayName}`;
}

function userChild(user) {
	return { id: user.id, name: user.name, email: user.email, avatarUrl: `https://public.linear.app/${user.displayName}.png`, url: profileUrl(user) };
}

function envelope(workspace, { action, type, actor, createdAt, data, updatedFrom, url }) {
	const event = { action, actor: { ...userChild(actor), type: "user" }, createdAt, data };
	if (updatedFrom)
		event.updatedFrom = updatedFrom;
	return { ...event, url, type, organizationId: workspace.part.organization.id, webhookTimestamp: Date.now(), webhookId: WEBHOOK_ID };
}

/** Linear leaves empty properties out of `data` (but not out of `updatedFrom`). */
function withoutNull(data) {
	return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null && value !== undefined));
}
