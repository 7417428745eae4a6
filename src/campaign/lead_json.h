/* Leads as JSON: {"leads":[{"phone","name","timezone",...}]}; other members become
 * variables.  Rows are counted from 1. */
#ifndef PARLEY_CAMPAIGN_LEAD_JSON_H
#define PARLEY_CAMPAIGN_LEAD_JSON_H

#include "campaign/lead_import.h"

/* `leads` is the array.  Failures as lead_import_row(). */
int lead_json_import(struct lead_import *import, struct json_object *leads, struct err *err);

#endif
