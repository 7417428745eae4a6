/* What a viewer sees of telephone numbers and e-mail addresses.  Every answer that shows one goes through here. */
#ifndef PARLEY_ACCESS_MASK_H
#define PARLEY_ACCESS_MASK_H

#include "web/request.h"

/* The value itself for those who may see it, else masked.  NULL stays NULL. */
const char *shown_phone(const struct request *req, const char *phone);
const char *shown_email(const struct request *req, const char *email);

#endif
