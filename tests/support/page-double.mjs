// Serves the candidate's page without the C programs: the real templates and the real bundle under the real content security
// policy, with the three actions answered by functions that a test can replace. For states that the whole stack reaches rarely.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startAgentDouble } from './agent-double.mjs';
import { renderTemplate } from './render-template.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const TYPES = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', txt: 'text/plain' };

export const SECRET = 'Vx3kq0PZ7sG1mTn9bYc5LwR2hJd8fKaQeUo4iSzW6xE';

const VALUES = {
	CANDIDATE_NAME: 'Ada Lovelace', COMPANY_NAME: 'Acme Robotics', EXPIRES_AT: '2026-11-27T12:00:00Z',
	EXPIRES_WORDS: 'Friday, 27 November 2026, 12:00 UTC', CONSENT_VERSION: '2026-11', ASSET_VERSION: 'test',
};

// `assets`: the directory that static/build.mjs wrote. `agentOrigin`: whose WebSocket the page may open, when not the double's.
export async function startPageDouble({ assets, agentOrigin }) {
	const agent = await startAgentDouble();
	const double = {
		agent,
		agentOrigin: agentOrigin ?? agent.origin,
		// What the template gets besides VALUES, for example {RETURNING: true}.
		values: {},
		// Every static file that was fetched; a page's own list leaves out what its worklets load.
		fetched: [],
		// Every action that arrived: {action, body}.
		requests: [],
		// Replaceable: (body) => {status?, body?} or 'cut' to drop the connection.
		actions: {
			session: () => ({ body: { success: true, signedUrl: agent.signedUrl(), candidateName: VALUES.CANDIDATE_NAME,
				companyName: VALUES.COMPANY_NAME, dynamicVariables: { candidate_name: VALUES.CANDIDATE_NAME,
					company_name: VALUES.COMPANY_NAME, parley_session: 'session_1' } } }),
			start: () => ({ body: { success: true } }),
			end: () => ({ body: { success: true } }),
		},
		count: (action) => double.requests.filter((request) => request.action === action).length,
	};
	const server = createServer((request, response) => {
		answer(double, assets, request, response).catch((error) => response.destroy(error));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	double.origin = `http://127.0.0.1:${server.address().port}`;
	double.url = `${double.origin}/interview/${SECRET}`;
	double.close = async () => {
		await agent.close();
		server.close();
		server.closeAllConnections?.();
	};
	return double;
}

async function answer(double, assets, request, response) {
	const { pathname } = new URL(request.url, double.origin);
	if (pathname.startsWith('/interview/')) {
		const template = pathname.endsWith(SECRET) ? 'page' : 'notice';
		const missing = { HEADING: 'Interview not found', TEXT: 'Please check that you opened the whole link from the e-mail.' };
		const text = await readFile(join(root, 'templates/interview', `${template}.html`), 'utf8');
		response.writeHead(template === 'page' ? 200 : 404, { 'Content-Type': 'text/html; charset=utf-8', ...headers(double.agentOrigin) });
		response.end(renderTemplate(text, { ...VALUES, ...missing, ...double.values }));
	} else if (pathname.startsWith('/static/interview/')) {
		const name = pathname.split('/').pop();
		double.fetched.push(name);
		response.writeHead(200, { 'Content-Type': TYPES[name.split('.').pop()], 'Cache-Control': 'no-store' });
		response.end(await readFile(join(assets, 'interview', name)));
	} else if (request.method === 'POST' && pathname.startsWith('/actions/interview/')) {
		await act(double, pathname.split('/').pop(), request, response);
	} else {
		response.writeHead(404).end();
	}
}

async function act(double, action, request, response) {
	let text = '';
	for await (const chunk of request) text += chunk;
	const body = JSON.parse(text);
	double.requests.push({ action, body, type: request.headers['content-type'] });
	const result = await double.actions[action](body);
	if (result === 'cut') {
		response.destroy();
		return;
	}
	response.writeHead(result.status ?? 200, { 'Content-Type': 'application/json' });
	response.end(typeof result.body === 'string' ? result.body : JSON.stringify(result.body));
}

// What nginx and the program send with the page.
function headers(agent) {
	return {
		'Content-Security-Policy': `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ${agent}; `
			+ "media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		'Permissions-Policy': 'microphone=(self)', 'Referrer-Policy': 'no-referrer', 'Cache-Control': 'no-store',
		'X-Content-Type-Options': 'nosniff', 'X-Robots-Tag': 'noindex',
	};
}
