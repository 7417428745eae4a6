/* See serve.h.
 *
 * FCGX_Accept_r() answers -1 in plain CGI mode, so that branch is ours (stack
 * 2).  SIGTERM and multiwatch's SIGUSR1 let the request at hand finish: the
 * accept is interrupted by FCGI_FAIL_ACCEPT_ON_INTR.  A worker whose multiwatch
 * was killed follows it, or it would keep the socket and its successor could
 * not bind.
 */
#include "web/serve.h"

#include <errno.h>
#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app.h"
#include "base/die.h"

static volatile sig_atomic_t stopping; /* the one mutable file-scope object: set by the signal handler */

static void on_stop(int signal)
{
	(void)signal;
	stopping = 1;
	FCGX_ShutdownPending();
}

static void install_signals(void)
{
	struct sigaction stop = { .sa_handler = on_stop }, ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGUSR1, &stop, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
}

struct fcgi_source {
	struct request_source base;
	FCGX_Request *fcgi;
};

static const char *fcgi_variable(const struct request_source *self, const char *name)
{
	return FCGX_GetParam(name, ((const struct fcgi_source *)self)->fcgi->envp);
}

static long fcgi_read(const struct request_source *self, char *out, size_t len)
{
	return FCGX_GetStr(out, len > 1 << 20 ? 1 << 20 : (int)len, ((const struct fcgi_source *)self)->fcgi->in);
}

static const char *cgi_variable(const struct request_source *self, const char *name)
{
	(void)self;
	return getenv(name);
}

static long cgi_read(const struct request_source *self, char *out, size_t len)
{
	(void)self;
	for (;;) {
		ssize_t got = read(STDIN_FILENO, out, len);

		if (got >= 0 || errno != EINTR)
			return got;
	}
}

/* Status line and headers as CGI wants them (RFC 3875 6.3). */
static struct buf *head(struct arena *mem, const struct response *res)
{
	struct buf *out = buf_in(mem, 32 << 10);

	buf_printf(out, "Status: %d %s\r\n", res->status, status_reason(res->status));
	buf_str(out, buf_view(res->headers));
	if (res->status != 204 && !res->more)
		buf_printf(out, "Content-Length: %zu\r\n", res->body->len);
	buf_puts(out, "\r\n");
	return out;
}

static void answer(struct app *app, const struct pages *pages, struct request *req, struct response *res,
		   const struct request_source *source)
{
	request_init(req, app->mem, source);
	snprintf(app->log.request_id, sizeof(app->log.request_id), "%s", req->id);
	response_init(res, app->mem);
	route_request(app, pages, req, res);
}

/* libfcgi closes a connection by a shutdown and a wait, up to two seconds, until
 * nginx has closed its side: data that nobody read would make the system throw the
 * answer away.  When the request was read to its end there is no such data, and
 * the worker is free for the next at once. */
static void finish(FCGX_Request *fcgi)
{
	if (FCGX_GetChar(fcgi->in) < 0)
		FCGX_Detach(fcgi);
	FCGX_Finish_r(fcgi);
}

/* Where an answer goes: false when nobody takes it any more. */
typedef bool write_fn(void *out, struct str bytes);

static bool fcgi_write(void *out, struct str bytes)
{
	return FCGX_PutStr(bytes.ptr, (int)bytes.len, out) == (int)bytes.len;
}

static bool cgi_write(void *out, struct str bytes)
{
	return fwrite(bytes.ptr, 1, bytes.len, out) == bytes.len;
}

/* False when the answer had to be cut off. */
static bool send_answer(struct app *app, const struct request *req, struct response *res, write_fn *write_to, void *out)
{
	int more = 1;

	if (!write_to(out, buf_view(head(app->mem, res))))
		return false;
	if (str_eq(req->method, STR("HEAD")))
		return true;
	if (!write_to(out, buf_view(res->body)))
		return false;
	while (res->more && more == 1) {
		buf_clear(res->body);
		more = res->more(res->more_ctx, res->body);
		if (more < 0 || res->body->failed) {
			log_event(&app->log, LOG_ERROR, "request.cut_off");
			return false;
		}
		if (!write_to(out, buf_view(res->body)))
			return false;
	}
	return true;
}

static int serve_fcgi(struct app *app, const struct pages *pages)
{
	FCGX_Request fcgi;
	struct fcgi_source source = { { fcgi_variable, fcgi_read }, &fcgi };

	install_signals();
	if (FCGX_Init() || FCGX_InitRequest(&fcgi, 0, FCGI_FAIL_ACCEPT_ON_INTR))
		return EXIT_SYSTEM;
	while (!stopping) {
		struct request req;
		struct response res;

		if (FCGX_Accept_r(&fcgi) < 0) {
			if (stopping)
				break;
			continue;
		}
		answer(app, pages, &req, &res, &source.base);
		/* The protocol has no word for a failure halfway: a connection that breaks tells nginx, which
		 * breaks the one to the client. */
		if (!send_answer(app, &req, &res, fcgi_write, fcgi.out))
			shutdown(fcgi.ipcFd, SHUT_RDWR);
		finish(&fcgi);
		arena_reset(app->mem);
		app->log.request_id[0] = '\0';
	}
	FCGX_Free(&fcgi, 1);
	return 0;
}

static int serve_cgi(struct app *app, const struct pages *pages)
{
	static const struct request_source source = { cgi_variable, cgi_read };
	struct request req;
	struct response res;

	answer(app, pages, &req, &res, &source);
	return send_answer(app, &req, &res, cgi_write, stdout) && !fflush(stdout) ? 0 : EXIT_SYSTEM;
}

int serve(struct app *app, const struct pages *pages)
{
	return FCGX_IsCGI() ? serve_cgi(app, pages) : serve_fcgi(app, pages);
}
