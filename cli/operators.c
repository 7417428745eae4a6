/* parley operator: who may use the console.
 *
 * Passwords are made here, never chosen: 100 random bits need no rule about
 * capitals and digits.  They are shown once; only an argon2id hash is stored. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/config.h"
#include "base/crypto.h"
#include "command.h"
#include "output.h"
#include "store/keys.h"
#include "store/store.h"

#define FIRST_WITHOUT_MAIL "operator@localhost"

static const char *const roles[] = { "admin", "operator", "viewer" };

static bool role_is_known(const char *role)
{
	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (!strcmp(roles[i], role))
			return true;
	return false;
}

/* Four groups of five letters and digits that cannot be taken for each other
 * (Crockford's base 32: no i, l, o, u). */
static char *password_new(struct arena *mem)
{
	static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
	unsigned char random[20];
	char *text = arena_alloc(mem, sizeof(random) + 4), *at = text;

	random_bytes(random, sizeof(random));
	for (size_t i = 0; i < sizeof(random); i++) {
		if (i && i % 5 == 0)
			*at++ = '-';
		*at++ = alphabet[random[i] & 31];
	}
	return text;
}

static int hash_password(struct arena *mem, const char *password, const char **hash, struct err *err)
{
	char *out = arena_alloc(mem, crypto_pwhash_STRBYTES);

	if (sodium_init() < 0 ||
	    crypto_pwhash_str_alg(out, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
				  crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13))
		return err_set(err, ERR_SYSTEM, "the password cannot be hashed: 64 MB of memory are needed");
	*hash = out;
	return 0;
}

/* The address as the key holds it: mail hosts ignore case, and people type it. */
static const char *address_of(struct arena *mem, const char *given)
{
	char *email = arena_strdup(mem, given);

	if (!config_is_email(str_from(email)))
		return NULL;
	for (char *p = email; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + ('a' - 'A'));
	return email;
}

static int stored_hash(struct app *app, const char *email, const char **hash, struct err *err)
{
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "HGET", key_of(app->mem, KEY_OPERATOR, email), "password", NULL))
		return -1;
	*hash = reply_text(&r);
	return 0;
}

static int set_rest(struct app *app, const char *email, const char *role, struct err *err)
{
	char created[ISO_TIME_SIZE];
	struct command c[3];
	struct reply r[3];

	iso_time_format(clock_wall_ms(app->clock), created);
	c[0] = command_new(app->mem, "HSETNX");
	c[1] = command_new(app->mem, "HSETNX");
	for (int i = 0; i < 2; i++)
		command_text(&c[i], key_of(app->mem, KEY_OPERATOR, email));
	command_text(&c[0], "role");
	command_text(&c[0], role);
	command_text(&c[1], "created");
	command_text(&c[1], created);
	c[2] = command_new(app->mem, "SADD");
	command_text(&c[2], KEY_OPERATORS);
	command_text(&c[2], email);
	return store_pipeline(app->store, c, 3, r, err);
}

/* Makes the operator unless one of that address exists.  Two of these at the same
 * time: the stored hash says whose password counts. */
static int create(struct app *app, const char *email, const char *role, const char **password, bool *made,
		  struct err *err)
{
	const char *hash, *stored;
	struct reply r;

	*made = false;
	if (stored_hash(app, email, &stored, err))
		return -1;
	if (!stored) {
		*password = password_new(app->mem);
		if (hash_password(app->mem, *password, &hash, err) ||
		    store_call(app->store, app->mem, &r, err, "HSETNX", key_of(app->mem, KEY_OPERATOR, email), "password",
			       hash, NULL) ||
		    stored_hash(app, email, &stored, err))
			return -1;
		*made = stored && !strcmp(stored, hash);
	}
	return set_rest(app, email, role, err);
}

static int reset(struct app *app, const char *email, const char **password, struct err *err)
{
	const char *hash;
	struct reply r;

	*password = password_new(app->mem);
	if (hash_password(app->mem, *password, &hash, err))
		return -1;
	return store_call(app->store, app->mem, &r, err, "HSET", key_of(app->mem, KEY_OPERATOR, email), "password", hash,
			  NULL);
}

static int print_login(const char *email, const char *password)
{
	printf("%s / %s\n", email, password);
	return 0;
}

static int run_ensure(struct app *app, const struct cli_arguments *a)
{
	const char *email = address_of(app->mem, app->cfg.admin_email ? app->cfg.admin_email : FIRST_WITHOUT_MAIL);
	const char *password = NULL;
	struct err err = { 0 };
	bool made;

	if (create(app, email, "admin", &password, &made, &err))
		return cli_failed(&err);
	if (!made && !cli_flag(a, "reset"))
		return print_login(email, "(unchanged)");
	if (!made && reset(app, email, &password, &err))
		return cli_failed(&err);
	return print_login(email, password);
}

