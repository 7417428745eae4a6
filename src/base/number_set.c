/* See number_set.h.  Open addressing, at most half full. */
#include "base/number_set.h"

#include <stdlib.h>

#include "base/die.h"

static uint64_t *slot_of(const struct number_set *set, uint64_t number)
{
	size_t i = (size_t)((number * 0x9e3779b97f4a7c15ULL) >> 32) & (set->room - 1);

	while (set->slots[i] && set->slots[i] != number)
		i = (i + 1) & (set->room - 1);
	return &set->slots[i];
}

static void grow(struct number_set *set)
{
	struct number_set larger = { .room = set->room ? 2 * set->room : 1024, .count = set->count };

	larger.slots = calloc(larger.room, sizeof(*larger.slots));
	if (!larger.slots)
		die_out_of_memory();
	for (size_t i = 0; i < set->room; i++)
		if (set->slots[i])
			*slot_of(&larger, set->slots[i]) = set->slots[i];
	free(set->slots);
	*set = larger;
}

bool number_set_add(struct number_set *set, uint64_t number)
{
	uint64_t *slot;

	if (2 * set->count >= set->room)
		grow(set);
	slot = slot_of(set, number);
	if (*slot)
		return false;
	*slot = number;
	set->count++;
	return true;
}

void number_set_release(struct number_set *set)
{
	free(set->slots);
	*set = (struct number_set){ 0 };
}
