/* See lead_import.h. */
#include "campaign/lead_import.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/die.h"
#include "base/limits.h"
#include "base/number_set.h"
#include "base/zone.h"
#include "campaign/lead.h"
#include "campaign/phone.h"
#include "campaign/phone_zones.h"
#include "campaign/script_text.h"
#include "store/keys.h"
#include "store/scripts.h"

enum {
	BATCH_LEADS = 500,
	BATCH_BYTES = 1 << 20,   /* then it is sent, however few leads it holds */
	LONGEST_LEAD = 8 * LIMIT_COLUMNS * LIMIT_VARIABLE, /* as JSON */
	VALUE_BYTES = 64,        /* of a rejected row's number, in the report */
	REASON_SIZE = 200,
	PROGRESS_ROWS = 64,
	PROGRESS_MS = 500,
};

/* A group of this import: its name is known to be good. */
struct group {
	const char *name;
	int64_t batch; /* the last batch with a lead of this group, */
	int place;     /* and its place in that batch's list, from 1 */
};

/* Leads on their way into the store. */
struct batch {
	int64_t number;
	struct arena *mem;
	struct buf *leads, *groups, *names; /* JSON, less the brackets */
	int count, group_count;
	struct command command;
	bool sent;
};

/* Two batches: while the store takes one, the other is filled. */
struct lead_import {
	struct app *app;
	const char *campaign, *country;
	bool dry_run;

	const char *last_batch; /* key: see leads_add.lua */
	struct batch batches[2], *batch;

	struct group *known;
	size_t known_count, known_room;
	struct str *variables;  /* names that were told: LIMIT_VARIABLE_NAMES */
	size_t variable_count;
	struct number_set seen; /* in a dry run, which stores no numbers */

	struct lead_import_counts n;
	struct json_object *rejections;

	lead_rejected_fn *on_reject;
	lead_progress_fn *on_progress;
	void *reject_ctx, *progress_ctx;
	int64_t told_ms; /* when on_progress was called last */
};

static void import_release(void *import)
{
	struct lead_import *i = import;

	number_set_release(&i->seen);
	free(i->known);
	for (size_t n = 0; n < ARRAY_LEN(i->batches); n++)
		arena_free(i->batches[n].mem);
}

struct lead_import *lead_import_new(struct app *app, const char *campaign, const char *country, bool dry_run)
{
	struct lead_import *i = arena_new_object(app->mem, struct lead_import);

	*i = (struct lead_import){ .app = app, .campaign = campaign, .country = country, .dry_run = dry_run };
	for (size_t n = 0; n < ARRAY_LEN(i->batches); n++)
		i->batches[n] = (struct batch){
			.mem = arena_new(),
			.leads = buf_in(app->mem, BATCH_BYTES + LONGEST_LEAD),
			.groups = buf_in(app->mem, BATCH_BYTES),
			.names = buf_in(app->mem, BATCH_BYTES),
		};
	i->batch = i->batches;
	i->batch->number = 1;
	i->last_batch = key_of(app->mem, KEY_IMPORT, uuid_random(app->mem));
	i->variables = arena_alloc(app->mem, LIMIT_VARIABLE_NAMES * sizeof(*i->variables));
	i->rejections = json_owned(app->mem, json_object_new_array());
	arena_defer(app->mem, import_release, i);
	return i;
}

/* ---- batches ---- */

static int count_letters(struct lead_import *i, const struct batch *b, struct str letters, struct err *err)
{
	if (letters.len != (size_t)b->count)
		return err_set(err, ERR_SYSTEM, "import: an answer for another batch");
	for (size_t n = 0; n < letters.len; n++) {
		i->n.accepted += letters.ptr[n] != 'd';
		i->n.duplicates += letters.ptr[n] == 'd';
		i->n.suppressed += letters.ptr[n] == 's';
	}
	return 0;
}

