/* See imports_api.h. */
#include "campaign/imports_api.h"

#include <inttypes.h>

#include "access/actor.h"
#include "base/json.h"
#include "campaign/import_rejects.h"
#include "store/keys.h"
#include "store/store.h"
#include "web/api.h"

enum { PIECE = 64 << 10, ID_MOST = 64 };

static const char *watch_key(struct arena *mem, const char *campaign, const char *import)
{
	return arena_printf(mem, KEY_IMPORT_PROGRESS "%s:%s", campaign, import);
}

struct import_watch *import_watch_new(struct app *app, const char *campaign, const char *import, const struct request *req)
{
	struct import_watch *w;

	if (!import)
		return NULL;
	w = arena_new_object(app->mem, struct import_watch);
	*w = (struct import_watch){ app, watch_key(app->mem, campaign, import), req, (int64_t)req->left };
	return w;
}

static void put(struct command *c, const char *field, int64_t value)
{
	command_text(c, field);
	command_int(c, value);
}

static void tell(struct import_watch *w, const struct lead_import *import, const char *state)
{
	struct lead_import_counts n = lead_import_counts(import);
	struct command c[2];
	struct reply r[2];
	struct err ignored = { 0 };

	c[0] = command_new(w->app->mem, "HSET");
	command_text(&c[0], w->key);
	command_text(&c[0], "state");
	command_text(&c[0], state);
	put(&c[0], "rows", n.rows);
	put(&c[0], "accepted", n.accepted);
	put(&c[0], "duplicates", n.duplicates);
	put(&c[0], "suppressed", n.suppressed);
	put(&c[0], "rejected", n.rejected);
	put(&c[0], "bytes", w->total - (int64_t)w->req->left);
	put(&c[0], "bytes_total", w->total);
	c[1] = command_new(w->app->mem, "EXPIRE");
	command_text(&c[1], w->key);
	command_int(&c[1], KEEP_BATCH_S);
	if (store_pipeline(w->app->store, c, 2, r, &ignored))
		log_event(&w->app->log, LOG_WARNING, "import.progress_not_told", LOG_TEXT("reason", ignored.msg));
}

void import_watch_tell(void *watch, const struct lead_import *import)
{
	tell(watch, import, "running");
}

void import_watch_end(struct import_watch *w, const struct lead_import *import, const char *state)
{
	if (w)
		tell(w, import, state);
}

/* The route's two words; false when one of them is none of ours. */
static bool read_ids(struct request *req, const char **campaign, const char **import)
{
	struct str id = request_param(req, "import");

	*campaign = api_id(req);
	*import = arena_strndup(req->mem, id.ptr ? id.ptr : "", id.len);
	return *campaign && str_is_token(id, 1, ID_MOST);
}

int imports_show(struct app *app, struct request *req, struct response *res, struct err *err)
{
	static const char *const numbers[] = { "rows", "accepted", "duplicates", "suppressed", "rejected", "bytes", "bytes_total" };
	struct json_object *o = json_owned(app->mem, json_object_new_object());
	const char *campaign, *import;
	struct reply row;

	if (!read_ids(req, &campaign, &import))
		return err_set(err, ERR_MISSING, "no id of an import");
	if (store_call(app->store, app->mem, &row, err, "HGETALL", watch_key(app->mem, campaign, import), NULL))
		return -1;
	if (!row.count)
		return err_set(err, ERR_MISSING, "no such import");
	json_put(o, "id", import);
	json_put(o, "state", reply_field(&row, "state"));
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		json_put_int(o, numbers[i], reply_field_int(&row, numbers[i], 0));
	response_json(res, 200, str_from(json_write(o)));
	return 0;
}

/* ---- rejected rows ---- */

static void close_file(void *file)
{
	fclose(file);
}

static int more(void *file, struct buf *out)
{
	char *at = buf_reserve(out, PIECE);
	size_t n = at ? fread(at, 1, PIECE, file) : 0;

	buf_commit(out, n);
	if (!at || ferror(file))
		return -1;
	return !feof((FILE *)file);
}

int imports_rejected(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *campaign, *import;
	FILE *file;

	if (req->actor && req->actor->role < ROLE_OPERATOR)
		return response_error(res, 403, "forbidden", "Rejected rows hold telephone numbers as they are: only who may import may read them.", NULL), 0;
	if (!read_ids(req, &campaign, &import) || !(file = import_rejects_open(app, campaign, import)))
		return err_set(err, ERR_MISSING, "no such import, or nothing was rejected, or it is over a day ago");
	arena_defer(req->mem, close_file, file);
	res->status = 200;
	api_csv(res, "rejected.csv", NULL, 0);
	res->more = more;
	res->more_ctx = file;
	return 0;
}
