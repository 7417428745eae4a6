/* Answers requests until told to stop: FastCGI when started with a listening
 * socket as standard input, else one plain CGI request from the environment. */
#ifndef PARLEY_WEB_SERVE_H
#define PARLEY_WEB_SERVE_H

#include "web/route.h"

/* Returns an exit code. */
int serve(struct app *app, const struct pages *pages);

#endif
