/* See operator.h. */
#include "access/operator.h"

#include <sodium.h>
#include <string.h>

#include "base/config.h"
#include "base/crypto.h"
#include "store/keys.h"
#include "store/scripts.h"

/* The hash of 256 random bits that nobody knows: what an unknown address is compared with. */
#define NOBODYS_HASH "$argon2id$v=19$m=65536,t=2,p=1$QG1lkBvbRakMamGQaFK6mA$Zi3/uK2j2rgRN9tHBKOtbhPo+ZHDlVl/6PMBbDOtLns"

const char *operator_address(struct arena *mem, const char *given)
{
	char *email = arena_strdup(mem, given);

	if (!email || !config_is_email(str_from(email)))
		return NULL;
	for (char *p = email; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + ('a' - 'A'));
	return email;
}

/* ---- passwords ---- */

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

/* `replaces`: the hash that must be the stored one; NULL: whatever it is.  *done false: it is another, or
 * there is no such operator. */
static int store_password(struct app *app, const char *email, const char *hash, const char *replaces, bool keep_sessions,
			  bool *done, struct err *err)
{
	struct command c = script_new(app->mem, &script_operator_password, 1);
	struct reply r;

	command_text(&c, key_of(app->mem, KEY_OPERATOR, email));
	command_text(&c, hash);
	command_text(&c, replaces);
	command_text(&c, keep_sessions ? "" : random_id(app->mem));
	if (script_run(app->store, &script_operator_password, &c, &r, err))
		return -1;
	*done = r.number == 1;
	return 0;
}

/* A failure is no reason to refuse a password that is right: it is tried again next time. */
static void hash_anew(struct app *app, const char *email, const char *password, const char *stored)
{
	struct err err = { 0 };
	const char *hash;
	bool done;

	if (crypto_pwhash_str_needs_rehash(stored, crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE) != 1)
		return;
	if (hash_password(app->mem, password, &hash, &err) || store_password(app, email, hash, stored, true, &done, &err))
		log_event(&app->log, LOG_WARNING, "operator.not_rehashed", LOG_TEXT("reason", err.msg));
}

const char *password_problem(const char *password, const char *email)
{
	struct str s = str_from(password);

	if (!str_is_utf8(s) || str_characters(s) < PASSWORD_LEAST)
		return "Choose a password of at least 12 characters.";
	if (s.len > PASSWORD_MOST)
		return "Choose a password of at most 200 characters.";
	if (str_eq_nocase(s, str_from(email)))
		return "Choose a password that is not your address.";
	for (size_t i = 1; i < s.len; i++)
		if (s.ptr[i] != s.ptr[0])
			return NULL;
	return "Choose a password of more than one character.";
}

/* ---- one operator ---- */

/* *hash NULL: there is no such operator. */
static int read_operator(struct app *app, const char *email, struct operator *who, const char **hash, struct err *err)
{
	const char *role;
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "HMGET", key_of(app->mem, KEY_OPERATOR, email), "password", "role", "created",
		       "epoch", NULL))
		return -1;
	if (r.type != REPLY_LIST || r.count != 4)
		return err_set(err, ERR_SYSTEM, "operator: an answer that cannot be read");
	*hash = reply_text(&r.items[0]);
	role = reply_text(&r.items[1]);
	*who = (struct operator){ .email = email, .created = reply_text(&r.items[2]), .epoch = reply_text(&r.items[3]) };
	if (!who->epoch)
		who->epoch = "";
	/* A role that nobody knows gives the least. */
	if (!role_read(role, &who->role))
		who->role = ROLE_VIEWER;
	return 0;
}

int operator_load(struct app *app, const char *email, struct operator *who, struct err *err)
{
	const char *hash;

	if (read_operator(app, email, who, &hash, err))
		return -1;
	return hash ? 0 : err_set(err, ERR_MISSING, "no such operator");
}

int operator_verify(struct app *app, const char *email, const char *password, struct operator *who, struct err *err)
{
	const char *stored = NULL;
	bool right;

	if (sodium_init() < 0)
		return err_set(err, ERR_SYSTEM, "libsodium cannot be used");
	if (email && read_operator(app, email, who, &stored, err))
		return -1;
	right = !crypto_pwhash_str_verify(stored ? stored : NOBODYS_HASH, password, strlen(password));
	if (!stored || !right)
		return err_set(err, ERR_DENIED, "a wrong address or password");
	hash_anew(app, email, password, stored);
	return 0;
}

