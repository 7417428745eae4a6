/* See config.h.  One row a setting; everything else follows from the rows. */
#include "base/config.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/dotenv.h"
#include "base/limits.h"

enum type { TEXT, URL_ANY, URL_ORIGIN, URL_REDIS, EMAIL, SENDER, PHONE, COUNT, RATE, CURRENCY, SVIX_SECRET, PATH };
enum group { NO_GROUP, ELEVENLABS, TWILIO, LINEAR, CEREBRAS, RESEND, SUPABASE, GROUPS };
enum { SECRET = 1, NEEDED = 2, MEMBER = 4 }; /* MEMBER: its presence makes the group, its absence leaves it incomplete */

struct setting {
	const char *name;
	enum type type;
	enum group group;
	unsigned flags;
	const char *fallback;
	size_t offset;
	const char *meaning;
	long long min, max;
};

#define AT(member) offsetof(struct config, member)

static const struct setting settings[] = {
	{ "PUBLIC_BASE_URL", URL_ANY, NO_GROUP, NEEDED, NULL, AT(public_base_url), "what candidates and operators see", 0, 0 },
	{ "WEBHOOK_BASE_URL", URL_ANY, NO_GROUP, 0, NULL, AT(webhook_base_url), "what vendors call (PUBLIC_BASE_URL)", 0, 0 },
	{ "REDIS_URL", URL_REDIS, NO_GROUP, NEEDED | SECRET, NULL, AT(redis_url), "redis://, rediss:// or unix:///path", 0, 0 },
	{ "PARLEY_STATE_DIR", PATH, NO_GROUP, 0, PARLEY_STATE_DIR, AT(state_dir), "where audio and recordings are kept", 0, 0 },
	{ "PARLEY_DATA_DIR", PATH, NO_GROUP, 0, PARLEY_DATA_DIR, AT(data_dir), "where templates/ and static/ are", 0, 0 },

	{ "ELEVENLABS_API_KEY", TEXT, ELEVENLABS, SECRET | MEMBER, NULL, AT(elevenlabs_api_key), "key of the workspace", 0, 0 },
	{ "ELEVENLABS_VOICE_ID", TEXT, ELEVENLABS, MEMBER, NULL, AT(elevenlabs_voice_id), "default voice", 0, 0 },
	{ "ELEVENLABS_AGENT_ID", TEXT, ELEVENLABS, MEMBER, NULL, AT(elevenlabs_agent_id), "agent that interviews", 0, 0 },
	{ "ELEVENLABS_WEBHOOK_SECRET", TEXT, ELEVENLABS, SECRET | MEMBER, NULL, AT(elevenlabs_webhook_secret), "secret of the post-call webhook", 0, 0 },
	{ "ELEVENLABS_BASE_URL", URL_ORIGIN, NO_GROUP, 0, "https://api.elevenlabs.io", AT(elevenlabs_base_url), "scheme and host", 0, 0 },

	{ "TWILIO_ACCOUNT_SID", TEXT, TWILIO, MEMBER, NULL, AT(twilio_account_sid), "account", 0, 0 },
	{ "TWILIO_AUTH_TOKEN", TEXT, TWILIO, SECRET | MEMBER, NULL, AT(twilio_auth_token), "its primary token", 0, 0 },
	{ "TWILIO_CALLER_ID", PHONE, TWILIO, MEMBER, NULL, AT(twilio_caller_id), "number that calls, E.164", 0, 0 },
	{ "TWILIO_CALLS_PER_SECOND", RATE, NO_GROUP, 0, "1", AT(twilio_calls_per_second), "pace of the account", 0, LIMIT_CALLS_PER_SECOND },
	{ "TWILIO_BASE_URL", URL_ORIGIN, NO_GROUP, 0, "https://api.twilio.com", AT(twilio_base_url), "scheme and host", 0, 0 },

	{ "LINEAR_API_KEY", TEXT, LINEAR, SECRET | MEMBER, NULL, AT(linear_api_key), "personal API key", 0, 0 },
	{ "LINEAR_WEBHOOK_SECRET", TEXT, LINEAR, SECRET | MEMBER, NULL, AT(linear_webhook_secret), "secret of the webhook", 0, 0 },
	{ "LINEAR_SCREENING_STATE", TEXT, NO_GROUP, 0, "Screening", AT(linear_screening_state), "state that starts an interview", 0, 0 },
	{ "LINEAR_PASS_STATE", TEXT, NO_GROUP, 0, "Done", AT(linear_pass_state), "state after a pass", 0, 0 },
	{ "LINEAR_FAIL_STATE", TEXT, NO_GROUP, 0, "Declined", AT(linear_fail_state), "state after a fail", 0, 0 },
	{ "LINEAR_WEBHOOK_TOLERANCE_SECONDS", COUNT, NO_GROUP, 0, "60", AT(linear_webhook_tolerance_s), "accepted age of a webhook", 1, 86400 },
	{ "LINEAR_BASE_URL", URL_ORIGIN, NO_GROUP, 0, "https://api.linear.app", AT(linear_base_url), "scheme and host", 0, 0 },

	{ "CEREBRAS_API_KEY", TEXT, CEREBRAS, SECRET | MEMBER, NULL, AT(cerebras_api_key), "key of the organisation", 0, 0 },
	{ "CEREBRAS_MODEL", TEXT, NO_GROUP, 0, "gpt-oss-120b", AT(cerebras_model), "model", 0, 0 },
	{ "CEREBRAS_BASE_URL", URL_ORIGIN, NO_GROUP, 0, "https://api.cerebras.ai", AT(cerebras_base_url), "scheme and host", 0, 0 },

	{ "RESEND_API_KEY", TEXT, RESEND, SECRET | MEMBER, NULL, AT(resend_api_key), "sending key", 0, 0 },
	{ "RESEND_WEBHOOK_SECRET", SVIX_SECRET, RESEND, SECRET | MEMBER, NULL, AT(resend_webhook_secret), "whsec_...", 0, 0 },
	{ "EMAIL_FROM", SENDER, RESEND, MEMBER, NULL, AT(email_from), "Name <address> of a verified domain", 0, 0 },
	{ "ADMIN_EMAIL", EMAIL, RESEND, MEMBER, NULL, AT(admin_email), "who is told when something needs a person", 0, 0 },
	{ "RESEND_BASE_URL", URL_ORIGIN, NO_GROUP, 0, "https://api.resend.com", AT(resend_base_url), "scheme and host", 0, 0 },

	{ "SUPABASE_URL", URL_ORIGIN, SUPABASE, MEMBER, NULL, AT(supabase_url), "project; unset: nothing is mirrored", 0, 0 },
	{ "SUPABASE_SERVICE_ROLE_KEY", TEXT, SUPABASE, SECRET | MEMBER, NULL, AT(supabase_service_role_key), "key of the project", 0, 0 },
	{ "SUPABASE_BUCKET", TEXT, SUPABASE, MEMBER, NULL, AT(supabase_bucket), "bucket for audio", 0, 0 },

	{ "ORCHESTRATOR_API_KEY", TEXT, NO_GROUP, SECRET, NULL, AT(orchestrator_api_key), "bearer key of the JSON API", 0, 0 },
	{ "ORCHESTRATOR_URL", URL_ANY, NO_GROUP, 0, NULL, AT(orchestrator_url), "where the command line finds the API", 0, 0 },

	{ "SESSION_TTL_SECONDS", COUNT, NO_GROUP, 0, "604800", AT(session_ttl_s), "life of an interview link", 1, 31536000 },
	{ "ORG_DAILY_INVITATIONS", COUNT, NO_GROUP, 0, "200", AT(org_daily_invitations), "invitations a day and organization", 0, 1000000 },
	{ "ORG_DAILY_CONVERSATIONS", COUNT, NO_GROUP, 0, "500", AT(org_daily_conversations), "conversations a day and organization", 0, 1000000 },
	{ "CONTACT_MIN_GAP_SECONDS", COUNT, NO_GROUP, 0, "0", AT(contact_min_gap_s), "least time between calls to a number (0: off)", 0, 31536000 },
	{ "CONTACT_MAX_PER_DAY", COUNT, NO_GROUP, 0, "0", AT(contact_max_per_day), "most calls a day to a number (0: off)", 0, 1000 },
	{ "SPEECH_PRICE_PER_1000_CHARACTERS", RATE, NO_GROUP, 0, NULL, AT(speech_price_per_1000), "what speech costs here; unset: not shown", 0, LIMIT_PRICE },
	{ "CALL_PRICE_PER_MINUTE", RATE, NO_GROUP, 0, NULL, AT(call_price_per_minute), "what a call costs here; unset: not shown", 0, LIMIT_PRICE },
	{ "PRICE_CURRENCY", CURRENCY, NO_GROUP, 0, "USD", AT(price_currency), "currency of the two prices, ISO 4217", 0, 0 },
	{ "INTERVIEW_KEEP_SECONDS", COUNT, NO_GROUP, 0, "15552000", AT(interview_keep_s), "how long interviews are kept after their last change", 86400, 315360000 },
	{ "CAMPAIGN_KEEP_SECONDS", COUNT, NO_GROUP, 0, "0", AT(campaign_keep_s), "when a campaign is deleted after its end (0: by hand only)", 0, 315360000 },
	{ "PARLEY_SWEEP_AFTER_SECONDS", COUNT, NO_GROUP, 0, "90", AT(sweep_after_s), "when a conversation without webhook is first asked for", 1, 86400 },
	{ "PARLEY_JOB_LEASE_SECONDS", COUNT, NO_GROUP, 0, "180", AT(job_lease_s), "when a job whose worker was killed is taken up again", 2, 3600 },
	{ "PARLEY_VENDOR_TIMEOUT_SECONDS", COUNT, NO_GROUP, 0, "90", AT(vendor_timeout_s), "longest wait for any vendor's answer", 1, 90 },
};

