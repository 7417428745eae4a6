/* See http_many.h.  libcurl's multi interface with its own poll, which is simpler and
 * faster than an epoll of ours (stack.md 6). */
#include "net/http_many.h"

#include <stdlib.h>

#include "base/die.h"
#include "net/curl_call.h"

/* A call while it runs, and its memory afterwards. */
struct slot {
	CURL *easy;
	struct arena *mem;
	struct curl_call transfer;
	void *tag;
	struct slot *next_free;
};

struct curl_many {
	struct http_many base;
	CURLM *multi;
	struct slot *slots, *free; /* free: linked by next_free */
	struct slot *given;        /* by next(): its memory still lives */
	size_t running, most;
	int active;                /* of the running ones: have not ended */
	bool fresh;                /* some were begun and not moved on yet */
};

static void must(CURLMcode code)
{
	/* Only misuse and exhausted memory are left. */
	if (code == CURLM_OUT_OF_MEMORY)
		die_out_of_memory();
	if (code != CURLM_OK)
		die_bug(curl_multi_strerror(code));
}

static void take_back(struct curl_many *m)
{
	struct slot *s = m->given;

	if (!s)
		return;
	arena_reset(s->mem);
	s->next_free = m->free;
	m->free = s;
	m->given = NULL;
}

static int start(struct http_many *self, const struct http_call *call, void *tag, struct err *err)
{
	struct curl_many *m = (struct curl_many *)self;
	struct http_call own = *call;
	struct slot *s = m->free;

	if (m->running == m->most)
		return err_set(err, ERR_LIMIT, "%zu calls are running already", m->running);
	m->free = s->next_free;
	s->tag = tag;
	/* libcurl copies the texts, not the body. */
	if (call->body.ptr)
		own.body.ptr = arena_strndup(s->mem, call->body.ptr, call->body.len);
	curl_call_begin(&s->transfer, s->easy, s->mem, &own, 0);
	curl_easy_setopt(s->easy, CURLOPT_PRIVATE, s);
	must(curl_multi_add_handle(m->multi, s->easy));
	m->running++;
	m->active++;
	m->fresh = true;
	return 0;
}

static void move_on(struct http_many *self, int timeout_ms)
{
	struct curl_many *m = (struct curl_many *)self;
	struct curl_waitfd also = { .fd = m->base.also, .events = CURL_WAIT_POLLIN };

	take_back(m);
	/* libcurl looks at each running call, with a system call for most: not more often than necessary. */
	if (m->fresh)
		must(curl_multi_perform(m->multi, &m->active));
	m->fresh = false;
	/* What has ended must not wait for the others. */
	if ((size_t)m->active < m->running)
		timeout_ms = 0;
	must(curl_multi_poll(m->multi, &also, m->base.also > 0, timeout_ms, NULL));
	must(curl_multi_perform(m->multi, &m->active));
}

static bool next(struct http_many *self, struct http_done *done)
{
	struct curl_many *m = (struct curl_many *)self;
	struct slot *s = NULL;
	CURLMsg *msg;
	CURLcode code;
	int left;

	take_back(m);
	msg = curl_multi_info_read(m->multi, &left);
	if (!msg)
		return false;
	code = msg->data.result; /* the message dies with the handle's removal */
	curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&s);
	must(curl_multi_remove_handle(m->multi, s->easy));
	*done = (struct http_done){ .tag = s->tag, .mem = s->mem };
	done->rc = curl_call_end(&s->transfer, code, &done->reply, &done->err);
	s->transfer.easy = NULL;
	m->given = s;
	m->running--;
	return true;
}

static size_t running(const struct http_many *self)
{
	return ((const struct curl_many *)self)->running;
}

struct http_many *http_many_new(int most)
{
	struct curl_many *m = calloc(1, sizeof(*m));

	if (most < 1)
		die_bug("http_many_new: no calls at all");
	if (!m || curl_global_init(CURL_GLOBAL_DEFAULT) || !(m->multi = curl_multi_init()))
		die_out_of_memory();
	m->base = (struct http_many){ start, move_on, next, running, http_many_free, 0 };
	m->most = (size_t)most;
	must(curl_multi_setopt(m->multi, CURLMOPT_MAXCONNECTS, (long)most));
	/* One more than run at once: the one whose answer is being read. */
	m->slots = calloc(m->most + 1, sizeof(*m->slots));
	if (!m->slots)
		die_out_of_memory();
	for (size_t i = 0; i <= m->most; i++) {
		struct slot *s = &m->slots[i];

		s->mem = arena_new();
		s->easy = curl_easy_init();
		if (!s->easy)
			die_out_of_memory();
		s->next_free = m->free;
		m->free = s;
	}
	return &m->base;
}

void http_many_free(struct http_many *many)
{
	struct curl_many *m = (struct curl_many *)many;

	if (!m)
		return;
	for (size_t i = 0; i <= m->most; i++) {
		struct slot *s = &m->slots[i];

		if (s->transfer.easy) {
			curl_multi_remove_handle(m->multi, s->easy);
			curl_call_cancel(&s->transfer);
		}
		curl_easy_cleanup(s->easy);
		arena_free(s->mem);
	}
	curl_multi_cleanup(m->multi);
	curl_global_cleanup();
	free(m->slots);
	free(m);
}
