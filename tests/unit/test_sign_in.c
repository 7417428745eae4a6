/* Operators, signing in and out, and how long a session lives. */
#include "tests/support/check.h"

#include <sodium.h>
#include <string.h>

#include "access/operator.h"
#include "access/session.h"
#include "access/sign_in.h"
#include "console/console.h"
#include "store/keys.h"
#include "store/store.h"
#include "tests/support/visitor.h"

#define EMAIL "ada@acme.example"
#define HOUR 3600000LL

/* Whether the visitor is still signed in: /login sends those on. */
static bool is_in(struct world *w, const struct visitor *v)
{
	return ask_as(w, v, (struct ask){ .uri = "/login", .pages = &console_pages })->status == 303;
}

static const char *stored(struct world *w, const char *email, const char *field)
{
	struct err err = { 0 };
	struct reply r;

	assert_int_equal(store_call(w->app.store, w->app.mem, &r, &err, "HGET", key_of(w->app.mem, KEY_OPERATOR, email), field, NULL), 0);
	return reply_text(&r);
}

/* ---- operators ---- */

static void an_operator_is_made_once_and_only_a_hash_is_stored(void **state)
{
	struct world *w = *state;
	const char *password, *second;
	struct operator who;
	struct err err = { 0 };
	bool made;

	assert_int_equal(operator_add(&w->app, EMAIL, ROLE_OPERATOR, &password, &made, &err), 0);
	assert_true(made);
	assert_int_equal(operator_add(&w->app, EMAIL, ROLE_ADMIN, &second, &made, &err), 0);
	assert_false(made);
	assert_null(second);
	assert_true(str_starts(str_from(stored(w, EMAIL, "password")), STR("$argon2id$")));
	assert_int_equal(operator_verify(&w->app, EMAIL, password, &who, &err), 0);
	assert_int_equal(who.role, ROLE_OPERATOR);
	assert_int_equal(operator_verify(&w->app, EMAIL, "wrong", &who, &err), -1);
	assert_int_equal(err.kind, ERR_DENIED);
}

static void a_hash_that_costs_less_than_todays_is_made_anew(void **state)
{
	struct world *w = *state;
	char cheap[crypto_pwhash_STRBYTES];
	struct operator who;
	struct err err = { 0 };
	const char *password, *epoch;
	bool made;

	assert_int_equal(operator_add(&w->app, EMAIL, ROLE_VIEWER, &password, &made, &err), 0);
	epoch = stored(w, EMAIL, "epoch");
	assert_int_equal(crypto_pwhash_str_alg(cheap, "correct horse", 13, 1, 8192, crypto_pwhash_ALG_ARGON2ID13), 0);
	run_redis(w, "HSET", KEY_OPERATOR EMAIL, "password", cheap);
	assert_int_equal(operator_verify(&w->app, EMAIL, "correct horse", &who, &err), 0);
	assert_string_not_equal(stored(w, EMAIL, "password"), cheap);
	assert_string_equal(stored(w, EMAIL, "epoch"), epoch);
	assert_int_equal(operator_verify(&w->app, EMAIL, "correct horse", &who, &err), 0);
}

static void the_last_administrator_stays(void **state)
{
	struct world *w = *state;
	const char *password;
	struct err err = { 0 };
	bool made;

	assert_int_equal(operator_add(&w->app, EMAIL, ROLE_ADMIN, &password, &made, &err), 0);
	assert_int_equal(operator_add(&w->app, "b@acme.example", ROLE_OPERATOR, &password, &made, &err), 0);
	assert_int_equal(operator_remove(&w->app, EMAIL, &err), -1);
	assert_int_equal(err.kind, ERR_CONFLICT);
	err = (struct err){ 0 };
	assert_int_equal(operator_set_role(&w->app, EMAIL, ROLE_VIEWER, &err), -1);
	assert_int_equal(err.kind, ERR_CONFLICT);
	err = (struct err){ 0 };
	assert_int_equal(operator_set_role(&w->app, EMAIL, ROLE_ADMIN, &err), 0);
	assert_int_equal(operator_set_role(&w->app, "b@acme.example", ROLE_ADMIN, &err), 0);
	assert_int_equal(operator_remove(&w->app, EMAIL, &err), 0);
	assert_int_equal(operator_remove(&w->app, EMAIL, &err), -1);
	assert_int_equal(err.kind, ERR_MISSING);
}

