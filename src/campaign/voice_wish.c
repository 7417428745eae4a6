/* See voice_wish.h. */
#include "campaign/voice_wish.h"

#include "base/limits.h"
#include "campaign/voice_settings.h"
#include "vendors/elevenlabs_speech.h"
#include "web/api.h"

enum { ID_MOST = 64 };

static const char *const formats[] = {
	"wav_8000", "wav_16000", "wav_22050", "wav_24000", "wav_32000", "wav_44100", "wav_48000",
	"mp3_22050_32", "mp3_24000_48", "mp3_44100_32", "mp3_44100_64", "mp3_44100_96", "mp3_44100_128", "mp3_44100_192",
};

static bool read_text(struct response *res, struct json_object *value, struct voice_wish *wish)
{
	struct str text = json_str(value, "");

	if (!text.ptr || memchr(text.ptr, '\0', text.len))
		return api_refuse(res, "text", "text must be a text."), false;
	if (!str_trim(text).len)
		return api_refuse(res, "text", "text must not be blank."), false;
	wish->characters = str_characters(text);
	if (wish->characters > LIMIT_SCRIPT)
		return api_refuse(res, "text", "text must have at most 5000 characters."), false;
	wish->audio.text = text;
	return true;
}

static bool read_id(struct response *res, const char *name, struct json_object *value, const char **id)
{
	struct str s = json_str(value, "");

	if (!s.ptr || !str_is_token(s, 1, ID_MOST))
		return api_refuse(res, name, "This must be an id of 1 to 64 letters, digits, - or _."), false;
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
	return api_refuse(res, "output_format", "output_format must be wav_8000 or another wav_ or mp3_ format of "
						"ElevenLabs."), false;
}

static bool read_language(struct response *res, struct json_object *value, const char **language)
{
	const char *text = json_text(value, "");

	if (!text || strlen(text) != 2 || strspn(text, "abcdefghijklmnopqrstuvwxyz") != 2)
		return api_refuse(res, "language", "language must be a code of ISO 639-1, such as en."), false;
	*language = text;
	return true;
}

static bool read_settings(struct request *req, struct response *res, struct json_object *given, const char **text)
{
	const char *field, *sentence;

	return voice_settings_read(req->mem, given, text, &field, &sentence) ||
	       (api_refuse(res, field, sentence), false);
}

/* null is as good as left out */
static bool is_optional(const char *name)
{
	return !strcmp(name, "voice_id") || !strcmp(name, "model_id") || !strcmp(name, "language") ||
	       !strcmp(name, "voice_settings");
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
	if (!strcmp(name, "language"))
		return read_language(res, value, &wish->audio.language);
	if (!strcmp(name, "voice_settings"))
		return read_settings(req, res, value, &wish->audio.settings);
	if (choose && !strcmp(name, "output_format"))
		return read_format(res, value, &wish->audio.format);
	return api_refuse(res, name, "This member is not known here."), false;
}

bool voice_wish_read(struct request *req, struct response *res, const char *voice_id, const char *format, bool choose,
		     struct voice_wish *wish)
{
	struct json_object *body = api_body(req, res);

	*wish = (struct voice_wish){
		.audio = { .voice_id = voice_id, .model_id = VOICE_MODEL, .format = format },
	};
	if (!body)
		return false;
	json_object_object_foreach(body, name, value) {
		if (!read_member(req, res, name, value, choose, wish))
			return false;
	}
	if (!wish->audio.text.ptr)
		return api_refuse(res, "text", "text is missing."), false;
	if (!elevenlabs_model_takes_language(wish->audio.model_id))
		wish->audio.language = NULL; /* as in calls: the same words are then the same file */
	return true;
}
