/* A screening session: the secret link, what it holds, and what happened to it.
 *
 * The contract's keys (contract 4) hold what another program may read or write;
 * our own row KEY_SESSION<id> holds the rest and outlives the link.  The id is a
 * hash of the secret, so each is found from the other's holder without an index;
 * its first 8 characters are the fingerprint that logs may name.  A session that
 * another program stored gets its row when it is first met.
 */
#ifndef PARLEY_SCREENING_SESSION_H
#define PARLEY_SCREENING_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "app.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

enum { SECRET_LENGTH = 43, SESSION_ID_LENGTH = 22, FINGERPRINT_SIZE = 9 };

enum link_state { LINK_LIVE, LINK_UNKNOWN, LINK_EXPIRED, LINK_REVOKED };

/* What the link's JSON holds. */
struct session {
	const char *id, *secret;
	struct str json; /* as stored */
	struct json_object *object;
	const char *org, *issue_id, *candidate_name, *candidate_email, *company_name;
	const char *job_description, *candidate_application, *pointers, *conversation_id;
	int64_t created_ms, expires_ms;
};

/* The row: everything by field name; NULL when absent. */
struct session_row {
	const char *id, *secret, *workspace, *org, *issue_id, *identifier;
	const char *candidate_name, *candidate_email, *company_name;
	const char *conversation_id, *email_state, *email_id, *result, *generic_pointers;
	const char *job_title;
	const char *override; /* the result by which a person replaced the model's; NULL: nobody did */
	const char *moved_to; /* name of the state into which we moved the issue last */
	int64_t created_ms, expires_ms, opened_ms, started_ms, ended_ms, evaluated_ms, moved_ms, revoked_ms;
};

/* 32 bytes of OpenSSL's generator as 43 base64url characters. */
char *session_secret_new(struct arena *mem);
bool session_secret_is_valid(struct str secret);
char *session_id_of(struct arena *mem, struct str secret);
void session_fingerprint(const char *id, char out[FINGERPRINT_SIZE]);

/* Reads a live session by its secret (which must be valid) and makes sure that
 * it has a row.  For another state than LINK_LIVE nothing else is filled. */
int session_find(struct app *app, struct str secret, enum link_state *state, struct session *s, struct err *err);

/* Only what the page shows, in one round trip. */
struct session_peek {
	const char *candidate_name, *company_name;
	int64_t expires_ms;
	bool opened, started, finished;
};
int session_peek(struct app *app, struct str secret, enum link_state *state, struct session_peek *peek,
		 struct err *err);

int session_row_get(struct app *app, const char *id, struct session_row *row, bool *found, struct err *err);

/* Several in one round trip, at most SESSION_ROWS; an id without a row leaves rows[i].id NULL. */
enum { SESSION_ROWS = 100 };
int session_rows_get(struct app *app, const char *const *ids, size_t count, struct session_row *rows, struct err *err);

/* The stage: invited, opened, started, ended, evaluated, moved, expired, revoked. */
const char *session_stage(const struct session_row *row, int64_t now_ms);

/* Sets fields of the row (pairs, ended by NULL); keeps its time to live. */
int session_row_set(struct app *app, const char *id, struct err *err, ...) __attribute__((sentinel));

/* What holds for an interview: a person's word, else the model's; NULL while there is neither. */
static inline const char *session_decision(const struct session_row *row)
{
	return row->override && *row->override ? row->override : row->result;
}

/* When it entered its stage. */
int64_t session_stage_ms(const struct session_row *row, const char *stage);

/* Notes an event for the timeline, once per word.  What may happen more than once has
 * its cause behind the word, after a tab (a job's id, a time); people see the word. */
int session_note(struct app *app, const char *id, const char *word, struct err *err);
int session_note_again(struct app *app, const char *id, const char *word, const char *cause, struct err *err);
/* The word of a noted event, without its cause. */
char *session_note_word(struct arena *mem, const char *noted);

/* Ties a conversation to the session.  ERR_MISSING: the link ended; ERR_CONFLICT:
 * the conversation is another session's. */
int session_associate(struct app *app, const struct session *s, const char *conversation_id, struct err *err);

/* *done is false when the link had ended before. */
int session_revoke(struct app *app, const struct session_row *row, bool *done, struct err *err);

/* What a new session is made of. */
struct session_plan {
	const char *secret, *workspace, *org, *issue_id, *identifier;
	const char *candidate_name, *candidate_email, *company_name, *job_title;
	const char *job_description, *candidate_application, *pointers;
	bool generic_pointers;
};
struct queue;
struct job;
/* Stores it and revokes the issue's former link, in one step.  With a job: once
 * per job, its step "session" holds the id.  *id is the session's, which an
 * earlier attempt of the job may have made. */
int session_create(struct app *app, const struct session_plan *plan, const struct queue *queue, const struct job *job,
		   const char **id, struct err *err);

/* PUBLIC_BASE_URL/interview/{secret} */
char *session_link(struct app *app, const char *secret);

#endif
