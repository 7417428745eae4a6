/* See redis_server.h. */
#include "tests/support/redis_server.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { START_MS = 10000, STEP_MS = 5 };

static void give_up(const char *what)
{
	perror(what);
	exit(1);
}

bool redis_server_installed(void)
{
	return system("command -v redis-server >/dev/null") == 0;
}

static bool accepts(const struct redis_server *r)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", r->socket);
	ok = fd >= 0 && !connect(fd, (struct sockaddr *)&address, sizeof(address));
	close(fd);
	return ok;
}

static void run(const struct redis_server *r)
{
	char port[16];
	const char *argv[] = { "redis-server", "--port", port, "--bind", "127.0.0.1", "--unixsocket", r->socket,
			       "--dir", r->dir, "--save", "", "--appendonly", "no", "--logfile", "/dev/null",
			       r->password ? "--requirepass" : NULL, r->password, NULL };

	snprintf(port, sizeof(port), "%d", r->port);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execvp(argv[0], (char *const *)argv);
	_exit(127);
}

void redis_server_start(struct redis_server *r)
{
	r->pid = fork();
	if (r->pid < 0)
		give_up("fork");
	if (!r->pid)
		run(r);
	for (int waited = 0; !accepts(r); waited += STEP_MS) {
		if (waited >= START_MS || waitpid(r->pid, NULL, WNOHANG))
			give_up("redis-server does not start");
		poll(NULL, 0, STEP_MS);
	}
}

void redis_server_open(struct redis_server *r)
{
	snprintf(r->dir, sizeof(r->dir), "/tmp/parley-redis-XXXXXX");
	if (!mkdtemp(r->dir))
		give_up("mkdtemp");
	snprintf(r->socket, sizeof(r->socket), "%s/sock", r->dir);
	snprintf(r->url, sizeof(r->url), "unix://%s", r->socket);
	redis_server_start(r);
}

void redis_server_kill(struct redis_server *r)
{
	if (r->pid <= 0)
		return;
	kill(r->pid, SIGKILL);
	waitpid(r->pid, NULL, 0);
	unlink(r->socket);
	r->pid = 0;
}

void redis_server_close(struct redis_server *r)
{
	redis_server_kill(r);
	rmdir(r->dir);
}
