/* GET /interview/{secret}: the candidate's page (contract 3.1). */
#ifndef PARLEY_SCREENING_INTERVIEW_PAGE_H
#define PARLEY_SCREENING_INTERVIEW_PAGE_H

#include "web/route.h"

extern const struct pages interview_pages;

#endif
