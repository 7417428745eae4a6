/* See interview_json.h. */
#include "screening/interview_json.h"

#include <inttypes.h>

#include "base/crypto.h"

/* 9999-12-31: what a time in milliseconds can be at most. */
#define LAST_MS 253402300799999LL

struct json_object *interview_json(struct app *app, const struct session_row *row)
{
	struct json_object *o = json_owned(app->mem, json_object_new_object());
	const char *stage = session_stage(row, clock_wall_ms(app->clock));

	json_put(o, "id", row->id);
	json_put(o, "issue_id", row->issue_id);
	json_put(o, "issue_identifier", row->identifier);
	json_put(o, "candidate_name", row->candidate_name);
	json_put(o, "company_name", row->company_name);
	json_put(o, "job_title", row->job_title);
	json_put(o, "state", stage);
	json_put_time(o, "state_at", session_stage_ms(row, stage));
	json_put(o, "email_state", row->email_state);
	json_put(o, "conversation_id", row->conversation_id);
	json_put(o, "result", row->result);
	json_put(o, "override", row->override && *row->override ? row->override : NULL);
	json_put(o, "decision", session_decision(row));
	json_put(o, "moved_to", row->moved_to);
	json_put_flag(o, "generic_pointers", row->generic_pointers && !strcmp(row->generic_pointers, "1"));
	json_put_time(o, "created_at", row->created_ms);
	json_put_time(o, "expires_at", row->expires_ms);
	json_put_time(o, "opened_at", row->opened_ms);
	json_put_time(o, "started_at", row->started_ms);
	json_put_time(o, "ended_at", row->ended_ms);
	json_put_time(o, "evaluated_at", row->evaluated_ms);
	json_put_time(o, "moved_at", row->moved_ms);
	json_put_time(o, "revoked_at", row->revoked_ms);
	return o;
}

char *interview_cursor(struct arena *mem, struct session_place place)
{
	return base64url_encode(mem, str_from(arena_printf(mem, "%" PRId64 ":%s", place.created_ms, place.id)));
}

/* Our decoder knows the standard alphabet with padding only. */
static bool decode(struct arena *mem, struct str text, struct str *bytes)
{
	static const char *const padding[] = { "", NULL, "==", "=" };
	char *standard;

	if (!padding[text.len % 4])
		return false;
	standard = arena_printf(mem, "%.*s%s", (int)text.len, text.ptr, padding[text.len % 4]);
	for (char *p = standard; *p; p++)
		*p = *p == '-' ? '+' : *p == '_' ? '/' : *p;
	return base64_decode(mem, str_from(standard), bytes);
}

bool interview_cursor_read(struct arena *mem, struct str cursor, struct session_place *place)
{
	struct str bytes, id, created;

	if (!str_is_token(cursor, 1, 100) || !decode(mem, cursor, &bytes))
		return false;
	created = str_cut(bytes, ':', &id);
	place->created_ms = str_number(created, LAST_MS);
	if (place->created_ms < 0 || !id.ptr || !str_is_token(id, SESSION_ID_LENGTH, SESSION_ID_LENGTH))
		return false;
	place->id = arena_strndup(mem, id.ptr, id.len);
	return true;
}
