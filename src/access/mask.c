/* See mask.h. */
#include "access/mask.h"

#include <string.h>

#include "access/actor.h"

static bool sees_all(const struct request *req)
{
	return req->actor && req->actor->role >= ROLE_OPERATOR;
}

/* "+14155550100" becomes "+1•••0100": enough to tell two rows apart, too little to dial. */
const char *shown_phone(const struct request *req, const char *phone)
{
	size_t len = phone ? strlen(phone) : 0;

	if (!phone || sees_all(req))
		return phone;
	return len < 8 ? "•••" : arena_printf(req->mem, "%.2s•••%s", phone, phone + len - 4);
}

const char *shown_email(const struct request *req, const char *email)
{
	const char *at = email ? strrchr(email, '@') : NULL;

	if (!email || sees_all(req))
		return email;
	return at && at > email ? arena_printf(req->mem, "%.1s•••%s", email, at) : "•••";
}