static const char *const group_names[GROUPS] = {
	[ELEVENLABS] = "ElevenLabs", [TWILIO] = "Twilio", [LINEAR] = "Linear",
	[CEREBRAS] = "Cerebras", [RESEND] = "Resend", [SUPABASE] = "Supabase",
};

struct reader {
	struct config *cfg;
	struct arena *mem;
	struct dotenv_entry *file;
	struct buf *problems;
	int count;
	int set[GROUPS], missing[GROUPS];
};

static void complain(struct reader *r, const char *name, const char *what)
{
	buf_printf(r->problems, "%s %s\n", name, what);
	r->count++;
}

/* The host of a URL, without userinfo and port; empty when there is none. */
static struct str url_host(struct str authority)
{
	const char *at = authority.len ? memrchr(authority.ptr, '@', authority.len) : NULL;
	struct str rest;

	if (at) {
		authority.len -= (size_t)(at + 1 - authority.ptr);
		authority.ptr = at + 1;
	}
	if (authority.len && authority.ptr[0] == '[')
		return str_cut((struct str){ authority.ptr + 1, authority.len - 1 }, ']', &rest);
	return str_cut(authority, ':', &rest);
}

/* An address, not a name that begins like one: 127.example.com is anywhere. */
static bool is_loopback(struct str host)
{
	if (str_eq(host, STR("localhost")) || str_eq(host, STR("::1")))
		return true;
	for (size_t i = 0; i < host.len; i++)
		if (host.ptr[i] != '.' && !isdigit((unsigned char)host.ptr[i]))
			return false;
	return str_starts(host, STR("127."));
}

