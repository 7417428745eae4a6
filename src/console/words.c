/* See words.h.  static/console/lib/words.js says the same in the browser. */
#include "console/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "access/mask.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "console/page.h"

const char *words_of(struct arena *mem, const char *code)
{
	char *words = arena_strdup(mem, code ? code : "");

	for (char *p = words; *p; p++)
		if (*p == '_' || *p == '-')
			*p = ' ';
	if (*words >= 'a' && *words <= 'z')
		*words = (char)(*words - 'a' + 'A');
	return words;
}

const char *tone_of(const char *code)
{
	static const struct {
		const char *code, *tone;
	} tones[] = {
		{ "running", "good" }, { "paused", "warn" }, { "completed", "info" }, { "stopped", "muted" }, { "draft", "muted" },
		{ "pending", "muted" }, { "calling", "info" }, { "waiting", "warn" }, { "done", "muted" },
		{ "queued", "muted" }, { "initiated", "info" }, { "ringing", "info" }, { "in-progress", "good" },
		{ "busy", "warn" }, { "no-answer", "warn" }, { "no_answer", "warn" }, { "voicemail", "warn" }, { "canceled", "muted" },
		{ "failed", "bad" }, { "unknown", "bad" }, { "invalid_number", "bad" }, { "suppressed", "muted" },
		{ "opted_out", "bad" }, { "incomplete", "muted" }, { "not_placed", "muted" },
	};

	for (size_t i = 0; code && i < ARRAY_LEN(tones); i++)
		if (!strcmp(tones[i].code, code))
			return tones[i].tone;
	return code ? "good" : "muted"; /* answered, and the campaign's own outcomes */
}

void view_code(struct view *v, const char *name, struct arena *mem, const char *code)
{
	char key[64];
	struct view *known;

	view_set(v, name, words_of(mem, code));
	snprintf(key, sizeof(key), "%s_TONE", name);
	view_set(v, key, tone_of(code));
	if (!code || !*code)
		return;
	snprintf(key, sizeof(key), "%s_KNOWN", name);
	known = view_add(v, key);
	view_set(known, "CODE", code);
}

void view_iso(struct view *v, const char *name, const char *iso)
{
	int64_t ms = 0;

	if (iso)
		iso_time_parse(str_from(iso), &ms);
	page_time(v, name, ms);
}

const char *duration_words(struct arena *mem, int64_t seconds)
{
	if (seconds < 0)
		return "";
	if (seconds < 60)
		return arena_printf(mem, "%" PRId64 " s", seconds);
	return seconds % 60 ? arena_printf(mem, "%" PRId64 " min %" PRId64 " s", seconds / 60, seconds % 60)
			    : arena_printf(mem, "%" PRId64 " min", seconds / 60);
}

const char *heard_words(struct arena *mem, const char *digits, const char *speech)
{
	return arena_printf(mem, "%s%s%s", digits ? digits : "", digits && speech ? ", " : "", speech ? speech : "");
}

const char *call_href(struct arena *mem, const char *campaign, const char *call)
{
	return arena_printf(mem, "/console/campaigns/%s/calls/%s", campaign, call);
}

const char *lead_href(struct arena *mem, const char *campaign, const char *lead)
{
	return arena_printf(mem, "/console/campaigns/%s/leads/%s", campaign, lead);
}

void view_call(struct view *v, const struct request *req, const struct call *call)
{
	struct arena *mem = req->mem;

	view_set(v, "HREF", call_href(mem, call->campaign, call->id));
	view_code(v, "STATUS", mem, call->status);
	view_code(v, "OUTCOME", mem, call->outcome);
	view_set(v, "DURATION", duration_words(mem, call->duration_s));
	page_time(v, "PLACED", call->placed_ms);
	view_set(v, "HEARD", heard_words(mem, shown_heard(req, call->digits), shown_heard(req, call->speech)));
	view_set(v, "ANSWERED_BY", words_of(mem, call->answered_by));
	view_set(v, "ERROR", call->error);
}

void view_options(struct view *v, const char *name, struct arena *mem, const char *const *codes, size_t count,
		  const char *chosen)
{
	bool found = !chosen || !*chosen;

	for (size_t i = 0; i < count; i++) {
		struct view *option = view_add(v, name);

		view_set(option, "VALUE", codes[i]);
		view_set(option, "LABEL", words_of(mem, codes[i]));
		if (chosen && !strcmp(chosen, codes[i])) {
			view_show(option, "SELECTED");
			found = true;
		}
	}
	if (!found) { /* a campaign's own outcome, named in the address */
		struct view *option = view_add(v, name);

		view_set(option, "VALUE", chosen);
		view_set(option, "LABEL", words_of(mem, chosen));
		view_show(option, "SELECTED");
	}
}

const char *query_of(struct arena *mem, const char *const *pairs, size_t count)
{
	struct buf *out = buf_in(mem, LIMIT_QUERY);

	for (size_t i = 0; i + 1 < count; i += 2) {
		if (!pairs[i + 1] || !*pairs[i + 1])
			continue;
		buf_printf(out, "%s%s=", out->len ? "&" : "", pairs[i]);
		buf_url(out, str_from(pairs[i + 1]));
	}
	return out->ptr;
}