static int read_answer(struct lead_import *i, const struct batch *b, const struct reply *r, struct err *err)
{
	const char *word = r->type == REPLY_LIST && r->count ? reply_text(&r->items[0]) : NULL;

	if (word && !strcmp(word, "missing"))
		return err_set(err, ERR_MISSING, "no such campaign");
	if (word && !strcmp(word, "ended"))
		return err_set(err, ERR_CONFLICT, "the campaign has ended");
	if (!word || r->count != 2)
		return err_set(err, ERR_SYSTEM, "import: an answer that is none");
	return count_letters(i, b, r->items[1].text, err);
}

static struct command batch_command(struct lead_import *i, const struct batch *b)
{
	struct command c = script_new(b->mem, &script_leads_add, 7);

	command_text(&c, key_of(b->mem, KEY_CAMPAIGN, i->campaign));
	command_text(&c, key_of(b->mem, KEY_COUNTS, i->campaign));
	command_text(&c, key_of(b->mem, KEY_OUTCOMES, i->campaign));
	command_text(&c, key_of(b->mem, KEY_GROUPS, i->campaign));
	command_text(&c, KEY_DO_NOT_CALL);
	command_text(&c, i->last_batch);
	command_text(&c, key_of(b->mem, KEY_VARIABLES, i->campaign));
	command_text(&c, arena_printf(b->mem, KEY_LEAD "%s:", i->campaign));
	command_text(&c, arena_printf(b->mem, KEY_DUE "%s:", i->campaign));
	command_int(&c, b->number);
	command_int(&c, KEEP_BATCH_S);
	command_text(&c, i->dry_run ? "1" : "0");
	command_text(&c, arena_printf(b->mem, "[%s]", b->groups->ptr));
	command_text(&c, arena_printf(b->mem, "[%s]", b->names->ptr));
	command_text(&c, arena_printf(b->mem, "[%s]", b->leads->ptr));
	return c;
}

/* Waits for the answer to a batch, if there is one to come, and empties it. */
static int batch_settle(struct lead_import *i, struct batch *b, struct err *err)
{
	struct reply r;
	int rc = 0;

	if (b->sent)
		rc = script_run(i->app->store, &script_leads_add, &b->command, &r, err) || read_answer(i, b, &r, err) ? -1 : 0;
	arena_reset(b->mem);
	buf_clear(b->leads);
	buf_clear(b->groups);
	buf_clear(b->names);
	b->count = b->group_count = 0;
	b->sent = false;
	return rc;
}

/* Sends the batch at hand once the one before is settled, whose place is filled next. */
static int send_batch(struct lead_import *i, struct err *err)
{
	struct batch *b = i->batch, *other = &i->batches[b == i->batches];

	if (batch_settle(i, other, err))
		return -1;
	if (b->leads->failed || b->groups->failed || b->names->failed)
		return err_set(err, ERR_SYSTEM, "import: a batch that is too long");
	b->command = batch_command(i, b);
	b->sent = true;
	store_begin(i->app->store, &b->command, 1);
	other->number = b->number + 1;
	i->batch = other;
	return 0;
}

/* The place of a group in the batch's list. */
static int place_of(struct lead_import *i, struct group *group)
{
	struct batch *b = i->batch;

	if (group->batch != b->number) {
		if (b->group_count)
			buf_putc(b->groups, ',');
		buf_json(b->groups, str_from(group->name));
		group->batch = b->number;
		group->place = ++b->group_count;
	}
	return group->place;
}

static void put_field(struct buf *out, const char *name, struct str value)
{
	buf_printf(out, ",\"%s\",", name);
	buf_json(out, value);
}

static int add(struct lead_import *i, const struct lead_row *row, const char *phone, struct group *group, struct err *err)
{
	struct batch *b = i->batch;

	if (b->count)
		buf_putc(b->leads, ',');
	buf_printf(b->leads, "[\"%s\",%d,[\"p\",\"%s\"", phones_key(b->mem, i->campaign, phone), place_of(i, group), phone);
	if (row->name.len)
		put_field(b->leads, "n", row->name);
	if (row->timezone.len)
		put_field(b->leads, "z", row->timezone);
	for (size_t n = 0; n < row->variable_count; n++) {
		const struct lead_field *v = &row->variables[n];

		if (v->value.len) {
			buf_printf(b->leads, ",\"v:%.*s\",", (int)v->name.len, v->name.ptr);
			buf_json(b->leads, v->value);
		}
	}
	buf_puts(b->leads, "]]");
	b->count++;
	return b->count == BATCH_LEADS || b->leads->len > BATCH_BYTES ? send_batch(i, err) : 0;
}