static bool has_bad_bytes(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] <= ' ' || s.ptr[i] == 0x7f)
			return true;
	return false;
}

/* What is wrong with an http(s) URL, or NULL.  `origin`: scheme and host only. */
static const char *check_url(struct str s, bool origin)
{
	struct str authority, path, host;
	bool tls = str_starts(s, STR("https://"));

	if (!tls && !str_starts(s, STR("http://")))
		return "must begin with https:// (or http:// for loopback)";
	if (has_bad_bytes(s) || memchr(s.ptr, '#', s.len) || memchr(s.ptr, '?', s.len))
		return "is not a plain URL";
	s.ptr += tls ? 8 : 7;
	s.len -= tls ? 8 : 7;
	authority = str_cut(s, '/', &path);
	host = url_host(authority);
	if (!host.len)
		return "names no host";
	if (memchr(authority.ptr, '@', authority.len))
		return "must not hold a user name or password";
	if (!tls && !is_loopback(host))
		return "may be plain http only for loopback";
	if (origin && path.ptr && path.len)
		return "must be scheme and host, without a path";
	return NULL;
}

static const char *check_redis_url(struct str s)
{
	if (has_bad_bytes(s))
		return "is not a plain URL";
	if (str_starts(s, STR("unix:///")))
		return NULL;
	if (str_starts(s, STR("redis://")) && s.len > 8)
		return NULL;
	if (str_starts(s, STR("rediss://")) && s.len > 9)
		return NULL;
	return "must be redis://host, rediss://host or unix:///path";
}

