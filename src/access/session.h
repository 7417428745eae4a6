/* The session of somebody who signed in.
 *
 * The cookie holds 256 random bits; Redis knows only their hash, which is the session's id.
 * A session ends KEEP_CONSOLE_IDLE_S after its last use, KEEP_CONSOLE_S after its begin, at
 * sign-out, and when its operator gets another epoch (operator.h).  Each sign-in makes a new
 * one, so a token that was planted in a browser is worth nothing.
 */
#ifndef PARLEY_ACCESS_SESSION_H
#define PARLEY_ACCESS_SESSION_H

#include "access/operator.h"
#include "app.h"
#include "web/request.h"
#include "web/response.h"

struct access_session {
	const char *id;
	int64_t created_ms, seen_ms;
	const char *client, *agent; /* address and program that signed in; NULL: not known */
};

/* Begins a session for the operator and sets its cookie; ends the one that the request came with. */
int access_session_begin(struct app *app, const struct request *req, struct response *res, const struct operator *who,
			 struct err *err);

/* The actor of the request's cookie; NULL when it has no session that is still good. */
int access_session_actor(struct app *app, const struct request *req, const struct actor **actor, struct err *err);

/* Ends the request's session and takes the cookie away. */
int access_session_end(struct app *app, const struct request *req, struct response *res, struct err *err);

/* Ends all of the operator's by a new epoch, and forgets them. */
int access_session_end_all(struct app *app, const char *email, struct err *err);

/* Forgets the operator's sessions, whose epoch is over: what cannot be forgotten now ends by itself. */
void access_session_forget_all(struct app *app, const char *email);

/* The operator's, the newest first; in app->mem. */
int access_session_list(struct app *app, const char *email, struct access_session **list, size_t *count, struct err *err);

#endif
