/* Leads as CSV: a header row, of which `phone` is required; what is not phone, name or timezone
 * becomes a variable.  Whoever uploads it may say otherwise, column by column (lead_columns.h). */
#ifndef PARLEY_CAMPAIGN_LEAD_CSV_H
#define PARLEY_CAMPAIGN_LEAD_CSV_H

#include "base/csv.h"
#include "campaign/lead_columns.h"
#include "campaign/lead_import.h"

struct import_rejects;

struct lead_csv {
	struct lead_import *import;
	struct arena *mem;
	const char *columns;  /* NULL: the header tells; LEAD_CSV_GUESS; else words as in lead_columns_of_wish() */
	const char *country;  /* by which a guess reads numbers; may be NULL */
	struct import_rejects *rejects; /* takes the rejected rows whole; NULL: nobody does */
	size_t preview;       /* so many rows are kept to be looked at */

	/* what comes out */
	struct lead_columns table;
	struct json_object *previewed; /* [{"row","cells":[...],"reason","column"}] */
	struct csv_problem problem;    /* with LEAD_CSV_GUESS and no telephone numbers: only that is said, and the
					* rows are but looked at */
};

#define LEAD_CSV_GUESS "auto"

/* Reads all of it into the import.  ERR_INPUT when the header cannot be used (`problem` says why) or
 * the source ended early (no problem then), or as lead_import_row(). */
int lead_csv_import(struct lead_csv *csv, const struct csv_source *source, struct err *err);

#endif
