/* See do_not_call_api.h. */
#include "campaign/do_not_call_api.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "access/actor.h"
#include "access/audit.h"
#include "access/mask.h"
#include "app.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/percent.h"
#include "campaign/do_not_call.h"
#include "campaign/phone.h"
#include "web/api.h"

enum { PAGE_DEFAULT = 50, PAGE_MOST = 1000 };

/* A number is written with or without its plus: that one means a blank in a query. */
static bool read_prefix(struct arena *mem, const char *text, const char **prefix)
{
	struct buf *digits = buf_in(mem, PHONE_SIZE);

	buf_putc(digits, '+');
	for (const char *p = text; *p; p++) {
		if (*p >= '0' && *p <= '9')
			buf_putc(digits, *p);
		else if (!strchr("+ -()./", *p))
			return false;
	}
	*prefix = digits->len > 1 ? digits->ptr : "";
	return !digits->failed;
}

/* The number that a cursor stands for, "" when it is none. */
static const char *read_cursor(struct app *app, const struct request *req, const char *cursor)
{
	long long number = str_number(str_from(cursor), 99999999999999999LL);
	const char *phone = NULL;
	struct err ignored = { 0 };

	if (number < 0 || strlen(cursor) > PHONE_SIZE - 2)
		return "";
	if (!shows_masked(req))
		return arena_join(app->mem, "+", cursor);
	return do_not_call_at(app, number, &phone, &ignored) || !phone ? "" : phone;
}

int do_not_call_cursor(struct app *app, const struct request *req, const char *next, const char **cursor, struct err *err)
{
	int64_t place;

	*cursor = next ? next + 1 : NULL;
	if (!next || !shows_masked(req))
		return 0;
	if (do_not_call_place(app, next, &place, err))
		return -1;
	*cursor = place < 0 ? NULL : arena_printf(app->mem, "%" PRId64, place);
	return 0;
}

const char *do_not_call_filter_read(struct app *app, const struct request *req, const struct form *form,
				    struct do_not_call_filter *f, const char **field)
{
	const char *limit = form_get(form, "limit"), *cursor = form_get(form, "cursor"), *search = form_get(form, "search"),
		   *words = form_get(form, "reason");
	long long count = PAGE_DEFAULT;
	char whole[PHONE_SIZE];

	*f = (struct do_not_call_filter){ .prefix = "", .words = words ? words : "", .after = "" };
	*field = "limit";
	if (limit && (count = str_number(str_from(limit), PAGE_MOST)) < 1)
		return "limit must be a whole number from 1 to 1000.";
	f->limit = (size_t)count;
	*field = "cursor";
	if (cursor)
		f->after = read_cursor(app, req, cursor);
	if (cursor && !*f->after)
		return "cursor must be a next_cursor of an earlier answer.";
	*field = "search";
	if (search && !read_prefix(app->mem, search, &f->prefix))
		return "search must be a telephone number or its first digits.";
	/* Who sees numbers masked must not find them digit by digit. */
	if (*f->prefix && shows_masked(req) && phone_read(str_from(f->prefix), NULL, whole))
		return "search must be a whole telephone number.";
	*field = "reason";
	if (shows_masked(req) && strpbrk(f->words, "0123456789@"))
		return "reason must be words: numbers and addresses in reasons are not shown to you, so they are not searched.";
	return strlen(f->words) > LIMIT_NAME ? "reason must be at most 200 bytes." : NULL;
}

void do_not_call_mask(const struct request *req, struct json_object *items)
{
	for (size_t i = 0; i < json_object_array_length(items); i++) {
		struct json_object *entry = json_object_array_get_idx(items, i);

		json_put(entry, "phone", arena_strdup(req->mem, shown_phone(req, json_text(entry, "phone"))));
	}
}

int do_not_call_list(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *items = json_object_new_array(), *answer = json_owned(app->mem, json_object_new_object());
	struct do_not_call_filter filter;
	const char *field, *why, *next;
	struct form form = { 0 };
	struct err bad = { 0 };

	json_object_object_add(answer, "items", items);
	if (request_query(req, &form, &bad))
		return api_refuse(res, NULL, "The query could not be understood.");
	why = do_not_call_filter_read(app, req, &form, &filter, &field);
	if (why)
		return api_refuse(res, field, why);
	if (do_not_call_page(app, &filter, items, &next, err) || do_not_call_cursor(app, req, next, &next, err))
		return -1;
	do_not_call_mask(req, items);
	json_put(answer, "next_cursor", next);
	response_json(res, 200, str_from(json_write(answer)));
	return 0;
}

struct wish {
	char phone[PHONE_SIZE];
	const char *reason, *source;
};

/* An optional text of at most LIMIT_NAME bytes, or null; false when it is something else. */
static bool read_text(struct json_object *value, const char **text)
{
	struct str s;

	*text = NULL;
	if (!value)
		return true;
	if (!json_object_is_type(value, json_type_string))
		return false;
	s = (struct str){ json_object_get_string(value), (size_t)json_object_get_string_len(value) };
	*text = s.ptr;
	return s.len <= LIMIT_NAME && !memchr(s.ptr, 0, s.len);
}

/* Reads the body; false when it was answered. */
static bool read_wish(struct request *req, struct response *res, struct wish *wish)
{
	struct json_object *body = api_body(req, res), *phone = NULL;
	const char *why;

	if (!body)
		return false;
	json_object_object_foreach(body, name, value) {
		if (!strcmp(name, "phone"))
			phone = value;
		else if (!strcmp(name, "reason") || !strcmp(name, "source")) {
			if (!read_text(value, *name == 'r' ? &wish->reason : &wish->source))
				return api_refuse(res, name, "This must be text of at most 200 bytes."), false;
		} else {
			return api_refuse(res, name, "This member is not known here."), false;
		}
	}
	if (!phone || !json_object_is_type(phone, json_type_string))
		return api_refuse(res, "phone", "phone must be a telephone number as text."), false;
	why = phone_read((struct str){ json_object_get_string(phone), (size_t)json_object_get_string_len(phone) }, NULL,
			 wish->phone);
	return why ? api_refuse(res, "phone", why), false : true;
}

/* Enough for the trail to tell two changes apart. */
static const char *last_digits(struct arena *mem, const char *phone)
{
	size_t len = strlen(phone);

	return arena_join(mem, "…", phone + (len > 4 ? len - 4 : 0));
}

/* 201 for a number that is new on the list, 200 with its entry for one that was on it. */
int do_not_call_create(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct wish wish = { 0 };
	struct json_object *entry;
	bool added;

	if (!read_wish(req, res, &wish))
		return 0;
	if (do_not_call_add(app, wish.phone, wish.reason, wish.source ? wish.source : "api", &added, &entry, err))
		return -1;
	if (added)
		audit_say(req, "do_not_call.add", last_digits(app->mem, wish.phone), NULL);
	response_json(res, added ? 201 : 200, str_from(json_write(entry)));
	return 0;
}

int do_not_call_delete(struct app *app, struct request *req, struct response *res, struct err *err)
{
	char phone[PHONE_SIZE];
	struct str text;
	const char *why;
	bool found;

	if (!percent_decode(req->mem, request_param(req, "phone"), false, &text))
		return api_refuse(res, "phone", "This is not a telephone number.");
	why = phone_read(text, NULL, phone);
	if (why)
		return api_refuse(res, "phone", why);
	if (do_not_call_remove(app, phone, &found, err))
		return -1;
	if (!found)
		return err_set(err, ERR_MISSING, "not on the list");
	audit_say(req, "do_not_call.remove", last_digits(app->mem, phone), NULL);
	res->status = 204;
	return 0;
}
