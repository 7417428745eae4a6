/* See arena.h.  Blocks grow by doubling up to a limit; a reset keeps the first
 * block, so that a worker serving small requests allocates nothing. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"

enum {
	FIRST_BLOCK = 16 << 10,
	LARGEST_BLOCK = 256 << 10,
	PRINTED_AT_ONCE = 256, /* longer text is formatted twice: once for its length */
};

struct block {
	struct block *next;
	size_t size, used;
	alignas(max_align_t) unsigned char bytes[];
};

struct deferred {
	struct deferred *next;
	void (*fn)(void *);
	void *arg;
};

struct arena {
	struct block *blocks; /* newest first */
	struct deferred *deferred;
};

static struct block *block_new(size_t size)
{
	struct block *b = size < SIZE_MAX - 2 * sizeof(*b) ? malloc(sizeof(*b) + size) : NULL;

	if (!b)
		die_out_of_memory();
	b->next = NULL;
	b->size = size;
	b->used = 0;
	return b;
}

struct arena *arena_new(void)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (!a)
		die_out_of_memory();
	return a;
}

#ifndef PARLEY_ARENA_DEBUG
static size_t round_up(size_t size)
{
	const size_t align = alignof(max_align_t);

	if (size > SIZE_MAX - align)
		die_out_of_memory();
	return (size + align - 1) & ~(align - 1);
}
#endif

void *arena_alloc(struct arena *a, size_t size)
{
	struct block *b = a->blocks;
	void *p;

#ifdef PARLEY_ARENA_DEBUG
	b = block_new(size); /* exact size: the next byte is poisoned */
	b->next = a->blocks;
	a->blocks = b;
#else
	size = round_up(size);
	if (!b || b->size - b->used < size) {
		size_t want = b ? b->size * 2 : FIRST_BLOCK;

		if (want > LARGEST_BLOCK)
			want = LARGEST_BLOCK;
		b = block_new(size > want ? size : want);
		b->next = a->blocks;
		a->blocks = b;
	}
#endif
	p = b->bytes + b->used;
	b->used += size;
	memset(p, 0, size);
	return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	if (len)
		memcpy(copy, s, len);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_join(struct arena *a, const char *first, const char *second)
{
	size_t n = strlen(first), m = strlen(second);
	char *text = arena_alloc(a, n + m + 1);

	memcpy(text, first, n);
	memcpy(text + n, second, m);
	return text;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	char at_once[PRINTED_AT_ONCE], *text;
	va_list ap, again;
	int len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(at_once, sizeof(at_once), fmt, ap);
	va_end(ap);
	if (len < 0)
		die_bug("arena_printf: bad format");
	if ((size_t)len < sizeof(at_once)) {
		text = arena_strndup(a, at_once, (size_t)len);
	} else {
		text = arena_alloc(a, (size_t)len + 1);
		vsnprintf(text, (size_t)len + 1, fmt, again);
	}
	va_end(again);
	return text;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *arg)
{
	struct deferred *d = arena_new_object(a, struct deferred);

	d->next = a->deferred;
	d->fn = fn;
	d->arg = arg;
	a->deferred = d;
}

static void run_deferred(struct arena *a)
{
	while (a->deferred) {
		struct deferred *d = a->deferred;

		a->deferred = d->next;
		d->fn(d->arg);
	}
}

static void free_blocks(struct block *b)
{
	while (b) {
		struct block *next = b->next;

		free(b);
		b = next;
	}
}

void arena_reset(struct arena *a)
{
	struct block *first = NULL, *b;

	run_deferred(a);
	b = a->blocks; /* only now: what was deferred may have allocated */
#ifndef PARLEY_ARENA_DEBUG
	/* The oldest block is the last of the list and has the ordinary size. */
	while (b && b->next) {
		struct block *next = b->next;

		free(b);
		b = next;
	}
	if (b && b->size == FIRST_BLOCK) {
		first = b;
		first->used = 0;
		b = NULL;
	}
#endif
	free_blocks(b);
	a->blocks = first;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	run_deferred(a);
	free_blocks(a->blocks);
	free(a);
}
