/* A campaign's leads and calls as CSV files (contract 3.3), sent in pieces: of any length.
 *
 * A lead's variables are columns after the fixed ones.  Calls come in the order in
 * which they were placed. */
#ifndef PARLEY_CAMPAIGN_EXPORT_H
#define PARLEY_CAMPAIGN_EXPORT_H

#include "web/route.h"

handler_fn leads_export, calls_export;

#endif
