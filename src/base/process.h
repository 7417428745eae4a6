/* Who a process is, so that others can tell later whether it still runs: machine,
 * number and start.  A number alone may belong to another process by then. */
#ifndef PARLEY_BASE_PROCESS_H
#define PARLEY_BASE_PROCESS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

/* Of this process; NULL when the system does not tell. */
const char *process_identity(struct arena *mem);

/* True only when that process ran on this machine, since this boot, and is no
 * more.  In doubt it lives. */
bool process_is_gone(struct arena *mem, struct str identity);

#endif
