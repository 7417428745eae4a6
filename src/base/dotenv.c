/* See dotenv.h.  Entries are kept newest first, so the last one wins. */
#include "base/dotenv.h"

static bool is_name(struct str s)
{
	if (!s.len || (s.ptr[0] >= '0' && s.ptr[0] <= '9'))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!((s.ptr[i] >= 'A' && s.ptr[i] <= 'Z') || (s.ptr[i] >= 'a' && s.ptr[i] <= 'z') ||
		      (s.ptr[i] >= '0' && s.ptr[i] <= '9') || s.ptr[i] == '_'))
			return false;
	return true;
}

/* The text between double quotes; false when it does not end or more follows. */
static bool unquote(struct arena *a, struct str s, const char **value)
{
	char *out = arena_alloc(a, s.len + 1);
	size_t n = 0, i = 1;

	while (i < s.len && s.ptr[i] != '"') {
		if (s.ptr[i] == '\\' && i + 1 < s.len && (s.ptr[i + 1] == '"' || s.ptr[i + 1] == '\\'))
			i++;
		out[n++] = s.ptr[i++];
	}
	if (i >= s.len)
		return false;
	s = str_trim((struct str){ s.ptr + i + 1, s.len - i - 1 });
	*value = out;
	return !s.len || s.ptr[0] == '#';
}

/* A bare value ends at a blank that begins a comment. */
static struct str without_comment(struct str s)
{
	for (size_t i = 1; i < s.len; i++)
		if (s.ptr[i] == '#' && (s.ptr[i - 1] == ' ' || s.ptr[i - 1] == '\t'))
			return str_trim((struct str){ s.ptr, i });
	return s;
}

static bool parse_line(struct arena *a, struct str line, struct dotenv_entry **entries)
{
	struct dotenv_entry *e;
	const char *value;
	struct str name, rest;

	line = str_trim(line);
	if (!line.len || line.ptr[0] == '#')
		return true;
	if (str_starts(line, STR("export ")))
		line = str_trim((struct str){ line.ptr + 7, line.len - 7 });
	name = str_trim(str_cut(line, '=', &rest));
	if (!rest.ptr || !is_name(name))
		return false;
	rest = str_trim(rest);
	if (rest.len && rest.ptr[0] == '"') {
		if (!unquote(a, rest, &value))
			return false;
	} else {
		rest = rest.len && rest.ptr[0] == '#' ? STR("") : without_comment(rest);
		value = arena_strndup(a, rest.ptr, rest.len);
	}
	e = arena_new_object(a, struct dotenv_entry);
	e->name = arena_strndup(a, name.ptr, name.len);
	e->value = value;
	e->next = *entries;
	*entries = e;
	return true;
}

int dotenv_parse(struct arena *a, struct str text, struct dotenv_entry **entries, struct buf *problems)
{
	int number = 0, bad = 0;

	if (str_starts(text, STR("\xef\xbb\xbf"))) {
		text.ptr += 3;
		text.len -= 3;
	}
	for (struct str rest = text; rest.ptr;) {
		struct str line = str_cut(rest, '\n', &rest);

		number++;
		if (memchr(line.ptr, '\0', line.len) || !parse_line(a, line, entries)) {
			buf_printf(problems, "line %d of the settings file is not NAME=value\n", number);
			bad++;
		}
	}
	return bad;
}

const char *dotenv_get(const struct dotenv_entry *entries, const char *name)
{
	for (; entries; entries = entries->next)
		if (!strcmp(entries->name, name))
			return entries->value;
	return NULL;
}
