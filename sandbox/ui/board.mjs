// Linear's board: the hiring team's issues in columns. A card moves by dragging, or by its menu, which works with a
// keyboard and on a telephone as well. Moving it to the screening column starts a screening.
import { act, control, h } from "./dom.mjs";
import { issuePage } from "./issue.mjs";

export const boardPage = {
	title: "Board",
	load: () => control("GET", "linear/board"),
	draw(board, id) {
		const issue = id && board.issues.find((one) => one.identifier === id);
		return issue ? issuePage(board, issue) : drawBoard(board);
	},
};

function drawBoard(board) {
	return h("div", {},
		h("div", { class: "bar" },
			h("p", { class: "quiet" }, `${board.organization.name} · team ${board.team.name}. Move a card to “${board.states[1].name}” to start a screening.`),
			h("button", { class: "primary", type: "button", onclick: () => newCandidate(board) }, "New candidate")),
		h("div", { class: "board", "data-scroll": "board", tabindex: "0", role: "group", "aria-label": "Columns" }, board.states.map((state) => column(board, state))));
}

function column(board, state) {
	const issues = board.issues.filter((issue) => issue.state.id === state.id).reverse();
	return h("section", { class: "column", "aria-label": state.name, color: state.color,
		ondragover: (event) => {
			event.preventDefault();
			event.currentTarget.classList.add("over");
		},
		ondragleave: (event) => event.currentTarget.classList.remove("over"),
		ondrop: (event) => {
			event.preventDefault();
			event.currentTarget.classList.remove("over");
			move(event.dataTransfer.getData("text/plain"), state);
		} },
		h("h2", {}, h("span", { class: "dot", "aria-hidden": "true" }), state.name, h("span", { class: "count" }, String(issues.length))),
		h("div", { class: "cards" }, issues.map((issue) => card(board, issue)),
			issues.length === 0 && h("p", { class: "none" }, "No candidates")));
}

function card(board, issue) {
	return h("article", { class: "card", draggable: "true",
		ondragstart: (event) => {
			event.dataTransfer.setData("text/plain", issue.id);
			event.currentTarget.classList.add("dragged");
		},
		ondragend: (event) => event.currentTarget.classList.remove("dragged") },
		h("p", { class: "key" }, issue.identifier),
		h("h3", {}, h("a", { href: `#board/${issue.identifier}`, draggable: "false", "data-key": `open ${issue.id}` }, issue.title)),
		h("div", { class: "card-foot" },
			h("span", { class: "quiet small" }, [countOf(issue.comments.length, "comment"), countOf(issue.attachments.length, "file")].filter(Boolean).join(" · ")),
			stateMenu(board, issue)));
}

export function stateMenu(board, issue) {
	return h("label", { class: "menu" }, h("span", { class: "hidden" }, `State of ${issue.identifier}`),
		h("select", { "data-key": `state ${issue.id}`, onchange: (event) => move(issue.id, board.states.find((state) => state.id === event.target.value)) },
			board.states.map((state) => h("option", { value: state.id, selected: state.id === issue.state.id }, state.name))));
}

function move(id, state) {
	return act(() => control("PATCH", `linear/issues/${id}`, { state: state.id }), `Moved to ${state.name}.`);
}

function countOf(number, word) {
	return number ? `${number} ${word}${number === 1 ? "" : "s"}` : "";
}

/** The form stands in a dialog outside of the redrawn part, so that typing is never interrupted. */
function newCandidate(board) {
	const field = (label, name, more = {}) => h("label", { class: "field" }, h("span", {}, label), h(more.rows ? "textarea" : "input", { name, required: true, ...more }));
	const select = (label, name, options, chosen) => h("label", { class: "field" }, h("span", {}, label),
		h("select", { name }, options.map(({ id, name: text }) => h("option", { value: id, selected: id === chosen }, text))));
	const dialog = h("dialog", { class: "dialog", "aria-labelledby": "new-title", onclose: () => dialog.remove() },
		h("form", { method: "dialog", onsubmit: async (event) => {
			event.preventDefault();
			const { name, email, cv, project, state } = Object.fromEntries(new FormData(event.target));
			await act(() => control("POST", "linear/issues", { title: name, description: `Name: ${name}\nEmail: ${email}\n\n## CV\n${cv}`, project, state }), `${name} was added.`);
			dialog.close();
		} },
		h("h2", { id: "new-title" }, "New candidate"),
		field("Name", "name", { autocomplete: "off" }),
		field("E-mail address", "email", { type: "email", autocomplete: "off" }),
		field("Curriculum vitae (Markdown)", "cv", { rows: 7 }),
		h("div", { class: "pair" }, select("Job", "project", board.projects), select("Column", "state", board.states, board.states[0].id)),
		h("div", { class: "actions" }, h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"), h("button", { class: "primary" }, "Add candidate"))));
	document.body.append(dialog);
	dialog.showModal();
}
