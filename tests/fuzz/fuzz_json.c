/* JSON from outside: what is read can be written and read again, text is always
 * well-formed, what reads a transcript bears any document, and what is taken as
 * an event the runner can read. */
#include "tests/fuzz/fuzz.h"

#include "base/buf.h"
#include "base/event.h"
#include "base/json.h"
#include "screening/transcript.h"

static void look_around(struct json_object *o)
{
	static const char *const paths[] = { "", "data", "data.id", "type", "data.transcript", "webhookTimestamp", "x.y.z" };
	int64_t n;
	size_t len;
	bool flag;

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct str s = json_str(o, paths[i]);
		const char *text = json_text(o, paths[i]);

		must(str_is_utf8(s) || memchr(s.ptr, '\0', s.len));
		must(!text || strlen(text) == s.len);
		json_int(o, paths[i], &n);
		json_flag(o, *paths[i] ? paths[i] : "x", &flag);
		must(json_list(o, paths[i], &len) || !len);
	}
}

/* What is stored of an event is its bytes, which json.h reads later. */
static void read_as_event(struct arena *mem, struct str text, struct json_object *same)
{
	static const char *const paths[] = { "type", "data", "data.id", "data.transcript", "webhookTimestamp", "x.y.z", "" };
	struct err err = { 0 };
	struct event *e = event_read(event_reader_new(mem), mem, text, &err);
	int64_t n;

	must(e ? json_object_is_type(same, json_type_object) : err.kind == ERR_INPUT);
	for (size_t i = 0; e && i < ARRAY_LEN(paths); i++) {
		struct str s = event_str(e, paths[i]);
		const char *inside = event_text(e, paths[i]);

		must(!s.ptr || !s.ptr[s.len]);
		must(!inside || strlen(inside) == s.len);
		event_int(e, paths[i], &n);
		must(!event_has_list(e, paths[i]) || !s.ptr);
	}
}

static void read_transcript(struct arena *mem, struct json_object *o)
{
	struct transcript t;
	struct err err = { 0 };
	struct buf *out = buf_in(mem, 1 << 20);

	transcript_init(&t, mem);
	if (transcript_add(&t, o, &err)) {
		must(err.kind == ERR_INPUT);
		return;
	}
	transcript_text(&t, 0, t.count, out);
	transcript_is_too_thin(&t);
	for (size_t i = 0; i < t.count && i < 4; i++)
		transcript_find(&t, mem, t.turns[i].text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *mem = arena_new();
	struct err err = { 0 };
	struct json_object *o = json_read(mem, all_of(data, size), &err);
	struct buf *quoted = buf_in(mem, 6 * size + 2);

	read_as_event(mem, all_of(data, size), o);
	if (o) {
		look_around(o);
		must(json_read(mem, str_from(json_write(o)), &err));
		read_transcript(mem, o);
		if (json_get(o, "data"))
			read_transcript(mem, json_get(o, "data"));
	} else {
		must(err.kind == ERR_INPUT);
	}
	err = (struct err){ 0 };
	buf_json(quoted, all_of(data, size));
	must(!quoted->failed && json_read(mem, buf_view(quoted), &err));
	arena_free(mem);
	return 0;
}
