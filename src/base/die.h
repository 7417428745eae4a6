/* The ways a program ends on purpose, and the exit codes they mean.
 *
 * A supervisor decides by the code whether to try again (style 15): 100 wrong
 * usage and 102 wrong configuration need a person, 111 a system call failed
 * and may pass, 101 is a bug.  Nothing reachable from a request handler calls
 * these but for exhausted memory.
 */
#ifndef PARLEY_BASE_DIE_H
#define PARLEY_BASE_DIE_H

enum exit_code {
	EXIT_USAGE = 100,
	EXIT_BUG = 101,
	EXIT_CONFIG = 102,
	EXIT_SYSTEM = 111,
};

_Noreturn void die_out_of_memory(void);
_Noreturn void die_bug(const char *what);

#endif