static void a_chosen_password_has_to_be_long(void **state)
{
	static const struct {
		const char *password;
		bool good;
	} rows[] = {
		{ "elevenchars", false }, { "twelve chars", true }, { "aaaaaaaaaaaaaaaaa", false }, { "ADA@acme.example", false },
		{ "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", false }, { "not utf-8 at all \xff", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(rows[i].password, (password_problem(rows[i].password, EMAIL) == NULL) == rows[i].good);
}

/* ---- sessions ---- */

static void a_session_ends_when_it_is_not_used(void **state)
{
	struct world *w = *state;
	struct visitor v = come_in(w, EMAIL, ROLE_VIEWER);

	for (int i = 0; i < 3; i++) {
		w->clock.now_ms += 11 * HOUR;
		assert_true(is_in(w, &v));
	}
	w->clock.now_ms += 12 * HOUR;
	assert_false(is_in(w, &v));
	w->clock.now_ms -= 12 * HOUR;
	assert_false(is_in(w, &v));
}

static void a_session_ends_after_a_week_however_it_is_used(void **state)
{
	struct world *w = *state;
	struct visitor v = come_in(w, EMAIL, ROLE_VIEWER);

	for (int i = 0; i < 16; i++) {
		w->clock.now_ms += 10 * HOUR;
		assert_true(is_in(w, &v));
	}
	w->clock.now_ms += 8 * HOUR;
	assert_false(is_in(w, &v));
}

static void the_cookie_is_out_of_reach_of_scripts_and_sites(void **state)
{
	struct world *w = *state;
	struct visitor v = come_in(w, EMAIL, ROLE_VIEWER);
	struct response *res;
	struct reply keys;
	struct err err = { 0 };

	assert_true(str_starts(str_from(v.cookie), STR("parley_session=")));
	sign_in_as(w, EMAIL, v.password, &res);
	assert_non_null(str_find(str_from(header_of(w, res, "Set-Cookie")), STR("; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800")));
	assert_null(str_find(str_from(header_of(w, res, "Set-Cookie")), STR("Secure")));
	w->app.cfg.public_base_url = "https://hire.example.com";
	v = sign_in_as(w, EMAIL, v.password, &res);
	assert_true(str_starts(str_from(v.cookie), STR("__Host-parley_session=")));
	assert_non_null(str_find(str_from(header_of(w, res, "Set-Cookie")), STR("; Secure")));
	assert_true(is_in(w, &v));
	/* Redis holds no token. */
	assert_int_equal(store_call(w->app.store, w->app.mem, &keys, &err, "KEYS", "*", NULL), 0);
	for (size_t i = 0; i < keys.count; i++)
		assert_null(str_find(keys.items[i].text, str_from(strchr(v.cookie, '=') + 1)));
}

static void signing_in_again_ends_the_session_before(void **state)
{
	struct world *w = *state;
	struct visitor first = come_in(w, EMAIL, ROLE_VIEWER);
	struct response *res = ask(w, (struct ask){ .method = "POST", .uri = "/login", .pages = &console_pages, .cookie = first.cookie,
						    .type = "application/x-www-form-urlencoded",
						    .body = arena_printf(w->app.mem, "email=ada%%40acme.example&password=%s", first.password) });

	assert_int_equal(res->status, 303);
	assert_false(is_in(w, &first));
}

static void signing_out_ends_the_session(void **state)
{
	struct world *w = *state;
	struct visitor v = come_in(w, EMAIL, ROLE_VIEWER), other;
	struct response *res;
	struct ask out = { .method = "POST", .uri = "/logout", .pages = &console_pages, .type = "application/x-www-form-urlencoded",
			   .cookie = v.cookie, .body = "csrf=wrong" };

	other = sign_in_as(w, EMAIL, v.password, &res);
	assert_int_equal(ask(w, out)->status, 403);
	assert_true(is_in(w, &v));
	out.body = arena_printf(w->app.mem, "csrf=%s", v.csrf);
	res = ask(w, out);
	assert_int_equal(res->status, 303);
	assert_non_null(str_find(str_from(header_of(w, res, "Set-Cookie")), STR("parley_session=; ")));
	assert_non_null(str_find(str_from(header_of(w, res, "Set-Cookie")), STR("Max-Age=0")));
	assert_false(is_in(w, &v));
	assert_true(is_in(w, &other));
}

static int new_password(struct world *w, struct err *err)
{
	const char *password;

	return operator_reset(&w->app, EMAIL, &password, err);
}

static int new_role(struct world *w, struct err *err)
{
	return operator_set_role(&w->app, EMAIL, ROLE_OPERATOR, err);
}

static int removal(struct world *w, struct err *err)
{
	return operator_remove(&w->app, EMAIL, err);
}

static int everywhere(struct world *w, struct err *err)
{
	return access_session_end_all(&w->app, EMAIL, err);
}

static int removed_and_back(struct world *w, struct err *err)
{
	const char *password;
	bool made;

	return operator_remove(&w->app, EMAIL, err) || operator_add(&w->app, EMAIL, ROLE_VIEWER, &password, &made, err);
}

static void what_takes_rights_away_ends_all_sessions(void **state)
{
	static const struct {
		const char *name;
		int (*change)(struct world *w, struct err *err);
	} rows[] = {
		{ "another password", new_password }, { "another role", new_role }, { "signing out everywhere", everywhere },
		{ "removal, and the same address again", removed_and_back }, { "removal", removal },
	};
	struct world *w = *state;
	struct err err = { 0 };

	come_in(w, "boss@acme.example", ROLE_ADMIN);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct visitor v = { 0 };
		struct response *res;
		const char *password;
		bool made;

		assert_int_equal(operator_add(&w->app, EMAIL, ROLE_VIEWER, &password, &made, &err), 0);
		if (!made)
			assert_int_equal(operator_set_role(&w->app, EMAIL, ROLE_VIEWER, &err) || operator_reset(&w->app, EMAIL, &password, &err), 0);
		v = sign_in_as(w, EMAIL, password, &res);
		check_row(rows[i].name, is_in(w, &v));
		check_row(rows[i].name, !rows[i].change(w, &err));
		check_row(rows[i].name, !is_in(w, &v));
	}
}

static void a_session_lists_where_it_is_from(void **state)
{
	struct world *w = *state;
	struct visitor v = come_in(w, EMAIL, ROLE_VIEWER);
	struct access_session *list;
	struct response *res;
	struct err err = { 0 };
	size_t count;

	w->clock.now_ms += HOUR;
	sign_in_as(w, EMAIL, v.password, &res);
	assert_int_equal(access_session_list(&w->app, EMAIL, &list, &count, &err), 0);
	assert_int_equal(count, 2);
	assert_true(list[0].created_ms == API_NOW_MS + HOUR && list[1].created_ms == API_NOW_MS);
	assert_string_equal(list[0].client, "192.0.2.7");
	assert_int_equal(access_session_end_all(&w->app, EMAIL, &err), 0);
	assert_int_equal(access_session_list(&w->app, EMAIL, &list, &count, &err), 0);
	assert_int_equal(count, 0);
}

/* ---- guessing ---- */

static void a_wrong_address_and_a_wrong_password_read_the_same(void **state)
{
	struct world *w = *state;
	struct response *known, *unknown;

	come_in(w, EMAIL, ROLE_VIEWER);
	sign_in_as(w, EMAIL, "wrong", &known);
	sign_in_as(w, "ado@acme.example", "wrong", &unknown);
	assert_int_equal(known->status, 401);
	assert_int_equal(unknown->status, 401);
	assert_int_equal(known->body->len, unknown->body->len);
	assert_true(body_has(known, "do not belong together"));
	assert_true(body_has(unknown, "do not belong together"));
	assert_string_equal(header_of(w, known, "Set-Cookie"), "");
}

static void guessing_at_an_address_is_braked(void **state)
{
	struct world *w = *state;
	const struct visitor v = come_in(w, EMAIL, ROLE_VIEWER);
	const char *const addresses[] = { EMAIL, "nobody@acme.example" };
	struct response *res;

	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		for (int n = 0; n < SIGN_IN_FREE_ADDRESS; n++) {
			sign_in_as(w, addresses[i], "wrong", &res);
			assert_int_equal(res->status, 401);
		}
		sign_in_as(w, addresses[i], v.password, &res);
		assert_int_equal(res->status, 429);
		assert_string_equal(header_of(w, res, "Retry-After"), "30");
		assert_true(body_has(res, "Please wait 30 seconds, then try again."));
	}
	/* In capitals it is the same address. */
	sign_in_as(w, "ADA@ACME.example", v.password, &res);
	assert_int_equal(res->status, 429);
	w->clock.now_ms += 30000;
	sign_in_as(w, EMAIL, "wrong", &res);
	assert_int_equal(res->status, 401);
	sign_in_as(w, EMAIL, v.password, &res);
	assert_string_equal(header_of(w, res, "Retry-After"), "60");
	w->clock.now_ms += 60000;
	sign_in_as(w, EMAIL, v.password, &res);
	assert_int_equal(res->status, 303);
	/* Whoever got in begins anew. */
	sign_in_as(w, EMAIL, "wrong", &res);
	assert_int_equal(res->status, 401);
	sign_in_as(w, EMAIL, v.password, &res);
	assert_int_equal(res->status, 303);
}

