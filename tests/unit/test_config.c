/* The settings: every problem is told at once and by name, never with a value. */
#include "tests/support/check.h"

#include <unistd.h>

#include "base/config.h"
#include "base/limits.h"

struct load {
	struct arena *mem;
	struct config cfg;
	struct buf *problems;
	int count;
};

/* The least that is a complete configuration. */
static void set_minimum(void)
{
	clearenv();
	setenv("PUBLIC_BASE_URL", "https://hire.example.com", 1);
	setenv("REDIS_URL", "unix:///run/redis.sock", 1);
}

static struct load load_with(const char *env_file)
{
	struct load l = { .mem = arena_new() };

	l.problems = buf_in(l.mem, 64 << 10);
	l.count = config_load(&l.cfg, l.mem, env_file, l.problems);
	return l;
}

static void names_are_problems(const struct load *l, const char *const *names, size_t count)
{
	size_t lines = 0;

	for (size_t i = 0; i < l->problems->len; i++)
		lines += l->problems->ptr[i] == '\n';
	if (lines != count || l->count != (int)count)
		fail_msg("%d problems instead of %zu:\n%s", l->count, count, l->problems->ptr);
	for (size_t i = 0; i < count; i++) {
		char line[64];

		snprintf(line, sizeof(line), "%s ", names[i]);
		if (!strstr(l->problems->ptr, line))
			fail_msg("%s is not named in:\n%s", names[i], l->problems->ptr);
	}
}

static char *file_with(const char *text)
{
	static char path[] = "/tmp/parley-test-XXXXXX";
	int fd;

	memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return path;
}

static void the_minimum_is_enough(void **state)
{
	struct load l;

	(void)state;
	set_minimum();
	l = load_with(NULL);
	names_are_problems(&l, NULL, 0);
	assert_string_equal(l.cfg.public_base_url, "https://hire.example.com");
	assert_string_equal(l.cfg.webhook_base_url, "https://hire.example.com");
	assert_string_equal(l.cfg.linear_screening_state, "Screening");
	assert_string_equal(l.cfg.linear_pass_state, "Done");
	assert_string_equal(l.cfg.linear_fail_state, "Declined");
	assert_string_equal(l.cfg.cerebras_model, "gpt-oss-120b");
	assert_string_equal(l.cfg.elevenlabs_base_url, "https://api.elevenlabs.io");
	assert_int_equal(l.cfg.linear_webhook_tolerance_s, 60);
	assert_int_equal(l.cfg.session_ttl_s, 604800);
	assert_int_equal(l.cfg.org_daily_invitations, 200);
	assert_int_equal(l.cfg.org_daily_conversations, 500);
	assert_true(l.cfg.twilio_calls_per_second > 0.99 && l.cfg.twilio_calls_per_second < 1.01);
	assert_false(l.cfg.speech_price_per_1000 > 0 || l.cfg.call_price_per_minute > 0);
	assert_string_equal(l.cfg.price_currency, "USD");
	assert_false(l.cfg.have_elevenlabs || l.cfg.have_twilio || l.cfg.have_linear || l.cfg.have_cerebras ||
		     l.cfg.have_resend || l.cfg.have_supabase);
	arena_free(l.mem);
}

static void all_problems_are_told_at_once(void **state)
{
	static const char *const names[] = { "PUBLIC_BASE_URL", "REDIS_URL", "SESSION_TTL_SECONDS", "LINEAR_BASE_URL",
					     "TWILIO_CALLS_PER_SECOND", "LINEAR_WEBHOOK_SECRET", "PARLEY_STATE_DIR" };
	struct load l;

	(void)state;
	clearenv();
	setenv("REDIS_URL", "http://redis", 1);
	setenv("SESSION_TTL_SECONDS", "a week", 1);
	setenv("LINEAR_BASE_URL", "https://api.linear.app/graphql", 1);
	setenv("TWILIO_CALLS_PER_SECOND", "0", 1);
	setenv("LINEAR_API_KEY", "lin_api_x", 1);
	setenv("PARLEY_STATE_DIR", "var", 1);
	l = load_with(NULL);
	names_are_problems(&l, names, ARRAY_LEN(names));
	arena_free(l.mem);
}

