/* Descriptions of issues: whatever people write, the address can stand in a mail
 * header, the name is one short line, and neither can format a comment. */
#include "tests/fuzz/fuzz.h"

#include "base/buf.h"
#include "base/config.h"
#include "base/limits.h"
#include "screening/candidate.h"
#include "screening/markdown.h"

static void is_one_line(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		must((unsigned char)s.ptr[i] >= ' ' && s.ptr[i] != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *mem = arena_new();
	struct candidate c = candidate_parse(mem, all_of(data, size));
	struct buf *markdown = buf_in(mem, 2 * size + 2);

	must(!c.email || config_is_email(str_from(c.email)));
	if (c.name) {
		must(*c.name && strlen(c.name) <= LIMIT_NAME);
		is_one_line(str_from(c.name));
	}
	markdown_text(markdown, all_of(data, size));
	must(!markdown->failed);
	is_one_line(buf_view(markdown));
	arena_free(mem);
	return 0;
}
