// The workspace behind the sandbox's Linear: what changes when an issue, comment or attachment is written, whoever
// writes it (the API or a person on the sandbox page), and which webhook follows from it.
import { randomUUID } from "node:crypto";
import { demoWorkspace } from "./demo.mjs";
import { commentEvent, issueEvent } from "./webhooks.mjs";

/** Linear's own kinds of refusal; `linearError` in server.mjs turns them into answers. */
export class Refusal extends Error {
	constructor(message, extensions) {
		super(message);
		this.extensions = extensions;
	}
}

const invalidInput = (presentable, code = "INPUT_ERROR") => ({
	type: "invalid input", code, statusCode: 400, userError: true, userPresentableMessage: presentable });

export const notFound = (kind) => new Refusal(`Entity not found: ${kind}`, invalidInput(`Could not find referenced ${kind}.`));
export const badInput = (message) => new Refusal(`Argument Validation Error - ${message}`, invalidInput(message, "INVALID_INPUT"));
const conflict = (kind, id) => new Refusal(`conflict on insert of ${kind}`, invalidInput(`Entity ${kind} with id ${id} already exists.`));

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TEXT_LIMIT = 250_000;

export function openWorkspace({ state, settings, deliveries }) {
	const part = state.part("linear", () => demoWorkspace(settings));
	const find = (list, id) => part[list].find((entry) => entry.id === id);
	const api = {
		part,
		viewer: () => part.users[0],
		person: () => part.users[1],
		issue: (id) => part.issues.find((issue) => issue.id === id || issue.identifier === id),
		state: (idOrName) => find("states", idOrName) || part.states.find((entry) => entry.name === idOrName),
		project: (idOrName) => find("projects", idOrName) || part.projects.find((entry) => entry.name === idOrName),
		user: (id) => find("users", id),
		comment: (id) => find("comments", id),
		attachment: (id) => find("attachments", id),
		url: (issue) => `https://linear.app/${part.organization.urlKey}/issue/${issue.identifier}/${slug(issue.title)}`,
		commentUrl: (comment) => `${api.url(find("issues", comment.issueId))}#comment-${comment.id.slice(0, 8)}`,
		createIssue, updateIssue, createComment, updateComment, createAttachment,
		reset: () => state.reset("linear", () => demoWorkspace(settings)),
		changed() {
			part.sync++;
			state.changed();
		},
	};
	return api;

	function newId(kind, list, wanted) {
		if (wanted === undefined || wanted === null)
			return randomUUID();
		if (!UUID_V4.test(wanted))
			throw badInput("id must be a UUID.");
		if (find(list, wanted))
			throw conflict(kind, wanted);
		return wanted;
	}

	function createIssue(input, actor) {
		if (input.teamId !== part.team.id && input.teamId !== part.team.key)
			throw notFound("Team");
		if (!input.title || !input.title.trim())
			throw badInput("title must not be empty.");
		limit(input.description, "description");
		const id = newId("Issue", "issues", input.id);
		const to = input.stateId ? requireState(input.stateId) : part.states[0];
		const now = new Date().toISOString();
		const number = part.nextNumber++;
		const issue = { id, number, identifier: `${part.team.key}-${number}`, title: input.title, description: input.description ?? null,
			stateId: to.id, projectId: input.projectId ? requireProject(input.projectId).id : null, creatorId: actor.id,
			priority: input.priority ?? 0, sortOrder: -100 * number, createdAt: now, updatedAt: now,
			startedAt: null, completedAt: null, canceledAt: null };
		stampState(issue, to, now);
		part.issues.push(issue);
		api.changed();
		deliveries.send("linear", "Issue", issueEvent(api, "create", issue, actor));
		return issue;
	}

	function updateIssue(id, input, actor) {
		const issue = api.issue(id);
		if (!issue)
			throw notFound("Issue");
		limit(input.description, "description");
		const wanted = {};
		if (input.stateId !== undefined && input.stateId !== null)
			wanted.stateId = requireState(input.stateId).id;
		if (input.projectId !== undefined)
			wanted.projectId = input.projectId === null ? null : requireProject(input.projectId).id;
		for (const name of ["title", "description", "priority"])
			if (input[name] !== undefined)
				wanted[name] = input[name];
		const former = applyChanges(issue, wanted, actor);
		if (former) {
			api.changed();
			deliveries.send("linear", "Issue", issueEvent(api, "update", issue, actor, former));
		}
		return issue;
	}

	/** Returns the former values of what really changed, or null: Linear sends no event for a change to the same. */
	function applyChanges(issue, wanted, actor) {
		const names = Object.keys(wanted).filter((name) => wanted[name] !== issue[name]);
		if (names.length === 0)
			return null;
		const former = { updatedAt: issue.updatedAt };
		const now = after(issue.updatedAt);
		for (const name of names) {
			former[name] = issue[name];
			issue[name] = wanted[name];
		}
		if (names.includes("stateId")) {
			part.history.push({ id: randomUUID(), issueId: issue.id, actorId: actor.id, createdAt: now, updatedAt: now,
				fromStateId: former.stateId, toStateId: issue.stateId });
			const stamps = { startedAt: issue.startedAt, completedAt: issue.completedAt, canceledAt: issue.canceledAt };
			stampState(issue, requireState(issue.stateId), now);
			for (const [name, value] of Object.entries(stamps))
				if (issue[name] !== value)
					former[name] = value;
			former.sortOrder = issue.sortOrder;
			issue.sortOrder -= 1.25;
		}
		issue.updatedAt = now;
		return former;
	}

	function createComment(input, actor) {
		const issue = input.issueId && api.issue(input.issueId);
		if (!issue)
			throw notFound("Issue");
		if (!input.body || !input.body.trim())
			throw badInput("body must not be empty.");
		limit(input.body, "body");
		if (input.parentId && !api.comment(input.parentId))
			throw notFound("Comment");
		if (input.createAsUser)
			throw badInput("createAsUser can only be used by OAuth applications with actor=app.");
		const now = new Date().toISOString();
		const comment = { id: newId("Comment", "comments", input.id), issueId: issue.id, userId: actor.id, body: input.body,
			parentId: input.parentId ?? null, createdAt: now, updatedAt: now, editedAt: null };
		part.comments.push(comment);
		api.changed();
		deliveries.send("linear", "Comment", commentEvent(api, "create", comment, actor));
		return comment;
	}

	function updateComment(id, input, actor) {
		const comment = api.comment(id);
		if (!comment)
			throw notFound("Comment");
		limit(input.body, "body");
		const former = { body: comment.body, updatedAt: comment.updatedAt };
		comment.updatedAt = after(comment.updatedAt);
		comment.editedAt = comment.updatedAt;
		comment.body = input.body ?? comment.body;
		api.changed();
		deliveries.send("linear", "Comment", commentEvent(api, "update", comment, actor, former));
		return comment;
	}

	/** An attachment whose URL the issue already has is brought up to date, not added a second time. */
	function createAttachment(input, actor) {
		const issue = api.issue(input.issueId);
		if (!issue)
			throw notFound("Issue");
		for (const [name, value] of Object.entries(input.metadata ?? {}))
			if (typeof value !== "string" && typeof value !== "number")
				throw badInput(`metadata.${name} must be a string or a number.`);
		const now = new Date().toISOString();
		const same = part.attachments.find((entry) => entry.issueId === issue.id && entry.url === input.url);
		const attachment = same || { id: newId("Attachment", "attachments", input.id), issueId: issue.id, creatorId: actor.id, createdAt: now };
		Object.assign(attachment, { title: input.title, subtitle: input.subtitle ?? null, url: input.url, metadata: input.metadata ?? {}, updatedAt: now });
		if (!same)
			part.attachments.push(attachment);
		api.changed();
		return attachment;
	}

	function requireState(id) {
		const found = find("states", id);
		if (!found)
			throw notFound("WorkflowState");
		return found;
	}

	function requireProject(id) {
		const found = find("projects", id);
		if (!found)
			throw notFound("Project");
		return found;
	}
}

function limit(text, name) {
	if (typeof text === "string" && text.length > TEXT_LIMIT)
		throw badInput(`${name} must be shorter than or equal to ${TEXT_LIMIT} characters.`);
}

/** Times of one issue rise strictly, so that two changes within a millisecond can be told apart. */
function after(former) {
	return new Date(Math.max(Date.now(), Date.parse(former) + 1)).toISOString();
}

function stampState(issue, state, now) {
	const { type } = state;
	if (type === "started")
		issue.startedAt ??= now;
	issue.completedAt = type === "completed" ? now : null;
	issue.canceledAt = type === "canceled" ? now : null;
	if (type === "backlog")
		issue.startedAt = null;
}

function slug(title) {
	return title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60);
}
