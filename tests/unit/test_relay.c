/* The relay: what the readers of a campaign get, in which order, whatever happens to nginx,
 * Redis and the relay itself. */
#include "tests/support/check.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "live/events.h"
#include "live/relay.h"
#include "store/keys.h"
#include "store/store.h"
#include "tests/support/api.h"
#include "tests/support/fake_nchan.h"

#define A "AAAAAAAAAAAAAAAAAAAAAA"
#define B "BBBBBBBBBBBBBBBBBBBBBB"

struct scene {
	struct world *w;
	struct fake_nchan nchan;
	struct relay relay;
	bool status_fails;
};

static volatile sig_atomic_t never;
static struct scene *scene; /* the status function gets only the app */

static int status_of(struct app *app, const char *campaign, struct json_object **status, struct err *err)
{
	struct reply r;
	int64_t seq = 0;

	if (scene->status_fails)
		return err_set(err, ERR_SYSTEM, "no status");
	if (store_call(app->store, app->mem, &r, err, "HGET", key_of(app->mem, KEY_CAMPAIGN, campaign), "seq", NULL))
		return -1;
	if (!reply_int(&r, &seq))
		return err_set(err, ERR_MISSING, "no such campaign");
	*status = json_owned(app->mem, json_object_new_object());
	json_put_int(*status, "seq", seq);
	return 0;
}

static void hint(struct scene *s, const char *campaign)
{
	struct err err = { 0 };
	struct reply r;

	assert_int_equal(store_call(s->w->app.store, s->w->app.mem, &r, &err, "XADD", KEY_LIVE, "*", "c", campaign, NULL), 0);
}

/* Writes events as the campaigns' scripts do (live/events.h), `kept` of them staying. */
static void happen(struct scene *s, const char *campaign, int64_t count, int64_t kept)
{
	struct command c = command_new(s->w->app.mem, "EVAL");
	struct err err = { 0 };
	struct reply r;

	command_text(&c, "redis.call('HSET', KEYS[1], 'state', 'running') "
			 "redis.call('HINCRBY', KEYS[1], 'seq', 0) "
			 "for _ = 1, tonumber(ARGV[1]) do "
			 "  local n = redis.call('HINCRBY', KEYS[1], 'seq', 1) "
			 "  local event = string.format('{\"seq\":%d,\"at\":\"x\",\"type\":\"call\",\"call\":{}}', n) "
			 "  redis.call('XADD', KEYS[2], 'MAXLEN', ARGV[2], n .. '-0', 'e', event) "
			 "end");
	command_int(&c, 2);
	command_text(&c, key_of(s->w->app.mem, KEY_CAMPAIGN, campaign));
	command_text(&c, key_of(s->w->app.mem, KEY_EVENTS, campaign));
	command_int(&c, count);
	command_int(&c, kept);
	assert_int_equal(store_run(s->w->app.store, &c, &r, &err), 0);
	hint(s, campaign);
}

/* A turn, `ms` after the last. */
static void turn(struct scene *s, int64_t ms)
{
	struct err err = { 0 };

	s->w->clock.now_ms += ms;
	assert_int_equal(relay_turn(&s->relay, 1, &err), 0);
}

static void open_relay(struct scene *s)
{
	struct err err = { 0 };
	bool got = false;

	s->relay = (struct relay){ .app = &s->w->app, .status = status_of, .run_dir = s->w->state_dir, .stopping = &never };
	assert_int_equal(relay_open(&s->relay, &got, &err), 0);
	assert_true(got);
}

/* As kill -9 would: nothing is handed over, and a new process has no connection. */
static void kill_relay(struct scene *s)
{
	close(s->relay.lock);
	feeds_free(&s->relay.feeds);
	fake_nchan_close(&s->nchan);
}

static void hand_over(struct scene *s)
{
	relay_close(&s->relay);
	fake_nchan_close(&s->nchan);
	open_relay(s);
}

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	scene = s;
	assert_int_equal(api_setup((void **)&s->w), 0);
	/* Redis numbers the hints by its own clock. */
	s->w->clock.now_ms = clock_wall_ms(&system_clock);
	fake_nchan_init(&s->nchan);
	s->w->app.http = &s->nchan.base;
	open_relay(s);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	relay_close(&s->relay);
	unlink(arena_join(s->w->app.mem, s->w->state_dir, "/live.lock"));
	fake_nchan_release(&s->nchan);
	api_teardown((void **)&s->w);
	free(s);
	return 0;
}

