/* See voice_settings.h. */
#include "campaign/voice_settings.h"

#include "base/buf.h"

enum { SETTINGS_MOST = 512 };

/* In the order in which they are written; a boolean has no bounds. */
static const struct setting {
	const char *name;
	double least, most;
	const char *sentence;
} settings[] = {
	{ "stability", 0, 1, "This must be a number from 0 to 1." },
	{ "similarity_boost", 0, 1, "This must be a number from 0 to 1." },
	{ "style", 0, 1, "This must be a number from 0 to 1." },
	{ "speed", 0.7, 1.2, "This must be a number from 0.7 to 1.2." },
	{ "use_speaker_boost", 0, 0, "This must be true or false." },
};

static const struct setting *setting_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (!strcmp(name, settings[i].name))
			return &settings[i];
	return NULL;
}

static bool fits(const struct setting *setting, struct json_object *value)
{
	double d;

	if (setting->most == 0)
		return json_object_is_type(value, json_type_boolean);
	if (!json_object_is_type(value, json_type_double) && !json_object_is_type(value, json_type_int))
		return false;
	d = json_object_get_double(value);
	return d >= setting->least && d <= setting->most;
}

/* One spelling for equal settings: the order of the table, numbers as %g. */
static const char *canonical(struct arena *mem, struct json_object *given)
{
	struct buf *out = buf_in(mem, SETTINGS_MOST);

	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		struct json_object *value = json_get(given, settings[i].name);

		if (!value)
			continue;
		buf_printf(out, "%s\"%s\":", out->len ? "," : "{", settings[i].name);
		if (json_object_is_type(value, json_type_boolean))
			buf_puts(out, json_object_get_boolean(value) ? "true" : "false");
		else /* the sum makes -0 the same as 0 */
			buf_printf(out, "%g", json_object_get_double(value) + 0.0);
	}
	if (!out->len)
		return NULL;
	buf_putc(out, '}');
	return out->ptr;
}

bool voice_settings_read(struct arena *mem, struct json_object *given, const char **text, const char **field,
			 const char **sentence)
{
	*field = "voice_settings";
	*sentence = "voice_settings must be an object.";
	if (!json_object_is_type(given, json_type_object))
		return false;
	json_object_object_foreach(given, name, value) {
		const struct setting *setting = setting_of(name);

		*field = arena_printf(mem, "voice_settings.%s", name);
		*sentence = setting ? setting->sentence : "This member is not known here.";
		if (!setting || !fits(setting, value))
			return false;
	}
	*text = canonical(mem, given);
	return true;
}
