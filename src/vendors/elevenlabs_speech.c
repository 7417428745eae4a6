/* See elevenlabs_speech.h. */
#include "vendors/elevenlabs_speech.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/limits.h"
#include "vendors/elevenlabs_call.h"
#include "vendors/failure.h"

enum { PATH_LIMIT = 8 << 10, PAGE_SIZE = 100 };

static void put_parameter(struct buf *path, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	buf_printf(path, "&%s=", name);
	buf_url(path, str_from(value));
}

int elevenlabs_voices(const struct elevenlabs *e, struct arena *mem, const struct elevenlabs_filter *filter,
		      struct json_object **voices, const char **next, struct err *err)
{
	struct buf *path = buf_in(mem, PATH_LIMIT);
	struct json_object *answer;
	bool more = false;
	size_t count;

	buf_printf(path, "/v2/voices?page_size=%d", filter->page_size ? filter->page_size : PAGE_SIZE);
	put_parameter(path, "search", filter->search);
	put_parameter(path, "category", filter->category);
	put_parameter(path, "gender", filter->gender);
	put_parameter(path, "age", filter->age);
	put_parameter(path, "language", filter->language);
	put_parameter(path, "accent", filter->accent);
	put_parameter(path, "use_cases", filter->use_case);
	put_parameter(path, "next_page_token", filter->cursor);
	if (elevenlabs_get(e, mem, path, 0, &answer, err))
		return -1;
	*voices = json_list(answer, "voices", &count);
	if (!*voices)
		return vendor_failed(err, ERR_UPSTREAM, "ElevenLabs", "the answer holds no list", 0, NULL);
	*next = json_flag(answer, "has_more", &more) && more ? json_text(answer, "next_page_token") : NULL;
	if (*next && !**next)
		*next = NULL;
	return 0;
}

int elevenlabs_voice(const struct elevenlabs *e, struct arena *mem, const char *voice_id, struct json_object **voice,
		     struct err *err)
{
	struct buf *path = buf_in(mem, PATH_LIMIT);

	buf_puts(path, "/v1/voices/");
	buf_url(path, str_from(voice_id));
	return elevenlabs_get(e, mem, path, 0, voice, err);
}

int elevenlabs_models(const struct elevenlabs *e, struct arena *mem, struct json_object **models, struct err *err)
{
	struct buf *path = buf_in(mem, PATH_LIMIT);

	buf_puts(path, "/v1/models");
	return elevenlabs_get_list(e, mem, path, models, err);
}

int elevenlabs_subscription(const struct elevenlabs *e, struct arena *mem, struct json_object **subscription,
			    struct err *err)
{
	struct buf *path = buf_in(mem, PATH_LIMIT);

	buf_puts(path, "/v1/user/subscription");
	return elevenlabs_get(e, mem, path, 0, subscription, err);
}

bool elevenlabs_model_takes_language(const char *model_id)
{
	return !strstr(model_id, "multilingual");
}

static void put_words(struct buf *body, const struct elevenlabs_words *words)
{
	buf_puts(body, "{\"text\":");
	buf_json(body, words->text);
	buf_puts(body, ",\"model_id\":");
	buf_json(body, str_from(words->model_id));
	if (words->language) {
		buf_puts(body, ",\"language_code\":");
		buf_json(body, str_from(words->language));
	}
	if (words->settings)
		buf_printf(body, ",\"voice_settings\":%s", words->settings);
	buf_putc(body, '}');
}

/* What the type of a WAV is called is not documented, so its first bytes decide. */
static bool is_audio(const struct http_reply *reply, bool wav)
{
	const char *header = http_reply_header(reply, "content-type");
	struct str type = str_from(header);

	if (str_starts(type, STR("application/json")) || str_starts(type, STR("text/")))
		return false;
	if (wav)
		return reply->body.len > 12 && str_starts(reply->body, STR("RIFF")) &&
		       str_eq((struct str){ reply->body.ptr + 8, 4 }, STR("WAVE"));
	return reply->body.len > 0;
}

int elevenlabs_speech(const struct elevenlabs *e, struct arena *mem, const struct elevenlabs_words *words,
		      struct str *audio, int64_t *cost, struct err *err)
{
	struct http_call call = { .method = "POST", .max_reply = LIMIT_AUDIO };
	struct buf *path = buf_in(mem, PATH_LIMIT), *body = buf_in(mem, LIMIT_BODY_API);
	bool wav = str_starts(str_from(words->format), STR("wav_"));
	struct http_reply reply;

	buf_puts(path, "/v1/text-to-speech/");
	buf_url(path, str_from(words->voice_id));
	buf_puts(path, "?output_format=");
	buf_url(path, str_from(words->format));
	put_words(body, words);
	if (path->failed || body->failed)
		return vendor_failed(err, ERR_REFUSED, "ElevenLabs", "the words are too long", 0, NULL);
	call.url = arena_printf(mem, "%s%s", e->base_url, path->ptr);
	call.body = buf_view(body);
	http_call_header(&call, "xi-api-key", e->api_key);
	http_call_header(&call, "Content-Type", "application/json");
	http_call_header(&call, "Accept", wav ? "audio/wav" : "audio/mpeg");
	if (vendor_send(e->http, mem, "ElevenLabs", &call, false, &reply, err))
		return -1;
	if (reply.status < 200 || reply.status > 299)
		return elevenlabs_refused(e, mem, &reply, err);
	if (!is_audio(&reply, wav))
		return vendor_failed(err, ERR_UPSTREAM, "ElevenLabs", "the answer is no audio", reply.status, NULL);
	*audio = reply.body;
	*cost = str_number(str_from(http_reply_header(&reply, "character-cost")), INT32_MAX);
	return 0;
}
