/* See clone_api.h. */
#include "campaign/clone_api.h"

#include <string.h>

#include "access/audit.h"
#include "app.h"
#include "campaign/campaign_copy.h"
#include "web/api.h"

/* Reads the body, which may be left out; false when it was answered. */
static bool read_body(struct request *req, struct response *res, struct campaign_copy *copy)
{
	struct json_object *body;

	if (!req->body.len)
		return true;
	body = api_body(req, res);
	if (!body)
		return false;
	json_object_object_foreach(body, name, value) {
		if (!strcmp(name, "name")) {
			copy->name = json_text(body, "name");
			if (!copy->name)
				return api_refuse(res, "name", "name must be text."), false;
		} else if (!strcmp(name, "leads")) {
			if (!json_object_is_type(value, json_type_boolean))
				return api_refuse(res, "leads", "leads must be true or false."), false;
			copy->takes = json_object_get_boolean(value) ? copied_lead_any : NULL;
		} else {
			return api_refuse(res, name, "This member is not known here."), false;
		}
	}
	return true;
}

static struct json_object *copied_json(const struct lead_import_counts *n)
{
	struct json_object *o = json_object_new_object();

	json_put_int(o, "accepted", n->accepted);
	json_put_int(o, "suppressed", n->suppressed);
	json_put_int(o, "rejected", n->rejected);
	return o;
}

int campaigns_clone(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct campaign_copy copy = { .name = NULL };
	const char *id = api_id(req);
	struct json_object *answer;
	struct campaign from, made;

	if (!id)
		return err_set(err, ERR_MISSING, "no id of a campaign");
	if (campaign_load(app, id, &from, err))
		return -1;
	if (from.test_of)
		return err_set(err, ERR_MISSING, "a test call");
	if (!read_body(req, res, &copy))
		return 0;
	if (campaign_copy(app, &from, &copy, err))
		return -1;
	if (copy.sentence)
		return api_refuse(res, copy.field, copy.sentence);
	if (campaign_load(app, copy.id, &made, err))
		return -1;
	audit_say(req, "campaign.clone", copy.id, arena_join(req->mem, "of ", id));
	answer = campaign_json(app, &made);
	json_object_object_add(answer, "copied", copied_json(&copy.leads));
	response_json(res, 201, str_from(json_write(answer)));
	return 0;
}
