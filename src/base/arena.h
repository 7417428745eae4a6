/* Memory that lives as long as one piece of work.
 *
 * A request, a job or a command owns one arena; everything that it allocates
 * dies with arena_reset() or arena_free(), so there is no free ladder and no
 * leak on an error path (nginx: ngx_palloc.h).  Running out of memory ends the
 * process: sizes are bounded before (base/limits.h), and the keeper starts
 * another.
 *
 * With PARLEY_ARENA_DEBUG (sanitizer builds) every object is an allocation of
 * its own, because a pool would hide overruns from the address sanitizer.
 */
#ifndef PARLEY_BASE_ARENA_H
#define PARLEY_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct arena;

struct arena *arena_new(void);
void arena_reset(struct arena *a);
void arena_free(struct arena *a);

/* Zeroed memory, aligned for any object.  Never NULL. */
void *arena_alloc(struct arena *a, size_t size);

/* Copies, NUL-terminated.  arena_strdup(a, NULL) is NULL. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_join(struct arena *a, const char *first, const char *second);
char *arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Calls fn(arg) at the next reset, last registered first: for what is not memory. */
void arena_defer(struct arena *a, void (*fn)(void *), void *arg);

#ifdef __cplusplus
}
#endif

#define arena_new_object(a, type) ((type *)arena_alloc((a), sizeof(type)))

#endif
