// Control of the Linear stand-in: what a person would do in Linear's own window.
import { boardView, issueView } from "./views.mjs";
import { bodyOf, ControlError, missing } from "./body.mjs";

export function linearRoutes(linear) {
	const { workspace } = linear;
	const view = (issue) => issueView(workspace, issue);
	const issueOf = (id) => workspace.issue(id) ?? missing("issue");

	/** States and projects may be named, as people name them. */
	function fields({ title, description, state, project }) {
		const wanted = { title, description };
		if (state !== undefined)
			wanted.stateId = (workspace.state(state) ?? missing(`state "${state}"`)).id;
		if (project !== undefined)
			wanted.projectId = project === null ? null : (workspace.project(project) ?? missing(`project "${project}"`)).id;
		return wanted;
	}

	function create(request) {
		const body = bodyOf(request);
		if (!body.title)
			throw new ControlError(422, "title is missing");
		const input = fields({ project: workspace.part.projects[0].id, ...body });
		return { $status: 201, $body: view(workspace.createIssue({ teamId: workspace.part.team.id, ...input }, workspace.person())) };
	}

	return [
		["GET", "/control/linear/board", () => boardView(workspace)],
		["GET", "/control/linear/issues", () => ({ issues: workspace.part.issues.map(view) })],
		["POST", "/control/linear/issues", create],
		["GET", "/control/linear/issues/:id", (request, id) => view(issueOf(id))],
		["PATCH", "/control/linear/issues/:id", (request, id) => view(workspace.updateIssue(issueOf(id).id, fields(bodyOf(request)), workspace.person()))],
		["POST", "/control/linear/issues/:id/comments", (request, id) => {
			workspace.createComment({ issueId: issueOf(id).id, body: bodyOf(request).body }, workspace.person());
			return { $status: 201, $body: view(issueOf(id)) };
		}],
	];
}
