/* /api/interviews/orphans: transcripts that belong to no session (orphan.h). */
#ifndef PARLEY_SCREENING_ORPHANS_API_H
#define PARLEY_SCREENING_ORPHANS_API_H

#include "web/route.h"

handler_fn orphans_list, orphans_attach, orphans_discard;

#endif
