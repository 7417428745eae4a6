/* Reads the recorded vectors and exchanges in tests/fixtures/. */
#ifndef PARLEY_TESTS_SUPPORT_FIXTURE_H
#define PARLEY_TESTS_SUPPORT_FIXTURE_H

#include "base/arena.h"
#include "base/str.h"

struct json_object;

/* The file's bytes; the test ends when it cannot be read.  The directory is
 * TEST_FIXTURES of the environment, else the one named when the test was built. */
struct str fixture_bytes(struct arena *mem, const char *name);

/* The same, parsed. */
struct json_object *fixture_json(struct arena *mem, const char *name);

#endif
