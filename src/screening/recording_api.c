/* See recording_api.h.  Ranges are RFC 9110 14: one range is served, a list of them or one that cannot
 * be read is as good as none. */
#include "screening/recording_api.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "app.h"
#include "base/limits.h"
#include "screening/recording.h"
#include "screening/session.h"
#include "store/keys.h"
#include "store/store.h"

enum { PIECE = 256 << 10 };

/* What is sent: bytes [at, end) of the file. */
struct sending {
	int fd;
	int64_t at, end;
};

static int send_piece(void *ctx, struct buf *body)
{
	struct sending *s = ctx;
	size_t want = s->end - s->at < PIECE ? (size_t)(s->end - s->at) : PIECE;
	char *room = buf_reserve(body, want);
	ssize_t got;

	if (!room)
		return -1;
	do
		got = pread(s->fd, room, want, (off_t)s->at);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		return -1;
	buf_commit(body, (size_t)got);
	s->at += got;
	return s->at < s->end;
}

enum range { RANGE_NONE, RANGE_GOOD, RANGE_OUTSIDE };

static enum range read_range(struct str header, int64_t size, int64_t *from, int64_t *end)
{
	const struct str unit = STR("bytes=");
	struct str first, last;
	long long a, b;

	if (!str_starts(header, unit))
		return RANGE_NONE;
	first = str_cut((struct str){ header.ptr + unit.len, header.len - unit.len }, '-', &last);
	first = str_trim(first);
	last = str_trim(last);
	a = str_number(first, INT32_MAX);
	b = str_number(last, INT32_MAX);
	if ((first.len && a < 0) || (last.len && b < 0) || (!first.len && !last.len) || (first.len && last.len && b < a))
		return RANGE_NONE;
	*end = size;
	if (!first.len) {
		*from = b < size ? size - b : 0;
		return b ? RANGE_GOOD : RANGE_OUTSIDE;
	}
	*from = a;
	if (last.len && b < size - 1)
		*end = b + 1;
	return a < size ? RANGE_GOOD : RANGE_OUTSIDE;
}

static int answer_file(struct app *app, struct request *req, struct response *res, const char *conversation_id, int fd,
		       int64_t size)
{
	struct sending *s = arena_new_object(app->mem, struct sending);
	/* A recording does not change, so its length tells it apart from a shorter first part. */
	const char *tag = arena_printf(app->mem, "\"%s-%" PRId64 "\"", conversation_id, size);
	const char *asked = request_header(req, "Range"), *only_if = request_header(req, "If-Range");
	enum range range = RANGE_NONE;

	*s = (struct sending){ .fd = fd, .end = size };
	if (asked && (!only_if || !strcmp(only_if, tag)))
		range = read_range(str_from(asked), size, &s->at, &s->end);
	response_header(res, "Accept-Ranges", "bytes");
	response_header(res, "Cache-Control", "private, no-cache");
	response_header(res, "ETag", tag);
	if (range == RANGE_OUTSIDE) {
		response_error(res, 416, "range_not_satisfiable", "The recording is not that long.", NULL);
		response_header(res, "Content-Range", arena_printf(app->mem, "bytes */%" PRId64, size));
		return 0;
	}
	res->status = range == RANGE_GOOD ? 206 : 200;
	response_type(res, "audio/mpeg");
	response_header(res, "Content-Length", arena_printf(app->mem, "%" PRId64, s->end - s->at));
	if (range == RANGE_GOOD)
		response_header(res, "Content-Range", arena_printf(app->mem, "bytes %" PRId64 "-%" PRId64 "/%" PRId64, s->at, s->end - 1, size));
	res->more = send_piece;
	res->more_ctx = s;
	return 0;
}

/* The conversation that the path names, when it is the session's; ERR_MISSING. */
static int find_conversation(struct app *app, struct request *req, const char **conversation_id, struct err *err)
{
	struct str session = request_param(req, "id"), id = request_param(req, "conversation");
	struct reply r;

	if (!str_is_token(session, SESSION_ID_LENGTH, SESSION_ID_LENGTH) || !str_is_token(id, 1, LIMIT_CONVERSATION_ID))
		return err_set(err, ERR_MISSING, "no such conversation");
	*conversation_id = arena_strndup(app->mem, id.ptr, id.len);
	if (store_call(app->store, app->mem, &r, err, "HGET", key_of(app->mem, KEY_CONVERSATION, *conversation_id), "session", NULL))
		return -1;
	if (!reply_text(&r) || !str_eq(r.text, session))
		return err_set(err, ERR_MISSING, "not a conversation of that session");
	return 0;
}

static int answer_why_not(struct app *app, struct response *res, const struct err *why)
{
	log_event(&app->log, LOG_WARNING, "recording.failed", LOG_TEXT("kind", err_kind_name(why->kind)), LOG_TEXT("reason", why->msg));
	if (why->kind == ERR_MISSING)
		response_error(res, 404, "no_recording", "ElevenLabs keeps no recording of this conversation.", NULL);
	else if (why->kind == ERR_SYSTEM)
		response_error(res, 503, "no_room", "The recording cannot be kept on this machine's disk.", NULL);
	else if (why->kind == ERR_DENIED)
		response_error(res, 502, "upstream", "ElevenLabs refused our key, so the recording cannot be fetched.", NULL);
	else
		response_error(res, 502, "upstream", "ElevenLabs did not give the recording. Please try again in a moment.", NULL);
	return 0;
}

int interviews_recording(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *conversation_id;
	struct err why = { 0 };
	int64_t size;
	int fd;

	if (find_conversation(app, req, &conversation_id, err))
		return -1;
	if (!app->cfg.have_elevenlabs) {
		response_error(res, 503, "not_configured", "ElevenLabs is not configured.", NULL);
		return 0;
	}
	if (recording_open(app, conversation_id, &fd, &size, &why))
		return answer_why_not(app, res, &why);
	return answer_file(app, req, res, conversation_id, fd, size);
}
