/* See tiny_http.h. */
#include "tests/support/tiny_http.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/die.h"
#include "base/str.h"

enum { CONNECTIONS = 32, REQUEST_ROOM = 2 << 20, DRIP_MS = 20 };

struct connection {
	struct tiny_http *server;
	pthread_t thread;
	int fd;
};

struct tiny_http {
	enum tiny_mode mode;
	const char *answer;
	int listener, port;
	pthread_t acceptor;
	pthread_mutex_t lock; /* of all below */
	struct connection connections[CONNECTIONS];
	int connection_count, request_count;
	char latest[REQUEST_ROOM];
	size_t latest_len;
};

enum extent { HEAD, WHOLE };

/* How many bytes of the request are still to come; SIZE_MAX while that is unknown. */
static size_t missing(const char *bytes, size_t len, enum extent extent)
{
	struct str all = { bytes, len }, name = STR("Content-Length: ");
	const char *end = str_find(all, STR("\r\n\r\n")), *at;
	size_t head, body = 0;

	if (!end)
		return SIZE_MAX;
	head = (size_t)(end - bytes) + 4;
	at = str_find((struct str){ bytes, head }, name);
	if (at && extent == WHOLE)
		body = (size_t)strtoul(at + name.len, NULL, 10);
	return head + body > len ? head + body - len : 0;
}

/* False when the client left before all of it was there. */
static bool read_request(struct tiny_http *t, int fd, enum extent extent)
{
	char *bytes = calloc(1, REQUEST_ROOM);
	size_t len = 0;
	ssize_t got = 1;

	while (len < REQUEST_ROOM && missing(bytes, len, extent) && (got = read(fd, bytes + len, REQUEST_ROOM - len)) > 0)
		len += (size_t)got;
	if (got > 0) {
		pthread_mutex_lock(&t->lock);
		t->request_count++;
		memcpy(t->latest, bytes, len);
		t->latest_len = len;
		pthread_mutex_unlock(&t->lock);
	}
	free(bytes);
	return got > 0;
}

static bool send_text(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t sent = send(fd, text, len, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		text += sent;
		len -= (size_t)sent;
	}
	return true;
}

static void wait_until_client_leaves(int fd)
{
	char byte;

	while (read(fd, &byte, 1) > 0)
		;
}

static void drip(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (poll(&p, 1, DRIP_MS) == 0 && send_text(fd, "x", 1))
		;
}

static void flood(int fd)
{
	static const char block[4096];

	while (send_text(fd, block, sizeof(block)))
		;
}

static void serve(struct tiny_http *t, int fd)
{
	if (t->mode == TINY_HANG_UP || !read_request(t, fd, WHOLE) || t->mode == TINY_CLOSE)
		return;
	if (t->mode == TINY_STALL) {
		wait_until_client_leaves(fd);
		return;
	}
	if (!send_text(fd, t->answer, strlen(t->answer)))
		return;
	while (t->mode == TINY_KEEP && read_request(t, fd, WHOLE) && send_text(fd, t->answer, strlen(t->answer)))
		;
	if (t->mode == TINY_KEEP_ONCE)
		read_request(t, fd, WHOLE);
	else if (t->mode == TINY_KEEP_HEAD)
		read_request(t, fd, HEAD);
	else if (t->mode == TINY_DRIP)
		drip(fd);
	else if (t->mode == TINY_FLOOD)
		flood(fd);
}

static void *serve_connection(void *arg)
{
	struct connection *c = arg;

	serve(c->server, c->fd);
	shutdown(c->fd, SHUT_RDWR); /* closed at the stop, so that its number is not given away */
	return NULL;
}

static void *accept_connections(void *arg)
{
	struct tiny_http *t = arg;
	int fd;

	while ((fd = accept(t->listener, NULL, NULL)) >= 0) {
		struct connection *c;

		pthread_mutex_lock(&t->lock);
		if (t->connection_count == CONNECTIONS)
			die_bug("tiny_http: too many connections");
		c = &t->connections[t->connection_count++];
		*c = (struct connection){ .server = t, .fd = fd };
		if (pthread_create(&c->thread, NULL, serve_connection, c))
			die_bug("tiny_http: no thread");
		pthread_mutex_unlock(&t->lock);
	}
	return NULL;
}

static struct tiny_http *start(enum tiny_mode mode, const char *answer, struct sockaddr *address, socklen_t len)
{
	struct tiny_http *t = calloc(1, sizeof(*t));

	t->mode = mode;
	t->answer = answer;
	pthread_mutex_init(&t->lock, NULL);
	t->listener = socket(address->sa_family, SOCK_STREAM, 0);
	if (t->listener < 0 || bind(t->listener, address, len) || listen(t->listener, 16) ||
	    getsockname(t->listener, address, &len) || pthread_create(&t->acceptor, NULL, accept_connections, t))
		die_bug("tiny_http: cannot listen");
	return t;
}

struct tiny_http *tiny_http_start(enum tiny_mode mode, const char *answer)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct tiny_http *t = start(mode, answer, (struct sockaddr *)&address, sizeof(address));

	t->port = ntohs(address.sin_port);
	return t;
}

struct tiny_http *tiny_http_start_at(enum tiny_mode mode, const char *answer, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	return start(mode, answer, (struct sockaddr *)&address, sizeof(address));
}

void tiny_http_stop(struct tiny_http *t)
{
	shutdown(t->listener, SHUT_RDWR); /* ends accept() */
	pthread_join(t->acceptor, NULL);
	for (int i = 0; i < t->connection_count; i++) {
		shutdown(t->connections[i].fd, SHUT_RDWR);
		pthread_join(t->connections[i].thread, NULL);
		close(t->connections[i].fd);
	}
	close(t->listener);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

int tiny_http_port(const struct tiny_http *t)
{
	return t->port;
}

static int read_count(struct tiny_http *t, const int *count)
{
	int n;

	pthread_mutex_lock(&t->lock);
	n = *count;
	pthread_mutex_unlock(&t->lock);
	return n;
}

int tiny_http_connections(struct tiny_http *t)
{
	return read_count(t, &t->connection_count);
}

int tiny_http_requests(struct tiny_http *t)
{
	return read_count(t, &t->request_count);
}

const char *tiny_http_latest(struct tiny_http *t, size_t *len)
{
	pthread_mutex_lock(&t->lock);
	*len = t->latest_len;
	pthread_mutex_unlock(&t->lock);
	return t->latest;
}
