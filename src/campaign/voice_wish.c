/* See voice_wish.h. */
#include "campaign/voice_wish.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/limits.h"

enum { ID_MOST = 64, SETTINGS_MOST = 512 };

static const char *const formats[] = {
	"wav_8000", "wav_16000", "wav_22050", "wav_24000", "wav_32000", "wav_44100", "wav_48000",
	"mp3_22050_32", "mp3_24000_48", "mp3_44100_32", "mp3_44100_64", "mp3_44100_96", "mp3_44100_128", "mp3_44100_192",
};

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

static bool refuse(struct response *res, const char *field, const char *sentence)
{
	response_error(res, 400, "bad_request", sentence, field);
	return false;
}

static size_t count_characters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
	return n;
}

static bool read_text(struct response *res, struct json_object *value, struct voice_wish *wish)
{
	struct str text = json_str(value, "");

	if (!text.ptr || memchr(text.ptr, '\0', text.len))
		return refuse(res, "text", "text must be a text.");
	if (!str_trim(text).len)
		return refuse(res, "text", "text must not be blank.");
	wish->characters = count_characters(text);
	if (wish->characters > LIMIT_SCRIPT)
		return refuse(res, "text", "text must have at most 5000 characters.");
	wish->audio.text = text;
	return true;
}

static bool read_id(struct response *res, const char *name, struct json_object *value, const char **id)
{
	struct str s = json_str(value, "");

	if (!s.ptr || !str_is_token(s, 1, ID_MOST))
		return refuse(res, name, "This must be an id of 1 to 64 letters, digits, - or _.");
	*id = s.ptr;
	return true;
}

static bool read_format(struct response *res, struct json_object *value, const char **format)
{
	struct str s = json_str(value, "");

	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		if (str_eq(s, str_from(formats[i]))) {
			*format = formats[i];
			return true;
		}
	}
	return refuse(res, "output_format", "output_format must be wav_8000 or another wav_ or mp3_ format of ElevenLabs.");
}

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

static bool read_settings(struct request *req, struct response *res, struct json_object *given, const char **text)
{
	if (!json_object_is_type(given, json_type_object))
		return refuse(res, "voice_settings", "voice_settings must be an object.");
	json_object_object_foreach(given, name, value) {
		const struct setting *setting = setting_of(name);
		const char *field = arena_printf(req->mem, "voice_settings.%s", name);

		if (!setting)
			return refuse(res, field, "This member is not known here.");
		if (!fits(setting, value))
			return refuse(res, field, setting->sentence);
	}
	*text = canonical(req->mem, given);
	return true;
}

/* null is as good as left out */
static bool is_optional(const char *name)
{
	return !strcmp(name, "voice_id") || !strcmp(name, "model_id") || !strcmp(name, "voice_settings");
}

static bool read_member(struct request *req, struct response *res, const char *name, struct json_object *value,
			bool choose, struct voice_wish *wish)
{
	if (!strcmp(name, "text"))
		return read_text(res, value, wish);
	if (!value && is_optional(name))
		return true;
	if (!strcmp(name, "voice_id"))
		return read_id(res, name, value, &wish->audio.voice_id);
	if (!strcmp(name, "model_id"))
		return read_id(res, name, value, &wish->audio.model_id);
	if (!strcmp(name, "voice_settings"))
		return read_settings(req, res, value, &wish->audio.settings);
	if (choose && !strcmp(name, "output_format"))
		return read_format(res, value, &wish->audio.format);
	return refuse(res, name, "This member is not known here.");
}

bool voice_wish_read(struct request *req, struct response *res, const char *voice_id, const char *format, bool choose,
		     struct voice_wish *wish)
{
	struct json_object *body;
	struct err bad = { 0 };

	*wish = (struct voice_wish){
		.audio = { .voice_id = voice_id, .model_id = "eleven_multilingual_v2", .format = format },
	};
	if (!request_is_type(req, "application/json")) {
		response_error(res, 415, "unsupported_media_type", "The request must be JSON.", NULL);
		return false;
	}
	body = json_read(req->mem, req->body, &bad);
	if (!body || !json_object_is_type(body, json_type_object))
		return refuse(res, NULL, "The request could not be understood.");
	json_object_object_foreach(body, name, value) {
		if (!read_member(req, res, name, value, choose, wish))
			return false;
	}
	if (!wish->audio.text.ptr)
		return refuse(res, "text", "text is missing.");
	return true;
}
