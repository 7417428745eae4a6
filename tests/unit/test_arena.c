/* Arenas: nothing survives a reset, whatever its size, and what is deferred runs
 * once, last first.  Compiled with and without PARLEY_ARENA_DEBUG (the sanitizer
 * build has one allocation per object), so both kinds are tested over time. */
#include "tests/support/check.h"

#include <stdalign.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/die.h"

static const size_t sizes[] = { 0, 1, 7, 8, 15, 16, 17, 100, 4096, 16 << 10, (16 << 10) + 1, 300 << 10, 5 << 20, 3 };

static void objects_are_zeroed_aligned_and_apart(void **state)
{
	struct arena *a = arena_new();
	unsigned char *objects[ARRAY_LEN(sizes)];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		objects[i] = arena_alloc(a, sizes[i]);
		assert_non_null(objects[i]);
		assert_int_equal((uintptr_t)objects[i] % alignof(max_align_t), 0);
		for (size_t k = 0; k < sizes[i]; k++)
			assert_int_equal(objects[i][k], 0);
		memset(objects[i], (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		for (size_t k = 0; k < sizes[i]; k++)
			assert_int_equal(objects[i][k], i + 1);
	arena_free(a);
}

static void reset_keeps_nothing(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (int round = 0; round < 4; round++) {
		for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
			unsigned char *object = arena_alloc(a, sizes[i]);

			for (size_t k = 0; k < sizes[i]; k++)
				assert_int_equal(object[k], 0);
			memset(object, 0xa5, sizes[i]);
		}
		arena_reset(a);
	}
	arena_free(a);
}

static void many_small_objects_survive_growth(void **state)
{
	enum { COUNT = 20000 };
	struct arena *a = arena_new();
	int **numbers = calloc(COUNT, sizeof(*numbers));

	(void)state;
	assert_non_null(numbers);
	for (int i = 0; i < COUNT; i++) {
		numbers[i] = arena_new_object(a, int);
		*numbers[i] = i;
	}
	for (int i = 0; i < COUNT; i++)
		assert_int_equal(*numbers[i], i);
	free(numbers);
	arena_free(a);
}

static void copies_are_terminated(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_null(arena_strdup(a, NULL));
	assert_string_equal(arena_strdup(a, ""), "");
	assert_string_equal(arena_strdup(a, "talk"), "talk");
	assert_string_equal(arena_strndup(a, "talkative", 4), "talk");
	assert_string_equal(arena_strndup(a, NULL, 0), "");
	assert_memory_equal(arena_strndup(a, "a\0b", 3), "a\0b", 4);
	arena_free(a);
}

static void printf_makes_room_for_any_length(void **state)
{
	struct arena *a = arena_new();
	char *text = arena_printf(a, "%s %0*d", "n", 100000, 7);

	(void)state;
	assert_int_equal(strlen(text), 100002);
	assert_string_equal(text + 100000, "07");
	assert_string_equal(arena_printf(a, "%s", ""), "");
	arena_free(a);
}

struct trace {
	struct arena *arena;
	char order[16];
	size_t count;
};

struct step {
	struct trace *trace;
	char name;
};

static void leave_trace(void *arg)
{
	struct step *step = arg;

	step->trace->order[step->trace->count++] = step->name;
}

/* Registers one more while the arena is being emptied. */
static void leave_trace_and_defer(void *arg)
{
	struct step *step = arg;

	leave_trace(arg);
	step->name = 'z';
	arena_defer(step->trace->arena, leave_trace, step);
}

static void deferred_calls_run_last_first_and_once(void **state)
{
	struct trace trace = { .arena = arena_new() };
	struct step steps[] = { { &trace, 'a' }, { &trace, 'b' }, { &trace, 'c' } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		arena_defer(trace.arena, leave_trace, &steps[i]);
	assert_int_equal(trace.count, 0);
	arena_reset(trace.arena);
	assert_string_equal(trace.order, "cba");
	arena_reset(trace.arena);
	assert_string_equal(trace.order, "cba");
	arena_defer(trace.arena, leave_trace, &steps[0]);
	arena_free(trace.arena);
	assert_string_equal(trace.order, "cbaa");
}

static void a_deferred_call_may_defer_another(void **state)
{
	struct trace trace = { .arena = arena_new() };
	struct step step = { &trace, 'a' };

	(void)state;
	arena_defer(trace.arena, leave_trace_and_defer, &step);
	arena_reset(trace.arena);
	assert_string_equal(trace.order, "az");
	arena_free(trace.arena);
	assert_string_equal(trace.order, "az");
}

static void check_object(void *arg)
{
	assert_int_equal(*(int *)arg, 42);
}

static void deferred_calls_still_see_the_memory(void **state)
{
	struct arena *a = arena_new();
	int *object;

	(void)state;
	for (int i = 0; i < 2; i++) {
		object = arena_new_object(a, int);
		*object = 42;
		arena_defer(a, check_object, object);
		arena_alloc(a, 1 << 20);
		if (!i)
			arena_reset(a);
	}
	arena_free(a);
}

static void a_size_that_cannot_be_ends_the_process(void **state)
{
	static const size_t wrong[] = { SIZE_MAX, SIZE_MAX - 8, SIZE_MAX - 20, SIZE_MAX - 40 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		int status;
		pid_t child = fork();

		assert_true(child >= 0);
		if (!child) {
			close(STDERR_FILENO);
			arena_alloc(arena_new(), wrong[i]);
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), EXIT_SYSTEM);
	}
}

static void freeing_no_arena_is_harmless(void **state)
{
	(void)state;
	arena_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_are_zeroed_aligned_and_apart),
		cmocka_unit_test(reset_keeps_nothing),
		cmocka_unit_test(many_small_objects_survive_growth),
		cmocka_unit_test(copies_are_terminated),
		cmocka_unit_test(printf_makes_room_for_any_length),
		cmocka_unit_test(deferred_calls_run_last_first_and_once),
		cmocka_unit_test(a_deferred_call_may_defer_another),
		cmocka_unit_test(deferred_calls_still_see_the_memory),
		cmocka_unit_test(a_size_that_cannot_be_ends_the_process),
		cmocka_unit_test(freeing_no_arena_is_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
