// See event.h.  No C++ exception may cross into C: simdjson is asked for error
// codes only, and every call is noexcept.
#include "base/event.h"

#include <simdjson.h>

#include <new>
#include <string_view>

#include "base/limits.h"

namespace dom = simdjson::dom;

struct event_reader {
	dom::parser parser;
};

struct event {
	dom::element root;
};

namespace {

// Nearly all events but recordings are smaller.  A parser needs up to fourteen
// times the text.
enum { KEPT = 64 << 10 };

// simdjson may read behind the text, so that it gets a copy with room there.
enum { COPIED = true };

void free_reader(void *r)
{
	delete static_cast<struct event_reader *>(r);
}

int failure(simdjson::error_code code, struct err *err)
{
	if (code == simdjson::MEMALLOC)
		return err_set(err, ERR_SYSTEM, "no memory for an event");
	return err_set(err, ERR_INPUT, "not a JSON object: %s", simdjson::error_message(code));
}

simdjson::error_code parse(dom::parser &parser, struct str text, size_t capacity, dom::element &root)
{
	if (parser.capacity() < capacity) {
		simdjson::error_code code = parser.allocate(capacity, LIMIT_JSON_DEPTH);

		if (code)
			return code;
	}
	return parser.parse(text.ptr, text.len, COPIED).get(root);
}

int hex_value(const char *p)
{
	int n = 0;

	for (int i = 0; i < 4; i++) {
		char c = p[i];
		int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;

		if (digit < 0)
			return -1;
		n = n * 16 + digit;
	}
	return n;
}

// The value of an escape of four hexadecimal digits at that place, or -1.
int escape_at(struct str s, size_t i)
{
	return s.len - i >= 6 && s.ptr[i] == '\\' && s.ptr[i + 1] == 'u' ? hex_value(s.ptr + i + 2) : -1;
}

// JSON's grammar allows half a surrogate pair, which simdjson refuses; it stands
// for no character.  A copy in which each has become U+FFFD.
struct str without_halves(struct arena *a, struct str s)
{
	char *copy = arena_strndup(a, s.ptr, s.len);

	for (size_t i = 0; i < s.len; i++) {
		int first = escape_at(s, i);
		int second = first >= 0xd800 && first < 0xdc00 && s.len - i >= 12 ? escape_at(s, i + 6) : -1;

		if (second >= 0xdc00 && second < 0xe000)
			i += 11;
		else if (first >= 0xd800 && first < 0xe000)
			memcpy(copy + i + 2, "fffd", 4);
		else if (s.ptr[i] == '\\')
			i++; // whatever is escaped, it begins no escape
	}
	return { copy, s.len };
}

simdjson::error_code parse_any(struct event_reader *r, struct arena *a, struct str text, dom::element &root)
{
	if (text.len <= KEPT)
		return parse(r->parser, text, KEPT, root);
	return parse(event_reader_new(a)->parser, text, text.len, root);
}

// An object is searched to its end, because the last of two members counts.
bool member(dom::element from, std::string_view key, dom::element &found)
{
	dom::object object;
	bool any = false;

	if (from.get(object))
		return false;
	for (auto at = object.begin(); at != object.end(); ++at) {
		if (at.key_equals(key)) {
			found = at.value();
			any = true;
		}
	}
	return any;
}

bool follow(const struct event *e, const char *path, dom::element &found)
{
	struct str rest = str_from(path), word;

	found = e->root;
	while (rest.ptr) {
		word = str_cut(rest, '.', &rest);
		if (!member(found, std::string_view(word.ptr, word.len), found))
			return false;
	}
	return true;
}

} // namespace

extern "C" struct event_reader *event_reader_new(struct arena *a) EVENT_NOTHROW
{
	struct event_reader *r = new event_reader;

	arena_defer(a, free_reader, r);
	return r;
}

extern "C" struct event *event_read(struct event_reader *r, struct arena *a, struct str text, struct err *err) EVENT_NOTHROW
{
	dom::element root;
	simdjson::error_code code = simdjson::EMPTY;

	if (text.len)
		code = parse_any(r, a, text, root);
	if (code == simdjson::STRING_ERROR)
		code = parse_any(r, a, without_halves(a, text), root);
	if (!code && !root.is_object())
		code = simdjson::INCORRECT_TYPE;
	if (code) {
		failure(code, err);
		return nullptr;
	}
	return new (arena_alloc(a, sizeof(struct event))) event{ root };
}

extern "C" struct str event_str(const struct event *e, const char *path) EVENT_NOTHROW
{
	dom::element found;
	std::string_view text;

	if (!follow(e, path, found) || found.get(text))
		return { nullptr, 0 };
	return { text.data(), text.size() };
}

extern "C" const char *event_text(const struct event *e, const char *path) EVENT_NOTHROW
{
	struct str s = event_str(e, path);

	return s.ptr && !memchr(s.ptr, '\0', s.len) ? s.ptr : nullptr;
}

extern "C" bool event_int(const struct event *e, const char *path, int64_t *value) EVENT_NOTHROW
{
	dom::element found;
	double d;

	if (!follow(e, path, found))
		return false;
	if (!found.get(*value))
		return true;
	if (found.get(d) || !(d >= -9e15 && d <= 9e15))
		return false;
	*value = static_cast<int64_t>(d);
	return true;
}

extern "C" bool event_has_list(const struct event *e, const char *path) EVENT_NOTHROW
{
	dom::element found;

	return follow(e, path, found) && found.is_array();
}
