/* Leads as CSV: a header row, `phone` required; what is not phone, name or timezone
 * becomes a variable. */
#ifndef PARLEY_CAMPAIGN_LEAD_CSV_H
#define PARLEY_CAMPAIGN_LEAD_CSV_H

#include "base/csv.h"
#include "campaign/lead_import.h"

/* What is wrong with the header: the column as it is written (or "phone"), and a sentence. */
struct csv_problem {
	char column[80];
	const char *sentence; /* NULL: nothing */
};

/* Reads all of it into the import.  ERR_INPUT when the header cannot be used (*problem says why) or
 * the source ended early (no problem then), or as lead_import_row(). */
int lead_csv_import(struct lead_import *import, struct arena *mem, const struct csv_source *source,
		    struct csv_problem *problem, struct err *err);

#endif
