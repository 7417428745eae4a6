/* Supabase (vendors/supabase.md 2): what is asked of a project. */
#ifndef PARLEY_VENDORS_SUPABASE_H
#define PARLEY_VENDORS_SUPABASE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

struct http_client;

struct supabase {
	struct http_client *http;
	const char *url, *key, *bucket;
};

/* Looks at the bucket: ERR_DENIED (key), ERR_MISSING, ERR_UPSTREAM.  *open: everybody may read it. */
int supabase_bucket_get(const struct supabase *s, struct arena *mem, bool *open, struct err *err);

#endif
