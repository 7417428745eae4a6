/* The voice API: the list and what is remembered of it, speech that is bought once,
 * and what is refused by name. */
#include "tests/support/check.h"

#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"
#include "base/limits.h"
#include "campaign/audio.h"
#include "campaign/recordings.h"
#include "campaign/voice_api.h"
#include "tests/support/api.h"
#include "tests/support/fake_http.h"

#define VOICES_URI "/api/voice/voices"
#define VOICE_PAGE \
	"{\"voices\":[{\"voice_id\":\"v1\",\"name\":\"Ada\",\"category\":\"premade\",\"labels\":{\"accent\":\"british\"}," \
	"\"preview_url\":\"https://x.example/1.mp3\",\"description\":null,\"settings\":{}},{\"name\":\"no id\"}]," \
	"\"has_more\":true,\"next_page_token\":\"next 1\",\"total_count\":9}"
#define LAST_PAGE "{\"voices\":[],\"has_more\":false,\"next_page_token\":\"unused\"}"
#define WAV "RIFF\x24\x00\x00\x00WAVEfmt "

static struct fake_http *fake_of(struct world *w)
{
	return (struct fake_http *)w->app.http;
}

static int setup(void **state)
{
	struct world *w;
	struct fake_http *fake = calloc(1, sizeof(*fake));

	api_setup(state);
	w = *state;
	fake_http_init(fake, w->app.mem);
	w->app.http = &fake->base;
	w->app.cfg.have_elevenlabs = true;
	w->app.cfg.elevenlabs_api_key = "xi_key";
	w->app.cfg.elevenlabs_voice_id = "voice-of-settings";
	w->app.cfg.elevenlabs_base_url = "https://api.elevenlabs.io";
	w->app.cfg.webhook_base_url = "https://hooks.example";
	w->app.cfg.public_base_url = "https://parley.example";
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	free(fake_of(w));
	assert_int_equal(system(arena_printf(w->app.mem, "rm -rf '%s/audio'", w->state_dir)), 0);
	return api_teardown(state);
}

static struct response *list(struct world *w, const char *uri)
{
	return ask(w, (struct ask){ .uri = uri, .pages = &voice_pages });
}

static struct response *post(struct world *w, const char *action, const char *body)
{
	return ask(w, (struct ask){ .method = "POST", .uri = arena_printf(w->app.mem, "/api/voice/%s", action),
				    .type = "application/json", .body = body, .pages = &voice_pages });
}

static bool flag_of(struct world *w, const struct response *res, const char *name)
{
	bool value = false;

	return json_flag(json_of(w, res), name, &value) && value;
}

static void answer_bytes(struct world *w, const char *bytes, size_t len)
{
	fake_http_answer_bytes(fake_of(w), 200, (struct str){ bytes, len });
}

/* ---- the list ---- */

static void the_list_has_the_members_of_the_contract(void **state)
{
	struct world *w = *state;
	struct response *res;

	fake_http_answer(fake_of(w), 200, VOICE_PAGE);
	res = list(w, VOICES_URI "?search=warm+voice&cursor=a%2Fb");
	assert_int_equal(res->status, 200);
	assert_string_equal(fake_of(w)->calls[0].url, "https://api.elevenlabs.io/v2/voices?page_size=100&search=warm%20voice"
						      "&next_page_token=a%2Fb");
	assert_string_equal(fake_http_sent(&fake_of(w)->calls[0], "xi-api-key"), "xi_key");
	assert_string_equal(res->body->ptr,
			    "{\"voices\":[{\"voice_id\":\"v1\",\"name\":\"Ada\",\"category\":\"premade\","
			    "\"preview_url\":\"https://x.example/1.mp3\",\"description\":null,"
			    "\"labels\":{\"accent\":\"british\"}}],\"next_cursor\":\"next 1\"}\n");
	fake_http_answer(fake_of(w), 200, LAST_PAGE);
	assert_string_equal(list(w, VOICES_URI)->body->ptr, "{\"voices\":[],\"next_cursor\":null}\n");
}

