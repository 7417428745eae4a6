/* See json.h. */
#include "base/json.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

#include "base/die.h"
#include "base/limits.h"

static void put_deferred(void *o)
{
	json_object_put(o);
}

struct json_object *json_owned(struct arena *a, struct json_object *o)
{
	if (!o)
		die_out_of_memory();
	arena_defer(a, put_deferred, o);
	return o;
}

struct json_object *json_read(struct arena *a, struct str text, struct err *err)
{
	struct json_tokener *tok;
	struct json_object *o;
	enum json_tokener_error status;
	size_t end;

	if (!str_is_utf8(text) || text.len > INT32_MAX) {
		err_set(err, ERR_INPUT, "JSON is not well-formed UTF-8");
		return NULL;
	}
	tok = json_tokener_new_ex(LIMIT_JSON_DEPTH);
	if (!tok)
		die_out_of_memory();
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	o = json_tokener_parse_ex(tok, text.ptr, (int)text.len);
	status = json_tokener_get_error(tok);
	/* A bare number or literal ends only with the text. */
	if (status == json_tokener_continue) {
		o = json_tokener_parse_ex(tok, "\n", 1);
		status = json_tokener_get_error(tok);
		end = text.len;
	} else {
		end = json_tokener_get_parse_end(tok);
	}
	json_tokener_free(tok);
	if (status != json_tokener_success || !o) {
		json_object_put(o);
		err_set(err, ERR_INPUT, "not JSON: %s", json_tokener_error_desc(status));
		return NULL;
	}
	json_owned(a, o);
	if (str_trim((struct str){ text.ptr + end, text.len - end }).len) {
		err_set(err, ERR_INPUT, "not JSON: something follows the value");
		return NULL;
	}
	return o;
}

struct json_object *json_get(struct json_object *o, const char *key)
{
	struct json_object *value = NULL;

	if (o && json_object_is_type(o, json_type_object))
		json_object_object_get_ex(o, key, &value);
	return value;
}

struct json_object *json_path(struct json_object *o, const char *path)
{
	struct str rest = str_from(path), word;
	char key[64];

	while (o && rest.ptr) {
		word = str_cut(rest, '.', &rest);
		if (word.len >= sizeof(key))
			die_bug("json_path: key too long");
		memcpy(key, word.ptr, word.len);
		key[word.len] = '\0';
		o = json_get(o, key);
	}
	return o;
}

struct str json_str(struct json_object *o, const char *path)
{
	struct json_object *v = *path ? json_path(o, path) : o;

	if (!v || !json_object_is_type(v, json_type_string))
		return (struct str){ NULL, 0 };
	return (struct str){ json_object_get_string(v), (size_t)json_object_get_string_len(v) };
}

const char *json_text(struct json_object *o, const char *path)
{
	struct str s = json_str(o, path);

	return s.ptr && !memchr(s.ptr, '\0', s.len) ? s.ptr : NULL;
}

bool json_int(struct json_object *o, const char *path, int64_t *value)
{
	struct json_object *v = *path ? json_path(o, path) : o;
	double d;

	if (!v)
		return false;
	if (json_object_is_type(v, json_type_int)) {
		*value = json_object_get_int64(v);
		return true;
	}
	if (!json_object_is_type(v, json_type_double))
		return false;
	d = json_object_get_double(v);
	if (!(d >= -9e15 && d <= 9e15))
		return false;
	*value = (int64_t)d;
	return true;
}

bool json_flag(struct json_object *o, const char *path, bool *value)
{
	struct json_object *v = json_path(o, path);

	if (!v || !json_object_is_type(v, json_type_boolean))
		return false;
	*value = json_object_get_boolean(v);
	return true;
}

struct json_object *json_list(struct json_object *o, const char *path, size_t *len)
{
	struct json_object *v = *path ? json_path(o, path) : o;

	*len = 0;
	if (!v || !json_object_is_type(v, json_type_array))
		return NULL;
	*len = json_object_array_length(v);
	return v;
}

static void add(struct json_object *o, const char *key, struct json_object *value)
{
	if (json_object_object_add(o, key, value))
		die_out_of_memory();
}

void json_put(struct json_object *o, const char *key, const char *text)
{
	add(o, key, text ? json_object_new_string(text) : NULL);
}

void json_put_int(struct json_object *o, const char *key, int64_t value)
{
	add(o, key, json_object_new_int64(value));
}

void json_put_time(struct json_object *o, const char *key, int64_t ms)
{
	char iso[ISO_TIME_SIZE];

	if (ms > 0)
		iso_time_format(ms, iso);
	json_put(o, key, ms > 0 ? iso : NULL);
}

void json_put_flag(struct json_object *o, const char *key, bool value)
{
	add(o, key, json_object_new_boolean(value));
}

const char *json_write(struct json_object *o)
{
	return json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}
