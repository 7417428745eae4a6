/* See origin.h. */
#include "access/origin.h"

static bool ends_in(struct str s, struct str end)
{
	return s.len >= end.len && !memcmp(s.ptr + s.len - end.len, end.ptr, end.len);
}

/* "scheme://host:port" of an address, without the port that the scheme has anyway, as browsers write it. */
static struct str origin_of(struct str url)
{
	const char *host = str_find(url, STR("://"));
	struct str rest, path;

	if (!host)
		return url;
	host += 3;
	rest = str_cut((struct str){ host, url.len - (size_t)(host - url.ptr) }, '/', &path);
	if (str_starts(url, STR("https://")) && ends_in(rest, STR(":443")))
		rest.len -= 4;
	else if (str_starts(url, STR("http://")) && ends_in(rest, STR(":80")))
		rest.len -= 3;
	return (struct str){ url.ptr, (size_t)(rest.ptr + rest.len - url.ptr) };
}

/* host:port names this machine. */
static bool is_this_machine(struct str host)
{
	static const struct str names[] = { { "localhost", 9 }, { "127.0.0.1", 9 }, { "[::1]", 5 } };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_starts(host, names[i]) && (host.len == names[i].len || host.ptr[names[i].len] == ':'))
			return true;
	return false;
}

/* Cuts "http://" off; false when it is not there. */
static bool cut_http(struct str *url)
{
	if (!str_starts(*url, STR("http://")))
		return false;
	*url = (struct str){ url->ptr + 7, url->len - 7 };
	return true;
}

bool origin_is_loopback(const char *url)
{
	struct str host = origin_of(str_from(url));

	return cut_http(&host) && is_this_machine(host);
}

bool origin_is_foreign(const struct app *app, const struct request *req)
{
	struct str origin = str_trim(str_from(request_header(req, "Origin"))), site, host;

	if (!origin.len) {
		site = str_trim(str_from(request_header(req, "Sec-Fetch-Site")));
		return str_eq(site, STR("cross-site")) || str_eq(site, STR("same-site"));
	}
	if (str_eq_nocase(origin, origin_of(str_from(app->cfg.public_base_url))))
		return false;
	host = origin;
	return !cut_http(&host) || !is_this_machine(host) || !str_eq_nocase(host, str_trim(str_from(request_header(req, "Host"))));
}
