/* Jobs in pages, the newest first; see queue.h. */
#include <inttypes.h>
#include <string.h>

#include "store/keys.h"
#include "store/queue.h"

enum { TIES = 64 }; /* jobs of one millisecond that are looked through for the place */

/* The ids after the place, one more than `max` when there are others.  Redis orders those of one time by id. */
static int read_ids(const struct queue *q, struct arena *mem, const char *which, int64_t after_ms, const char *after_id,
		    size_t max, const struct reply **ids, size_t *count, struct err *err)
{
	struct reply *r = arena_new_object(mem, struct reply);
	size_t first = 0;

	if (store_call(q->store, mem, r, err, "ZREVRANGEBYSCORE", arena_printf(mem, KEY_QUEUE "%s:%s", q->name, which),
		       after_id ? arena_printf(mem, "%" PRId64, after_ms) : "+inf", "-inf", "WITHSCORES", "LIMIT", "0",
		       arena_printf(mem, "%zu", max + 1 + (after_id ? TIES : 0)), NULL))
		return -1;
	for (; after_id && first + 1 < r->count; first += 2) {
		int64_t ms = 0;

		reply_int(&r->items[first + 1], &ms);
		if (ms < after_ms || strcmp(r->items[first].text.ptr, after_id) < 0)
			break;
	}
	*ids = r->items + first;
	*count = (r->count - first) / 2;
	return 0;
}

int queue_page(const struct queue *q, struct arena *mem, const char *which, int64_t after_ms, const char *after_id,
	       size_t max, struct job_row **rows, size_t *count, bool *more, struct err *err)
{
	const struct reply *ids;
	struct command *c;
	struct reply *r;
	size_t n;

	*count = 0;
	if (read_ids(q, mem, which, after_ms, after_id, max, &ids, &n, err))
		return -1;
	*more = n > max;
	n = *more ? max : n;
	*rows = arena_alloc(mem, (n + 1) * sizeof(**rows));
	c = arena_alloc(mem, (n + 1) * sizeof(*c));
	r = arena_alloc(mem, (n + 1) * sizeof(*r));
	for (size_t i = 0; i < n; i++) {
		c[i] = command_new(mem, "HMGET");
		command_text(&c[i], key_of(mem, KEY_JOB, ids[2 * i].text.ptr));
		for (size_t j = 0; j < 6; j++)
			command_text(&c[i], (const char *const[]){ "kind", "state", "reason", "attempts", "created", "payload" }[j]);
	}
	if (n && store_pipeline(q->store, c, n, r, err))
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct job_row *row = &(*rows)[*count];

		if (r[i].count != 6 || !reply_text(&r[i].items[0]))
			continue; /* its row is gone */
		row->info = (struct job_info){ .id = ids[2 * i].text.ptr, .kind = reply_text(&r[i].items[0]),
					       .state = reply_text(&r[i].items[1]), .reason = reply_text(&r[i].items[2]) };
		reply_int(&r[i].items[3], &row->info.attempts);
		reply_int(&r[i].items[4], &row->info.created_ms);
		reply_int(&ids[2 * i + 1], &row->info.at_ms);
		row->payload = r[i].items[5].type == REPLY_TEXT ? r[i].items[5].text : STR("");
		(*count)++;
	}
	return 0;
}