static int run_add(struct app *app, const struct cli_arguments *a)
{
	const char *email = address_of(app->mem, a->words[0]), *role = cli_value(a, "role"), *password = NULL;
	struct err err = { 0 };
	bool made;

	if (!email)
		return cli_wrong_usage("that is no e-mail address");
	if (!role || !role_is_known(role))
		return cli_wrong_usage("--role must be admin, operator or viewer");
	if (create(app, email, role, &password, &made, &err))
		return cli_failed(&err);
	return made ? print_login(email, password)
		    : cli_no("this operator exists; parley operator reset makes a new password");
}

/* Fills the address of an operator that exists; 0, or an exit code. */
static int existing(struct app *app, const struct cli_arguments *a, const char **email)
{
	struct err err = { 0 };
	const char *hash;

	*email = address_of(app->mem, a->words[0]);
	if (!*email)
		return cli_wrong_usage("that is no e-mail address");
	if (stored_hash(app, *email, &hash, &err))
		return cli_failed(&err);
	return hash ? 0 : cli_no("there is no such operator");
}

static int run_reset(struct app *app, const struct cli_arguments *a)
{
	const char *email, *password;
	struct err err = { 0 };
	int code = existing(app, a, &email);

	if (code)
		return code;
	return reset(app, email, &password, &err) ? cli_failed(&err) : print_login(email, password);
}

static int run_remove(struct app *app, const struct cli_arguments *a)
{
	struct command c[2];
	struct reply r[2];
	struct err err = { 0 };
	const char *email;
	int code = existing(app, a, &email);

	if (code)
		return code;
	c[0] = command_new(app->mem, "DEL");
	command_text(&c[0], key_of(app->mem, KEY_OPERATOR, email));
	c[1] = command_new(app->mem, "SREM");
	command_text(&c[1], KEY_OPERATORS);
	command_text(&c[1], email);
	return store_pipeline(app->store, c, 2, r, &err) ? cli_failed(&err) : 0;
}

static struct json_object *operator_json(struct app *app, const char *email, const char *role, const char *created)
{
	struct json_object *o = json_owned(app->mem, json_object_new_object());

	json_put(o, "email", email);
	json_put(o, "role", role);
	json_put(o, "created_at", created);
	return json_object_get(o);
}

static int run_list(struct app *app, const struct cli_arguments *a)
{
	struct table *t = table_new(app->mem, 3, (const char *const[]){ "E-MAIL", "ROLE", "CREATED" });
	struct json_object *list = json_owned(app->mem, json_object_new_array());
	struct reply all, one;
	struct err err = { 0 };

	if (store_call(app->store, app->mem, &all, &err, "SORT", KEY_OPERATORS, "ALPHA", NULL))
		return cli_failed(&err);
	for (size_t i = 0; i < all.count; i++) {
		const char *email = all.items[i].text.ptr, *role, *created;
		int64_t ms = 0;

		if (store_call(app->store, app->mem, &one, &err, "HMGET", key_of(app->mem, KEY_OPERATOR, email), "role",
			       "created", NULL))
			return cli_failed(&err);
		role = one.count == 2 ? reply_text(&one.items[0]) : NULL;
		created = one.count == 2 ? reply_text(&one.items[1]) : NULL;
		iso_time_parse(str_from(created), &ms);
		table_add(t, (const char *const[]){ email, role, time_text(app->mem, ms) });
		json_object_array_add(list, operator_json(app, email, role, created));
	}
	if (cli_flag(a, "json"))
		print_json(list);
	else
		table_print(t);
	return 0;
}

static const struct cli_command commands[] = {
	{ .group = "operator", .verb = "ensure", .words = "", .run = run_ensure,
	  .help = "Make the first operator, if there is none\n"
		  "The address is ADMIN_EMAIL, else " FIRST_WITHOUT_MAIL "; the role is admin. Prints\n"
		  "\"EMAIL / PASSWORD\" when it made one: the password cannot be shown again.",
	  .options = { { "reset", NULL, "make a new password for an operator that exists" } } },
	{ .group = "operator", .verb = "add", .words = "EMAIL", .least = 1, .most = 1, .run = run_add,
	  .help = "Add an operator and print the password made for them",
	  .options = { { "role", "ROLE", "admin, operator or viewer; always needed" } } },
	{ .group = "operator", .verb = "reset", .words = "EMAIL", .least = 1, .most = 1, .run = run_reset,
	  .help = "Make a new password for an operator and print it" },
	{ .group = "operator", .verb = "remove", .words = "EMAIL", .least = 1, .most = 1, .run = run_remove,
	  .help = "Remove an operator" },
	{ .group = "operator", .verb = "list", .words = "", .run = run_list,
	  .help = "List the operators",
	  .options = { { "json", NULL, "as JSON" } } },
};

const struct cli_commands operator_commands = { commands, ARRAY_LEN(commands) };