static const struct {
	const char *name, *value;
	bool good;
} rows[] = {
	{ "PUBLIC_BASE_URL", "https://a.example", true },
	{ "PUBLIC_BASE_URL", "https://a.example:8443/hire/", true },
	{ "PUBLIC_BASE_URL", "http://localhost:8080", true },
	{ "PUBLIC_BASE_URL", "http://127.0.0.1", true },
	{ "PUBLIC_BASE_URL", "http://127.1.2.3:80", true },
	{ "PUBLIC_BASE_URL", "http://[::1]:8080", true },
	{ "PUBLIC_BASE_URL", "http://a.example", false },
	{ "PUBLIC_BASE_URL", "http://localhost.a.example", false },
	{ "PUBLIC_BASE_URL", "http://127.a.example", false },
	{ "PUBLIC_BASE_URL", "http://127.0.0.1.a.example", false },
	{ "PUBLIC_BASE_URL", "http://127.0.0.1@a.example", false },
	{ "PUBLIC_BASE_URL", "http://localhost:x@a.example", false },
	{ "PUBLIC_BASE_URL", "https://user:pass@a.example", false },
	{ "PUBLIC_BASE_URL", "https://", false },
	{ "PUBLIC_BASE_URL", "https:///path", false },
	{ "PUBLIC_BASE_URL", "https://:443", false },
	{ "PUBLIC_BASE_URL", "https://a.example/?x=1", false },
	{ "PUBLIC_BASE_URL", "https://a.example/#x", false },
	{ "PUBLIC_BASE_URL", "https://a b.example", false },
	{ "PUBLIC_BASE_URL", "https://a.example\r\nX: y", false },
	{ "PUBLIC_BASE_URL", "ftp://a.example", false },
	{ "PUBLIC_BASE_URL", "a.example", false },
	{ "PUBLIC_BASE_URL", "javascript:alert(1)", false },
	{ "RESEND_BASE_URL", "https://a.example", true },
	{ "RESEND_BASE_URL", "https://a.example/", true },
	{ "RESEND_BASE_URL", "https://a.example/v1", false },
	{ "RESEND_BASE_URL", "http://127.0.0.1:3000", true },
	{ "RESEND_BASE_URL", "http://10.0.0.1:3000", false },
	{ "REDIS_URL", "redis://localhost:6379/0", true },
	{ "REDIS_URL", "rediss://user:pass@redis.example:6380/1", true },
	{ "REDIS_URL", "unix:///run/redis.sock?db=1", true },
	{ "REDIS_URL", "unix://run/redis.sock", false },
	{ "REDIS_URL", "redis://", false },
	{ "REDIS_URL", "rediss://", false },
	{ "REDIS_URL", "redis://a b", false },
	{ "REDIS_URL", "/run/redis.sock", false },
	{ "SESSION_TTL_SECONDS", "1", true },
	{ "SESSION_TTL_SECONDS", "31536000", true },
	{ "SESSION_TTL_SECONDS", "0", false },
	{ "SESSION_TTL_SECONDS", "31536001", false },
	{ "SESSION_TTL_SECONDS", "-1", false },
	{ "SESSION_TTL_SECONDS", "60s", false },
	{ "SESSION_TTL_SECONDS", "1.5", false },
	{ "SESSION_TTL_SECONDS", "99999999999999999999", false },
	{ "ORG_DAILY_INVITATIONS", "0", true },
	{ "TWILIO_CALLS_PER_SECOND", "0.2", true },
	{ "TWILIO_CALLS_PER_SECOND", "100000", true },
	{ "TWILIO_CALLS_PER_SECOND", "0", false },
	{ "TWILIO_CALLS_PER_SECOND", "-1", false },
	{ "TWILIO_CALLS_PER_SECOND", "100001", false },
	{ "TWILIO_CALLS_PER_SECOND", "nan", false },
	{ "TWILIO_CALLS_PER_SECOND", "inf", false },
	{ "TWILIO_CALLS_PER_SECOND", "1x", false },
	{ "SPEECH_PRICE_PER_1000_CHARACTERS", "0.18", true },
	{ "SPEECH_PRICE_PER_1000_CHARACTERS", "0", false },
	{ "SPEECH_PRICE_PER_1000_CHARACTERS", "0,18", false },
	{ "CALL_PRICE_PER_MINUTE", "0.014", true },
	{ "CALL_PRICE_PER_MINUTE", "1000001", false },
	{ "PRICE_CURRENCY", "EUR", true },
	{ "PRICE_CURRENCY", "eur", false },
	{ "PRICE_CURRENCY", "$", false },
	{ "PRICE_CURRENCY", "EURO", false },
	{ "ORCHESTRATOR_API_KEY", "key-1", true },
	{ "ORCHESTRATOR_API_KEY", "key 1", false },
	{ "ORCHESTRATOR_API_KEY", "key\n1", false },
	{ "LINEAR_PASS_STATE", "In Review", true },
	{ "LINEAR_PASS_STATE", "In\tReview", false },
	{ "PARLEY_STATE_DIR", "/var/lib/parley", true },
	{ "PARLEY_STATE_DIR", "../parley", false },
};