/* ---- rows ---- */

void lead_import_on_reject(struct lead_import *i, lead_rejected_fn *fn, void *ctx)
{
	i->on_reject = fn;
	i->reject_ctx = ctx;
}

void lead_import_on_progress(struct lead_import *i, lead_progress_fn *fn, void *ctx)
{
	i->on_progress = fn;
	i->progress_ctx = ctx;
	i->told_ms = clock_monotonic_ms(i->app->clock);
}

static void reject(struct lead_import *i, int64_t number, struct str value, const char *field, const char *why)
{
	struct json_object *one;

	if (i->on_reject)
		i->on_reject(i->reject_ctx, number, field, why);
	if (i->n.rejected++ >= LIMIT_REJECTED)
		return;
	one = json_object_new_object();
	json_put_int(one, "row", number);
	json_object_object_add(one, "value", json_object_new_string_len(value.ptr ? value.ptr : "",
									 (int)str_utf8_prefix(value, VALUE_BYTES)));
	json_put(one, "reason", why);
	json_put(one, "field", field);
	json_object_array_add(i->rejections, one);
}

void lead_import_reject(struct lead_import *i, int64_t number, struct str value, const char *why)
{
	reject(i, number, value, NULL, why);
}

static struct group *group_add(struct lead_import *i, struct str name)
{
	if (i->known_count == i->known_room) {
		i->known_room = i->known_room ? 2 * i->known_room : 64;
		i->known = realloc(i->known, i->known_room * sizeof(*i->known));
		if (!i->known)
			die_out_of_memory();
	}
	i->known[i->known_count] = (struct group){ .name = arena_strndup(i->app->mem, name.ptr, name.len) };
	return &i->known[i->known_count++];
}

static struct group *group_find(struct lead_import *i, struct str name)
{
	for (size_t n = 0; n < i->known_count; n++)
		if (str_eq(str_from(i->known[n].name), name))
			return &i->known[n];
	return NULL;
}

/* The group of a lead: its own zone, else those of its number, else the campaign's (""). */
static struct group *group_of(struct lead_import *i, struct str timezone, const char *phone)
{
	struct str name = timezone.len ? timezone : str_from(phone_zones(phone));
	struct group *group = group_find(i, name);
	const struct zone *zone;
	struct err ignored = { 0 };

	if (group || !timezone.len)
		return group ? group : group_add(i, name);
	if (name.len > LIMIT_ZONE_NAME || memchr(name.ptr, '&', name.len) ||
	    zone_load(i->batch->mem, arena_strndup(i->batch->mem, name.ptr, name.len), &zone, &ignored))
		return NULL;
	return group_add(i, name);
}

/* Sees to it that the campaign knows the name of a variable; false when there are too many. */
static bool tell_variable(struct lead_import *i, struct str name)
{
	for (size_t n = 0; n < i->variable_count; n++)
		if (str_eq(i->variables[n], name))
			return true;
	if (i->variable_count == LIMIT_VARIABLE_NAMES)
		return false;
	i->variables[i->variable_count++] = str_from(arena_strndup(i->app->mem, name.ptr, name.len));
	if (i->batch->names->len)
		buf_putc(i->batch->names, ',');
	buf_json(i->batch->names, name);
	return true;
}

