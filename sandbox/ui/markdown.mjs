// Enough Markdown to read issues and comments: headings, lists, quotes, code, emphasis, links. It builds elements and
// never parses HTML, so markup in a candidate's text stays visible as text.
import { h } from "./dom.mjs";

export function markdown(text) {
	const lines = (text ?? "").replace(/\r\n?/g, "\n").split("\n");
	const root = h("div", { class: "prose" });
	let index = 0;
	const marks = lines.map((line) => HEADING.exec(line)?.[1].length).filter(Boolean);
	const outline = { top: Math.min(...marks), last: 0 };
	while (index < lines.length)
		index = block(lines, index, root, outline);
	return root;
}

const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const ITEM = /^(\s*)(?:[-*+]|(\d+)[.)])\s+(.*)$/;

/** Reads one block at `index` into `root`; returns the line after it. */
function block(lines, index, root, outline) {
	const line = lines[index];
	if (!line.trim())
		return index + 1;
	const fence = /^\s*(```|~~~)/.exec(line);
	if (fence)
		return codeBlock(lines, index, fence[1], root);
	const heading = HEADING.exec(line);
	if (heading) {
		root.append(h(`h${levelOf(heading[1].length, outline)}`, {}, inline(heading[2])));
		return index + 1;
	}
	if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
		root.append(h("hr"));
		return index + 1;
	}
	if (/^\s*>/.test(line))
		return quote(lines, index, root, outline);
	if (ITEM.test(line))
		return list(lines, index, root, outline);
	return paragraph(lines, index, root);
}

/** Headings start below those of the page and never skip a level, whatever the writer began with. */
function levelOf(marks, outline) {
	outline.last = Math.min(marks - outline.top + 1, outline.last + 1);
	return Math.min(6, outline.last + 2);
}

function codeBlock(lines, index, fence, root) {
	let end = index + 1;
	while (end < lines.length && !lines[end].trim().startsWith(fence))
		end++;
	root.append(h("pre", { class: "code", tabindex: "0" }, lines.slice(index + 1, end).join("\n")));
	return end + 1;
}

function quote(lines, index, root, outline) {
	let end = index;
	while (end < lines.length && /^\s*>/.test(lines[end]))
		end++;
	const inner = h("blockquote");
	const content = lines.slice(index, end).map((line) => line.replace(/^\s*> ?/, ""));
	for (let at = 0; at < content.length;)
		at = block(content, at, inner, outline);
	root.append(inner);
	return end;
}

function list(lines, index, root, outline) {
	const [, indent, number] = ITEM.exec(lines[index]);
	const element = h(number ? "ol" : "ul", number && number !== "1" ? { start: number } : {});
	let at = index;
	while (at < lines.length) {
		const item = ITEM.exec(lines[at]);
		if (!item || item[1].length < indent.length || Boolean(item[2]) !== Boolean(number))
			break;
		const content = [item[3]];
		at++;
		while (at < lines.length && lines[at].trim() && !(ITEM.test(lines[at]) && ITEM.exec(lines[at])[1].length <= indent.length) && /^\s+/.test(lines[at]))
			content.push(lines[at++].slice(indent.length).replace(/^ {1,3}/, ""));
		const entry = h("li", {}, inline(content[0]));
		for (let inner = 1; inner < content.length;)
			inner = block(content, inner, entry, outline);
		element.append(entry);
	}
	root.append(element);
	return at;
}

function paragraph(lines, index, root) {
	let end = index + 1;
	while (end < lines.length && lines[end].trim() && !/^\s*(?:#{1,6}\s|>|```|~~~)/.test(lines[end]) && !ITEM.test(lines[end]))
		end++;
	const children = lines.slice(index, end).flatMap((line, number) => number ? [h("br"), inline(line)] : [inline(line)]);
	root.append(h("p", {}, children));
	return end;
}

// A backslash protects the next sign; then code, links, addresses, strong and emphasised text.
const INLINE = /\\([!-/:-@[-`{-~])|(`+)(.+?)\2|!?\[((?:[^\]\\]|\\.)*)\]\(\s*<?([^\s)>]+)>?[^)]*\)|<((?:https?:\/\/|mailto:)[^\s>]+|[\w.+-]+@[\w.-]+)>|(\*\*|__)(?=\S)(.+?)(?<=\S)\7|(?<![\w*])([*_])(?=\S)(.+?)(?<=\S)\9(?!\w)|(https?:\/\/[^\s<>()]+[^\s<>().,;:!?])/;

function inline(text) {
	const out = [];
	let rest = text;
	for (;;) {
		const match = INLINE.exec(rest);
		if (!match)
			return rest ? [...out, rest] : out;
		out.push(rest.slice(0, match.index), piece(match));
		rest = rest.slice(match.index + match[0].length);
	}
}

function piece([whole, escaped, , code, label, target, address, , strong, , emphasised, bare]) {
	if (escaped !== undefined)
		return escaped;
	if (code !== undefined)
		return h("code", {}, code);
	if (label !== undefined)
		return link(target, inline(label), whole);
	if (address !== undefined)
		return link(address.includes(":") ? address : `mailto:${address}`, [address], whole);
	if (strong !== undefined)
		return h("strong", {}, inline(strong));
	if (emphasised !== undefined)
		return h("em", {}, inline(emphasised));
	return link(bare, [bare], whole);
}

/** Only addresses that cannot run anything become links. */
function link(target, label, whole) {
	return /^(?:https?:\/\/|mailto:)/i.test(target) ? h("a", { href: target, target: "_blank", rel: "noreferrer noopener" }, label) : whole;
}
