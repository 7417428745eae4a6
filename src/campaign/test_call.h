/* A test call: one call with a campaign's agent, texts and keys to a number of the operator's own,
 * before strangers are called.
 *
 * It is a campaign of its own with one lead (`test_of`), which no list and no total shows, so that everything that
 * holds for calls holds for it: the claim with its pace and its one live call per number, the do-not-call
 * list, audio that is bought before the dial, the webhooks.  It has one attempt and no calling hours of the
 * campaign's; those of the recipient hold unless the number is said to be one's own.  What was not
 * placed in three minutes is not placed any more. */
#ifndef PARLEY_CAMPAIGN_TEST_CALL_H
#define PARLEY_CAMPAIGN_TEST_CALL_H

#include "app.h"
#include "base/json.h"
#include "campaign/campaign.h"
#include "campaign/lead_import.h"

struct test_wish {
	const char *phone;    /* E.164 */
	const char *name;     /* may be NULL */
	struct lead_field *variables;
	size_t variable_count;
	bool own_number;
};

struct test_refusal {
	int status;           /* 0: it was begun */
	const char *code, *sentence, *field;
};

/* Begins it: its id comes out in *id, unless it is refused.  ERR_MISSING when there is no such campaign. */
int test_call_begin(struct app *app, const char *campaign, const struct test_wish *wish, const char **id,
		    struct test_refusal *refusal, struct err *err);

/* {"id","state","sentence","outcome","call"}; state: preparing, calling, done, failed.  ERR_MISSING. */
int test_call_json(struct app *app, const char *campaign, const char *id, struct json_object **json, struct err *err);

/* Ends test calls that were not placed in time and deletes old ones; for the runner, often. */
int test_calls_tend(struct app *app, struct err *err);

#endif
