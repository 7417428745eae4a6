// Who is measured: ours, the least in C, and Node, each behind an nginx of its own
// with the product's configuration.  A contender is { name, port, app, nginx }: the
// port that is asked, and the processes whose time and memory count.
import fs from 'node:fs';
import path from 'node:path';

import { build, source, until } from './house.mjs';

const program = { page: 'interview', webhook: 'webhooks' };
const WORKERS = 4;

async function ours(house, kind) {
	const dir = path.join(house.dir, 'run', 'ours');
	fs.mkdirSync(dir, { recursive: true });
	const app = await house.startWorkers(`ours-${kind}`, path.join(dir, `${program[kind]}.sock`), [house.ourProgram(program[kind])]);
	const nginx = await house.startNginx(`ours-${kind}`, dir);
	return { name: 'parley', port: nginx.port, app: [app], nginx: nginx.child };
}

// `given` is the page to answer, or the digest of the script.
async function bare(house, kind, given) {
	const dir = path.join(house.dir, 'run', 'bare');
	fs.mkdirSync(dir, { recursive: true });
	const app = await house.startWorkers(`bare-${kind}`, path.join(dir, `${program[kind]}.sock`),
		[path.join(build, 'bench/bare'), kind, house.redisSocket, given]);
	const nginx = await house.startNginx(`bare-${kind}`, dir);
	return { name: 'bare libfcgi', port: nginx.port, app: [app], nginx: nginx.child };
}

// Kept connections over unix sockets are the fastest way from nginx to Node; without
// them it is asked as FastCGI programs are, each request over a connection of its own.
const toNode = (sockets, kept) => (text) => text
	.replace(/^http \{$/m, `http {\n\tupstream node { ${sockets.map((s) => `server "unix:${s}";`).join(' ')} ${kept ? 'keepalive 32;' : ''} }`)
	.replace(/fastcgi_pass "unix:[^"]*\/(?:interview|webhooks)\.sock";/g, kept
		? 'proxy_pass http://node; proxy_http_version 1.1; proxy_set_header Connection "";' : 'proxy_pass http://node;');

export const nodeName = (workers, kept) => `node, ${workers} process${workers === 1 ? '' : 'es'}, ${kept ? 'kept' : 'new'} connections`;

async function node(house, kind, workers, kept, given) {
	const name = `node-${kind}-${workers}${kept ? '' : '-new'}`;
	const sockets = Array.from({ length: workers }, (_, i) => path.join(house.dir, 'run', `${name}-${i}.sock`));
	const app = sockets.map((socket) => house.start(name, process.execPath,
		[path.join(source, 'bench/bare-node.mjs'), kind, socket, house.redisSocket, ...given], { NODE_ENV: 'production' }));
	await until(name, () => sockets.every((socket) => fs.existsSync(socket)));
	const nginx = await house.startNginx(name, house.dir, toNode(sockets, kept));
	return { name: nodeName(workers, kept), port: nginx.port, app, nginx: nginx.child };
}

async function nodes(house, kind, given) {
	return [await node(house, kind, WORKERS, false, given), await node(house, kind, WORKERS, true, given), await node(house, kind, 1, true, given)];
}

async function pageOf(contender, somePath) {
	const response = await fetch(`http://127.0.0.1:${contender.port}${somePath}`), page = await response.text();
	if (response.status !== 200 || !page.includes('<bdi>Candidate 0 O&#39;Neill</bdi>')) throw new Error(`the page of ${contender.name} is not what it should be: ${response.status}`);
	return page;
}

export async function pageContenders(house, somePath) {
	const first = await ours(house, 'page'), file = path.join(house.dir, 'page.html');
	fs.writeFileSync(file, await pageOf(first, somePath));
	const template = [path.join(source, 'templates/interview/page.html')];
	const all = [first, await bare(house, 'page', file), ...await nodes(house, 'page', template)];
	const sizes = [];
	for (const contender of all) sizes.push((await pageOf(contender, somePath)).length);
	if (Math.max(...sizes) - Math.min(...sizes) > 300) throw new Error(`the pages differ in size: ${sizes}`);
	return all;
}

export async function webhookContenders(house, sha, secret) {
	return [await ours(house, 'webhook'), await bare(house, 'webhook', sha), ...await nodes(house, 'webhook', [sha, secret])];
}
