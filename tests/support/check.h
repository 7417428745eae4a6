/* What every unit test includes: cmocka with the headers it forgets, and checks
 * that name the row of a table they failed in. */
#ifndef PARLEY_TESTS_SUPPORT_CHECK_H
#define PARLEY_TESTS_SUPPORT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/str.h"

#define check_row(name, condition) \
	do { \
		if (!(condition)) \
			fail_msg("%s: %s", (name), #condition); \
	} while (0)

#define check_row_text(name, have, want) \
	do { \
		if (strcmp((have), (want))) \
			fail_msg("%s: \"%s\" instead of \"%s\"", (name), (have), (want)); \
	} while (0)

#define check_str(have, want) \
	do { \
		struct str check_have = (have); \
		assert_int_equal(check_have.len, strlen(want)); \
		assert_memory_equal(check_have.ptr, want, strlen(want)); \
	} while (0)

#endif
