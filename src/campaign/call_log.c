/* See call_log.h. */
#include "campaign/call_log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "campaign/campaign.h"
#include "campaign/lead.h"
#include "store/keys.h"
#include "store/scripts.h"

enum { LOOKS = 5000, AT_ONCE = 100, WORD_MOST = 64 };

/* ---- the filter ---- */

static bool word_is_known(const char *word)
{
	return !*word || str_is_token(str_from(word), 1, WORD_MOST);
}

/* "2026-11-20" or a time of ISO 8601; 0 for none, -1 for something else. */
static int64_t read_time(struct app *app, const char *text)
{
	int64_t ms;

	if (!text || !*text)
		return 0;
	if (strlen(text) == 10)
		text = arena_join(app->mem, text, "T00:00:00Z");
	return iso_time_parse(str_from(text), &ms) && ms > 0 ? ms : -1;
}

static const char *text_or_null(const struct form *form, const char *name)
{
	const char *text = form_get(form, name);

	return text && *text ? text : NULL;
}

const char *call_filter_read(struct app *app, const struct form *form, struct call_filter *f, const char **field)
{
	static const char *const words[] = { "outcome", "status", "campaign" };
	const char *phone = text_or_null(form, "phone"), *why;

	f->phone[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		*field = words[i];
		if (text_or_null(form, words[i]) && !word_is_known(form_get(form, words[i])))
			return "This is a word of letters, digits, - and _.";
	}
	f->outcome = text_or_null(form, "outcome");
	f->status = text_or_null(form, "status");
	f->campaign = text_or_null(form, "campaign");
	*field = "phone";
	if (phone && (why = phone_read(str_from(phone), NULL, f->phone)))
		return why;
	*field = "from";
	if ((f->from_ms = read_time(app, text_or_null(form, "from"))) < 0)
		return "from must be a day or a time, as in 2026-11-20 or 2026-11-20T09:00:00Z.";
	*field = "to";
	if ((f->to_ms = read_time(app, text_or_null(form, "to"))) < 0)
		return "to must be a day or a time, as in 2026-11-20 or 2026-11-20T09:00:00Z.";
	*field = NULL;
	return NULL;
}

/* ---- by time ---- */

static void command_field(struct command *c, const char *name, const char *value)
{
	if (!value)
		return;
	command_text(c, name);
	command_text(c, value);
}

static int page_by_time(struct app *app, const struct call_filter *f, struct call_log_page *page, struct err *err)
{
	struct command c = script_new(app->mem, &script_calls_newest, 1);
	const char *upto = f->newest.from_ms;
	struct reply r;

	if (f->to_ms && !strcmp(upto, "+inf"))
		upto = arena_printf(app->mem, "%" PRId64, f->to_ms - 1);
	command_text(&c, f->campaign ? key_of(app->mem, KEY_CALLS, f->campaign) : KEY_CALLS_ALL);
	command_text(&c, upto);
	command_text(&c, f->newest.from_id);
	command_text(&c, f->from_ms ? arena_printf(app->mem, "%" PRId64, f->from_ms) : "-inf");
	command_int(&c, (int64_t)f->newest.limit);
	command_text(&c, KEY_CALL);
	command_int(&c, LOOKS);
	command_field(&c, "outcome", f->outcome);
	command_field(&c, "status", f->status);
	if (script_run(app->store, &script_calls_newest, &c, &r, err))
		return -1;
	if (r.type != REPLY_LIST || r.count % 2 != 1)
		return err_set(err, ERR_SYSTEM, "a page of calls that is none");
	page->count = r.count / 2;
	page->calls = arena_alloc(app->mem, (page->count + 1) * sizeof(*page->calls));
	page->next = r.items[0].text.len ? reply_text(&r.items[0]) : NULL;
	for (size_t i = 0; i < page->count; i++)
		if (call_of_row(app, reply_text(&r.items[1 + 2 * i]), &r.items[2 + 2 * i], &page->calls[i], err))
			return -1;
	return 0;
}

/* ---- by number: through the leads that have it ---- */

int call_log_of_lead(struct app *app, const char *campaign, int64_t lead, const char *last_call, struct call **calls,
		     size_t *count, struct err *err)
{
	struct call *list = arena_alloc(app->mem, 2 * LIMIT_ATTEMPTS * sizeof(*list));
	const char *id = last_call;

	*calls = list;
	for (*count = 0; id && *count < 2 * LIMIT_ATTEMPTS; (*count)++) {
		struct err missing = { 0 };

		if (call_load(app, id, &list[*count], &missing))
			return missing.kind == ERR_MISSING ? 0 : err_set(err, missing.kind, "%s", missing.msg);
		if (list[*count].lead != lead || strcmp(list[*count].campaign, campaign))
			return 0;
		id = list[*count].previous;
	}
	return 0;
}

struct found {
	struct call *calls;
	size_t count, room;
};

