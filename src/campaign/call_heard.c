/* See call_heard.h. */
#include "campaign/call_heard.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "campaign/twilio_event.h"

static const char *directory(struct app *app)
{
	return arena_printf(app->mem, "%s/heard", app->cfg.state_dir);
}

static void put(struct buf *out, const char *name, const char *value)
{
	if (!value)
		return;
	buf_printf(out, "%s%s=", out->len ? "&" : "", name);
	buf_url(out, str_from(value));
}

int call_heard_keep(struct app *app, const char *attempt, const char *sid, const char *digits, const char *speech)
{
	struct buf *out = buf_in(app->mem, LIMIT_QUERY);
	const char *dir = directory(app);

	if (!str_is_token(str_from(attempt), CALL_ID_LENGTH, CALL_ID_LENGTH)) {
		errno = EINVAL;
		return -1;
	}
	put(out, "sid", sid);
	put(out, "digits", digits);
	put(out, "speech", speech);
	if (mkdir(dir, 0700) && errno != EEXIST)
		return -1;
	return file_write(app->mem, dir, attempt, buf_view(out));
}

static bool read_kept(struct app *app, const char *path, struct form *form)
{
	char *text = arena_alloc(app->mem, LIMIT_QUERY + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct err malformed = { 0 };
	ssize_t length;

	if (fd < 0)
		return false;
	length = read(fd, text, LIMIT_QUERY);
	close(fd);
	return length > 0 && !form_parse(app->mem, (struct str){ text, (size_t)length }, form, &malformed);
}

static int take(struct app *app, const char *attempt, const char *path, struct err *err)
{
	struct twilio_event e = { .sid = NULL };
	struct err failure = { 0 };
	struct response unheard;

	response_init(&unheard, app->mem);
	if (read_kept(app, path, &e.query) && (e.sid = form_get(&e.query, "sid"))) {
		if ((call_load(app, attempt, &e.call, &failure) || call_gathered(app, &e, &unheard, &failure)) &&
		    failure.kind != ERR_MISSING)
			return err_set(err, failure.kind, "%s", failure.msg);
	} else {
		failure.kind = ERR_INPUT;
	}
	log_event(&app->log, failure.kind ? LOG_ERROR : LOG_INFO, "call.heard_late", LOG_TEXT("call", attempt),
		  LOG_TEXT("failure", failure.kind ? err_kind_name(failure.kind) : ""));
	unlink(path);
	return 0;
}

int call_heard_take(struct app *app, bool *idle, struct err *err)
{
	const char *path = directory(app);
	DIR *dir = opendir(path);
	struct dirent *entry;
	int rc = 0;

	if (!dir)
		return 0;
	while (!rc && (entry = readdir(dir))) {
		if (!str_is_token(str_from(entry->d_name), CALL_ID_LENGTH, CALL_ID_LENGTH))
			continue;
		*idle = false;
		rc = take(app, entry->d_name, arena_printf(app->mem, "%s/%s", path, entry->d_name), err);
	}
	closedir(dir);
	return rc;
}
