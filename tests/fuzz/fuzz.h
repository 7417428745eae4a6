/* What every fuzz target includes.  A target is one function that takes any bytes
 * and must return 0; must() is for what has to hold whatever they are. */
#ifndef PARLEY_TESTS_FUZZ_H
#define PARLEY_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define must(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "does not hold: %s (%s:%d)\n", #condition, __FILE__, __LINE__); \
			abort(); \
		} \
	} while (0)

/* The bytes up to the next line end, which is taken off `rest`. */
static inline struct str take_line(struct str *rest)
{
	return str_cut(rest->ptr ? *rest : STR(""), '\n', rest);
}

static inline struct str all_of(const uint8_t *data, size_t size)
{
	return (struct str){ size ? (const char *)data : "", size };
}

/* Headers come as C strings: up to the first NUL. */
static inline const char *as_text(struct arena *mem, struct str s)
{
	return arena_strndup(mem, s.ptr ? s.ptr : "", s.len);
}

#endif
