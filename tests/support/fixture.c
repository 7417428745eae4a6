/* See fixture.h. */
#include "tests/support/fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/die.h"
#include "base/json.h"

enum { FIXTURE_LIMIT = 4 << 20 };

struct str fixture_bytes(struct arena *mem, const char *name)
{
	const char *directory = getenv("TEST_FIXTURES");
	struct buf *bytes = buf_in(mem, FIXTURE_LIMIT);
	FILE *file = fopen(arena_printf(mem, "%s/%s", directory ? directory : TEST_FIXTURES, name), "rb");
	char part[4096];
	size_t len;

	if (!file)
		die_bug("a fixture cannot be opened");
	while ((len = fread(part, 1, sizeof(part), file)) > 0)
		buf_add(bytes, part, len);
	fclose(file);
	if (bytes->failed)
		die_bug("a fixture is too large");
	return buf_view(bytes);
}

struct json_object *fixture_json(struct arena *mem, const char *name)
{
	struct err err = { 0 };
	struct json_object *o = json_read(mem, fixture_bytes(mem, name), &err);

	if (!o)
		die_bug("a fixture is no JSON");
	return o;
}
