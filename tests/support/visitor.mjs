// Somebody who has signed in to the console, without a browser: the cookie and the page's token, as a browser would send them.
import assert from 'node:assert/strict';

export const post = (stack, path, fields, headers = {}) => fetch(stack.url + path, {
	method: 'POST', redirect: 'manual', body: new URLSearchParams(fields), headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
});

// Makes an operator of that role from the shell; gives { email, password }.
export async function operator(stack, role, email = `${role}@console.example`) {
	const { code, stdout, output } = await stack.exec('bin/parley', 'operator', 'add', email, '--role', role);
	assert.equal(code, 0, output);
	return { email, password: stdout.trim().split(' / ')[1] };
}

// Gives { email, password, cookie, csrf, ask(method, path, body, headers) -> { status, json, text, headers } }.
export async function signIn(stack, { email, password }) {
	const answer = await post(stack, '/login', { email, password });
	assert.equal(answer.status, 303, await answer.text());
	const cookie = answer.headers.get('set-cookie').split(';')[0];
	const page = await (await fetch(`${stack.url}/console/account`, { headers: { cookie } })).text();
	const csrf = /<meta name="csrf-token" content="([^"]+)">/.exec(page)?.[1];
	assert.ok(csrf, page);
	const visitor = {
		email, password, cookie, csrf,
		async ask(method, path, body, headers = {}) {
			const asked = await fetch(stack.url + path, {
				method, redirect: 'manual',
				headers: { cookie: visitor.cookie, ...(method === 'GET' ? {} : { 'x-csrf-token': visitor.csrf }), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
				body: body === undefined ? undefined : JSON.stringify(body),
			});
			const text = await asked.text();
			return { status: asked.status, text, headers: asked.headers, json: /json/.test(asked.headers.get('content-type') ?? '') ? JSON.parse(text) : null };
		},
	};
	return visitor;
}
