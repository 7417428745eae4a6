/* See access.h. */
#include "web/access.h"

#include "app.h"
#include "base/crypto.h"

/* Both sides are hashed first, so that the time tells nothing about the key, its
 * length included. */
bool access_has_key(const struct app *app, const struct request *req)
{
	struct str scheme, key, value = str_from(request_header(req, "Authorization"));
	unsigned char given[SHA256_SIZE], wanted[SHA256_SIZE];

	if (!app->cfg.orchestrator_api_key)
		return false;
	scheme = str_cut(value, ' ', &key);
	if (!key.ptr || !str_eq_nocase(scheme, STR("Bearer")))
		return false;
	sha256(str_trim(key), given);
	sha256(str_from(app->cfg.orchestrator_api_key), wanted);
	return equal_constant_time((struct str){ (const char *)given, sizeof(given) },
				   (struct str){ (const char *)wanted, sizeof(wanted) });
}
