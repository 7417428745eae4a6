/* See campaign_copy.h. */
#include "campaign/campaign_copy.h"

#include "base/limits.h"
#include "campaign/campaign_settings.h"

enum { AT_ONCE = 5 * LEADS_AT_ONCE };

bool copied_lead_any(void *ctx, const struct lead *lead)
{
	(void)ctx;
	(void)lead;
	return true;
}

/* ---- leads ---- */

static int put_lead(struct lead_import *import, const struct lead *lead, struct err *err)
{
	struct lead_field variables[LIMIT_COLUMNS];
	struct lead_row row = { .number = lead->number, .phone = str_from(lead->phone), .name = str_from(lead->name),
				.timezone = str_from(lead->timezone), .variables = variables };

	for (size_t i = 0; i < lead->variable_count && i < LIMIT_COLUMNS; i++)
		variables[row.variable_count++] = (struct lead_field){ str_from(lead->variables[i].name),
								       str_from(lead->variables[i].value) };
	return lead_import_row(import, &row, err);
}

/* `reader` has memory of its own, which is emptied after each. */
static int put_some(struct app *reader, const struct campaign *from, int64_t first, size_t count,
		    const struct campaign_copy *copy, struct lead_import *import, struct err *err)
{
	struct lead leads[AT_ONCE];
	int rc = lead_import_settle(import, err);

	for (size_t i = 0; !rc && i < count; i += LEADS_AT_ONCE)
		rc = leads_load(reader, from->id, first + (int64_t)i, count - i < LEADS_AT_ONCE ? count - i : LEADS_AT_ONCE,
				&leads[i], err);
	for (size_t i = 0; !rc && i < count; i++)
		if (leads[i].phone && copy->takes(copy->ctx, &leads[i]))
			rc = put_lead(import, &leads[i], err);
	arena_reset(reader->mem);
	return rc;
}

static int put_leads(struct app *app, const struct campaign *from, struct campaign_copy *copy, struct err *err)
{
	struct lead_import *import = lead_import_new(app, copy->id, NULL, false);
	struct app reader = *app;
	int rc = 0;

	reader.mem = arena_new();
	for (int64_t at = 1; !rc && at <= from->leads; at += AT_ONCE)
		rc = put_some(&reader, from, at, (size_t)(from->leads - at + 1 < AT_ONCE ? from->leads - at + 1 : AT_ONCE), copy,
			      import, err);
	arena_free(reader.mem);
	if (!rc)
		rc = lead_import_end(import, err);
	copy->leads = lead_import_counts(import);
	return rc;
}

/* ---- the campaign ---- */

static const char *name_of(struct app *app, const struct campaign *from, const struct campaign_copy *copy)
{
	const char *name = copy->name ? copy->name : arena_join(app->mem, "Copy of ", from->name);

	return copy->name ? name : arena_strndup(app->mem, name, str_utf8_prefix(str_from(name), LIMIT_NAME));
}

int campaign_copy(struct app *app, const struct campaign *from, struct campaign_copy *copy, struct err *err)
{
	struct json_object *given = json_owned(app->mem, json_object_new_object()), *settings;
	struct settings_problem *problem = arena_new_object(app->mem, struct settings_problem);
	enum campaign_written written;
	enum campaign_deleted deleted;
	struct err ignored = { 0 };
	struct campaign still;

	json_put(given, "name", name_of(app, from, copy));
	settings = campaign_settings_read(app->mem, given, from->settings, NULL, problem);
	if (!settings) {
		copy->field = problem->field;
		copy->sentence = problem->sentence;
		return 0;
	}
	if (campaign_write(app, NULL, settings, &copy->id, &written, err))
		return -1;
	if (written != CAMPAIGN_WRITTEN) {
		copy->field = "agent_id";
		copy->sentence = "The campaign's agent does not exist any more.";
		return 0;
	}
	if (!copy->takes)
		return 0;
	/* Of one that is deleted meanwhile some leads were gone already: half a list is none. */
	if (!put_leads(app, from, copy, err) && !campaign_load(app, from->id, &still, err))
		return 0;
	(void)campaign_delete(app, copy->id, &deleted, &ignored);
	return -1;
}