/* Why the texts of a row cannot be stored, in `reason`, and which of them; false when they can. */
static bool is_unfit(struct lead_import *i, const struct lead_row *row, char reason[REASON_SIZE], const char **field)
{
	if (row->name.len > LIMIT_NAME) {
		*field = "name";
		snprintf(reason, REASON_SIZE, "The name is longer than %d bytes.", LIMIT_NAME);
		return true;
	}
	if (row->variable_count > LIMIT_COLUMNS) {
		snprintf(reason, REASON_SIZE, "The lead has more than %d variables.", LIMIT_COLUMNS);
		return true;
	}
	for (size_t n = 0; n < row->variable_count; n++) {
		const struct lead_field *v = &row->variables[n];
		int shown = (int)str_utf8_prefix(v->name, LIMIT_VARIABLE_NAME);
		bool is_name = script_is_name(v->name);

		if (is_name && v->value.len > LIMIT_VARIABLE)
			*field = arena_strndup(i->batch->mem, v->name.ptr, v->name.len);
		if (!is_name) {
			snprintf(reason, REASON_SIZE, "\"%.*s\" cannot be the name of a variable.", shown, v->name.ptr);
			return true;
		}
		if (v->value.len > LIMIT_VARIABLE) {
			snprintf(reason, REASON_SIZE, "\"%.*s\" is longer than %d bytes.", shown, v->name.ptr, LIMIT_VARIABLE);
			return true;
		}
		if (!tell_variable(i, v->name)) {
			snprintf(reason, REASON_SIZE, "The leads of this import have more than %d different variables.",
				 LIMIT_VARIABLE_NAMES);
			return true;
		}
	}
	return false;
}

/* In a dry run a number that stood further up is found here: nothing was stored of it. */
static bool is_repeated(struct lead_import *i, const char *phone)
{
	uint64_t digits = 0;

	if (!i->dry_run)
		return false;
	for (const char *p = phone + 1; *p; p++)
		digits = digits * 10 + (uint64_t)(*p - '0');
	return !number_set_add(&i->seen, digits);
}

int lead_import_settle(struct lead_import *i, struct err *err)
{
	return batch_settle(i, &i->batches[i->batch == i->batches], err);
}

/* The clock is not asked for every row. */
static int tell_progress(struct lead_import *i, struct err *err)
{
	int64_t now;

	if (!i->on_progress || i->n.rows % PROGRESS_ROWS)
		return 0;
	now = clock_monotonic_ms(i->app->clock);
	if (now < i->told_ms + PROGRESS_MS)
		return 0;
	i->told_ms = now;
	if (lead_import_settle(i, err))
		return -1;
	i->on_progress(i->progress_ctx, i);
	return 0;
}

int lead_import_row(struct lead_import *i, const struct lead_row *row, struct err *err)
{
	char phone[PHONE_SIZE], reason[REASON_SIZE];
	const char *why = phone_read(row->phone, i->country, phone), *field = why ? "phone" : NULL;
	struct group *group;

	if (tell_progress(i, err))
		return -1;
	if (++i->n.rows > LIMIT_IMPORT_ROWS)
		return err_set(err, ERR_LIMIT, "too many rows in one import");
	if (why || is_unfit(i, row, reason, &field)) {
		reject(i, row->number, row->phone, field, why ? why : reason);
		return 0;
	}
	group = group_of(i, row->timezone, phone);
	if (!group) {
		snprintf(reason, sizeof(reason), "There is no time zone \"%.*s\".",
			 (int)str_utf8_prefix(row->timezone, LIMIT_ZONE_NAME), row->timezone.ptr);
		reject(i, row->number, row->phone, "timezone", reason);
		return 0;
	}
	if (is_repeated(i, phone)) {
		i->n.duplicates++;
		return 0;
	}
	return add(i, row, phone, group, err);
}

int lead_import_end(struct lead_import *i, struct err *err)
{
	struct batch *last = i->batch;

	if (!last->count && last->number > 1)
		last = &i->batches[last == i->batches];
	else if (send_batch(i, err))
		return -1;
	return batch_settle(i, last, err);
}

/* ---- the report ---- */

struct lead_import_counts lead_import_counts(const struct lead_import *i)
{
	return i->n;
}

struct json_object *lead_import_report(const struct lead_import *i)
{
	struct json_object *report = json_owned(i->app->mem, json_object_new_object());

	json_put_int(report, "accepted", i->n.accepted);
	json_put_int(report, "duplicates", i->n.duplicates);
	json_put_int(report, "suppressed", i->n.suppressed);
	json_object_object_add(report, "rejected", json_object_get(i->rejections));
	json_put_int(report, "rejected_count", i->n.rejected);
	json_put_flag(report, "dry_run", i->dry_run);
	return report;
}
