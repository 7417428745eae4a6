/* See fake_http.h. */
#include "tests/support/fake_http.h"

#include <string.h>

#include "base/die.h"

static struct str copied(struct arena *mem, struct str s)
{
	return (struct str){ s.ptr ? arena_strndup(mem, s.ptr, s.len) : NULL, s.len };
}

struct http_call fake_http_copy(struct arena *mem, const struct http_call *call)
{
	struct http_call c = *call;

	c.method = arena_strdup(mem, call->method);
	c.url = arena_strdup(mem, call->url);
	c.body = copied(mem, call->body);
	for (int i = 0; i < HTTP_HEADERS && c.headers[i].name; i++) {
		c.headers[i].name = arena_strdup(mem, call->headers[i].name);
		c.headers[i].value = arena_strdup(mem, call->headers[i].value);
	}
	return c;
}

static void remember(struct fake_http *f, const struct http_call *call)
{
	if (f->call_count == FAKE_HTTP_ROOM)
		die_bug("fake_http: too many calls");
	f->calls[f->call_count++] = fake_http_copy(f->mem, call);
}

static int fake_send(struct http_client *self, struct arena *mem, const struct http_call *call,
		     struct http_reply *reply, struct err *err)
{
	struct fake_http *f = (struct fake_http *)self;
	const struct fake_answer *a;

	*reply = (struct http_reply){ 0 };
	remember(f, call);
	if (f->call_count == f->fail_at)
		return err_set(err, ERR_UPSTREAM, "fake failure at call %zu", f->fail_at);
	if (f->answered == f->answer_count) {
		f->unanswered++;
		return err_set(err, ERR_UPSTREAM, "no answer is queued");
	}
	a = &f->answers[f->answered++];
	if (a->fail != ERR_NONE)
		return err_set(err, a->fail, "fake failure");
	reply->status = a->status;
	reply->body = copied(mem, a->body);
	reply->headers = arena_alloc(mem, sizeof(a->headers));
	memcpy(reply->headers, a->headers, sizeof(a->headers));
	reply->header_count = a->header_count;
	return 0;
}

void fake_http_init(struct fake_http *f, struct arena *mem)
{
	memset(f, 0, sizeof(*f));
	f->base.send = fake_send;
	f->mem = mem;
}

static struct fake_answer *queue(struct fake_http *f)
{
	if (f->answer_count == FAKE_HTTP_ROOM)
		die_bug("fake_http: too many answers");
	return &f->answers[f->answer_count++];
}

void fake_http_answer_bytes(struct fake_http *f, int status, struct str body)
{
	*queue(f) = (struct fake_answer){ .status = status, .body = copied(f->mem, body) };
}

void fake_http_answer(struct fake_http *f, int status, const char *body)
{
	fake_http_answer_bytes(f, status, str_from(body));
}

void fake_http_header(struct fake_http *f, const char *name, const char *value)
{
	struct fake_answer *a;

	if (!f->answer_count)
		die_bug("fake_http_header: no answer is queued");
	a = &f->answers[f->answer_count - 1];
	if (a->header_count == FAKE_HTTP_HEADERS)
		die_bug("fake_http_header: too many headers");
	a->headers[a->header_count++] = (struct http_header){ arena_strdup(f->mem, name), arena_strdup(f->mem, value) };
}

void fake_http_fail(struct fake_http *f, enum err_kind kind)
{
	*queue(f) = (struct fake_answer){ .fail = kind };
}

const char *fake_http_sent(const struct http_call *call, const char *name)
{
	for (int i = 0; i < HTTP_HEADERS && call->headers[i].name; i++)
		if (str_eq_nocase(str_from(call->headers[i].name), str_from(name)))
			return call->headers[i].value;
	return NULL;
}
