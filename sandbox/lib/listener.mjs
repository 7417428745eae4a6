// One HTTP server for one vendor: reads the request, writes the wire log, carries out faults, sends the answer.
// A vendor's own code only maps a request to an answer and therefore knows neither sockets nor faults.
import { createServer } from "node:http";
import { once } from "node:events";

const BODY_LIMIT = 70 * 1024 * 1024;

/** An answer; an object body is sent as JSON. `effect` is one sentence for the wire log. */
export function answer(status, body, { headers = {}, effect } = {}) {
	return { status, body, headers, effect };
}

/**
 * `handle(request)` gives an answer (or a promise of one). `operationOf(request)` names a GraphQL operation.
 * `upgrade(request, socket, head, fault)` takes WebSocket handshakes; without it they are refused.
 */
export async function listen({ vendor, host, port, handle, operationOf = () => null, upgrade, faults, wirelog }) {
	const server = createServer(async (incoming, outgoing) => {
		try {
			await serve(incoming, outgoing);
		} catch (error) {
			process.stderr.write(`sandbox: ${vendor}: ${error.stack}\n`);
			if (!outgoing.headersSent)
				outgoing.writeHead(500, { "content-type": "text/plain" });
			outgoing.end("the sandbox failed; see its standard error\n");
		}
	});

	async function serve(incoming, outgoing) {
		const request = describe(incoming);
		request.body = await readBody(incoming);
		request.operation = operationOf(request);
		const entry = wirelog?.begin({ vendor, ...request });
		const fault = faults?.strike({ vendor, ...request });
		if (!fault) {
			const result = await handle(request);
			wirelog?.finish(entry, result);
			return send(outgoing, result, request.method);
		}
		await carryOut(fault, { request, outgoing, entry });
	}

	async function carryOut(fault, { request, outgoing, entry }) {
		const told = { fault: fault.mode };
		if (fault.delay_ms)
			await pause(fault.delay_ms, outgoing);
		switch (fault.mode) {
		case "status": {
			const result = answer(fault.status || 500, fault.body ?? "", { headers: fault.headers });
			wirelog?.finish(entry, { ...result, ...told });
			return send(outgoing, result, request.method);
		}
		case "timeout":
			wirelog?.finish(entry, told);
			return;
		case "cut":
		case "close":
			wirelog?.finish(entry, told);
			return outgoing.socket.destroy();
		}
		// From here on the vendor has done what was asked; only the answer suffers.
		const result = await handle(request);
		wirelog?.finish(entry, { ...result, ...told });
		switch (fault.mode) {
		case "status_after":
			return send(outgoing, answer(fault.status || 500, fault.body ?? "", { headers: fault.headers }), request.method);
		case "cut_after":
			return outgoing.socket.destroy();
		case "malformed":
			return send(outgoing, answer(200, fault.body ?? '{"data": {"broken": tru', {
				headers: { "content-type": "application/json" } }), request.method);
		case "truncate":
			return sendHalf(outgoing, result);
		default:
			return send(outgoing, result, request.method);
		}
	}

	server.on("upgrade", async (incoming, socket, head) => {
		socket.on("error", () => socket.destroy());
		const request = describe(incoming);
		const entry = wirelog?.begin({ vendor, ...request });
		const fault = faults?.strike({ vendor, ...request });
		if (fault?.delay_ms && fault.mode !== "close")
			await pause(fault.delay_ms, socket);
		wirelog?.finish(entry, { status: fault?.mode === "status" ? fault.status : 101, fault: fault?.mode });
		if (fault?.mode === "timeout")
			return;
		if (fault?.mode === "status")
			return socket.end(`HTTP/1.1 ${fault.status || 500} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
		if (!upgrade || ["cut", "malformed", "truncate"].includes(fault?.mode))
			return socket.destroy();
		upgrade(incoming, socket, head, fault);
	});

	server.listen(port, host);
	await once(server, "listening");
	return {
		port: server.address().port,
		async close() {
			server.close();
			server.closeAllConnections();
		},
	};
}

function describe(incoming) {
	const url = new URL(incoming.url, "http://sandbox.invalid");
	return {
		method: incoming.method,
		path: incoming.url,
		pathname: url.pathname,
		query: url.searchParams,
		headers: incoming.headers,
		host: incoming.headers.host || "",
	};
}

async function readBody(incoming) {
	const parts = [];
	let size = 0;
	for await (const part of incoming) {
		size += part.length;
		if (size > BODY_LIMIT)
			throw new Error("request body over the sandbox's limit");
		parts.push(part);
	}
	return Buffer.concat(parts);
}

function bytesOf({ body }) {
	if (Buffer.isBuffer(body))
		return body;
	return Buffer.from(typeof body === "string" ? body : body === undefined || body === null ? "" : JSON.stringify(body));
}

function headersOf(result, length) {
	const headers = { "content-length": length };
	if (typeof result.body === "object" && !Buffer.isBuffer(result.body))
		headers["content-type"] = "application/json; charset=utf-8";
	return Object.assign(headers, result.headers);
}

function send(outgoing, result, method) {
	const bytes = bytesOf(result);
	outgoing.writeHead(result.status, headersOf(result, bytes.length));
	outgoing.end(method === "HEAD" ? undefined : bytes);
}

function sendHalf(outgoing, result) {
	const bytes = bytesOf(result);
	outgoing.writeHead(result.status, headersOf(result, bytes.length));
	outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => outgoing.socket.destroy());
}

/** Waits, but not longer than the other side stays connected. */
function pause(milliseconds, stream) {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, milliseconds);
		stream.once("close", () => {
			clearTimeout(timer);
			resolve();
		});
	});
}

/** Reads a JSON body; undefined when it is not JSON. */
export function jsonOf(request) {
	try {
		return JSON.parse(request.body.toString("utf8"));
	} catch {
		return undefined;
	}
}
