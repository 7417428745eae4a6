/* See redial.h. */
#include "campaign/redial.h"

#include <inttypes.h>
#include <string.h>

#include "access/audit.h"
#include "base/limits.h"
#include "campaign/call.h"
#include "campaign/lead.h"
#include "campaign/lead_import.h"
#include "store/keys.h"
#include "store/scripts.h"
#include "web/api.h"

enum {
	PIECE = 500,         /* leads that are looked at in one step */
	PIECES = 20,         /* that a request waits for; the runner does the rest */
	OUTCOMES_MOST = 10,
};

/* Who was reached, or must not be called, is never called again by this. */
static const char *const unreached[] = { "no_answer", "busy", "failed", "voicemail", "stopped", "incomplete" };

/* ---- copying ---- */

struct copy {
	const char *id, *source;
	struct json_object *outcomes;
	int64_t copied, last;
};

static int note(struct app *app, const struct copy *copy, bool finished, const char *reason, struct err *err)
{
	struct command c = script_new(app->mem, &script_redial_step, 4);
	struct reply r;

	command_text(&c, key_of(app->mem, KEY_CAMPAIGN, copy->id));
	command_text(&c, key_of(app->mem, KEY_CAMPAIGN, copy->source));
	command_text(&c, KEY_CAMPAIGNS_COPYING);
	command_text(&c, KEY_LIVE);
	command_text(&c, copy->id);
	command_int(&c, copy->copied);
	command_text(&c, reason);
	command_text(&c, finished ? "1" : "0");
	return script_run(app->store, &script_redial_step, &c, &r, err);
}

/* *copy.source is NULL when there is nothing to copy any more. */
static int copy_load(struct app *app, const char *id, struct copy *copy, struct err *err)
{
	struct reply r, row;
	struct err unreadable = { 0 };

	*copy = (struct copy){ .id = id };
	if (store_call(app->store, app->mem, &r, err, "HGET", KEY_CAMPAIGNS_COPYING, id, NULL))
		return -1;
	copy->source = reply_text(&r);
	if (!copy->source)
		return 0;
	if (store_call(app->store, app->mem, &row, err, "HMGET", key_of(app->mem, KEY_CAMPAIGN, id), "copy", "copied", NULL) ||
	    store_call(app->store, app->mem, &r, err, "HGET", key_of(app->mem, KEY_CAMPAIGN, copy->source), "leads", NULL))
		return -1;
	if (row.count == 2 && reply_text(&row.items[0]))
		copy->outcomes = json_read(app->mem, row.items[0].text, &unreadable);
	if (row.count == 2)
		reply_int(&row.items[1], &copy->copied);
	reply_int(&r, &copy->last);
	return 0;
}

static bool is_wanted(const struct copy *copy, const struct lead *lead)
{
	if (!lead->phone || lead->state != LEAD_DONE || !lead->outcome)
		return false;
	for (size_t i = 0; i < json_object_array_length(copy->outcomes); i++)
		if (!strcmp(lead->outcome, json_object_get_string(json_object_array_get_idx(copy->outcomes, i))))
			return true;
	return false;
}

/* Takes those off the list that must not be called. */
static int drop_suppressed(struct app *app, struct lead *leads, size_t count, struct err *err)
{
	struct command commands[LEADS_AT_ONCE];
	struct reply listed[LEADS_AT_ONCE];
	size_t places[LEADS_AT_ONCE], asked = 0;

	for (size_t i = 0; i < count; i++) {
		if (!leads[i].phone)
			continue;
		commands[asked] = command_new(app->mem, "HEXISTS");
		command_text(&commands[asked], KEY_DO_NOT_CALL);
		command_text(&commands[asked], leads[i].phone);
		places[asked++] = i;
	}
	if (asked && store_pipeline(app->store, commands, asked, listed, err))
		return -1;
	for (size_t i = 0; i < asked; i++)
		if (listed[i].number == 1)
			leads[places[i]].phone = NULL;
	return 0;
}

static int add(struct lead_import *import, const struct lead *lead, struct err *err)
{
	struct lead_field variables[LIMIT_COLUMNS];
	struct lead_row row = { .number = lead->number, .phone = str_from(lead->phone), .name = str_from(lead->name),
				.timezone = str_from(lead->timezone), .variables = variables };

	for (; row.variable_count < lead->variable_count && row.variable_count < LIMIT_COLUMNS; row.variable_count++)
		variables[row.variable_count] = (struct lead_field){ str_from(lead->variables[row.variable_count].name),
								     str_from(lead->variables[row.variable_count].value) };
	return lead_import_row(import, &row, err);
}

