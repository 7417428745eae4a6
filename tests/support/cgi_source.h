/* A request as a test literal: its variables, its body and how it arrives. */
#ifndef PARLEY_TESTS_SUPPORT_CGI_SOURCE_H
#define PARLEY_TESTS_SUPPORT_CGI_SOURCE_H

#include "web/request.h"

struct cgi_variable {
	const char *name, *value;
};

struct cgi_source {
	struct request_source base;
	const struct cgi_variable *variables; /* ends at the first without a name */
	struct str *body;                     /* what is left of it; NULL: none */
	size_t step;                          /* bytes a read gives at most; 0: all asked for */
	bool broken;                          /* reads fail */
};

struct cgi_source cgi_source_new(const struct cgi_variable *variables, struct str *body);

#endif