bool config_is_email(struct str s)
{
	const char *at = s.len ? memchr(s.ptr, '@', s.len) : NULL;
	struct str domain;

	if (!at || at == s.ptr || s.len > LIMIT_EMAIL || at - s.ptr > 64)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] <= ' ' || (unsigned char)s.ptr[i] >= 0x7f || strchr("<>()[]\\,;:\"", s.ptr[i]))
			return false;
	domain = (struct str){ at + 1, s.len - (size_t)(at - s.ptr) - 1 };
	if (!domain.len || memchr(domain.ptr, '@', domain.len) || domain.ptr[0] == '.' || domain.ptr[0] == '-' ||
	    domain.ptr[domain.len - 1] == '.' || str_find(domain, STR("..")) || s.ptr[0] == '.' || at[-1] == '.' ||
	    str_find((struct str){ s.ptr, (size_t)(at - s.ptr) }, STR("..")))
		return false;
	for (size_t i = 0; i < domain.len; i++)
		if (!isalnum((unsigned char)domain.ptr[i]) && domain.ptr[i] != '.' && domain.ptr[i] != '-')
			return false;
	return memchr(domain.ptr, '.', domain.len) != NULL || str_eq(domain, STR("localhost"));
}

/* "Name <address>" or an address alone. */
static const char *check_sender(struct str s)
{
	const char *open = s.len ? memrchr(s.ptr, '<', s.len) : NULL;

	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < ' ')
			return "holds a control character";
	if (open && s.ptr[s.len - 1] == '>') {
		s.len -= (size_t)(open + 1 - s.ptr) + 1;
		s.ptr = open + 1;
	}
	return config_is_email(s) ? NULL : "must be address or Name <address>";
}

static const char *check_phone(struct str s)
{
	if (s.len < 8 || s.len > 16 || s.ptr[0] != '+' || s.ptr[1] == '0' ||
	    str_number((struct str){ s.ptr + 1, s.len - 1 }, 999999999999999) < 0)
		return "must be a telephone number in E.164, as +14155550100";
	return NULL;
}

static const char *check_currency(struct str s)
{
	if (s.len != 3)
		return "must be three capital letters, as USD";
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < 'A' || s.ptr[i] > 'Z')
			return "must be three capital letters, as USD";
	return NULL;
}

static const char *check_svix_secret(struct arena *a, struct str s)
{
	struct str key;

	if (str_starts(s, STR("whsec_"))) {
		s.ptr += 6;
		s.len -= 6;
	}
	return s.len && base64_decode(a, s, &key) ? NULL : "must be whsec_ and base64";
}

static const char *check_text(const struct setting *s, struct str v)
{
	for (size_t i = 0; i < v.len; i++)
		if ((unsigned char)v.ptr[i] < ' ' || v.ptr[i] == 0x7f)
			return "holds a control character";
	if (s->flags & SECRET && has_bad_bytes(v))
		return "holds a blank";
	if (s->min && v.len < (size_t)s->min)
		return "is too short";
	return NULL;
}

