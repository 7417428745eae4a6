/* See fake_many.h. */
#include "tests/support/fake_many.h"

#include <string.h>

#include "base/die.h"

static int start(struct http_many *self, const struct http_call *call, void *tag, struct err *err)
{
	struct fake_many *f = (struct fake_many *)self;

	if (http_many_running(self) == f->most)
		return err_set(err, ERR_LIMIT, "%zu calls are running already", f->most);
	if (f->started_count == FAKE_HTTP_ROOM)
		die_bug("fake_many: too many calls");
	f->started[f->started_count] = fake_http_copy(f->http.mem, call);
	f->tags[f->started_count++] = tag;
	if (f->on_start)
		f->on_start(f);
	return 0;
}

static void pass_time(struct http_many *self, int timeout_ms)
{
	struct fake_many *f = (struct fake_many *)self;

	f->polls++;
	if (f->on_poll)
		f->on_poll(f, timeout_ms);
}

static bool next(struct http_many *self, struct http_done *done)
{
	struct fake_many *f = (struct fake_many *)self;

	if (f->ended_count == f->started_count || f->http.answered == f->http.answer_count)
		return false;
	*done = (struct http_done){ .tag = f->tags[f->ended_count], .mem = f->http.mem };
	done->rc = http_send(&f->http.base, done->mem, &f->started[f->ended_count++], &done->reply, &done->err);
	return true;
}

static size_t running(const struct http_many *self)
{
	const struct fake_many *f = (const struct fake_many *)self;

	return f->started_count - f->ended_count;
}

void fake_many_init(struct fake_many *f, struct arena *mem, size_t most)
{
	memset(f, 0, sizeof(*f));
	fake_http_init(&f->http, mem);
	f->base = (struct http_many){ .start = start, .poll = pass_time, .next = next, .running = running };
	f->most = most;
}
