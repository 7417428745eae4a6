// Builds elements without ever parsing text as HTML: whatever a candidate or a vendor wrote can only become text.

/** h("button", {class: "x", onclick: f, "aria-label": "…"}, child, "text", [more]) */
export function h(name, attributes = {}, ...children) {
	const element = document.createElement(name);
	for (const [key, value] of Object.entries(attributes)) {
		if (value === undefined || value === null || value === false)
			continue;
		if (key.startsWith("on"))
			element.addEventListener(key.slice(2), value);
		else if (key === "value" || key === "selected" || key === "checked" || key === "open")
			element[key] = value;
		else if (key === "color")
			element.style.setProperty("--color", value);
		else
			element.setAttribute(key, value === true ? "" : value);
	}
	element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
	return element;
}

/** A call of the control port; throws the sandbox's own sentence. */
export async function control(method, path, body) {
	const response = await fetch(`/control/${path}`, { method, headers: { "content-type": "application/json" },
		body: body === undefined ? undefined : JSON.stringify(body) });
	const result = await response.json();
	if (!response.ok)
		throw new Error(result.error);
	return result;
}

/** Says something in the status line, and to screen readers. */
export function tell(text, isProblem = false) {
	const place = document.getElementById("told");
	place.textContent = text;
	place.classList.toggle("problem", isProblem);
	clearTimeout(tell.timer);
	tell.timer = setTimeout(() => { place.textContent = ""; }, 5000);
}

/** Runs an action of the user and says what came of it. */
export async function act(action, done) {
	try {
		await action();
		if (done)
			tell(done);
	} catch (error) {
		tell(error.message, true);
	}
}

export function clock(time) {
	return new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

export function timeTag(time) {
	const date = new Date(time);
	return h("time", { datetime: date.toISOString(), title: date.toLocaleString() }, clock(date));
}

export function empty(title, text) {
	return h("div", { class: "empty" }, h("h2", {}, title), h("p", {}, text));
}

export function json(value) {
	return h("pre", { class: "code", tabindex: "0" }, typeof value === "string" ? value : JSON.stringify(value, null, 2));
}
