/* See request.h. */
#include "web/request.h"

#include <ctype.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/limits.h"

static struct str variable(const struct request *req, const char *name)
{
	return str_from(req->source->variable(req->source, name));
}

void request_init(struct request *req, struct arena *mem, const struct request_source *source)
{
	unsigned char random[8];
	struct str uri, query, id;

	memset(req, 0, sizeof(*req));
	req->mem = mem;
	req->source = source;
	req->method = variable(req, "REQUEST_METHOD");
	/* nginx passes the URI as it came; a plain CGI server may give only PATH_INFO. */
	uri = variable(req, "REQUEST_URI");
	if (!uri.len) {
		const char *script = source->variable(source, "SCRIPT_NAME");
		const char *info = source->variable(source, "PATH_INFO");

		uri = str_from(arena_printf(mem, "%s%s", script ? script : "", info ? info : ""));
	}
	req->path = str_cut(uri, '?', &query);
	req->query = query.ptr ? query : variable(req, "QUERY_STRING");
	req->remote_addr = source->variable(source, "REMOTE_ADDR");
	/* nginx' own id ties our lines to its access log. */
	id = variable(req, "REQUEST_ID");
	if (str_is_token(id, 8, sizeof(req->id) - 1)) {
		memcpy(req->id, id.ptr, id.len);
	} else {
		random_bytes(random, sizeof(random));
		hex_encode(random, sizeof(random), req->id);
	}
}

const char *request_header(const struct request *req, const char *name)
{
	char key[80];
	size_t n = 0;
	const char *v;

	if (!strcasecmp(name, "Content-Type"))
		return req->source->variable(req->source, "CONTENT_TYPE");
	n += (size_t)snprintf(key, sizeof(key), "HTTP_");
	for (; *name && n < sizeof(key) - 1; name++)
		key[n++] = *name == '-' ? '_' : (char)toupper((unsigned char)*name);
	key[n] = '\0';
	v = req->source->variable(req->source, key);
	return v && strlen(v) <= LIMIT_HEADER ? v : NULL;
}

struct str request_param(const struct request *req, const char *name)
{
	for (int i = 0; i < REQUEST_PARAMS; i++)
		if (req->params[i].name && !strcmp(req->params[i].name, name))
			return req->params[i].value;
	return STR("");
}

int request_query(const struct request *req, struct form *form, struct err *err)
{
	if (req->query.len > LIMIT_QUERY)
		return err_set(err, ERR_INPUT, "the query is too long");
	return form_parse(req->mem, req->query, form, err);
}

bool request_is_type(const struct request *req, const char *type)
{
	struct str rest, have = str_from(request_header(req, "Content-Type"));

	return str_eq_nocase(str_trim(str_cut(have, ';', &rest)), str_from(type));
}

int request_open_body(struct request *req, size_t max, int *status)
{
	struct str length = variable(req, "CONTENT_LENGTH");
	long long want = length.len ? str_number(length, 1LL << 40) : 0;

	if (want < 0) {
		*status = 400;
		return -1;
	}
	if ((unsigned long long)want > max) {
		*status = 413;
		return -1;
	}
	req->left = (size_t)want;
	return 0;
}

long request_read(struct request *req, char *out, size_t len)
{
	long got;

	if (!req->left || !len)
		return 0;
	got = req->source->read(req->source, out, len < req->left ? len : req->left);
	if (got <= 0)
		return -1;
	req->left -= (size_t)got;
	return got;
}

int request_read_body(struct request *req, size_t max, int *status)
{
	struct buf *body;
	long got;

	if (request_open_body(req, max, status))
		return -1;
	body = buf_in(req->mem, req->left);
	while (req->left) {
		char *at = buf_reserve(body, req->left);

		got = at ? request_read(req, at, req->left) : -1;
		if (got < 0) {
			*status = 400;
			return -1;
		}
		buf_commit(body, (size_t)got);
	}
	req->body = buf_view(body);
	return 0;
}
