/* See feed.h. */
#include "live/feed.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/die.h"

/* Where the campaign is, or belongs. */
static size_t place(const struct feeds *f, const char *campaign)
{
	size_t low = 0, high = f->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(f->all[middle].campaign, campaign) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct feed *feeds_get(struct feeds *f, struct str campaign)
{
	struct feed fresh = { .due_ms = INT64_MAX };
	size_t at;

	snprintf(fresh.campaign, sizeof(fresh.campaign), "%.*s", (int)campaign.len, campaign.ptr);
	at = place(f, fresh.campaign);
	if (at < f->count && !strcmp(f->all[at].campaign, fresh.campaign))
		return &f->all[at];
	if (f->count == f->room) {
		f->room = f->room ? f->room * 2 : 16;
		f->all = realloc(f->all, f->room * sizeof(*f->all));
		if (!f->all)
			die_out_of_memory();
	}
	memmove(&f->all[at + 1], &f->all[at], (f->count - at) * sizeof(*f->all));
	f->all[at] = fresh;
	f->count++;
	return &f->all[at];
}

void feeds_remove(struct feeds *f, size_t i)
{
	f->count--;
	memmove(&f->all[i], &f->all[i + 1], (f->count - i) * sizeof(*f->all));
}

void feeds_free(struct feeds *f)
{
	free(f->all);
	*f = (struct feeds){ 0 };
}

struct str feeds_write(const struct feeds *f, const char *cursor, struct arena *mem)
{
	struct buf *out = buf_in(mem, 64 << 20);

	buf_printf(out, "parley-live 1 %s\n", cursor);
	for (size_t i = 0; i < f->count; i++)
		if (f->all[i].begun)
			buf_printf(out, "%s %" PRId64 " %s %" PRId64 "\n", f->all[i].campaign, f->all[i].seq,
				   f->all[i].channel.last, f->all[i].channel.subscribers);
	buf_puts(out, "end\n");
	return buf_view(out);
}

static bool read_line(struct feeds *f, struct str line)
{
	struct str seq, last, subscribers, campaign = str_cut(line, ' ', &seq);
	struct feed *feed;

	seq = str_cut(seq, ' ', &last);
	last = str_cut(last, ' ', &subscribers);
	if (!str_is_token(campaign, 1, CAMPAIGN_ID_SIZE - 1) || str_number(seq, INT64_MAX) < 0 ||
	    str_number(subscribers, INT64_MAX) < 0 || !last.len || last.len >= CHANNEL_LAST_SIZE)
		return false;
	feed = feeds_get(f, campaign);
	feed->begun = true;
	feed->seq = str_number(seq, INT64_MAX);
	feed->channel.subscribers = str_number(subscribers, INT64_MAX);
	snprintf(feed->channel.last, sizeof(feed->channel.last), "%.*s", (int)last.len, last.ptr);
	return true;
}

bool feeds_read(struct feeds *f, char cursor[CURSOR_SIZE], struct str text)
{
	const struct str head = STR("parley-live 1 ");
	struct str lines, first = str_cut(text, '\n', &lines);
	bool whole = false;

	if (!str_starts(first, head) || first.len == head.len || first.len - head.len >= CURSOR_SIZE)
		return false;
	while (lines.ptr && !whole) {
		struct str line = str_cut(lines, '\n', &lines);

		whole = str_eq(line, STR("end"));
		if (!whole && !read_line(f, line))
			break;
	}
	if (!whole) {
		feeds_free(f);
		return false;
	}
	snprintf(cursor, CURSOR_SIZE, "%.*s", (int)(first.len - head.len), first.ptr + head.len);
	return true;
}
