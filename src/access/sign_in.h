/* Signing in: address and password for an operator, with a brake on guessing.
 *
 * Each try is counted for its address and for its client; after a few that were not right
 * one has to wait, each time twice as long up to a quarter of an hour.  An address that
 * nobody has is treated in the same way and takes as long: answers tell nothing about it.
 */
#ifndef PARLEY_ACCESS_SIGN_IN_H
#define PARLEY_ACCESS_SIGN_IN_H

#include "access/operator.h"
#include "app.h"
#include "web/request.h"

enum {
	SIGN_IN_FREE_ADDRESS = 5, /* wrong ones for one address, after which one has to wait */
	SIGN_IN_FREE_CLIENT = 20, /* several people share an address of the network */
	SIGN_IN_WAIT_MS = 30000,
	SIGN_IN_WAIT_MOST_MS = 900000,
};

/* ERR_DENIED: address or password are wrong; ERR_LIMIT: not now, retry_after says when.  Both
 * stand in the audit trail, and in the log without the address. */
int sign_in(struct app *app, struct request *req, const char *email, const char *password, struct operator *who,
	    struct err *err);

/* "2 minutes", for the answer to ERR_LIMIT. */
const char *wait_words(struct arena *mem, int seconds);

#endif
