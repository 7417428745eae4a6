/* A set of numbers other than 0, eight bytes each and their room to grow. */
#ifndef PARLEY_BASE_NUMBER_SET_H
#define PARLEY_BASE_NUMBER_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct number_set {
	uint64_t *slots; /* zeroed: empty */
	size_t room, count;
};

/* False when it is in the set already. */
bool number_set_add(struct number_set *set, uint64_t number);
void number_set_release(struct number_set *set);

#endif
