// Finding and making elements. Text is always set as text: what leads, candidates and vendors wrote can do nothing.

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// el('a', { href, class: 'button', dataset: { tone }, onclick }, 'text', child): null and false children are left out.
export function el(tag, props = {}, ...children) {
	const node = document.createElement(tag);
	for (const [name, value] of Object.entries(props ?? {})) {
		if (value === undefined || value === null || value === false) continue;
		if (name === 'class') node.className = value;
		else if (name === 'dataset') Object.assign(node.dataset, value);
		else if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
		else if (value === true) node.setAttribute(name, '');
		else node.setAttribute(name, String(value));
	}
	node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
	return node;
}

// An icon of icons.svg.
export function icon(name) {
	const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
	const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
	use.setAttribute('href', `/static/console/icons.svg#${name}`);
	svg.setAttribute('class', 'icon');
	svg.setAttribute('aria-hidden', 'true');
	svg.append(use);
	return svg;
}
