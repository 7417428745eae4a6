/* See relay.h. */
#include "live/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/die.h"
#include "live/events.h"
#include "store/keys.h"
#include "store/store.h"

enum {
	WAIT_MS = 1000,
	LOCK_MS = 50,          /* between two tries to get the lock */
	AWAY_MS = 500,         /* Redis or nginx does not answer: until the next try */
	HINTS = 1000,          /* of one turn */
	EVENTS = 500,          /* read at once */
	EVENTS_MOST = 1000,    /* then a status; with EVENTS_KEPT before that below what nchan keeps (nginx/live.conf.in) */
	IDLE_MS = 600000,      /* without hint and reader: forgotten */
	LOOK_BACK_MS = 3600000, /* hints that a relay without predecessor reads */
	HANDOVER_MOST = 16 << 20,
};

static int64_t now_ms(const struct relay *r)
{
	return clock_monotonic_ms(r->app->clock);
}

static void pause_ms(int ms)
{
	struct timespec t = { ms / 1000, (ms % 1000) * 1000000L };

	nanosleep(&t, NULL);
}

/* ---- one campaign ---- */

static void plan_status(struct relay *r, struct feed *feed)
{
	int64_t now = now_ms(r), next = feed->status_ms + RELAY_STATUS_MS;

	if (!feed->status_ms || next < now)
		next = now;
	if (next < feed->due_ms)
		feed->due_ms = next;
}

/* What the channel holds is not known any more: the next message must be a status. */
static void lose(struct relay *r, struct feed *feed, const struct err *err)
{
	bool away = err->kind == ERR_UPSTREAM || err->kind == ERR_UNKNOWN;

	if (feed->begun || (away && !r->away))
		log_event(&r->app->log, LOG_INFO, away ? "live.nginx_away" : "live.begun_anew",
			  LOG_TEXT("campaign", feed->campaign), LOG_TEXT("reason", err->msg));
	feed->begun = false;
	plan_status(r, feed);
	if (away)
		r->away_ms = now_ms(r) + AWAY_MS;
	r->away |= away;
}

/* The connection is not the one that the campaign's last message was sent on: does it lead
 * to the nginx that has that message? */
static int find_channel(struct relay *r, struct feed *feed, struct err *err)
{
	struct channel there;

	if (publisher_look(&r->publisher, r->app->mem, feed->campaign, &there, err))
		return -1;
	if (strcmp(there.last, feed->channel.last) != 0)
		return err_set(err, ERR_MISSING, "nginx has forgotten the feed");
	feed->connection = r->publisher.connection;
	return 0;
}

static int send_event(struct relay *r, struct feed *feed, const struct event *event, struct err *err)
{
	struct err closed = { 0 };

	if (event->seq != feed->seq + 1)
		return err_set(err, ERR_MISSING, "an event is missing");
	if (feed->connection != r->publisher.connection && find_channel(r, feed, err))
		return -1;
	if (publisher_event(&r->publisher, r->app->mem, feed->campaign, event->text, &feed->channel, &closed)) {
		/* No connection was open: it was closed for being idle, or nginx was started again. */
		if (closed.kind != ERR_UPSTREAM) {
			*err = closed;
			return -1;
		}
		if (find_channel(r, feed, err) ||
		    publisher_event(&r->publisher, r->app->mem, feed->campaign, event->text, &feed->channel, err))
			return -1;
	}
	feed->seq = event->seq;
	feed->events++;
	return 0;
}

/* Sends the events after feed->seq, at most `most`.  -1: Redis did not give them. */
static int send_events(struct relay *r, struct feed *feed, int64_t most, struct err *err)
{
	struct event *events;
	struct err failed = { 0 };
	bool gone = false;
	size_t count = 1;

	while (feed->begun && most > 0 && count) {
		if (events_read(r->app, feed->campaign, feed->seq, most < EVENTS ? (size_t)most : EVENTS, &events, &count,
				&gone, err))
			return -1;
		if (gone) {
			err_set(&failed, ERR_MISSING, "events are not kept any more");
			lose(r, feed, &failed);
		}
		for (size_t i = 0; feed->begun && i < count; i++, most--)
			if (send_event(r, feed, &events[i], &failed))
				lose(r, feed, &failed);
	}
	return 0;
}