static int locked_out_entries(struct world *w)
{
	struct err err = { 0 };
	struct reply all;
	int count = 0;

	assert_int_equal(store_call(w->app.store, w->app.mem, &all, &err, "XRANGE", KEY_AUDIT, "-", "+", NULL), 0);
	for (size_t i = 0; i < all.count; i++)
		count += reply_field(&all.items[i].items[1], "result") && !strcmp(reply_field(&all.items[i].items[1], "result"), "locked out");
	return count;
}

static void guessing_from_a_client_is_braked(void **state)
{
	struct world *w = *state;
	const struct visitor v = come_in(w, EMAIL, ROLE_VIEWER);
	struct response *res;

	for (int n = 0; n < SIGN_IN_FREE_CLIENT; n++) {
		sign_in_as(w, arena_printf(w->app.mem, "n%d@acme.example", n), "wrong", &res);
		assert_int_equal(res->status, 401);
		/* One's own account does not give the tries back. */
		if (n < SIGN_IN_FREE_CLIENT - 1) {
			sign_in_as(w, EMAIL, v.password, &res);
			assert_int_equal(res->status, 303);
		}
	}
	for (int n = 0; n < 9; n++) {
		sign_in_as(w, EMAIL, v.password, &res);
		assert_int_equal(res->status, 429);
	}
	assert_int_equal(locked_out_entries(w), 1);
	res = ask(w, (struct ask){ .method = "POST", .uri = "/login", .pages = &console_pages, .key = "", .from = "192.0.2.8",
				   .type = "application/x-www-form-urlencoded",
				   .body = arena_printf(w->app.mem, "email=ada%%40acme.example&password=%s", v.password) });
	assert_int_equal(res->status, 303);
}