static int copy_piece(struct app *app, struct copy *copy, struct err *err)
{
	struct lead_import *import = lead_import_new(app, copy->id, NULL, false);
	struct lead *leads = arena_alloc(app->mem, PIECE * sizeof(*leads));
	size_t count = 0;

	while (count < PIECE && copy->copied < copy->last) {
		int64_t left = copy->last - copy->copied;
		size_t some = left < LEADS_AT_ONCE ? (size_t)left : LEADS_AT_ONCE;

		if (leads_load(app, copy->source, copy->copied + 1, some, leads + count, err))
			return -1;
		for (size_t i = 0; i < some; i++)
			if (!is_wanted(copy, &leads[count + i]))
				leads[count + i].phone = NULL;
		if (drop_suppressed(app, leads + count, some, err))
			return -1;
		count += some;
		copy->copied += (int64_t)some;
	}
	for (size_t i = 0; i < count; i++)
		if (leads[i].phone && add(import, &leads[i], err))
			return -1;
	return lead_import_end(import, err);
}

static int finish(struct app *app, struct copy *copy, struct err *err)
{
	struct reply leads;
	int64_t count = 0;

	if (store_call(app->store, app->mem, &leads, err, "HGET", key_of(app->mem, KEY_CAMPAIGN, copy->id), "leads", NULL))
		return -1;
	reply_int(&leads, &count);
	log_event(&app->log, LOG_INFO, "campaign.redial_copied", LOG_TEXT("campaign", copy->id), LOG_NUM("leads", count));
	return note(app, copy, true, count == 1 ? "Holds the one lead that an earlier campaign did not reach."
						: arena_printf(app->mem, "Holds the %" PRId64 " leads that an earlier campaign did not reach.", count),
		    err);
}

int redial_copy(struct app *app, const char *campaign, bool *more, struct err *err)
{
	struct err failure = { 0 };
	struct copy copy;

	*more = false;
	if (copy_load(app, campaign, &copy, err))
		return -1;
	if (!copy.source)
		return 0;
	if (!copy.outcomes || copy_piece(app, &copy, &failure)) {
		/* The draft was deleted meanwhile. */
		if (!copy.outcomes || failure.kind == ERR_MISSING || failure.kind == ERR_CONFLICT)
			return note(app, &copy, true, "The copying of leads was given up.", err);
		return err_set(err, failure.kind, "%s", failure.msg);
	}
	if (copy.copied >= copy.last)
		return finish(app, &copy, err);
	*more = true;
	return note(app, &copy, false, arena_printf(app->mem, "Copying the leads that were not reached: %" PRId64 " of %" PRId64 " looked at.",
						    copy.copied, copy.last), err);
}

int redial_turn(struct app *app, bool *idle, struct err *err)
{
	struct reply ids;

	if (store_call(app->store, app->mem, &ids, err, "HKEYS", KEY_CAMPAIGNS_COPYING, NULL))
		return -1;
	for (size_t i = 0; i < ids.count; i++) {
		bool more;

		if (reply_text(&ids.items[i]) && redial_copy(app, reply_text(&ids.items[i]), &more, err))
			return -1;
		*idle = false;
	}
	return 0;
}

/* ---- the request ---- */

static bool is_unreached(const char *outcome)
{
	for (size_t i = 0; i < ARRAY_LEN(unreached); i++)
		if (!strcmp(unreached[i], outcome))
			return true;
	return false;
}

struct wish {
	struct json_object *outcomes;
	const char *name;
};

static bool read_outcomes(struct json_object *value, struct response *res, struct wish *wish)
{
	size_t count = json_object_is_type(value, json_type_array) ? json_object_array_length(value) : 0;

	for (size_t i = 0; i < count; i++) {
		struct json_object *one = json_object_array_get_idx(value, i);

		if (!json_object_is_type(one, json_type_string) || !is_unreached(json_object_get_string(one)))
			count = 0;
	}
	if (!count || count > OUTCOMES_MOST)
		return api_refuse(res, "outcomes", "outcomes must be some of no_answer, busy, failed, voicemail, stopped and incomplete: "
						   "who was reached or opted out is not called again."), false;
	wish->outcomes = value;
	return true;
}