static struct str status_message(struct relay *r, struct json_object *status, int64_t seq)
{
	struct json_object *message = json_owned(r->app->mem, json_object_new_object());
	char at[ISO_TIME_SIZE];

	iso_time_format(clock_wall_ms(r->app->clock), at);
	json_put_int(message, "seq", seq);
	json_put(message, "at", at);
	json_put(message, "type", "status");
	json_object_object_add(message, "status", json_object_get(status));
	return str_from(json_write(message));
}

/* A viewer who misses one is told by the next; they are counted, so that there is a next one. */
static void tell_viewers(struct relay *r, struct feed *feed, struct str message)
{
	struct err ignored = { 0 };
	int64_t viewers = 0;

	if (!publisher_viewers(&r->publisher, r->app->mem, feed->campaign, message, &viewers, &ignored))
		feed->channel.subscribers += viewers;
}

/* Events up to the status come before it, also those that were written since we looked. */
static int send_status(struct relay *r, struct feed *feed, struct err *err)
{
	struct json_object *status;
	struct err failed = { 0 };
	struct str message;
	int64_t seq;

	feed->due_ms = now_ms(r) + AWAY_MS;
	if (r->status(r->app, feed->campaign, &status, err))
		return -1;
	if (!json_int(status, "seq", &seq))
		return err_set(err, ERR_SYSTEM, "a status without seq");
	if (send_events(r, feed, seq - feed->seq, err))
		return -1;
	message = status_message(r, status, seq);
	if (publisher_status(&r->publisher, r->app->mem, feed->campaign, message, &feed->channel, &failed)) {
		lose(r, feed, &failed);
		feed->due_ms = now_ms(r) + AWAY_MS;
		return 0;
	}
	r->away = false;
	feed->begun = true;
	feed->seq = seq;
	feed->events = 0;
	feed->connection = r->publisher.connection;
	feed->status_ms = now_ms(r);
	tell_viewers(r, feed, message);
	feed->due_ms = feed->channel.subscribers > 0 ? feed->status_ms + RELAY_REFRESH_MS : INT64_MAX;
	return 0;
}

static int serve(struct relay *r, struct feed *feed, struct err *err)
{
	if (feed->hinted) {
		feed->hinted = false;
		feed->seen_ms = now_ms(r);
		plan_status(r, feed);
		if (send_events(r, feed, EVENTS_MOST, err))
			return -1;
		if (feed->events >= EVENTS_MOST)
			feed->due_ms = now_ms(r);
	}
	return feed->due_ms <= now_ms(r) ? send_status(r, feed, err) : 0;
}

/* ---- all of them ---- */

static bool is_idle(const struct relay *r, const struct feed *feed)
{
	return feed->due_ms == INT64_MAX && now_ms(r) - feed->seen_ms > IDLE_MS;
}

/* A campaign that was deleted takes its readers along. */
static void serve_all(struct relay *r)
{
	for (size_t i = 0; i < r->feeds.count && now_ms(r) >= r->away_ms;) {
		struct feed *feed = &r->feeds.all[i];
		struct err err = { 0 }, ignored = { 0 };

		if (serve(r, feed, &err) && err.kind != ERR_MISSING) {
			log_event(&r->app->log, LOG_WARNING, "live.no_status", LOG_TEXT("campaign", feed->campaign),
				  LOG_TEXT("reason", err.msg));
			feed->due_ms = now_ms(r) + AWAY_MS;
		}
		if (err.kind == ERR_MISSING)
			publisher_end(&r->publisher, r->app->mem, feed->campaign, &ignored);
		if (err.kind == ERR_MISSING || is_idle(r, feed))
			feeds_remove(&r->feeds, i);
		else
			i++;
		arena_reset(r->app->mem);
	}
}

static int until_due(const struct relay *r, int wait_ms)
{
	int64_t now = now_ms(r), first = now + wait_ms;

	for (size_t i = 0; i < r->feeds.count; i++) {
		if (r->feeds.all[i].hinted)
			first = now;
		if (r->feeds.all[i].due_ms < first)
			first = r->feeds.all[i].due_ms;
	}
	if (first < r->away_ms && r->away_ms < now + wait_ms)
		first = r->away_ms;
	return first > now ? (int)(first - now) : 0;
}

