/* See newest.h. */
#include "campaign/newest.h"

#include "store/scripts.h"
#include "web/api.h"

enum { PAGE_DEFAULT = 50, PAGE_MOST = 100, LOOKS = 1000, ID_MOST = 64 };

bool newest_read(struct app *app, const struct form *form, struct response *res, struct newest *newest)
{
	const char *limit = form_get(form, "limit"), *cursor = form_get(form, "cursor");
	long long count = limit ? str_number(str_from(limit), PAGE_MOST) : PAGE_DEFAULT;
	struct str ms, id;

	*newest = (struct newest){ .limit = (size_t)count, .from_ms = "+inf", .from_id = "" };
	if (count < 1)
		return api_refuse(res, "limit", "limit must be a whole number from 1 to 100."), false;
	if (!cursor)
		return true;
	ms = str_cut(str_from(cursor), '.', &id);
	if (str_number(ms, 1LL << 52) < 0 || !id.ptr || !str_is_token(id, 1, ID_MOST))
		return api_refuse(res, "cursor", "cursor must be a next_cursor of an earlier answer."), false;
	newest->from_ms = arena_strndup(app->mem, ms.ptr, ms.len);
	newest->from_id = id.ptr;
	return true;
}

int newest_page(struct app *app, const char *order, const char *prefix, const struct newest *newest, const char *state,
		struct newest_page *page, struct err *err)
{
	struct command c = script_new(app->mem, &script_list_newest, 1);
	struct reply r;

	command_text(&c, order);
	command_text(&c, newest->from_ms);
	command_text(&c, newest->from_id);
	command_int(&c, (int64_t)newest->limit);
	command_text(&c, prefix);
	command_text(&c, state);
	command_int(&c, LOOKS);
	if (script_run(app->store, &script_list_newest, &c, &r, err))
		return -1;
	if (r.type != REPLY_LIST || r.count % 2 != 1)
		return err_set(err, ERR_SYSTEM, "a page that is none");
	*page = (struct newest_page){ .rows = r.items + 1, .count = r.count / 2 };
	if (r.items[0].text.len)
		page->next = reply_text(&r.items[0]);
	return 0;
}
