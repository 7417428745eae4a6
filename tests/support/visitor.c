/* See visitor.h. */
#include "tests/support/visitor.h"

#include <string.h>

#include "access/operator.h"
#include "base/crypto.h"
#include "console/console.h"
#include "store/keys.h"
#include "store/store.h"
#include "tests/support/check.h"

const char *header_of(struct world *w, const struct response *res, const char *name)
{
	const char *at = str_find(buf_view(res->headers), str_from(arena_printf(w->app.mem, "%s: ", name)));
	struct str value, rest;

	if (!at)
		return "";
	value = str_cut(str_from(at + strlen(name) + 2), '\r', &rest);
	return arena_strndup(w->app.mem, value.ptr, value.len);
}

/* What the page would show in its meta element. */
static const char *csrf_of(struct world *w, struct str cookie)
{
	unsigned char hash[SHA256_SIZE];
	char id[2 * SHA256_SIZE + 1];
	struct str token;
	struct err err = { 0 };
	struct reply r;

	str_cut(cookie, '=', &token);
	sha256(token, hash);
	hex_encode(hash, sizeof(hash), id);
	assert_int_equal(store_call(w->app.store, w->app.mem, &r, &err, "HGET", key_of(w->app.mem, KEY_CONSOLE_SESSION, id), "csrf", NULL), 0);
	return reply_text(&r);
}

static const char *encoded(struct world *w, const char *text)
{
	struct buf *out = buf_in(w->app.mem, 4096);

	buf_url(out, str_from(text));
	return out->ptr;
}

struct visitor sign_in_as(struct world *w, const char *email, const char *password, struct response **res)
{
	struct str cookie, rest;

	*res = ask(w, (struct ask){ .method = "POST", .uri = "/login", .pages = &console_pages, .key = "",
				    .type = "application/x-www-form-urlencoded",
				    .body = arena_printf(w->app.mem, "email=%s&password=%s", encoded(w, email), encoded(w, password)) });
	cookie = str_cut(str_from(header_of(w, *res, "Set-Cookie")), ';', &rest);
	return (struct visitor){
		.email = email, .password = password, .cookie = arena_strndup(w->app.mem, cookie.ptr, cookie.len),
		.csrf = cookie.len ? csrf_of(w, cookie) : NULL,
	};
}

struct visitor come_in(struct world *w, const char *email, enum role role)
{
	const char *password;
	struct response *res;
	struct visitor v;
	struct err err = { 0 };
	bool made;

	assert_int_equal(operator_add(&w->app, email, role, &password, &made, &err), 0);
	assert_true(made);
	v = sign_in_as(w, email, password, &res);
	assert_int_equal(res->status, 303);
	assert_non_null(v.csrf);
	return v;
}

struct response *ask_as(struct world *w, const struct visitor *v, struct ask a)
{
	a.cookie = v->cookie;
	if (a.method && strcmp(a.method, "GET"))
		a.csrf = v->csrf;
	return ask(w, a);
}