static void values_are_checked(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct load l;

		set_minimum();
		setenv(rows[i].name, rows[i].value, 1);
		l = load_with(NULL);
		if (l.count != !rows[i].good)
			fail_msg("%s=%s: %d problems %s", rows[i].name, rows[i].value, l.count, l.problems->ptr);
		if (!rows[i].good)
			names_are_problems(&l, &rows[i].name, 1);
		arena_free(l.mem);
	}
}

static void a_value_that_is_too_long_is_a_problem(void **state)
{
	static const char *const name = "LINEAR_PASS_STATE";
	char value[LIMIT_SETTING + 2];
	struct load l;

	(void)state;
	set_minimum();
	memset(value, 'x', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	setenv(name, value, 1);
	l = load_with(NULL);
	names_are_problems(&l, &name, 1);
	arena_free(l.mem);
}

static void a_final_slash_is_taken_off(void **state)
{
	struct load l;

	(void)state;
	set_minimum();
	setenv("PUBLIC_BASE_URL", "https://hire.example.com/", 1);
	setenv("WEBHOOK_BASE_URL", "https://hooks.example.com/a/", 1);
	l = load_with(NULL);
	assert_string_equal(l.cfg.public_base_url, "https://hire.example.com");
	assert_string_equal(l.cfg.webhook_base_url, "https://hooks.example.com/a");
	arena_free(l.mem);
}

static const struct group {
	const char *names[4], *values[4];
	size_t have; /* offset of its flag */
} groups[] = {
	{ { "ELEVENLABS_API_KEY", "ELEVENLABS_VOICE_ID", "ELEVENLABS_AGENT_ID", "ELEVENLABS_WEBHOOK_SECRET" },
	  { "hush1", "hush2", "hush3", "hush4" }, offsetof(struct config, have_elevenlabs) },
	{ { "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_CALLER_ID", NULL },
	  { "AChush", "hush2", "+14155550100", NULL }, offsetof(struct config, have_twilio) },
	{ { "LINEAR_API_KEY", "LINEAR_WEBHOOK_SECRET", NULL, NULL }, { "hush1", "hush2", NULL, NULL },
	  offsetof(struct config, have_linear) },
	{ { "CEREBRAS_API_KEY", NULL, NULL, NULL }, { "hush1", NULL, NULL, NULL },
	  offsetof(struct config, have_cerebras) },
	{ { "RESEND_API_KEY", "RESEND_WEBHOOK_SECRET", "EMAIL_FROM", "ADMIN_EMAIL" },
	  { "hush1", "whsec_aHVzaA==", "Hush <hush@example.com>", "hush@example.com" },
	  offsetof(struct config, have_resend) },
	{ { "SUPABASE_URL", "SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_BUCKET", NULL },
	  { "https://hush.example.com", "hush2", "hush3", NULL }, offsetof(struct config, have_supabase) },
};

static void a_group_is_whole_or_a_problem(void **state)
{
	(void)state;
	for (size_t g = 0; g < ARRAY_LEN(groups); g++) {
		size_t members = 0;

		while (members < 4 && groups[g].names[members])
			members++;
		for (unsigned present = 0; present < 1u << members; present++) {
			const char *absent[4];
			size_t count = 0;
			struct load l;

			set_minimum();
			for (size_t i = 0; i < members; i++) {
				if (present & 1u << i)
					setenv(groups[g].names[i], groups[g].values[i], 1);
				else
					absent[count++] = groups[g].names[i];
			}
			l = load_with(NULL);
			names_are_problems(&l, absent, present ? count : 0);
			check_row(groups[g].names[0], *((bool *)((char *)&l.cfg + groups[g].have)) == (count == 0));
			assert_null(strstr(l.problems->ptr, "hush"));
			arena_free(l.mem);
		}
	}
}

static void empty_counts_as_not_set(void **state)
{
	char *path = file_with("LINEAR_FAIL_STATE=\nRESEND_API_KEY=\"\"\n");
	struct load l;

	(void)state;
	set_minimum();
	setenv("LINEAR_API_KEY", "", 1);
	setenv("LINEAR_PASS_STATE", "", 1);
	setenv("SESSION_TTL_SECONDS", "", 1);
	l = load_with(path);
	unlink(path);
	names_are_problems(&l, NULL, 0);
	assert_string_equal(l.cfg.linear_pass_state, "Done");
	assert_string_equal(l.cfg.linear_fail_state, "Declined");
	assert_int_equal(l.cfg.session_ttl_s, 604800);
	arena_free(l.mem);
}

static void the_environment_wins_over_the_file(void **state)
{
	char *path = file_with("PUBLIC_BASE_URL=https://file.example\nREDIS_URL=unix:///file.sock\n"
			       "LINEAR_PASS_STATE=\"From file\"\nLINEAR_FAIL_STATE=file\n");
	struct load l;

	(void)state;
	clearenv();
	setenv("PUBLIC_BASE_URL", "https://environment.example", 1);
	setenv("LINEAR_FAIL_STATE", "", 1);
	l = load_with(path);
	names_are_problems(&l, NULL, 0);
	assert_string_equal(l.cfg.public_base_url, "https://environment.example");
	assert_string_equal(l.cfg.redis_url, "unix:///file.sock");
	assert_string_equal(l.cfg.linear_pass_state, "From file");
	assert_string_equal(l.cfg.linear_fail_state, "file");
	arena_free(l.mem);
	/* The same by the variable; the option wins over it. */
	setenv("PARLEY_ENV_FILE", path, 1);
	l = load_with(NULL);
	assert_string_equal(l.cfg.linear_pass_state, "From file");
	arena_free(l.mem);
	unlink(path);
}

static void a_file_that_cannot_be_read_is_a_problem(void **state)
{
	struct load l;
	char *path;

	(void)state;
	set_minimum();
	l = load_with("/nonexistent/settings");
	assert_int_equal(l.count, 1);
	arena_free(l.mem);
	l = load_with("/tmp"); /* a directory */
	assert_int_equal(l.count, 1);
	arena_free(l.mem);
	path = file_with("hush\nPUBLIC_BASE_URL=hush\n");
	setenv("PUBLIC_BASE_URL", "", 1);
	l = load_with(path);
	assert_int_equal(l.count, 2);
	assert_null(strstr(l.problems->ptr, "hush"));
	arena_free(l.mem);
	unlink(path);
}

static void a_file_over_the_limit_is_a_problem(void **state)
{
	char *text = calloc(1, LIMIT_DOTENV + 2), *path;
	struct load l;

	(void)state;
	assert_non_null(text);
	for (int extra = 0; extra < 2; extra++) {
		memset(text, '\n', LIMIT_DOTENV + (size_t)extra);
		path = file_with(text);
		set_minimum();
		l = load_with(path);
		assert_int_equal(l.count, extra);
		arena_free(l.mem);
		unlink(path);
	}
	free(text);
}

static void secrets_are_known(void **state)
{
	static const char *const secrets[] = { "REDIS_URL", "ELEVENLABS_API_KEY", "ELEVENLABS_WEBHOOK_SECRET",
					       "TWILIO_AUTH_TOKEN", "LINEAR_API_KEY", "LINEAR_WEBHOOK_SECRET",
					       "CEREBRAS_API_KEY", "RESEND_API_KEY", "RESEND_WEBHOOK_SECRET",
					       "SUPABASE_SERVICE_ROLE_KEY", "ORCHESTRATOR_API_KEY" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(secrets); i++)
		check_row(secrets[i], config_is_secret(secrets[i]));
	assert_false(config_is_secret("PUBLIC_BASE_URL"));
	assert_false(config_is_secret("UNKNOWN"));
}

static void a_wrong_secret_is_not_repeated(void **state)
{
	struct load l;

	(void)state;
	set_minimum();
	setenv("REDIS_URL", "hush://hush", 1);
	setenv("ORCHESTRATOR_API_KEY", "hush hush", 1);
	setenv("RESEND_WEBHOOK_SECRET", "hush", 1);
	setenv("TWILIO_CALLER_ID", "0800hush", 1);
	setenv("ADMIN_EMAIL", "hush", 1);
	l = load_with(NULL);
	assert_true(l.count >= 5);
	assert_null(strstr(l.problems->ptr, "hush"));
	arena_free(l.mem);
}

static void addresses_can_stand_in_a_mail_header(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} addresses[] = {
		{ "a@b.example", true }, { "first.last+tag@sub.b.example", true }, { "o'neil@b.example", true },
		{ "x@localhost", true }, { "A_b-c@b-c.example", true },
		{ "", false }, { "a", false }, { "@b.example", false }, { "a@", false }, { "a@b", false },
		{ "a@@b.example", false }, { "a@b@c.example", false }, { "a b@c.example", false },
		{ "a@b.example ", false }, { "a@b.example\n", false }, { "a@b.example\r\nBcc: x@y.z", false },
		{ "<a@b.example>", false }, { "a,b@c.example", false }, { "a@b.example,c@d.example", false },
		{ "\"a\"@b.example", false }, { ".a@b.example", false }, { "a.@b.example", false },
		{ "a..b@c.example", false }, { "a@.b.example", false }, { "a@b..example", false },
		{ "a@b.example.", false }, { "a@-b.example", false }, { "a@b_c.example", false },
		{ "a@[127.0.0.1]", false }, { "\xc3\xa4@b.example", false }, { "a@\xc3\xa4.example", false },
	};
	char text[LIMIT_EMAIL + 20];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++)
		check_row(addresses[i].text, config_is_email(str_from(addresses[i].text)) == addresses[i].good);
	assert_false(config_is_email(STR("a\0@b.example")));
	assert_false(config_is_email((struct str){ NULL, 0 }));
	for (int local = 63; local < 66; local++) {
		snprintf(text, sizeof(text), "%0*d@b.example", local, 0);
		assert_true(config_is_email(str_from(text)) == (local <= 64));
	}
	for (int len = LIMIT_EMAIL - 1; len < LIMIT_EMAIL + 2; len++) {
		snprintf(text, sizeof(text), "a@%0*d.example", len - 10, 0);
		assert_int_equal(strlen(text), len);
		assert_true(config_is_email(str_from(text)) == (len <= LIMIT_EMAIL));
	}
}