/* Reads the body; false when it was answered. */
static bool read_wish(struct app *app, struct request *req, struct response *res, struct wish *wish)
{
	struct json_object *body = api_body(req, res);

	if (!body)
		return false;
	json_object_object_foreach(body, name, value) {
		if (!strcmp(name, "outcomes")) {
			if (!read_outcomes(value, res, wish))
				return false;
		} else if (!strcmp(name, "name")) {
			wish->name = json_text(body, "name");
			if (!wish->name || !*wish->name || strlen(wish->name) > LIMIT_NAME)
				return api_refuse(res, "name", "name must be text of 1 to 200 bytes."), false;
		} else {
			return api_refuse(res, name, "This member is not known here."), false;
		}
	}
	if (wish->outcomes)
		return true;
	wish->outcomes = json_owned(app->mem, json_object_new_array());
	for (size_t i = 0; i < 4; i++)
		json_object_array_add(wish->outcomes, json_object_new_string(unreached[i]));
	return true;
}

static struct json_object *new_settings(struct app *app, const struct campaign *c, const struct wish *wish)
{
	static const char more[] = " (redial)";
	struct json_object *settings = json_owned(app->mem, json_object_new_object());

	json_object_object_foreach(c->settings, name, value)
		json_object_object_add(settings, name, json_object_get(value));
	json_put(settings, "name", wish->name ? wish->name
					      : arena_printf(app->mem, "%.*s%s", (int)str_utf8_prefix(str_from(c->name), LIMIT_NAME - sizeof(more)),
							     c->name, more));
	return settings;
}

static int begin(struct app *app, const char *id, const struct campaign *source, const struct wish *wish, const char **word,
		 struct err *err)
{
	struct command c = script_new(app->mem, &script_redial_begin, 4);
	struct reply r;

	command_text(&c, key_of(app->mem, KEY_CAMPAIGN, id));
	command_text(&c, key_of(app->mem, KEY_CAMPAIGN, source->id));
	command_text(&c, key_of(app->mem, KEY_COUNTS, source->id));
	command_text(&c, KEY_CAMPAIGNS_COPYING);
	command_text(&c, id);
	command_text(&c, source->id);
	command_text(&c, json_write(wish->outcomes));
	command_text(&c, "Copying the leads that were not reached.");
	if (script_run(app->store, &script_redial_begin, &c, &r, err))
		return -1;
	*word = reply_text(&r);
	return *word ? 0 : err_set(err, ERR_SYSTEM, "redial: an answer that is none");
}

/* The draft that was made for it goes again. */
static int take_back(struct app *app, struct response *res, const char *id, const char *word, struct err *err)
{
	enum campaign_deleted deleted;

	if (campaign_delete(app, id, &deleted, err))
		return -1;
	if (!strcmp(word, "missing"))
		return err_set(err, ERR_MISSING, "no such campaign");
	return api_conflict(res, !strcmp(word, "open") ? "The campaign has not ended: it still calls these leads itself."
						       : "Some leads of the campaign are not done yet: try again in a moment.");
}

int campaign_redial(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *id = api_id(req), *made, *word;
	enum campaign_written written;
	struct wish wish = { 0 };
	struct campaign source, c;
	bool more = true;

	if (!id)
		return err_set(err, ERR_MISSING, "no id of a campaign");
	if (campaign_load(app, id, &source, err))
		return -1;
	if (source.test_of)
		return err_set(err, ERR_MISSING, "a test call");
	if (!read_wish(app, req, res, &wish))
		return 0;
	if (source.state != CAMPAIGN_COMPLETED && source.state != CAMPAIGN_STOPPED)
		return api_conflict(res, "The campaign has not ended: it still calls these leads itself.");
	if (campaign_write(app, NULL, new_settings(app, &source, &wish), &made, &written, err))
		return -1;
	if (written != CAMPAIGN_WRITTEN)
		return api_conflict(res, "The campaign's agent does not exist any more.");
	if (begin(app, made, &source, &wish, &word, err))
		return -1;
	if (strcmp(word, "ok"))
		return take_back(app, res, made, word, err);
	log_event(&app->log, LOG_INFO, "campaign.redial", LOG_TEXT("campaign", source.id), LOG_TEXT("new", made));
	audit_say(req, "campaign.redial", source.id, arena_printf(req->mem, "as campaign %s", made));
	for (int i = 0; more && i < PIECES; i++)
		if (redial_copy(app, made, &more, err))
			return -1;
	if (campaign_load(app, made, &c, err))
		return -1;
	response_json(res, 201, str_from(json_write(campaign_json(app, &c))));
	return 0;
}
