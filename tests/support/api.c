/* See api.h. */
#include "tests/support/api.h"

#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "screening/api.h"
#include "screening/session.h"
#include "store/store.h"
#include "tests/support/cgi_source.h"
#include "tests/support/check.h"

int api_setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	redis_server_open(&w->redis);
	fixed_clock_init(&w->clock, API_NOW_MS);
	w->app.mem = arena_new();
	w->app.clock = &w->clock.base;
	w->app.log = (struct log){ .fd = -1, .program = "test", .clock = w->app.clock };
	w->app.store = store_new(w->redis.url, w->app.clock);
	strncpy(w->state_dir, "/tmp/parley-test-XXXXXX", sizeof(w->state_dir) - 1);
	assert_non_null(mkdtemp(w->state_dir));
	w->app.cfg.state_dir = w->state_dir;
	w->app.cfg.public_base_url = "http://127.0.0.1:9";
	w->app.cfg.orchestrator_api_key = API_KEY;
	w->app.cfg.session_ttl_s = 3600;
	w->app.cfg.interview_keep_s = 86400;
	w->app.cfg.have_resend = w->app.cfg.have_cerebras = true;
	w->app.cfg.email_from = "hiring@acme.example";
	w->app.cfg.data_dir = TEST_DATA_DIR;
	*state = w;
	return 0;
}

int api_teardown(void **state)
{
	struct world *w = *state;

	store_free(w->app.store);
	redis_server_close(&w->redis);
	rmdir(w->state_dir);
	arena_free(w->app.mem);
	free(w);
	return 0;
}

/* ---- asking ---- */

struct response *ask(struct world *w, struct ask a)
{
	const char *body = a.body ? a.body : "";
	const struct cgi_variable variables[] = {
		{ "REQUEST_METHOD", a.method ? a.method : "GET" },
		{ "REQUEST_URI", a.uri },
		{ "REMOTE_ADDR", a.from ? a.from : "192.0.2.7" },
		{ "CONTENT_LENGTH", arena_printf(w->app.mem, "%zu", a.length ? a.length : strlen(body)) },
		{ "CONTENT_TYPE", a.type },
		{ "HTTP_AUTHORIZATION", a.key || a.cookie ? a.key : "Bearer " API_KEY },
		{ "HTTP_COOKIE", a.cookie },
		{ "HTTP_X_CSRF_TOKEN", a.csrf },
		{ "HTTP_ORIGIN", a.origin },
		{ "HTTP_SEC_FETCH_SITE", a.site },
		{ "HTTP_HOST", a.host },
		{ "HTTP_UPGRADE", a.upgrade },
		{ "HTTP_X_FORWARDED_FOR", a.forwarded },
		{ NULL, NULL },
	};
	struct str left = str_from(body);
	struct cgi_source source = cgi_source_new(variables, &left);
	struct response *res = arena_new_object(w->app.mem, struct response);
	struct request req;

	request_init(&req, w->app.mem, &source.base);
	response_init(res, w->app.mem);
	route_request(&w->app, a.pages ? a.pages : &api_pages, &req, res);
	return res;
}

struct response *get(struct world *w, const char *uri)
{
	return ask(w, (struct ask){ .uri = uri });
}

struct json_object *json_of(struct world *w, const struct response *res)
{
	struct err err = { 0 };
	struct json_object *o = json_read(w->app.mem, buf_view(res->body), &err);

	assert_non_null(o);
	return o;
}

const char *text_of(struct world *w, const struct response *res, const char *path)
{
	const char *text = json_text(json_of(w, res), path);

	return text ? text : "(none)";
}

bool body_has(const struct response *res, const char *words)
{
	return str_find(buf_view(res->body), str_from(words)) != NULL;
}

/* ---- what is asked about ---- */

const char *add_session(struct world *w, const char *issue, const char **secret)
{
	struct session_plan plan = {
		.secret = session_secret_new(w->app.mem), .workspace = "default", .org = "acme", .issue_id = issue,
		.identifier = "HIR-1", .candidate_name = "Ada \"Countess\" Lovelace", .candidate_email = API_EMAIL,
		.company_name = "Acme", .job_title = "Engineer", .job_description = "d", .candidate_application = "a",
		.pointers = "p", .generic_pointers = true,
	};
	struct err err = { 0 };
	const char *id;

	assert_int_equal(session_create(&w->app, &plan, NULL, NULL, &id, &err), 0);
	if (secret)
		*secret = plan.secret;
	return id;
}

void run_redis(struct world *w, const char *command, const char *key, const char *a, const char *b)
{
	struct err err = { 0 };
	struct reply r;

	assert_int_equal(store_call(w->app.store, w->app.mem, &r, &err, command, key, a, b, NULL), 0);
}
