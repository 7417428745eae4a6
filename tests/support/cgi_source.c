/* See cgi_source.h. */
#include "tests/support/cgi_source.h"

static const char *variable(const struct request_source *self, const char *name)
{
	for (const struct cgi_variable *v = ((const struct cgi_source *)self)->variables; v->name; v++)
		if (!strcmp(v->name, name))
			return v->value;
	return NULL;
}

static long read_body(const struct request_source *self, char *out, size_t len)
{
	const struct cgi_source *source = (const struct cgi_source *)self;

	if (source->broken)
		return -1;
	if (!source->body)
		return 0;
	if (source->step && len > source->step)
		len = source->step;
	if (len > source->body->len)
		len = source->body->len;
	if (len)
		memcpy(out, source->body->ptr, len);
	source->body->ptr += len;
	source->body->len -= len;
	return (long)len;
}

struct cgi_source cgi_source_new(const struct cgi_variable *variables, struct str *body)
{
	return (struct cgi_source){ { variable, read_body }, variables, body, 0, false };
}
