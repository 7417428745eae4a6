// Renders the few ctemplate features that the interview templates use, so that the page can be tested in a browser without the
// C programs. It is a stand-in for tests only: escaping in the product is ctemplate's, tested in C.

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text) => String(text).replace(/[&<>"']/g, (sign) => escapes[sign]);

// `values`: strings for variables, true for a section that is shown.
export function renderTemplate(text, values) {
	return text
		.replace(/\{\{[%!][\s\S]*?\}\}/g, '')
		.replace(/\{\{#(\w+)\}\}([\s\S]*?)\{\{\/\1\}\}/g, (_, name, inner) => (values[name] === true ? inner : ''))
		.replace(/\{\{(\w+)(:u)?\}\}/g, (_, name, inUrl) => (inUrl ? encodeURIComponent(values[name] ?? '') : escapeHtml(values[name] ?? '')));
}
