/* Which variables an agent's script can use: those that every lead has, the columns of the leads of the
 * campaigns that use it, and whatever the script itself names. */
#ifndef PARLEY_CAMPAIGN_AGENT_VARIABLES_H
#define PARLEY_CAMPAIGN_AGENT_VARIABLES_H

#include "app.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

struct agent_variable {
	const char *name;
	bool of_lead;  /* every lead has it: first_name, name, phone */
	bool column;   /* of the leads looked at */
	bool in_script;
	bool required; /* the script has it without a default */
};

struct agent_variables {
	struct agent_variable *items; /* those of leads first, then columns in their order, then the script's own */
	size_t count;
	bool of_campaigns; /* the columns are of its campaigns; else of the newest ones, whoever uses them */
	size_t columns;
};

/* `agent` NULL: a new one. */
int agent_variables_load(struct app *app, const char *agent, struct str script, struct agent_variables *variables,
			 struct err *err);

struct json_object *agent_variables_json(struct app *app, const struct agent_variables *variables);

#endif
