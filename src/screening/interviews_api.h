/* /api/interviews: screening sessions for operators and integrations (contract 3.3), never their secrets;
 * a candidate's address only in the detail of one. */
#ifndef PARLEY_SCREENING_INTERVIEWS_API_H
#define PARLEY_SCREENING_INTERVIEWS_API_H

#include "web/route.h"

handler_fn interviews_list, interviews_show, interviews_resend, interviews_revoke, interviews_reevaluate,
	interviews_override, interviews_erase;

#endif
