/* parley operator: who may use the console (access/operator.h). */
#include <stdio.h>
#include <string.h>

#include "access/audit.h"
#include "access/operator.h"
#include "command.h"
#include "output.h"

#define FIRST_WITHOUT_MAIL "operator@localhost"

/* Whoever has the shell is not asked who they are. */
static void tell(struct app *app, const char *action, const char *email, const char *detail)
{
	const struct request nothing = { .mem = app->mem };

	audit_record(app, &nothing, &(struct audit_entry){ .actor = "shell", .action = action, .object = email, .detail = detail });
}

static int print_login(const char *email, const char *password)
{
	printf("%s / %s\n", email, password);
	return 0;
}

static int run_ensure(struct app *app, const struct cli_arguments *a)
{
	const char *email = operator_address(app->mem, app->cfg.admin_email ? app->cfg.admin_email : FIRST_WITHOUT_MAIL);
	const char *password = NULL;
	struct err err = { 0 };
	bool made;

	if (operator_add(app, email, ROLE_ADMIN, &password, &made, &err))
		return cli_failed(&err);
	if (!made && !cli_flag(a, "reset"))
		return print_login(email, "(unchanged)");
	if (!made && operator_reset(app, email, &password, &err))
		return cli_failed(&err);
	tell(app, made ? "operator.add" : "operator.reset", email, made ? "admin" : NULL);
	return print_login(email, password);
}

static int run_add(struct app *app, const struct cli_arguments *a)
{
	const char *email = operator_address(app->mem, a->words[0]), *password = NULL;
	struct err err = { 0 };
	enum role role;
	bool made;

	if (!email)
		return cli_wrong_usage("that is no e-mail address");
	if (!role_read(cli_value(a, "role"), &role))
		return cli_wrong_usage("--role must be admin, operator or viewer");
	if (operator_add(app, email, role, &password, &made, &err))
		return cli_failed(&err);
	if (!made)
		return cli_no("this operator exists; parley operator reset makes a new password");
	tell(app, "operator.add", email, role_name(role));
	return print_login(email, password);
}

static int failed(const struct err *err)
{
	if (err->kind == ERR_MISSING)
		return cli_no("there is no such operator");
	if (err->kind == ERR_CONFLICT)
		return cli_no("this is the last administrator; make another one first");
	return cli_failed(err);
}

static int run_reset(struct app *app, const struct cli_arguments *a)
{
	const char *email = operator_address(app->mem, a->words[0]), *password;
	struct err err = { 0 };

	if (!email)
		return cli_wrong_usage("that is no e-mail address");
	if (operator_reset(app, email, &password, &err))
		return failed(&err);
	tell(app, "operator.reset", email, NULL);
	return print_login(email, password);
}

static int run_role(struct app *app, const struct cli_arguments *a)
{
	const char *email = operator_address(app->mem, a->words[0]);
	struct err err = { 0 };
	enum role role;

	if (!email)
		return cli_wrong_usage("that is no e-mail address");
	if (!role_read(a->words[1], &role))
		return cli_wrong_usage("the role must be admin, operator or viewer");
	if (operator_set_role(app, email, role, &err))
		return failed(&err);
	tell(app, "operator.role", email, role_name(role));
	return 0;
}

static int run_remove(struct app *app, const struct cli_arguments *a)
{
	const char *email = operator_address(app->mem, a->words[0]);
	struct err err = { 0 };

	if (!email)
		return cli_wrong_usage("that is no e-mail address");
	if (operator_remove(app, email, &err))
		return failed(&err);
	tell(app, "operator.remove", email, NULL);
	return 0;
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
	struct operator *all;
	struct err err = { 0 };
	size_t count;

	if (operator_list(app, &all, &count, &err))
		return cli_failed(&err);
	for (size_t i = 0; i < count; i++) {
		const char *role = role_name(all[i].role);
		int64_t ms = 0;

		iso_time_parse(str_from(all[i].created), &ms);
		table_add(t, (const char *const[]){ all[i].email, role, time_text(app->mem, ms) });
		json_object_array_add(list, operator_json(app, all[i].email, role, all[i].created));
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
	  .help = "Make a new password for an operator and print it\n"
		  "Ends their sessions." },
	{ .group = "operator", .verb = "role", .words = "EMAIL ROLE", .least = 2, .most = 2, .run = run_role,
	  .help = "Make an operator admin, operator or viewer\n"
		  "Ends their sessions. The last administrator keeps the role." },
	{ .group = "operator", .verb = "remove", .words = "EMAIL", .least = 1, .most = 1, .run = run_remove,
	  .help = "Remove an operator\n"
		  "Ends their sessions. The last administrator stays." },
	{ .group = "operator", .verb = "list", .words = "", .run = run_list,
	  .help = "List the operators",
	  .options = { { "json", NULL, "as JSON" } } },
};

const struct cli_commands operator_commands = { commands, ARRAY_LEN(commands) };
