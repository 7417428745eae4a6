/* See cookie.h. */
#include "web/cookie.h"

struct str request_cookie(const struct request *req, const char *name)
{
	struct str left = str_from(request_header(req, "Cookie"));

	while (left.ptr && left.len) {
		struct str value, pair = str_cut(left, ';', &left);

		if (str_eq(str_trim(str_cut(pair, '=', &value)), str_from(name)) && value.ptr)
			return str_trim(value);
	}
	return STR("");
}
