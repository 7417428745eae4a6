/* See guard.h. */
#include "access/guard.h"

#include "app.h"
#include "web/access.h"

static const struct actor key_holder = { .email = "key", .role = ROLE_ADMIN };

int guard_api(struct app *app, struct request *req, struct response *res, struct err *err)
{
	(void)res;
	if (!access_has_key(app, req))
		return err_set(err, ERR_DENIED, "no or a wrong bearer key");
	req->actor = &key_holder;
	return 0;
}

int guard_page(struct app *app, struct request *req, struct response *res, struct err *err)
{
	return guard_api(app, req, res, err);
}