static void the_list_is_asked_for_again_after_five_minutes_by_search_and_cursor(void **state)
{
	static const char *const uris[] = { "", "?search=a", "?cursor=a", "?search=a&cursor=a" };
	struct world *w = *state;
	struct response *first;

	for (size_t i = 0; i < ARRAY_LEN(uris); i++) {
		const char *uri = arena_printf(w->app.mem, VOICES_URI "%s", uris[i]);

		fake_http_answer(fake_of(w), 200, VOICE_PAGE);
		first = list(w, uri);
		check_row(uri, first->status == 200);
		check_row_text(uri, list(w, uri)->body->ptr, first->body->ptr);
		check_row(uri, fake_of(w)->call_count == i + 1);
	}
	w->clock.now_ms += 5 * 60 * 1000 - 1;
	list(w, VOICES_URI);
	assert_int_equal(fake_of(w)->call_count, ARRAY_LEN(uris));
	w->clock.now_ms++;
	fake_http_answer(fake_of(w), 200, LAST_PAGE);
	assert_string_equal(list(w, VOICES_URI)->body->ptr, "{\"voices\":[],\"next_cursor\":null}\n");
	assert_int_equal(fake_of(w)->call_count, ARRAY_LEN(uris) + 1);
}

static void an_old_list_is_better_than_none_and_says_so(void **state)
{
	static const int statuses[] = { 401, 429, 500 };
	struct world *w = *state;
	struct response *res;

	fake_http_answer(fake_of(w), 200, VOICE_PAGE);
	assert_false(flag_of(w, list(w, VOICES_URI), "stale"));
	w->clock.now_ms += 3600 * 1000;
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
		fake_http_answer(fake_of(w), statuses[i], "{}");
		res = list(w, VOICES_URI);
		assert_int_equal(res->status, 200);
		assert_true(flag_of(w, res, "stale"));
		assert_true(body_has(res, "\"voice_id\":\"v1\""));
	}
	fake_http_answer(fake_of(w), 500, "{}");
	assert_int_equal(list(w, VOICES_URI "?search=other")->status, 502);
}