static void a_form_that_lacks_something_says_so(void **state)
{
	static const char *const bodies[] = { "", "email=a%40b.example", "password=x", "email=+&password=x" };
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct response *res = ask(w, (struct ask){ .method = "POST", .uri = "/login", .pages = &console_pages, .key = "",
							    .type = "application/x-www-form-urlencoded", .body = bodies[i] });

		check_row(bodies[i], res->status == 400 && body_has(res, "Please give your email address and password."));
	}
}

static void the_sign_in_leads_to_where_one_wanted_to_go(void **state)
{
	struct world *w = *state;
	const struct visitor v = come_in(w, EMAIL, ROLE_VIEWER);
	static const struct {
		const char *next, *to;
	} rows[] = { { "%2Fconsole%2Fcalls%3Fa%3D1", "/console/calls?a=1" }, { "https%3A%2F%2Fevil.example", "/console/" } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = ask(w, (struct ask){
			.method = "POST", .uri = "/login", .pages = &console_pages, .key = "", .type = "application/x-www-form-urlencoded",
			.body = arena_printf(w->app.mem, "email=ada%%40acme.example&password=%s&next=%s", v.password, rows[i].next) });

		check_row_text(rows[i].next, header_of(w, res, "Location"), rows[i].to);
	}
	assert_true(body_has(ask(w, (struct ask){ .uri = "/login?next=%2Fconsole%2F%22%3E", .pages = &console_pages, .key = "" }),
			     "value=\"/console/&quot;&gt;\""));
}

#define WITH_API(test) cmocka_unit_test_setup_teardown(test, api_setup, api_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_API(an_operator_is_made_once_and_only_a_hash_is_stored),
		WITH_API(a_hash_that_costs_less_than_todays_is_made_anew),
		WITH_API(the_last_administrator_stays),
		cmocka_unit_test(a_chosen_password_has_to_be_long),
		WITH_API(a_session_ends_when_it_is_not_used),
		WITH_API(a_session_ends_after_a_week_however_it_is_used),
		WITH_API(the_cookie_is_out_of_reach_of_scripts_and_sites),
		WITH_API(signing_in_again_ends_the_session_before),
		WITH_API(signing_out_ends_the_session),
		WITH_API(what_takes_rights_away_ends_all_sessions),
		WITH_API(a_session_lists_where_it_is_from),
		WITH_API(a_wrong_address_and_a_wrong_password_read_the_same),
		WITH_API(guessing_at_an_address_is_braked),
		WITH_API(guessing_from_a_client_is_braked),
		WITH_API(a_form_that_lacks_something_says_so),
		WITH_API(the_sign_in_leads_to_where_one_wanted_to_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
