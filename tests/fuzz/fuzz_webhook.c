/* Webhooks as a whole, behind a right signature: a well-signed body is accepted,
 * refused as malformed, or (there is no Redis here) could not be stored.  The
 * first byte chooses the vendor. */
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>

#include "app.h"
#include "base/crypto.h"
#include "base/event.h"
#include "screening/linear_event.h"
#include "screening/webhooks.h"
#include "store/store.h"
#include "tests/support/cgi_source.h"

enum { NOW_S = 1795167000 };

static struct app *the_app(void)
{
	static struct fixed_clock clock;
	static struct app app;

	if (app.mem)
		return &app;
	fixed_clock_init(&clock, NOW_S * 1000LL);
	app.settings = arena_new();
	app.mem = arena_new();
	app.clock = &clock.base;
	app.events = event_reader_new(app.settings);
	app.log = (struct log){ .fd = open("/dev/null", O_WRONLY), .program = "fuzz", .clock = app.clock };
	app.store = store_new("unix:///nonexistent/redis", app.clock);
	app.cfg.have_elevenlabs = app.cfg.have_resend = true;
	app.cfg.elevenlabs_webhook_secret = "secret";
	app.cfg.resend_webhook_secret = "whsec_c2VjcmV0";
	return &app;
}

static char *elevenlabs_header(struct arena *mem, struct str body)
{
	struct str parts[] = { str_from(arena_printf(mem, "%d", NOW_S)), STR("."), body };
	unsigned char digest[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];

	hmac_sha256(STR("secret"), parts, ARRAY_LEN(parts), digest);
	hex_encode(digest, sizeof(digest), hex);
	return arena_printf(mem, "t=%d,v0=%s", NOW_S, hex);
}

static char *svix_header(struct arena *mem, struct str body)
{
	struct str parts[] = { STR("msg_1."), str_from(arena_printf(mem, "%d", NOW_S)), STR("."), body };
	unsigned char digest[SHA256_SIZE];

	hmac_sha256(STR("secret"), parts, ARRAY_LEN(parts), digest);
	return arena_printf(mem, "v1,%s", base64_encode(mem, (struct str){ (char *)digest, sizeof(digest) }));
}

static void post(struct app *app, const char *path, struct str body)
{
	const struct cgi_variable variables[] = {
		{ "REQUEST_METHOD", "POST" }, { "REQUEST_URI", path },
		{ "CONTENT_LENGTH", arena_printf(app->mem, "%zu", body.len) },
		{ "HTTP_ELEVENLABS_SIGNATURE", elevenlabs_header(app->mem, body) },
		{ "HTTP_SVIX_ID", "msg_1" }, { "HTTP_SVIX_TIMESTAMP", arena_printf(app->mem, "%d", NOW_S) },
		{ "HTTP_SVIX_SIGNATURE", svix_header(app->mem, body) }, { NULL, NULL },
	};
	const struct cgi_source source = cgi_source_new(variables, &body);
	struct request req;
	struct response res;

	request_init(&req, app->mem, &source.base);
	response_init(&res, app->mem);
	route_request(app, &webhook_pages, &req, &res);
	must(res.status == 200 || res.status == 400 || res.status == 503);
	must(res.body->len && !res.body->failed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct app *app = the_app();
	struct str body = all_of(data, size);
	struct event *event;
	struct err err = { 0 };

	if (!size)
		return 0;
	body.ptr++;
	body.len--;
	if (data[0] == 'e') {
		post(app, "/api/webhooks/elevenlabs", body);
	} else if (data[0] == 'r') {
		post(app, "/api/webhooks/resend", body);
	} else {
		event = event_read(app->events, app->mem, body, &err); /* Linear's secrets are in Redis */
		if (event)
			linear_event_enters(event, "Screening");
	}
	arena_reset(app->mem);
	return 0;
}