static void what_elevenlabs_answers_becomes_502_or_429(void **state)
{
	static const struct {
		const char *name;
		int status;
		const char *body;
		int ours;
		const char *code;
	} rows[] = {
		{ "bad request", 400, "{}", 502, "upstream_failed" },
		{ "bad key", 401, "{}", 502, "upstream_failed" },
		{ "forbidden", 403, "{}", 502, "upstream_failed" },
		{ "no such voice", 404, "{\"detail\":{\"code\":\"voice_not_found\"}}", 502, "upstream_failed" },
		{ "conflict", 409, "{}", 502, "upstream_failed" },
		{ "too often", 429, "{}", 429, "rate_limited" },
		{ "broken", 500, "{}", 502, "upstream_failed" },
		{ "not audio, no list", 200, "{}", 502, "upstream_failed" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res[2];

		for (int n = 0; n < 2; n++) {
			fake_http_answer(fake_of(w), rows[i].status, rows[i].body);
			fake_http_header(fake_of(w), "content-type", "application/json");
			fake_http_header(fake_of(w), "retry-after", "7");
			res[n] = n ? list(w, VOICES_URI) : post(w, "test", "{\"text\":\"Hello\"}");
			check_row(rows[i].name, res[n]->status == rows[i].ours);
			check_row_text(rows[i].name, text_of(w, res[n], "error.code"), rows[i].code);
			if (rows[i].ours == 429)
				check_row(rows[i].name, str_find(buf_view(res[n]->headers), STR("Retry-After: 7\r\n")));
		}
	}
	assert_int_equal(fake_of(w)->unanswered, 0);
}

/* ---- models and the account ---- */

static void models_that_cannot_speak_are_left_out(void **state)
{
	struct world *w = *state;

	fake_http_answer(fake_of(w), 200, "[{\"model_id\":\"m1\",\"name\":\"M\",\"can_do_text_to_speech\":true,\"languages\":[],"
					  "\"maximum_text_length_per_request\":10000,\"model_rates\":{\"character_cost_multiplier\":0.5}},"
					  "{\"model_id\":\"m2\",\"can_do_text_to_speech\":false},{\"model_id\":\"m3\"},"
					  "{\"can_do_text_to_speech\":true},7]");
	assert_string_equal(list(w, "/api/voice/models")->body->ptr,
			    "{\"models\":[{\"model_id\":\"m1\",\"name\":\"M\",\"description\":null,\"languages\":[],"
			    "\"maximum_text_length_per_request\":10000,\"character_cost_multiplier\":0.5}]}\n");
	assert_string_equal(fake_of(w)->calls[0].url, "https://api.elevenlabs.io/v1/models");
	w->clock.now_ms += 5 * 60 * 1000 - 1;
	assert_int_equal(list(w, "/api/voice/models")->status, 200);
	assert_int_equal(fake_of(w)->call_count, 1);
}

#define SUBSCRIPTION(count) \
	"{\"tier\":\"pro\",\"status\":\"active\",\"character_count\":" count ",\"character_limit\":500," \
	"\"next_character_count_reset_unix\":1800000000,\"xi_api_key\":\"secret\"}"

static void the_use_of_the_account_is_told_and_at_most_a_minute_old(void **state)
{
	struct world *w = *state;
	struct response *res;

	fake_http_answer(fake_of(w), 200, SUBSCRIPTION("120"));
	assert_string_equal(list(w, "/api/voice/usage")->body->ptr,
			    "{\"tier\":\"pro\",\"status\":\"active\",\"characters_used\":120,\"characters_limit\":500,"
			    "\"characters_remaining\":380,\"resets_at\":\"2027-01-15T08:00:00.000Z\"}\n");
	w->clock.now_ms += 60 * 1000 - 1;
	list(w, "/api/voice/usage");
	assert_int_equal(fake_of(w)->call_count, 1);
	w->clock.now_ms++;
	fake_http_answer(fake_of(w), 200, SUBSCRIPTION("501"));
	assert_true(body_has(list(w, "/api/voice/usage"), "\"characters_remaining\":0"));
	w->clock.now_ms += 60 * 1000;
	fake_http_answer(fake_of(w), 200, "{\"tier\":\"pro\"}");
	res = list(w, "/api/voice/usage");
	assert_true(flag_of(w, res, "stale"));
	assert_true(body_has(res, "\"characters_used\":501"));
}

/* ---- speech ---- */

static void a_sample_is_bought_once(void **state)
{
	static const char body[] = "{\"text\":\"Gr\\u00fc\\u00df dich\",\"voice_settings\":{\"speed\":1,\"stability\":0.50}}";
	struct world *w = *state;
	const struct http_call *call = &fake_of(w)->calls[0];
	const char *url, *first, *path;
	struct response *res;
	struct str sent;
	char bytes[8] = "";
	FILE *f;

	answer_bytes(w, "ID3\0mp3", 7);
	fake_http_header(fake_of(w), "character-cost", "5");
	res = post(w, "test", body);
	assert_int_equal(res->status, 200);
	assert_string_equal(call->url, "https://api.elevenlabs.io/v1/text-to-speech/voice-of-settings?output_format=mp3_44100_128");
	sent = call->body;
	check_str(sent, "{\"text\":\"Gr\xc3\xbc\xc3\x9f dich\",\"model_id\":\"eleven_multilingual_v2\","
			"\"voice_settings\":{\"stability\":0.5,\"speed\":1}}");
	assert_false(call->reuse);
	assert_int_equal(call->max_reply, LIMIT_AUDIO);
	first = text_of(w, res, "audio_url");
	url = "https://parley.example/audio/";
	assert_memory_equal(first, url, strlen(url));
	assert_int_equal(strlen(first), strlen(url) + 64 + 4);
	assert_string_equal(first + strlen(first) - 4, ".mp3");
	assert_string_equal(text_of(w, res, "content_type"), "audio/mpeg");
	assert_string_equal(text_of(w, res, "voice_id"), "voice-of-settings");
	assert_string_equal(text_of(w, res, "model_id"), "eleven_multilingual_v2");
	assert_true(body_has(res, "\"bytes\":7,\"characters\":9,"));
	assert_true(body_has(res, "\"cost\":5"));
	assert_false(flag_of(w, res, "cached"));
	path = audio_path(w->app.mem, w->state_dir, first + strlen(url));
	f = fopen(path, "re");
	assert_non_null(f);
	assert_int_equal(fread(bytes, 1, sizeof(bytes), f), 7);
	fclose(f);
	assert_memory_equal(bytes, "ID3\0mp3", 7);

	res = post(w, "test", "{\"voice_settings\":{\"stability\":5e-1,\"speed\":1.0},\"voice_id\":\"voice-of-settings\","
			      "\"model_id\":null,\"text\":\"Gr\xc3\xbc\xc3\x9f dich\"}");
	assert_int_equal(res->status, 200);
	assert_string_equal(text_of(w, res, "audio_url"), first);
	assert_true(flag_of(w, res, "cached"));
	assert_true(body_has(res, "\"cost\":0"));
	assert_int_equal(fake_of(w)->call_count, 1);
}

static void whatever_is_heard_differently_is_another_file(void **state)
{
	static const char *const bodies[] = {
		"{\"text\":\"Hello\"}", "{\"text\":\"Hello \"}", "{\"text\":\"Hello\",\"voice_id\":\"v2\"}",
		"{\"text\":\"Hello\",\"model_id\":\"v2\"}", "{\"text\":\"Hello\",\"voice_settings\":{\"style\":0}}",
		"{\"text\":\"Hello\",\"voice_settings\":{\"stability\":0}}",
		"{\"text\":\"Hello\",\"voice_settings\":{\"use_speaker_boost\":false}}",
		"{\"text\":\"Hello\",\"output_format\":\"wav_16000\"}", "{\"text\":\"Hello\",\"output_format\":\"mp3_22050_32\"}",
	};
	struct world *w = *state;
	const char *urls[ARRAY_LEN(bodies)];

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct response *res;

		answer_bytes(w, WAV, sizeof(WAV) - 1);
		res = post(w, "generate", bodies[i]);
		check_row(bodies[i], res->status == 200);
		check_row(bodies[i], !flag_of(w, res, "cached"));
		urls[i] = text_of(w, res, "audio_url");
		for (size_t n = 0; n < i; n++)
			check_row(bodies[i], strcmp(urls[i], urls[n]) != 0);
	}
}