static void every_setting_is_described(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 64 << 10);
	config_describe(&b);
	assert_false(b.failed);
	for (size_t g = 0; g < ARRAY_LEN(groups); g++)
		for (size_t i = 0; i < 4 && groups[g].names[i]; i++)
			check_row(groups[g].names[i], strstr(b.ptr, groups[g].names[i]));
	assert_non_null(strstr(b.ptr, "(604800)"));
	buf_release(&b);
}

static const struct setting_view *setting(const struct setting_view *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(list[i].name, name))
			return &list[i];
	fail_msg("no setting %s", name);
	return NULL;
}

static void settings_are_shown_with_their_source_and_no_secret(void **state)
{
	struct setting_view *list;
	struct load l;
	size_t count;

	(void)state;
	set_minimum();
	setenv("SESSION_TTL_SECONDS", "3600", 1);
	l = load_with(file_with("ORCHESTRATOR_API_KEY=a-key-that-is-never-shown\nTWILIO_CALLS_PER_SECOND=2.5\n"));
	assert_int_equal(l.count, 0);
	count = config_settings(&l.cfg, l.mem, &list);
	assert_string_equal(setting(list, count, "SESSION_TTL_SECONDS")->value, "3600");
	assert_int_equal(setting(list, count, "SESSION_TTL_SECONDS")->source, SETTING_ENVIRONMENT);
	assert_string_equal(setting(list, count, "SESSION_TTL_SECONDS")->fallback, "604800");
	assert_string_equal(setting(list, count, "TWILIO_CALLS_PER_SECOND")->value, "2.5");
	assert_int_equal(setting(list, count, "TWILIO_CALLS_PER_SECOND")->source, SETTING_FILE);
	assert_int_equal(setting(list, count, "ORG_DAILY_INVITATIONS")->source, SETTING_DEFAULT);
	assert_int_equal(setting(list, count, "ORCHESTRATOR_API_KEY")->source, SETTING_FILE);
	assert_null(setting(list, count, "SUPABASE_URL")->value);
	assert_true(setting(list, count, "TWILIO_CALLER_ID")->personal);
	assert_string_equal(setting(list, count, "TWILIO_CALLER_ID")->group, "Twilio");
	for (size_t i = 0; i < count; i++) {
		check_row(list[i].name, list[i].secret == config_is_secret(list[i].name));
		check_row(list[i].name, !list[i].secret || !list[i].value);
	}
	arena_free(l.mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_minimum_is_enough),
		cmocka_unit_test(all_problems_are_told_at_once),
		cmocka_unit_test(values_are_checked),
		cmocka_unit_test(a_value_that_is_too_long_is_a_problem),
		cmocka_unit_test(a_final_slash_is_taken_off),
		cmocka_unit_test(a_group_is_whole_or_a_problem),
		cmocka_unit_test(empty_counts_as_not_set),
		cmocka_unit_test(the_environment_wins_over_the_file),
		cmocka_unit_test(a_file_that_cannot_be_read_is_a_problem),
		cmocka_unit_test(a_file_over_the_limit_is_a_problem),
		cmocka_unit_test(secrets_are_known),
		cmocka_unit_test(a_wrong_secret_is_not_repeated),
		cmocka_unit_test(addresses_can_stand_in_a_mail_header),
		cmocka_unit_test(every_setting_is_described),
		cmocka_unit_test(settings_are_shown_with_their_source_and_no_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