static const char *check_value(const struct reader *r, const struct setting *s, struct str v)
{
	if (v.len > LIMIT_SETTING)
		return "is too long";
	switch (s->type) {
	case URL_ANY: return check_url(v, false);
	case URL_ORIGIN: return check_url(v, true);
	case URL_REDIS: return check_redis_url(v);
	case EMAIL: return config_is_email(v) ? NULL : "must be an e-mail address";
	case SENDER: return check_sender(v);
	case PHONE: return check_phone(v);
	case CURRENCY: return check_currency(v);
	case SVIX_SECRET: return check_svix_secret(r->mem, v);
	case PATH: return v.ptr[0] == '/' ? NULL : "must be an absolute path";
	case TEXT: return check_text(s, v);
	case COUNT:
	case RATE: break;
	}
	return NULL;
}

static void *member(struct reader *r, const struct setting *s)
{
	return (char *)r->cfg + s->offset;
}

static void store_count(struct reader *r, const struct setting *s, struct str v)
{
	long long n = str_number(v, s->max);

	if (n < s->min) {
		char what[96];

		snprintf(what, sizeof(what), "must be a whole number from %lld to %lld", s->min, s->max);
		complain(r, s->name, what);
		return;
	}
	*(int *)member(r, s) = (int)n;
}

static void store_rate(struct reader *r, const struct setting *s, const char *v)
{
	char *end;
	double d;

	errno = 0;
	d = strtod(v, &end);
	if (errno || end == v || *end || !(d > 0) || d > (double)s->max) {
		char what[64];

		snprintf(what, sizeof(what), "must be a number above 0, at most %lld", s->max);
		complain(r, s->name, what);
		return;
	}
	*(double *)member(r, s) = d;
}

/* Base URLs are joined with paths that begin with a slash. */
static const char *without_final_slash(struct arena *a, const char *v)
{
	size_t len = strlen(v);

	while (len && v[len - 1] == '/')
		len--;
	return arena_strndup(a, v, len);
}

static void store(struct reader *r, const struct setting *s, const char *value)
{
	const char *wrong = check_value(r, s, str_from(value));

	if (wrong) {
		complain(r, s->name, wrong);
		return;
	}
	if (s->type == COUNT)
		store_count(r, s, str_from(value));
	else if (s->type == RATE)
		store_rate(r, s, value);
	else if (s->type == URL_ANY || s->type == URL_ORIGIN)
		*(const char **)member(r, s) = without_final_slash(r->mem, value);
	else
		*(const char **)member(r, s) = arena_strdup(r->mem, value);
}

static bool is_in_environment(const char *name)
{
	const char *v = getenv(name);

	return v && *v;
}

/* The environment wins over the file; an empty value counts as not set. */
static const char *lookup(const struct reader *r, const char *name)
{
	const char *v = is_in_environment(name) ? getenv(name) : dotenv_get(r->file, name);

	return v && *v ? v : NULL;
}

static void read_setting(struct reader *r, const struct setting *s)
{
	const char *value = lookup(r, s->name);

	if (s->flags & MEMBER) {
		if (value)
			r->set[s->group]++;
		else
			r->missing[s->group]++;
	}
	r->cfg->sources[s - settings] = !value ? SETTING_DEFAULT : is_in_environment(s->name) ? SETTING_ENVIRONMENT : SETTING_FILE;
	if (!value)
		value = s->fallback;
	if (value)
		store(r, s, value);
	else if (s->flags & NEEDED)
		complain(r, s->name, "is not set");
}