int operator_add(struct app *app, const char *email, enum role role, const char **password, bool *made, struct err *err)
{
	struct command c = script_new(app->mem, &script_operator_create, 2);
	char created[ISO_TIME_SIZE];
	struct operator known;
	const char *hash;
	struct reply r;

	*made = false;
	*password = NULL;
	if (read_operator(app, email, &known, &hash, err))
		return -1;
	if (hash)
		return 0;
	*password = password_new(app->mem);
	if (hash_password(app->mem, *password, &hash, err))
		return -1;
	iso_time_format(clock_wall_ms(app->clock), created);
	command_text(&c, key_of(app->mem, KEY_OPERATOR, email));
	command_text(&c, KEY_OPERATORS);
	command_text(&c, email);
	command_text(&c, hash);
	command_text(&c, role_name(role));
	command_text(&c, created);
	command_text(&c, random_id(app->mem));
	if (script_run(app->store, &script_operator_create, &c, &r, err))
		return -1;
	*made = r.number == 1;
	if (!*made)
		*password = NULL;
	return 0;
}

int operator_reset(struct app *app, const char *email, const char **password, struct err *err)
{
	const char *hash;
	bool done;

	*password = password_new(app->mem);
	if (hash_password(app->mem, *password, &hash, err) || store_password(app, email, hash, NULL, false, &done, err))
		return -1;
	return done ? 0 : err_set(err, ERR_MISSING, "no such operator");
}

int operator_choose_password(struct app *app, const char *email, const char *present, const char *chosen, struct err *err)
{
	const char *stored, *hash;
	struct operator who;
	bool done;

	if (sodium_init() < 0)
		return err_set(err, ERR_SYSTEM, "libsodium cannot be used");
	if (read_operator(app, email, &who, &stored, err))
		return -1;
	if (!stored)
		return err_set(err, ERR_MISSING, "no such operator");
	if (crypto_pwhash_str_verify(stored, present, strlen(present)))
		return err_set(err, ERR_DENIED, "the present password is wrong");
	if (hash_password(app->mem, chosen, &hash, err) || store_password(app, email, hash, stored, false, &done, err))
		return -1;
	return done ? 0 : err_set(err, ERR_DENIED, "the present password was changed meanwhile");
}

/* ---- rights ---- */

static int change(struct app *app, const char *email, const char *role, struct err *err)
{
	struct command c = script_new(app->mem, &script_operator_change, 1);
	struct reply r;

	command_text(&c, KEY_OPERATORS);
	command_text(&c, KEY_OPERATOR);
	command_text(&c, email);
	command_text(&c, role);
	command_text(&c, random_id(app->mem));
	if (script_run(app->store, &script_operator_change, &c, &r, err))
		return -1;
	if (str_eq(r.text, STR("missing")))
		return err_set(err, ERR_MISSING, "no such operator");
	if (str_eq(r.text, STR("last")))
		return err_set(err, ERR_CONFLICT, "the last administrator");
	return 0;
}

int operator_set_role(struct app *app, const char *email, enum role role, struct err *err)
{
	return change(app, email, role_name(role), err);
}

int operator_remove(struct app *app, const char *email, struct err *err)
{
	return change(app, email, "", err);
}

int operator_renew(struct app *app, const char *email, struct err *err)
{
	struct operator who;
	struct reply r;

	if (operator_load(app, email, &who, err))
		return -1;
	return store_call(app->store, app->mem, &r, err, "HSET", key_of(app->mem, KEY_OPERATOR, email), "epoch",
			  random_id(app->mem), NULL);
}

int operator_list(struct app *app, struct operator **list, size_t *count, struct err *err)
{
	const char *hash;
	struct reply all;

	*count = 0;
	if (store_call(app->store, app->mem, &all, err, "SORT", KEY_OPERATORS, "ALPHA", NULL))
		return -1;
	*list = arena_alloc(app->mem, (all.count + 1) * sizeof(**list));
	for (size_t i = 0; i < all.count; i++) {
		if (read_operator(app, all.items[i].text.ptr, &(*list)[*count], &hash, err))
			return -1;
		*count += hash != NULL;
	}
	return 0;
}
