/* A private redis-server on a socket of its own, for the tests of src/store.  It
 * ends with the test, however that ends. */
#ifndef PARLEY_TESTS_SUPPORT_REDIS_SERVER_H
#define PARLEY_TESTS_SUPPORT_REDIS_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

struct redis_server {
	char dir[64], socket[96], url[112];
	const char *password; /* NULL: none */
	int port;             /* 0: the socket only */
	pid_t pid;
};

/* False when there is no redis-server on this machine. */
bool redis_server_installed(void);

/* Makes the directory and starts; ends the test when that fails. */
void redis_server_open(struct redis_server *r);
/* Kills it without a word and takes the directory away. */
void redis_server_close(struct redis_server *r);

void redis_server_kill(struct redis_server *r);  /* SIGKILL */
void redis_server_start(struct redis_server *r); /* again, empty, at the same address */

#endif