static void the_telephone_gets_wav_at_the_address_that_twilio_calls(void **state)
{
	struct world *w = *state;
	struct response *res;
	const char *url;

	answer_bytes(w, "not a wav at all", 16);
	assert_int_equal(post(w, "generate", "{\"text\":\"Hello\"}")->status, 502);
	answer_bytes(w, WAV, sizeof(WAV) - 1);
	res = post(w, "generate", "{\"text\":\"Hello\"}");
	assert_int_equal(res->status, 200);
	assert_non_null(strstr(fake_of(w)->calls[1].url, "?output_format=wav_8000"));
	assert_string_equal(text_of(w, res, "content_type"), "audio/wav");
	url = text_of(w, res, "audio_url");
	assert_memory_equal(url, "https://hooks.example/audio/", 28);
	assert_string_equal(url + strlen(url) - 4, ".wav");
}

static void of_two_that_want_the_same_one_waits_for_the_other(void **state)
{
	struct world *w = *state;
	const struct audio_wish wish = { .text = STR("Hello"), .voice_id = "v", .model_id = "m", .format = "wav_8000" };
	struct audio wanted;
	struct err err = { 0 };
	int lock, status;
	pid_t other;

	assert_false(audio_find(&w->app, &wish, &wanted));
	assert_int_equal(audio_lock(w->app.mem, w->state_dir, wanted.hash, true, &lock, &err), 0);
	other = fork();
	assert_true(other >= 0);
	if (!other) {
		struct audio audio;

		close(lock); /* the parent's description still holds it */
		_exit(!audio_get_or_make(&w->app, &wish, &audio, &err) && audio.cached && !fake_of(w)->call_count ? 0 : 1);
	}
	assert_int_equal(audio_write(w->app.mem, w->state_dir, wanted.name, STR(WAV), &err), 0);
	audio_unlock(w->app.mem, w->state_dir, wanted.hash, lock);
	assert_int_equal(waitpid(other, &status, 0), other);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* ---- filters, one voice, its sample ---- */

static void the_filters_go_on_to_elevenlabs(void **state)
{
	static const struct {
		const char *query, *sent;
	} rows[] = {
		{ "?category=cloned", "100&category=cloned" },
		{ "?gender=female&age=young", "100&gender=female&age=young" },
		{ "?language=de&accent=austrian", "100&language=de&accent=austrian" },
		{ "?use_case=social_media&limit=24", "24&use_cases=social_media" },
		{ "?search=&category=&accent=a%26b", "100&accent=a%26b" },
	};
	static const struct {
		const char *query, *field;
	} wrong[] = {
		{ "?category=famous", "category" }, { "?gender=%ff", "gender" }, { "?limit=0", "limit" },
		{ "?limit=101", "limit" }, { "?limit=x", "limit" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		fake_http_answer(fake_of(w), 200, LAST_PAGE);
		check_row(rows[i].query, list(w, arena_join(w->app.mem, VOICES_URI, rows[i].query))->status == 200);
		check_row_text(rows[i].query, fake_of(w)->calls[i].url,
			       arena_join(w->app.mem, "https://api.elevenlabs.io/v2/voices?page_size=", rows[i].sent));
	}
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct response *res = list(w, arena_join(w->app.mem, VOICES_URI, wrong[i].query));

		check_row(wrong[i].query, res->status == 400);
		check_row_text(wrong[i].query, text_of(w, res, "error.field"), wrong[i].field);
	}
	assert_int_equal(fake_of(w)->call_count, ARRAY_LEN(rows));
}

#define VOICE(url) "{\"voice_id\":\"v1\",\"name\":\"Ada\",\"labels\":null,\"preview_url\":" url ",\"settings\":{}}"
#define SAMPLE_URI VOICES_URI "/v1/preview"

static void one_voice_is_shown_and_a_lost_one_is_not_hidden_by_an_old_answer(void **state)
{
	struct world *w = *state;
	struct response *res;

	fake_http_answer(fake_of(w), 200, VOICE("null"));
	res = list(w, VOICES_URI "/v1");
	assert_string_equal(fake_of(w)->calls[0].url, "https://api.elevenlabs.io/v1/voices/v1");
	assert_string_equal(res->body->ptr, "{\"voice_id\":\"v1\",\"name\":\"Ada\",\"category\":null,\"preview_url\":null,"
					    "\"description\":null,\"labels\":{}}\n");
	assert_int_equal(list(w, VOICES_URI "/v1")->status, 200);
	assert_int_equal(fake_of(w)->call_count, 1);
	w->clock.now_ms += 3600 * 1000;
	fake_http_answer(fake_of(w), 500, "{}");
	res = list(w, VOICES_URI "/v1");
	assert_true(flag_of(w, res, "stale"));
	assert_string_equal(text_of(w, res, "as_of"), "2025-11-20T10:00:00.000Z");
	fake_http_answer(fake_of(w), 404, "{\"detail\":{\"code\":\"voice_not_found\"}}");
	assert_int_equal(list(w, VOICES_URI "/v1")->status, 404);
	fake_http_answer(fake_of(w), 401, "{}");
	assert_int_equal(list(w, VOICES_URI "/other")->status, 502);
	assert_int_equal(list(w, VOICES_URI "/a%2fb")->status, 404);
}

static const char *location_of(struct world *w, const struct response *res)
{
	const char *at = str_find(buf_view(res->headers), STR("Location: "));

	return at ? arena_strndup(w->app.mem, at + 10, strcspn(at + 10, "\r")) : "(none)";
}

static void a_sample_is_fetched_once_and_served_from_here(void **state)
{
	struct world *w = *state;
	struct response *res;
	const char *location;

	fake_http_answer(fake_of(w), 200, VOICE("\"https://storage.example/a.mp3\""));
	fake_http_answer(fake_of(w), 307, "");
	fake_http_header(fake_of(w), "location", "https://eu.storage.example/a.mp3");
	answer_bytes(w, "ID3\0mp3", 7);
	res = list(w, SAMPLE_URI);
	assert_int_equal(res->status, 302);
	location = location_of(w, res);
	assert_memory_equal(location, "/audio/", 7);
	assert_string_equal(location + 7 + 64, ".mp3");
	assert_string_equal(fake_of(w)->calls[2].url, "https://eu.storage.example/a.mp3");
	assert_null(fake_http_sent(&fake_of(w)->calls[1], "xi-api-key"));
	assert_int_equal(fake_of(w)->calls[1].max_reply, LIMIT_PREVIEW);
	assert_int_equal(access(audio_path(w->app.mem, w->state_dir, location + 7), R_OK), 0);
	assert_string_equal(location_of(w, list(w, SAMPLE_URI)), location);
	assert_int_equal(fake_of(w)->call_count, 3);
}

static void a_sample_that_cannot_be_had_says_so(void **state)
{
	static const struct {
		const char *name, *url, *body, *location;
		int answer, status;
		size_t calls; /* beside that for the voice */
	} rows[] = {
		{ "none", "null", NULL, NULL, 0, 404, 0 },
		{ "a page", "\"https://x.example/a\"", "<html>", NULL, 200, 502, 1 },
		{ "gone", "\"https://x.example/a\"", "", NULL, 404, 502, 1 },
		{ "plain", "\"http://127.0.0.1/a\"", NULL, NULL, 0, 502, 0 },
		{ "a file", "\"file:///etc/passwd\"", NULL, NULL, 0, 502, 0 },
		{ "leads to plain", "\"https://x.example/a\"", "", "http://127.0.0.1/", 302, 502, 1 },
		{ "leads nowhere", "\"https://x.example/a\"", "", NULL, 302, 502, 1 },
		{ "leads in a circle", "\"https://x.example/a\"", "", "https://x.example/a", 302, 502, 3 },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t before = fake_of(w)->call_count;

		fake_http_answer(fake_of(w), 200, arena_printf(w->app.mem, VOICE("%s"), rows[i].url));
		for (size_t n = 0; n < rows[i].calls; n++) {
			fake_http_answer(fake_of(w), rows[i].answer, rows[i].body);
			if (rows[i].location)
				fake_http_header(fake_of(w), "location", rows[i].location);
		}
		check_row(rows[i].name, list(w, SAMPLE_URI)->status == rows[i].status);
		check_row(rows[i].name, fake_of(w)->call_count == before + 1 + rows[i].calls);
		w->clock.now_ms += 3600 * 1000;
	}
	assert_int_equal(fake_of(w)->unanswered, 0);
}

/* ---- what it costs ---- */

static void the_price_follows_what_was_bought(void **state)
{
	struct world *w = *state;
	struct response *res;

	answer_bytes(w, "ID3", 3);
	assert_true(body_has(post(w, "test", "{\"text\":\"Hello\"}"), "\"price\":null,\"currency\":null"));
	w->app.cfg.speech_price_per_1000 = 0.2;
	w->app.cfg.price_currency = "EUR";
	answer_bytes(w, "ID3", 3);
	assert_true(body_has(post(w, "test", "{\"text\":\"0123456789\"}"), "\"price\":0.0020,\"currency\":\"EUR\""));
	answer_bytes(w, "ID3", 3);
	fake_http_header(fake_of(w), "character-cost", "5");
	res = post(w, "test", "{\"text\":\"0123456789\",\"model_id\":\"eleven_flash_v2_5\"}");
	assert_true(body_has(res, "\"price\":0.0010,"));
	assert_true(body_has(post(w, "test", "{\"text\":\"0123456789\"}"), "\"cached\":true,\"cost\":0,\"price\":0.0000,"));
}

static void a_sample_is_spoken_in_the_language_as_a_call_would_be(void **state)
{
	struct world *w = *state;
	struct response *res;

	answer_bytes(w, "ID3", 3);
	post(w, "test", "{\"text\":\"Hallo\",\"language\":\"de\",\"model_id\":\"eleven_flash_v2_5\"}");
	assert_non_null(str_find(fake_of(w)->calls[0].body, STR("\"language_code\":\"de\"")));
	answer_bytes(w, "ID3", 3);
	post(w, "test", "{\"text\":\"Hallo\",\"language\":\"de\"}");
	assert_null(str_find(fake_of(w)->calls[1].body, STR("language_code")));
	res = post(w, "test", "{\"text\":\"Hallo\",\"language\":\"German\"}");
	assert_string_equal(text_of(w, res, "error.field"), "language");
	assert_true(flag_of(w, post(w, "test", "{\"text\":\"Hallo\",\"language\":null}"), "cached"));
}

/* ---- recordings ---- */

static void recordings_are_listed_by_the_name_that_was_given_last(void **state)
{
	struct world *w = *state;
	struct recorded first = { .id = "aa", .name = "Greeting", .bytes = 10, .duration_ms = 1500 };
	struct recorded second = { .id = "bb", .bytes = 20, .duration_ms = 2000 };
	struct err err = { 0 };

	assert_int_equal(recorded_keep(&w->app, &first, &err), 0);
	w->clock.now_ms += 1000;
	assert_int_equal(recorded_keep(&w->app, &second, &err), 0);
	first.name = NULL;
	assert_int_equal(recorded_keep(&w->app, &first, &err), 0);
	assert_string_equal(first.name, "Greeting");
	assert_string_equal(list(w, "/api/voice/recordings?limit=1")->body->ptr,
			    "{\"items\":[{\"recording_id\":\"bb\",\"name\":null,\"audio_url\":\"https://hooks.example/audio/bb.wav\","
			    "\"content_type\":\"audio/wav\",\"bytes\":20,\"duration_seconds\":2.000,"
			    "\"created_at\":\"2025-11-20T10:00:01.000Z\"}],\"next_cursor\":\"1763632801000.bb\"}\n");
	assert_true(body_has(list(w, "/api/voice/recordings?cursor=1763632801000.bb"), "\"name\":\"Greeting\""));
	first.name = "<b>New</b>";
	assert_int_equal(recorded_keep(&w->app, &first, &err), 0);
	assert_true(body_has(list(w, "/api/voice/recordings"), "\"name\":\"<b>New</b>\""));
	assert_int_equal(list(w, "/api/voice/recordings?limit=0")->status, 400);
}

/* ---- what is refused ---- */

static void what_cannot_be_is_refused_by_name(void **state)
{
	static const struct {
		const char *action, *body, *field;
	} rows[] = {
		{ "test", "{", "(none)" },
		{ "test", "[]", "(none)" },
		{ "test", "{}", "text" },
		{ "test", "{\"text\":1}", "text" },
		{ "test", "{\"text\":null}", "text" },
		{ "test", "{\"text\":\"\"}", "text" },
		{ "test", "{\"text\":\" \\n\\t\"}", "text" },
		{ "test", "{\"text\":\"a\\u0000b\"}", "text" },
		{ "test", "{\"text\":\"a\",\"voice_id\":7}", "voice_id" },
		{ "test", "{\"text\":\"a\",\"voice_id\":\"\"}", "voice_id" },
		{ "test", "{\"text\":\"a\",\"voice_id\":\"../x\"}", "voice_id" },
		{ "test", "{\"text\":\"a\",\"voice_id\":\"v\\u0000x\"}", "voice_id" },
		{ "test", "{\"text\":\"a\",\"model_id\":true}", "model_id" },
		{ "test", "{\"text\":\"a\",\"model_id\":\"a b\"}", "model_id" },
		{ "test", "{\"text\":\"a\",\"voice_settings\":[]}", "voice_settings" },
		{ "test", "{\"text\":\"a\",\"voice_settings\":{\"x\":1}}", "voice_settings.x" },
		{ "test", "{\"text\":\"a\",\"voice_settings\":{\"stability\":\"1\"}}", "voice_settings.stability" },
		{ "test", "{\"text\":\"a\",\"voice_settings\":{\"stability\":1.01}}", "voice_settings.stability" },
		{ "test", "{\"text\":\"a\",\"voice_settings\":{\"similarity_boost\":-0.1}}", "voice_settings.similarity_boost" },
		{ "test", "{\"text\":\"a\",\"voice_settings\":{\"style\":null}}", "voice_settings.style" },
		{ "test", "{\"text\":\"a\",\"voice_settings\":{\"speed\":0.69}}", "voice_settings.speed" },
		{ "test", "{\"text\":\"a\",\"voice_settings\":{\"speed\":1.21}}", "voice_settings.speed" },
		{ "test", "{\"text\":\"a\",\"voice_settings\":{\"use_speaker_boost\":1}}", "voice_settings.use_speaker_boost" },
		{ "test", "{\"text\":\"a\",\"seed\":1}", "seed" },
		{ "test", "{\"text\":\"a\",\"output_format\":\"mp3_44100_128\"}", "output_format" },
		{ "generate", "{\"text\":\"a\",\"output_format\":\"ulaw_8000\"}", "output_format" },
		{ "generate", "{\"text\":\"a\",\"output_format\":8000}", "output_format" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = post(w, rows[i].action, rows[i].body);

		check_row(rows[i].body, res->status == 400);
		check_row_text(rows[i].body, text_of(w, res, "error.field"), rows[i].field);
	}
	assert_int_equal(fake_of(w)->call_count, 0);
}

static void a_text_may_have_five_thousand_characters(void **state)
{
	struct world *w = *state;
	struct buf *text = buf_in(w->app.mem, 64 << 10);
	struct response *res;

	for (int i = 0; i < LIMIT_SCRIPT; i++)
		buf_puts(text, "\xc3\xbc");
	answer_bytes(w, "mp3", 3);
	res = post(w, "test", arena_printf(w->app.mem, "{\"text\":\"%s\"}", text->ptr));
	assert_int_equal(res->status, 200);
	assert_true(body_has(res, "\"characters\":5000,"));
	res = post(w, "test", arena_printf(w->app.mem, "{\"text\":\"%sx\"}", text->ptr));
	assert_int_equal(res->status, 400);
	assert_string_equal(text_of(w, res, "error.field"), "text");
}

static void who_may_not_is_told_and_nothing_is_bought(void **state)
{
	struct world *w = *state;
	struct response *res = ask(w, (struct ask){ .uri = VOICES_URI, .key = "Bearer x", .pages = &voice_pages });

	assert_int_equal(res->status, 401);
	assert_non_null(str_find(buf_view(res->headers), STR("WWW-Authenticate: Bearer\r\n")));
	res = ask(w, (struct ask){ .method = "POST", .uri = "/api/voice/test", .type = "text/plain", .body = "{\"text\":\"a\"}",
				   .pages = &voice_pages });
	assert_int_equal(res->status, 415);
	w->app.cfg.have_elevenlabs = false;
	assert_string_equal(text_of(w, list(w, VOICES_URI), "error.code"), "not_configured");
	res = post(w, "generate", "{\"text\":\"a\"}");
	assert_int_equal(res->status, 503);
	assert_string_equal(text_of(w, res, "error.code"), "not_configured");
	assert_int_equal(fake_of(w)->call_count, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_list_has_the_members_of_the_contract),
		TEST(the_list_is_asked_for_again_after_five_minutes_by_search_and_cursor),
		TEST(an_old_list_is_better_than_none_and_says_so),
		TEST(what_elevenlabs_answers_becomes_502_or_429),
		TEST(models_that_cannot_speak_are_left_out),
		TEST(the_use_of_the_account_is_told_and_at_most_a_minute_old),
		TEST(a_sample_is_bought_once),
		TEST(whatever_is_heard_differently_is_another_file),
		TEST(the_telephone_gets_wav_at_the_address_that_twilio_calls),
		TEST(of_two_that_want_the_same_one_waits_for_the_other),
		TEST(the_filters_go_on_to_elevenlabs),
		TEST(one_voice_is_shown_and_a_lost_one_is_not_hidden_by_an_old_answer),
		TEST(a_sample_is_fetched_once_and_served_from_here),
		TEST(a_sample_that_cannot_be_had_says_so),
		TEST(the_price_follows_what_was_bought),
		TEST(a_sample_is_spoken_in_the_language_as_a_call_would_be),
		TEST(recordings_are_listed_by_the_name_that_was_given_last),
		TEST(what_cannot_be_is_refused_by_name),
		TEST(a_text_may_have_five_thousand_characters),
		TEST(who_may_not_is_told_and_nothing_is_bought),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
