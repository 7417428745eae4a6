/* The API's program as tests meet it: its pages over a private Redis, asked with
 * request literals. */
#ifndef PARLEY_TESTS_SUPPORT_API_H
#define PARLEY_TESTS_SUPPORT_API_H

#include <stdbool.h>

#include "app.h"
#include "tests/support/redis_server.h"
#include "web/response.h"
#include "web/route.h"

struct json_object;

/* 2025-11-20T10:00:00Z, where the clock stands. */
#define API_NOW_MS 1763632800000LL
#define API_KEY "the-key-of-the-api"
#define API_EMAIL "ada@candidate.example"

struct world {
	struct app app;
	struct redis_server redis;
	struct fixed_clock clock;
	char state_dir[64];
};

/* For cmocka_unit_test_setup_teardown(). */
int api_setup(void **state);
int api_teardown(void **state);

/* What is NULL is as an integration with the key would ask. */
struct ask {
	const char *method, *uri, *key, *type, *body, *from, *forwarded;
	const char *cookie, *csrf, *origin, *site, *host, *upgrade; /* of a browser; with a cookie there is no key */
	size_t length;             /* announced; 0: the body's */
	const struct pages *pages; /* NULL: those of the interviews */
};
struct response *ask(struct world *w, struct ask a);
struct response *get(struct world *w, const char *uri);

struct json_object *json_of(struct world *w, const struct response *res);
/* The text at the path of the answer, "(none)" when there is none. */
const char *text_of(struct world *w, const struct response *res, const char *path);
bool body_has(const struct response *res, const char *words);

/* Stores a session of Ada's with API_EMAIL; gives its id. */
const char *add_session(struct world *w, const char *issue, const char **secret);
void run_redis(struct world *w, const char *command, const char *key, const char *a, const char *b);

#endif
