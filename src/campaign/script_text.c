/* See script_text.h. */
#include "campaign/script_text.h"

#include "base/buf.h"
#include "base/limits.h"

bool script_is_name(struct str s)
{
	return str_is_token(s, 1, LIMIT_VARIABLE_NAME) && !memchr(s.ptr, '-', s.len) && !(s.ptr[0] >= '0' && s.ptr[0] <= '9');
}

bool script_next(struct str *rest, struct script_part *p)
{
	const char *open = str_find(*rest, STR("{{")), *close;
	struct str inside;

	*p = (struct script_part){ .before = *rest };
	if (!open) {
		rest->len = 0;
		return true;
	}
	p->before.len = (size_t)(open - rest->ptr);
	inside = (struct str){ open + 2, rest->len - p->before.len - 2 };
	close = str_find(inside, STR("}}"));
	if (!close)
		return false;
	*rest = (struct str){ close + 2, inside.len - (size_t)(close - inside.ptr) - 2 };
	inside.len = (size_t)(close - inside.ptr);
	p->name = str_cut(inside, '|', &p->fallback);
	return script_is_name(p->name) && !(p->fallback.ptr && str_find(p->fallback, STR("{{")));
}

bool script_is_well_formed(struct str script)
{
	struct script_part p;

	while (script.len)
		if (!script_next(&script, &p))
			return false;
	return true;
}

static struct str value_of(struct str name, const char *word, script_lookup_fn *lookup, void *ctx)
{
	struct str value = str_trim(str_from(lookup(ctx, word))), rest;

	if (value.len || !str_eq(name, STR("first_name")))
		return value;
	value = str_trim(str_from(lookup(ctx, "name")));
	return str_cut(value, ' ', &rest);
}

bool script_lacks(struct arena *a, const struct script_part *p, script_lookup_fn *lookup, void *ctx)
{
	return p->name.ptr && !p->fallback.ptr && !value_of(p->name, arena_strndup(a, p->name.ptr, p->name.len), lookup, ctx).len;
}

/* With `missing` NULL, what is missing is kept as it is written. */
static char *render(struct arena *a, struct str script, script_lookup_fn *lookup, void *ctx, const char **missing)
{
	struct buf *text = buf_in(a, LIMIT_SPOKEN);
	struct script_part p;

	while (script.len) {
		struct str value;
		const char *word;

		if (!script_next(&script, &p))
			return NULL;
		buf_str(text, p.before);
		if (!p.name.ptr)
			break;
		word = arena_strndup(a, p.name.ptr, p.name.len);
		value = value_of(p.name, word, lookup, ctx);
		if (!value.len && !p.fallback.ptr) {
			if (missing) {
				*missing = word;
				return NULL;
			}
			value = str_from(arena_printf(a, "{{%s}}", word));
		}
		buf_str(text, value.len ? value : p.fallback);
	}
	return text->failed ? NULL : text->ptr;
}

char *script_render(struct arena *a, struct str script, script_lookup_fn *lookup, void *ctx, const char **missing)
{
	*missing = NULL;
	return render(a, script, lookup, ctx, missing);
}

char *script_preview(struct arena *a, struct str script, script_lookup_fn *lookup, void *ctx)
{
	return render(a, script, lookup, ctx, NULL);
}