static void check_groups(struct reader *r)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		const struct setting *s = &settings[i];
		char what[96];

		if (!(s->flags & MEMBER) || !r->set[s->group] || lookup(r, s->name))
			continue;
		snprintf(what, sizeof(what), "is not set, but other settings of %s are", group_names[s->group]);
		complain(r, s->name, what);
	}
	r->cfg->have_elevenlabs = r->set[ELEVENLABS] && !r->missing[ELEVENLABS];
	r->cfg->have_twilio = r->set[TWILIO] && !r->missing[TWILIO];
	r->cfg->have_linear = r->set[LINEAR] && !r->missing[LINEAR];
	r->cfg->have_cerebras = r->set[CEREBRAS] && !r->missing[CEREBRAS];
	r->cfg->have_resend = r->set[RESEND] && !r->missing[RESEND];
	r->cfg->have_supabase = r->set[SUPABASE] && !r->missing[SUPABASE];
}

enum { CHUNK = 4096 };

/* Reads the whole file; NULL when it cannot be read or is too large. */
static struct buf *read_file(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "re");
	struct buf *text;
	char *at;

	if (!f)
		return NULL;
	text = buf_in(a, LIMIT_DOTENV + CHUNK);
	while ((at = buf_reserve(text, CHUNK))) {
		size_t n = fread(at, 1, CHUNK, f);

		buf_commit(text, n);
		if (!n)
			break;
	}
	at = at && !ferror(f) && text->len <= LIMIT_DOTENV ? at : NULL;
	fclose(f);
	return at ? text : NULL;
}

static void read_env_file(struct reader *r, const char *path)
{
	struct buf *text;

	if (!path)
		path = getenv("PARLEY_ENV_FILE");
	if (!path || !*path)
		return;
	text = read_file(r->mem, path);
	if (!text) {
		buf_printf(r->problems, "the settings file %s cannot be read (or is over %d bytes)\n", path, LIMIT_DOTENV);
		r->count++;
		return;
	}
	r->count += dotenv_parse(r->mem, buf_view(text), &r->file, r->problems);
}

int config_load(struct config *cfg, struct arena *a, const char *env_file, struct buf *problems)
{
	struct reader r = { .cfg = cfg, .mem = a, .problems = problems };

	memset(cfg, 0, sizeof(*cfg));
	read_env_file(&r, env_file);
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		read_setting(&r, &settings[i]);
	check_groups(&r);
	if (!cfg->webhook_base_url)
		cfg->webhook_base_url = cfg->public_base_url;
	/* What a living link leads to is not thrown away. */
	if (cfg->interview_keep_s < cfg->session_ttl_s)
		cfg->interview_keep_s = cfg->session_ttl_s;
	return r.count;
}

static const char *value_text(const struct config *cfg, struct arena *a, const struct setting *s)
{
	const void *at = (const char *)cfg + s->offset;

	if (s->flags & SECRET)
		return NULL;
	if (s->type == COUNT)
		return arena_printf(a, "%d", *(const int *)at);
	if (s->type == RATE) /* a price that is not set is 0 */
		return *(const double *)at > 0 ? arena_printf(a, "%g", *(const double *)at) : NULL;
	return *(const char *const *)at;
}

_Static_assert(ARRAY_LEN(settings) <= sizeof(((struct config *)0)->sources), "config.h: sources is too short");

size_t config_settings(const struct config *cfg, struct arena *a, struct setting_view **list)
{
	*list = arena_alloc(a, ARRAY_LEN(settings) * sizeof(**list));
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		const struct setting *s = &settings[i];

		(*list)[i] = (struct setting_view){
			.name = s->name, .meaning = s->meaning, .group = group_names[s->group], .value = value_text(cfg, a, s),
			.fallback = s->fallback, .source = (enum setting_source)cfg->sources[i], .secret = s->flags & SECRET,
			.personal = s->type == EMAIL || s->type == SENDER || s->type == PHONE,
		};
	}
	return ARRAY_LEN(settings);
}

void config_describe(struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		buf_printf(out, "%-34s %s%s%s%s\n", settings[i].name, settings[i].meaning,
			   settings[i].fallback ? " (" : "", settings[i].fallback ? settings[i].fallback : "",
			   settings[i].fallback ? ")" : "");
}

bool config_is_secret(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (!strcmp(settings[i].name, name))
			return settings[i].flags & SECRET;
	return false;
}
