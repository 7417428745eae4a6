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
	if (res->status != 204)
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
		struct buf *first;

		if (FCGX_Accept_r(&fcgi) < 0) {
			if (stopping)
				break;
			continue;
		}
		answer(app, pages, &req, &res, &source.base);
		first = head(app->mem, &res);
		FCGX_PutStr(first->ptr, (int)first->len, fcgi.out);
		if (!str_eq(req.method, STR("HEAD")))
			FCGX_PutStr(res.body->ptr, (int)res.body->len, fcgi.out);
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
	struct buf *first;

	answer(app, pages, &req, &res, &source);
	first = head(app->mem, &res);
	fwrite(first->ptr, 1, first->len, stdout);
	if (!str_eq(req.method, STR("HEAD")))
		fwrite(res.body->ptr, 1, res.body->len, stdout);
	return fflush(stdout) ? EXIT_SYSTEM : 0;
}

int serve(struct app *app, const struct pages *pages)
{
	return FCGX_IsCGI() ? serve_cgi(app, pages) : serve_fcgi(app, pages);
}