#define check_sent(campaign, words) assert_string_equal(fake_nchan_sent(&s->nchan, campaign), words)
#define check_kept(campaign, words) assert_string_equal(fake_nchan_kept(&s->nchan, campaign), words)

static void a_feed_begins_with_a_status_and_goes_on_with_every_event(void **state)
{
	struct scene *s = *state;

	happen(s, A, 3, EVENTS_KEPT);
	turn(s, 0);
	check_sent(A, "s3 ");
	happen(s, A, 2, EVENTS_KEPT);
	turn(s, 1);
	check_sent(A, "s3 4 5 ");
	check_kept(A, "s3 4 5 ");
	happen(s, A, 1, EVENTS_KEPT);
	happen(s, B, 0, EVENTS_KEPT);
	turn(s, 1);
	check_sent(A, "s3 4 5 6 ");
	check_sent(B, "s0 ");
}

static void a_status_follows_events_after_a_while(void **state)
{
	struct scene *s = *state;

	happen(s, A, 1, EVENTS_KEPT);
	turn(s, 0);
	for (int i = 0; i < 3; i++) {
		happen(s, A, 1, EVENTS_KEPT);
		turn(s, RELAY_STATUS_MS / 4);
	}
	check_sent(A, "s1 2 3 4 ");
	turn(s, RELAY_STATUS_MS / 4);
	check_sent(A, "s1 2 3 4 s4 ");
	check_kept(A, "s4 ");
	turn(s, 10 * RELAY_REFRESH_MS);
	check_sent(A, "s1 2 3 4 s4 ");
	/* Quiet before: the event is followed by its status at once. */
	happen(s, A, 1, EVENTS_KEPT);
	turn(s, 0);
	check_sent(A, "s1 2 3 4 s4 5 s5 ");
	/* Viewers get no events: what called people pressed and said is not for them. */
	check_sent("viewers/" A, "s1 s4 s5 ");
	check_kept("viewers/" A, "s5 ");
}

static void a_reader_that_joins_gets_a_fresh_status(void **state)
{
	struct scene *s = *state;

	happen(s, A, 1, EVENTS_KEPT);
	turn(s, 0);
	for (int i = 0; i < 20; i++)
		hint(s, A);
	turn(s, RELAY_STATUS_MS);
	hint(s, A);
	turn(s, 1);
	check_sent(A, "s1 s1 ");
	turn(s, RELAY_STATUS_MS);
	check_sent(A, "s1 s1 s1 ");
}

static void readers_get_a_status_now_and_then(void **state)
{
	struct scene *s = *state;

	s->nchan.subscribers = 1;
	happen(s, A, 1, EVENTS_KEPT);
	turn(s, 0);
	turn(s, RELAY_REFRESH_MS);
	check_sent(A, "s1 s1 ");
	s->nchan.subscribers = 0;
	turn(s, RELAY_REFRESH_MS);
	turn(s, RELAY_REFRESH_MS);
	check_sent(A, "s1 s1 s1 ");
	/* Viewers are readers too. */
	s->nchan.viewers = 1;
	hint(s, A);
	turn(s, RELAY_STATUS_MS);
	turn(s, RELAY_REFRESH_MS);
	check_sent(A, "s1 s1 s1 s1 s1 ");
}

static void no_event_is_the_first_message_of_an_nginx_that_was_started_again(void **state)
{
	struct scene *s = *state;

	happen(s, A, 1, EVENTS_KEPT);
	happen(s, B, 1, EVENTS_KEPT);
	turn(s, 0);
	fake_nchan_restart(&s->nchan);
	happen(s, A, 1, EVENTS_KEPT);
	happen(s, B, 1, EVENTS_KEPT);
	turn(s, RELAY_STATUS_MS);
	check_sent(A, "s1 s2 ");
	check_kept(A, "s2 ");
	/* A's status has opened the connection that B's event would go out on. */
	check_sent(B, "s1 s2 ");
	check_kept(B, "s2 ");
	happen(s, B, 1, EVENTS_KEPT);
	turn(s, 1);
	check_sent(B, "s1 s2 3 ");
}

