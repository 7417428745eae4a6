/* Forms and queries: whatever is decoded holds no NUL and stays within the bounds,
 * and encoding it again gives the same fields. */
#include "tests/fuzz/fuzz.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/percent.h"
#include "web/form.h"

static void encode(const struct form *form, struct buf *out)
{
	for (size_t i = 0; i < form->count; i++) {
		if (i)
			buf_putc(out, '&');
		buf_url(out, form->fields[i].name);
		buf_putc(out, '=');
		buf_url(out, form->fields[i].value);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *mem = arena_new();
	struct form form, again;
	struct err err = { 0 };
	struct str out;

	if (percent_decode(mem, all_of(data, size), size % 2, &out))
		must(out.len <= size && out.ptr[out.len] == '\0');
	if (form_parse(mem, all_of(data, size), &form, &err)) {
		must(err.kind == ERR_INPUT);
	} else {
		struct buf *encoded = buf_in(mem, 3 * size + LIMIT_FORM_FIELDS * 2);

		must(form.count <= LIMIT_FORM_FIELDS);
		for (size_t i = 0; i < form.count; i++)
			must(strlen(form.fields[i].name.ptr) == form.fields[i].name.len &&
			     strlen(form.fields[i].value.ptr) == form.fields[i].value.len);
		encode(&form, encoded);
		must(!encoded->failed && !form_parse(mem, buf_view(encoded), &again, &err));
		must(again.count == form.count);
		for (size_t i = 0; i < form.count; i++)
			must(str_eq(again.fields[i].name, form.fields[i].name) &&
			     str_eq(again.fields[i].value, form.fields[i].value));
	}
	arena_free(mem);
	return 0;
}
