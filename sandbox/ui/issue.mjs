// One issue with everything on it: description, comments, attachments and the moves between states.
import { act, control, h, timeTag } from "./dom.mjs";
import { markdown } from "./markdown.mjs";
import { stateMenu } from "./board.mjs";

export function issuePage(board, issue) {
	return h("article", { class: "issue" },
		h("p", {}, h("a", { href: "#board", class: "back" }, "← Board")),
		h("header", { class: "issue-head", color: issue.state.color },
			h("div", {}, h("p", { class: "key" }, issue.identifier, issue.project ? ` · ${issue.project.name}` : ""), h("h2", {}, issue.title)),
			h("span", { class: "state" }, h("span", { class: "dot", "aria-hidden": "true" }), stateMenu(board, issue))),
		h("div", { class: "issue-body" },
			h("div", {},
				h("section", { class: "panel", "aria-label": "Description" }, issue.description ? markdown(issue.description) : h("p", { class: "quiet" }, "No description")),
				attachments(issue), comments(issue)),
			h("aside", {}, moves(issue), job(issue))));
}

function attachments(issue) {
	if (issue.attachments.length === 0)
		return null;
	return h("section", { "aria-label": "Attachments" }, h("h3", { class: "section" }, "Attachments"), issue.attachments.map(({ id, title, subtitle, url, content }) =>
		h("details", { class: "panel file", "data-key": `file ${id}` },
			h("summary", { "data-key": `open ${id}` }, h("strong", {}, title), h("span", { class: "quiet small" }, [subtitle, content && `${content.size} bytes`].filter(Boolean).join(" · "))),
			content ? /markdown/.test(content.content_type) ? markdown(content.text) : h("pre", { class: "code wrap", tabindex: "0" }, content.text)
				: h("p", { class: "quiet" }, url))));
}

function comments(issue) {
	return h("section", { "aria-label": "Comments" }, h("h3", { class: "section" }, "Comments"),
		issue.comments.length === 0 && h("p", { class: "quiet" }, "Nobody has written yet."),
		issue.comments.map((comment) => h("div", { class: "panel comment" },
			h("p", { class: "quiet small" }, h("strong", {}, comment.user), " ", timeTag(comment.createdAt)), markdown(comment.body))),
		h("form", { class: "reply", onsubmit: async (event) => {
			event.preventDefault();
			const { target } = event;
			await act(() => control("POST", `linear/issues/${issue.id}/comments`, { body: target.elements.body.value }), "Comment added.");
			target.reset();
			document.activeElement.blur();
			dispatchEvent(new Event("sandbox-changed"));
		} },
		h("label", { class: "field" }, h("span", { class: "hidden" }, "Comment"), h("textarea", { name: "body", rows: 2, required: true, placeholder: "Comment as Grace Hopper" })),
		h("button", {}, "Comment")));
}

function moves(issue) {
	return h("section", { class: "panel", "aria-label": "Moves" }, h("h3", { class: "section" }, "Moves"),
		h("ol", { class: "moves" }, h("li", {}, timeTag(issue.createdAt), " created"),
			issue.history.map((move) => h("li", {}, timeTag(move.createdAt), ` ${move.from} → `, h("strong", {}, move.to), h("span", { class: "quiet" }, ` by ${move.actor}`)))));
}

function job(issue) {
	return issue.project && h("details", { class: "panel", "data-key": "job" }, h("summary", { "data-key": "open job" }, "The job: ", issue.project.name), markdown(issue.project.content));
}