static void a_connection_that_was_closed_for_being_idle_loses_nothing(void **state)
{
	struct scene *s = *state;

	happen(s, A, 1, EVENTS_KEPT);
	happen(s, B, 1, EVENTS_KEPT);
	turn(s, 0);
	fake_nchan_close(&s->nchan);
	happen(s, A, 1, EVENTS_KEPT);
	happen(s, B, 1, EVENTS_KEPT);
	turn(s, 1);
	check_sent(A, "s1 2 ");
	check_sent(B, "s1 2 ");
}

static void without_nginx_nothing_waits_and_nothing_is_repeated_later(void **state)
{
	struct scene *s = *state;
	int calls;

	happen(s, A, 1, EVENTS_KEPT);
	turn(s, 0);
	s->nchan.away = true;
	fake_nchan_restart(&s->nchan);
	for (int i = 0; i < 50; i++) {
		happen(s, A, 1, EVENTS_KEPT);
		turn(s, 1);
	}
	calls = s->nchan.calls;
	assert_true(calls < 10);
	s->nchan.away = false;
	turn(s, 1000);
	check_sent(A, "s1 s51 ");
	happen(s, A, 1, EVENTS_KEPT);
	turn(s, 1);
	check_sent(A, "s1 s51 52 ");
}

static void an_nchan_that_refuses_is_not_hammered(void **state)
{
	struct scene *s = *state;

	s->nchan.refuses = true;
	happen(s, A, 1, EVENTS_KEPT);
	for (int i = 0; i < 50; i++)
		turn(s, 1);
	assert_true(s->nchan.calls < 3);
	s->nchan.refuses = false;
	turn(s, 1000);
	check_sent(A, "s1 ");
}

static void a_status_that_cannot_be_made_is_tried_again(void **state)
{
	struct scene *s = *state;

	s->status_fails = true;
	happen(s, A, 1, EVENTS_KEPT);
	turn(s, 0);
	check_sent(A, "");
	s->status_fails = false;
	turn(s, 1);
	check_sent(A, "");
	turn(s, 1000);
	check_sent(A, "s1 ");
}

static void a_relay_that_ends_in_order_is_followed_without_a_seam(void **state)
{
	struct scene *s = *state;

	happen(s, A, 1, EVENTS_KEPT);
	happen(s, B, 1, EVENTS_KEPT);
	turn(s, 0);
	happen(s, A, 1, EVENTS_KEPT);
	turn(s, 1);
	happen(s, B, 2, EVENTS_KEPT);
	hand_over(s);
	turn(s, 1);
	happen(s, A, 1, EVENTS_KEPT);
	turn(s, 1);
	assert_true(str_starts(str_from(fake_nchan_sent(&s->nchan, A)), STR("s1 2 3 ")));
	assert_true(str_starts(str_from(fake_nchan_sent(&s->nchan, B)), STR("s1 2 3 ")));
}

static void a_relay_finds_out_that_nginx_was_started_again_before_its_time(void **state)
{
	struct scene *s = *state;

	happen(s, A, 1, EVENTS_KEPT);
	turn(s, 0);
	fake_nchan_restart(&s->nchan);
	hand_over(s);
	happen(s, A, 1, EVENTS_KEPT);
	turn(s, 1);
	check_sent(A, "s1 s2 ");
}

static void after_a_relay_that_was_killed_every_feed_begins_anew(void **state)
{
	struct scene *s = *state;

	happen(s, A, 1, EVENTS_KEPT);
	turn(s, 0);
	happen(s, A, 1, EVENTS_KEPT);
	happen(s, B, 1, EVENTS_KEPT);
	kill_relay(s);
	open_relay(s);
	turn(s, 1);
	check_sent(A, "s1 s2 ");
	check_sent(B, "s1 ");
	/* What was handed over once is not believed twice. */
	hand_over(s);
	kill_relay(s);
	happen(s, A, 1, EVENTS_KEPT);
	open_relay(s);
	turn(s, RELAY_STATUS_MS);
	check_sent(A, "s1 s2 s3 ");
}

