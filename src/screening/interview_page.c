/* See interview_page.h.
 *
 * The hot path is one round trip to Redis and one rendering.  The secret is in
 * no header and no body: the page's script takes it from its own address. */
#include "screening/interview_page.h"

#include <inttypes.h>

#include "app.h"
#include "screening/consent.h"
#include "screening/guesses.h"
#include "screening/session.h"
#include "web/view.h"

#define POLICY(connect) \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " \
	"connect-src 'self' " connect "; media-src 'self' blob:; base-uri 'none'; form-action 'none'; " \
	"frame-ancestors 'none'"

/* The signed URL's host is ElevenLabs' (or, against a stand-in on loopback, any
 * port there); everything else is our own (vendors/elevenlabs.md 2.5). */
static void security_headers(struct app *app, struct response *res)
{
	bool stand_in = str_starts(str_from(app->cfg.elevenlabs_base_url), STR("http:"));

	response_type(res, "text/html; charset=utf-8");
	response_header(res, "Content-Security-Policy",
			stand_in ? POLICY("ws://127.0.0.1:* ws://localhost:* http://127.0.0.1:* http://localhost:*")
				 : POLICY("wss://*.elevenlabs.io https://*.elevenlabs.io"));
	response_header(res, "Permissions-Policy", "microphone=(self), camera=(), geolocation=()");
	response_header(res, "Referrer-Policy", "no-referrer");
	response_header(res, "X-Robots-Tag", "noindex, nofollow, noarchive");
	response_header(res, "X-Frame-Options", "DENY");
	response_header(res, "Cache-Control", "no-store");
}

static void notice(struct app *app, struct response *res, int status, const char *heading, const char *text)
{
	struct view *v = view_new(res->mem);
	struct err err = { 0 };

	response_clear(res);
	res->status = status;
	security_headers(app, res);
	view_set(v, "HEADING", heading);
	view_set(v, "TEXT", text);
	view_set(v, "ASSET_VERSION", app->asset_version);
	if (view_render(v, app->cfg.data_dir, "interview/notice.html", res->body, &err)) {
		log_event(&app->log, LOG_ERROR, "page.not_rendered", LOG_TEXT("reason", err.msg));
		buf_printf(res->body, "<!doctype html><title>%s</title><h1>%s</h1><p>%s</p>\n", heading, heading, text);
	}
}

static void fail(struct app *app, struct request *req, struct response *res, int status, const char *code,
		 const char *sentence, int retry_after)
{
	(void)req;
	(void)code;
	(void)retry_after;
	if (status == 404)
		notice(app, res, 404, "Interview not found",
		       "This link does not lead to an interview. Please check that it is complete, exactly as in your e-mail.");
	else if (status == 429)
		notice(app, res, 429, "Too many attempts",
		       "There were too many wrong links from your address. Please wait a minute and try again.");
	else
		notice(app, res, status, "Something went wrong", sentence);
}

/* A known link that has ended says so; the sentence names no person. */
static void fail_ended(struct app *app, struct response *res, enum link_state state)
{
	notice(app, res, 404, "Interview expired",
	       state == LINK_REVOKED
		       ? "This link has been replaced or withdrawn. If you received a newer e-mail, please use the link in it."
		       : "This link is no longer valid. If you still want to take the interview, please reply to the invitation.");
}

static void note_opened(struct app *app, struct str secret)
{
	const char *id = session_id_of(app->mem, secret);
	struct err ignored = { 0 };
	char fingerprint[FINGERPRINT_SIZE];

	/* Losing this mark loses nothing that matters to the candidate. */
	if (!session_row_set(app, id, &ignored, "opened",
			     arena_printf(app->mem, "%" PRId64, clock_wall_ms(app->clock)), NULL))
		session_note(app, id, "opened", &ignored);
	session_fingerprint(id, fingerprint);
	log_event(&app->log, LOG_INFO, "session.opened", LOG_TEXT("session", fingerprint));
}

static int render(struct app *app, struct response *res, const struct session_peek *peek, struct err *err)
{
	struct view *v = view_new(res->mem);
	char iso[ISO_TIME_SIZE], words[TIME_WORDS_SIZE];

	iso_time_format(peek->expires_ms, iso);
	time_words(peek->expires_ms, words);
	security_headers(app, res);
	view_set(v, "CANDIDATE_NAME", peek->candidate_name);
	view_set(v, "COMPANY_NAME", peek->company_name);
	view_set(v, "EXPIRES_AT", iso);
	view_set(v, "EXPIRES_WORDS", words);
	view_set(v, "CONSENT_VERSION", CONSENT_VERSION);
	view_set(v, "ASSET_VERSION", app->asset_version);
	if (peek->finished)
		view_show(v, "FINISHED");
	else if (peek->started)
		view_show(v, "RETURNING");
	return view_render(v, app->cfg.data_dir, "interview/page.html", res->body, err);
}

static int show_interview(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct str secret = request_param(req, "secret");
	enum link_state state = LINK_UNKNOWN;
	struct session_peek peek;

	if (session_secret_is_valid(secret) && session_peek(app, secret, &state, &peek, err))
		return -1;
	if (state == LINK_EXPIRED || state == LINK_REVOKED) {
		fail_ended(app, res, state);
		return 0;
	}
	if (state == LINK_UNKNOWN)
		return guess_count(app, req->remote_addr, err) ? -1 : err_set(err, ERR_MISSING, "unknown secret");
	if (!peek.opened)
		note_opened(app, secret);
	return render(app, res, &peek, err);
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/interview/:secret", .handler = show_interview },
};

const struct pages interview_pages = { .routes = routes, .count = ARRAY_LEN(routes), .fail = fail };
