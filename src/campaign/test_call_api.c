/* See test_call_api.h. */
#include "campaign/test_call_api.h"

#include <string.h>

#include "access/audit.h"
#include "base/limits.h"
#include "campaign/phone.h"
#include "campaign/script_text.h"
#include "campaign/test_call.h"
#include "web/api.h"

static bool wrong(struct response *res, const char *field, const char *sentence)
{
	api_refuse(res, field, sentence);
	return false;
}

static bool read_phone(struct request *req, struct response *res, struct json_object *body, struct test_wish *wish)
{
	char *e164 = arena_alloc(req->mem, PHONE_SIZE);
	const char *text = json_text(body, "phone"), *why;

	if (!text)
		return wrong(res, "phone", "phone is missing: the number to call, with its country code.");
	why = phone_read(str_trim(str_from(text)), NULL, e164);
	if (why)
		return wrong(res, "phone", why);
	wish->phone = e164;
	return true;
}

static bool read_variables(struct request *req, struct response *res, struct json_object *variables, struct test_wish *wish)
{
	if (!json_object_is_type(variables, json_type_object))
		return wrong(res, "variables", "variables must be an object of texts.");
	if (json_object_object_length(variables) > LIMIT_COLUMNS)
		return wrong(res, "variables", "There are more variables than a lead may have.");
	wish->variables = arena_alloc(req->mem, LIMIT_COLUMNS * sizeof(*wish->variables));
	json_object_object_foreach(variables, name, value) {
		const char *field = arena_join(req->mem, "variables.", name);
		struct str text = { json_object_get_string(value), (size_t)json_object_get_string_len(value) };

		if (!script_is_name(str_from(name)) || !strcmp(name, "phone") || !strcmp(name, "timezone"))
			return wrong(res, field, "This cannot be the name of a variable.");
		if (!json_object_is_type(value, json_type_string) || text.len > LIMIT_VARIABLE || memchr(text.ptr, 0, text.len))
			return wrong(res, field, "A variable must be text of at most 2000 bytes.");
		if (!strcmp(name, "name"))
			wish->name = text.ptr;
		else if (text.len)
			wish->variables[wish->variable_count++] = (struct lead_field){ str_from(name), text };
	}
	return true;
}

/* False when it was answered. */
static bool read_wish(struct request *req, struct response *res, struct test_wish *wish)
{
	struct json_object *body = api_body(req, res), *variables = NULL;

	if (!body)
		return false;
	json_object_object_foreach(body, name, value) {
		if (!strcmp(name, "variables"))
			variables = value;
		else if (!strcmp(name, "own_number") && !json_object_is_type(value, json_type_boolean))
			return wrong(res, name, "own_number must be true or false.");
		else if (!strcmp(name, "name") && !json_text(body, "name"))
			return wrong(res, name, "name must be text.");
		else if (strcmp(name, "phone") && strcmp(name, "own_number") && strcmp(name, "name"))
			return wrong(res, name, "This member is not known here.");
	}
	json_flag(body, "own_number", &wish->own_number);
	wish->name = json_text(body, "name");
	if (!read_phone(req, res, body, wish) || (variables && !read_variables(req, res, variables, wish)))
		return false;
	return !wish->name || strlen(wish->name) <= LIMIT_NAME || wrong(res, "name", "The name is too long.");
}

static int answer(struct app *app, const char *campaign, const char *test, int status, struct response *res,
		  struct err *err)
{
	struct json_object *json;

	if (test_call_json(app, campaign, test, &json, err))
		return -1;
	response_json(res, status, str_from(json_write(json)));
	return 0;
}

int test_call_create(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct test_wish wish = { .phone = NULL };
	struct test_refusal refusal;
	const char *id = api_id(req), *test;

	if (!id)
		return err_set(err, ERR_MISSING, "no id of a campaign");
	if (!read_wish(req, res, &wish))
		return 0;
	if (test_call_begin(app, id, &wish, &test, &refusal, err))
		return -1;
	if (refusal.status) {
		response_error(res, refusal.status, refusal.code, refusal.sentence, refusal.field);
		return 0;
	}
	audit_say(req, "campaign.test_call", id, NULL);
	log_event(&app->log, LOG_INFO, "campaign.test_call", LOG_TEXT("campaign", id), LOG_TEXT("test", test));
	return answer(app, id, test, 202, res, err);
}

int test_call_show(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct str test = request_param(req, "test");
	const char *id = api_id(req);

	if (!id || !str_is_token(test, 1, 64))
		return err_set(err, ERR_MISSING, "no id of a test call");
	return answer(app, id, arena_strndup(req->mem, test.ptr, test.len), 200, res, err);
}