static void found_add(struct app *app, struct found *found, const struct call *calls, size_t count)
{
	if (found->count + count > found->room) {
		struct call *larger;

		found->room = 2 * (found->count + count);
		larger = arena_alloc(app->mem, found->room * sizeof(*larger));
		if (found->count)
			memcpy(larger, found->calls, found->count * sizeof(*larger));
		found->calls = larger;
	}
	if (count)
		memcpy(found->calls + found->count, calls, count * sizeof(*calls));
	found->count += count;
}

static int add_lead_calls(struct app *app, const char *campaign, int64_t number, struct found *found, struct err *err)
{
	struct err missing = { 0 };
	struct lead lead;
	struct call *calls;
	size_t count;

	if (lead_load(app, campaign, number, &lead, &missing))
		return missing.kind == ERR_MISSING ? 0 : err_set(err, missing.kind, "%s", missing.msg);
	if (call_log_of_lead(app, campaign, number, lead.last_call, &calls, &count, err))
		return -1;
	found_add(app, found, calls, count);
	return 0;
}

static int look_in_campaigns(struct app *app, const char *phone, const struct reply *ids, size_t from, size_t count,
			     struct found *found, struct err *err)
{
	struct command commands[AT_ONCE];
	struct reply numbers[AT_ONCE];
	int64_t number;

	for (size_t i = 0; i < count; i++) {
		commands[i] = command_new(app->mem, "HGET");
		command_text(&commands[i], phones_key(app->mem, ids[from + i].text.ptr, phone));
		command_text(&commands[i], phone);
	}
	if (store_pipeline(app->store, commands, count, numbers, err))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (reply_int(&numbers[i], &number) && add_lead_calls(app, ids[from + i].text.ptr, number, found, err))
			return -1;
	return 0;
}

static int newest_first(const void *a, const void *b)
{
	const struct call *x = a, *y = b;

	if (x->placed_ms != y->placed_ms)
		return x->placed_ms < y->placed_ms ? 1 : -1;
	return -strcmp(x->id, y->id);
}

static bool passes(const struct call_filter *f, const struct call *call)
{
	int64_t before = strcmp(f->newest.from_ms, "+inf") ? str_number(str_from(f->newest.from_ms), INT64_MAX) : INT64_MAX;

	return (!f->outcome || (call->outcome && !strcmp(f->outcome, call->outcome))) &&
	       (!f->status || !strcmp(f->status, call->status)) &&
	       (!f->from_ms || call->placed_ms >= f->from_ms) && (!f->to_ms || call->placed_ms < f->to_ms) &&
	       (call->placed_ms < before || (call->placed_ms == before && strcmp(call->id, f->newest.from_id) < 0));
}

static int page_by_number(struct app *app, const struct call_filter *f, struct call_log_page *page, struct err *err)
{
	struct reply one = { .type = REPLY_TEXT, .text = str_from(f->campaign) }, all = { .items = &one, .count = 1 };
	struct found found = { 0 };
	const struct call *last = NULL;

	if (!f->campaign && store_call(app->store, app->mem, &all, err, "ZREVRANGE", KEY_CAMPAIGNS, "0", "9999", NULL))
		return -1;
	for (size_t at = 0; at < all.count; at += AT_ONCE)
		if (look_in_campaigns(app, f->phone, all.items, at, all.count - at < AT_ONCE ? all.count - at : AT_ONCE, &found, err))
			return -1;
	if (found.count)
		qsort(found.calls, found.count, sizeof(*found.calls), newest_first);
	page->calls = found.calls;
	for (size_t i = 0; i < found.count; i++) {
		if (!passes(f, &found.calls[i]))
			continue;
		if (page->count == f->newest.limit) {
			page->next = arena_printf(app->mem, "%" PRId64 ".%s", last->placed_ms, last->id);
			break;
		}
		page->calls[page->count] = found.calls[i];
		last = &page->calls[page->count++];
	}
	return 0;
}

int call_log_page(struct app *app, const struct call_filter *filter, struct call_log_page *page, struct err *err)
{
	*page = (struct call_log_page){ 0 };
	return filter->phone[0] ? page_by_number(app, filter, page, err) : page_by_time(app, filter, page, err);
}

int call_log_campaigns(struct app *app, const struct call *calls, size_t count, const char ***names, struct err *err)
{
	struct command *commands = arena_alloc(app->mem, (count + 1) * sizeof(*commands));
	struct reply *settings = arena_alloc(app->mem, (count + 1) * sizeof(*settings));
	struct err unreadable = { 0 };

	*names = arena_alloc(app->mem, (count + 1) * sizeof(**names));
	for (size_t i = 0; i < count; i++) {
		commands[i] = command_new(app->mem, "HGET");
		command_text(&commands[i], key_of(app->mem, KEY_CAMPAIGN, calls[i].campaign));
		command_text(&commands[i], "settings");
	}
	if (count && store_pipeline(app->store, commands, count, settings, err))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (reply_text(&settings[i]))
			(*names)[i] = json_text(json_read(app->mem, settings[i].text, &unreadable), "name");
	return 0;
}
