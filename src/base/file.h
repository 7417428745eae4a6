/* Files that are whole or not there, also after a crash. */
#ifndef PARLEY_BASE_FILE_H
#define PARLEY_BASE_FILE_H

#include "base/arena.h"
#include "base/str.h"

/* Writes dir/name in one step, readable by its owner only: under another name first, synced,
 * renamed.  Two writers of one name do not disturb each other, the later one stays.  -1 with errno. */
int file_write(struct arena *mem, const char *dir, const char *name, struct str bytes);

#endif
