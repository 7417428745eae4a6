/* See die.h. */
#include "base/die.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void die_out_of_memory(void)
{
	fputs("parley: out of memory\n", stderr);
	_Exit(EXIT_SYSTEM);
}

_Noreturn void die_bug(const char *what)
{
	fprintf(stderr, "parley: bug: %s\n", what);
	abort();
}
