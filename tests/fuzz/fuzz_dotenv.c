/* Settings files: every line is read or named as a problem, and names are names. */
#include "tests/fuzz/fuzz.h"

#include "base/dotenv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *mem = arena_new();
	struct dotenv_entry *entries = NULL;
	struct buf *problems = buf_in(mem, 1 << 20);
	int bad = dotenv_parse(mem, all_of(data, size), &entries, problems), lines = 0;

	for (size_t i = 0; i < problems->len; i++)
		lines += problems->ptr[i] == '\n';
	must(lines == bad);
	for (struct dotenv_entry *e = entries; e; e = e->next) {
		must(*e->name && !strpbrk(e->name, "= \t\r\n\"#-"));
		must(e->value && !strchr(e->value, '\n'));
		must(dotenv_get(entries, e->name));
	}
	arena_free(mem);
	return 0;
}