static void take_hints(struct relay *r, const struct reply *entries)
{
	for (size_t i = 0; i < entries->count; i++) {
		const struct reply *entry = &entries->items[i];
		const struct reply *fields = entry->count == 2 ? &entry->items[1] : NULL;

		if (!fields || !reply_text(&entry->items[0]))
			continue;
		snprintf(r->cursor, sizeof(r->cursor), "%s", reply_text(&entry->items[0]));
		if (fields->count == 2 && str_is_token(fields->items[1].text, 1, CAMPAIGN_ID_SIZE - 1))
			feeds_get(&r->feeds, fields->items[1].text)->hinted = true;
	}
}

int relay_turn(struct relay *r, int wait_ms, struct err *err)
{
	struct reply entries;

	if (store_wait_stream(r->app->store, r->app->mem, KEY_LIVE, r->cursor, HINTS, until_due(r, wait_ms), &entries, err))
		return -1;
	if (entries.type == REPLY_LIST)
		take_hints(r, &entries);
	arena_reset(r->app->mem);
	serve_all(r);
	return 0;
}

/* ---- its time ---- */

static bool read_handover(struct relay *r)
{
	struct stat st;
	char *text;
	ssize_t got;

	if (fstat(r->lock, &st) || st.st_size <= 0 || st.st_size > HANDOVER_MOST)
		return false;
	text = arena_alloc(r->app->mem, (size_t)st.st_size);
	got = pread(r->lock, text, (size_t)st.st_size, 0);
	return got > 0 && feeds_read(&r->feeds, r->cursor, (struct str){ text, (size_t)got });
}

static void go_on(struct relay *r)
{
	for (size_t i = 0; i < r->feeds.count; i++) {
		r->feeds.all[i].seen_ms = now_ms(r);
		r->feeds.all[i].due_ms = r->feeds.all[i].channel.subscribers ? now_ms(r) : INT64_MAX;
	}
}

int relay_open(struct relay *r, bool *got, struct err *err)
{
	const char *path = arena_join(r->app->mem, r->run_dir, "/live.lock");

	*got = false;
	r->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (r->lock < 0)
		return err_set(err, ERR_SYSTEM, "live.lock cannot be opened: %s", strerror(errno));
	if (flock(r->lock, LOCK_EX | LOCK_NB)) {
		close(r->lock);
		return 0;
	}
	*got = true;
	snprintf(r->socket, sizeof(r->socket), "%s/live.sock", r->run_dir);
	r->publisher = (struct publisher){ .http = r->app->http, .socket = r->socket, .connection = 1 };
	if (read_handover(r))
		go_on(r);
	else
		snprintf(r->cursor, sizeof(r->cursor), "%" PRId64 "-0", clock_wall_ms(r->app->clock) - LOOK_BACK_MS);
	/* From here on the file would tell less than what was sent. */
	if (ftruncate(r->lock, 0))
		return err_set(err, ERR_SYSTEM, "live.lock cannot be written: %s", strerror(errno));
	return 0;
}

void relay_close(struct relay *r)
{
	struct str text = feeds_write(&r->feeds, r->cursor, r->app->mem);

	/* Written in part it is not whole, and the next one begins anew. */
	if (pwrite(r->lock, text.ptr, text.len, 0) < 0)
		log_event(&r->app->log, LOG_WARNING, "live.no_handover", LOG_TEXT("reason", strerror(errno)));
	close(r->lock);
	feeds_free(&r->feeds);
}

static bool is_time(const struct relay *r)
{
	return !*r->stopping && now_ms(r) < r->until_ms;
}

int relay_work(struct relay *r)
{
	struct err err = { 0 };
	bool got = false;

	while (is_time(r) && !got) {
		if (relay_open(r, &got, &err)) {
			log_event(&r->app->log, LOG_ERROR, "live.no_relay", LOG_TEXT("reason", err.msg));
			return EXIT_SYSTEM;
		}
		if (!got)
			pause_ms(LOCK_MS);
		arena_reset(r->app->mem);
	}
	while (got && is_time(r)) {
		err = (struct err){ 0 };
		if (relay_turn(r, WAIT_MS, &err)) {
			log_event(&r->app->log, LOG_WARNING, "live.no_events", LOG_TEXT("reason", err.msg));
			pause_ms(AWAY_MS);
		}
	}
	if (got)
		relay_close(r);
	return 0;
}