static void a_handover_that_is_not_whole_is_not_believed(void **state)
{
	static const char *const texts[] = {
		"x", "parley-live 1 5-0\n" A " 1 9:9 0\n", "parley-live 1 5-0\n" A " 1 9:9\nend\n",
		"parley-live 1 5-0\n" A " x 9:9 0\nend\n", "parley-live 1 \nend\n", "parley-live 1 5-0\n../x 1 9:9 0\nend\n",
		"parley-live 1 5-0",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct feeds feeds = { 0 };
		char cursor[CURSOR_SIZE] = "";

		check_row(texts[i], !feeds_read(&feeds, cursor, str_from(texts[i])));
		check_row(texts[i], !feeds.count && !*cursor);
	}
}

static void two_relays_of_a_host_do_not_work_at_a_time(void **state)
{
	struct scene *s = *state;
	struct relay other = s->relay;
	struct err err = { 0 };
	bool got = true;

	assert_int_equal(relay_open(&other, &got, &err), 0);
	assert_false(got);
}

static void events_that_are_gone_are_skipped_by_a_status(void **state)
{
	struct scene *s = *state;

	happen(s, A, 1, EVENTS_KEPT);
	turn(s, 0);
	happen(s, A, 20, 5);
	turn(s, RELAY_STATUS_MS);
	check_sent(A, "s1 s21 ");
}

static void a_storm_of_events_arrives_whole(void **state)
{
	struct scene *s = *state;
	struct buf want;

	happen(s, A, 0, EVENTS_KEPT);
	turn(s, 0);
	happen(s, A, 2500, EVENTS_KEPT);
	turn(s, 1);
	buf_init(&want, 1 << 20);
	buf_puts(&want, "s0 ");
	for (int i = 1; i <= 2500; i++)
		buf_printf(&want, "%d ", i);
	buf_puts(&want, "s2500 ");
	check_sent(A, want.ptr);
	buf_release(&want);
}

static void a_campaign_that_was_deleted_sends_its_readers_away(void **state)
{
	struct scene *s = *state;

	happen(s, A, 1, EVENTS_KEPT);
	turn(s, 0);
	run_redis(s->w, "DEL", KEY_CAMPAIGN A, KEY_EVENTS A, NULL);
	hint(s, A);
	turn(s, RELAY_STATUS_MS);
	assert_true(s->nchan.channels[0].ended);
	assert_int_equal(s->relay.feeds.count, 0);
}

static void feeds_that_nobody_reads_are_forgotten(void **state)
{
	struct scene *s = *state;

	happen(s, A, 1, EVENTS_KEPT);
	turn(s, 0);
	s->nchan.subscribers = 1;
	happen(s, B, 1, EVENTS_KEPT);
	turn(s, 0);
	turn(s, 3600 * 1000);
	assert_int_equal(s->relay.feeds.count, 1);
	assert_string_equal(s->relay.feeds.all[0].campaign, B);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_feed_begins_with_a_status_and_goes_on_with_every_event),
		TEST(a_status_follows_events_after_a_while),
		TEST(a_reader_that_joins_gets_a_fresh_status),
		TEST(readers_get_a_status_now_and_then),
		TEST(no_event_is_the_first_message_of_an_nginx_that_was_started_again),
		TEST(a_connection_that_was_closed_for_being_idle_loses_nothing),
		TEST(without_nginx_nothing_waits_and_nothing_is_repeated_later),
		TEST(an_nchan_that_refuses_is_not_hammered),
		TEST(a_status_that_cannot_be_made_is_tried_again),
		TEST(a_relay_that_ends_in_order_is_followed_without_a_seam),
		TEST(a_relay_finds_out_that_nginx_was_started_again_before_its_time),
		TEST(after_a_relay_that_was_killed_every_feed_begins_anew),
		TEST(a_handover_that_is_not_whole_is_not_believed),
		TEST(two_relays_of_a_host_do_not_work_at_a_time),
		TEST(events_that_are_gone_are_skipped_by_a_status),
		TEST(a_storm_of_events_arrives_whole),
		TEST(a_campaign_that_was_deleted_sends_its_readers_away),
		TEST(feeds_that_nobody_reads_are_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
