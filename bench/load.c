/* The load: keep-alive connections that each ask again as soon as they were
 * answered, for a fixed time.  Of its own because the ready tools cannot sign a
 * webhook without costing more than what is measured, and wrk's latencies are
 * wrong in a closed loop.
 *
 *   load PORT CONNECTIONS WARM-UP-SECONDS SECONDS page FILE-OF-PATHS
 *   load PORT CONNECTIONS WARM-UP-SECONDS SECONDS webhook BODY-FILE SECRET
 *   load PORT CONNECTIONS 0 MOST-SECONDS twilio FILE-OF-EVENTS     ends when all were sent
 *
 * Prints one JSON object.  "all" counts the warm-up too, for what is divided by
 * it (processor time); the other numbers do not.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "bench/asks.h"

enum { CONNECTIONS_MOST = 256, ANSWER_MOST = 256 << 10, TIMES_MOST = 4 << 20 };

struct connection {
	int fd;
	struct ask ask;
	size_t sent, got, whole; /* whole: length of the answer, 0 while unknown */
	int64_t began_ns;
	char in[ANSWER_MOST];
};

struct load {
	struct sockaddr_in server;
	struct asks *asks;
	int epoll;
	int64_t count_from_ns, end_ns;
	int asking; /* connections that wait for an answer */
	long all, failed;
	size_t counted;
	uint32_t *times_us;
};

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

_Noreturn static void die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(111);
}

static void watch(struct load *load, struct connection *c, int operation, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = c };

	if (epoll_ctl(load->epoll, operation, c->fd, &e))
		die("epoll_ctl");
}

static void open_connection(struct load *load, struct connection *c)
{
	int one = 1;

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&load->server, sizeof(load->server)))
		die("connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	watch(load, c, EPOLL_CTL_ADD, EPOLLIN);
}

static void reopen(struct load *load, struct connection *c)
{
	close(c->fd);
	open_connection(load, c);
}

/* Sends what the socket takes; the rest when it takes more. */
static bool push(struct load *load, struct connection *c)
{
	while (c->sent < c->ask.len) {
		ssize_t n = send(c->fd, c->ask.bytes + c->sent, c->ask.len - c->sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN) {
			watch(load, c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
			return true;
		}
		if (n < 0)
			return false;
		c->sent += (size_t)n;
	}
	watch(load, c, EPOLL_CTL_MOD, EPOLLIN);
	return true;
}

static void ask(struct load *load, struct connection *c)
{
	if (!asks_next(load->asks, &c->ask)) {
		/* Nothing is left: when the others were answered too, that is the end. */
		if (--load->asking == 0)
			load->end_ns = now_ns();
		return;
	}
	c->sent = c->got = c->whole = 0;
	c->began_ns = now_ns();
	if (!push(load, c)) {
		/* nginx closes a connection after so many requests: not a failure */
		reopen(load, c);
		c->sent = 0;
		push(load, c);
	}
}

/* The answer's whole length once its head is there.  Every contender announces
 * its length, so chunks need not be understood. */
static size_t whole_length(struct connection *c)
{
	char *end, *length;

	c->in[c->got] = '\0';
	end = strstr(c->in, "\r\n\r\n");
	length = end ? strcasestr(c->in, "\r\nContent-Length:") : NULL;
	if (!length || length > end)
		return 0;
	return (size_t)(end + 4 - c->in) + strtoul(length + 17, NULL, 10);
}

static void finish(struct load *load, struct connection *c)
{
	int64_t now = now_ns();

	load->all++;
	if (strncmp(c->in, "HTTP/1.1 200 ", 13))
		load->failed++;
	else if (now >= load->count_from_ns && now <= load->end_ns && load->counted < TIMES_MOST)
		load->times_us[load->counted++] = (uint32_t)((now - c->began_ns) / 1000);
	if (strcasestr(c->in, "\r\nConnection: close"))
		reopen(load, c);
	ask(load, c);
}

static void pull(struct load *load, struct connection *c)
{
	ssize_t n = recv(c->fd, c->in + c->got, sizeof(c->in) - 1 - c->got, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		load->failed++;
		reopen(load, c);
		ask(load, c);
		return;
	}
	c->got += (size_t)n;
	if (!c->whole)
		c->whole = whole_length(c);
	if (c->whole && c->got >= c->whole)
		finish(load, c);
	else if (c->got == sizeof(c->in) - 1)
		die("an answer is too long");
}

static void run(struct load *load)
{
	struct epoll_event events[CONNECTIONS_MOST];

	while (now_ns() < load->end_ns) {
		int n = epoll_wait(load->epoll, events, CONNECTIONS_MOST, 50);

		for (int i = 0; i < n; i++) {
			struct connection *c = events[i].data.ptr;

			if (events[i].events & EPOLLOUT)
				push(load, c);
			if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
				pull(load, c);
		}
	}
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void report(struct load *load, double seconds)
{
	size_t n = load->counted;

	qsort(load->times_us, n, sizeof(*load->times_us), by_size);
	printf("{\"per_second\":%.1f,\"counted\":%zu,\"all\":%ld,\"failed\":%ld,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f}\n",
	       (double)n / seconds, n, load->all, load->failed, n ? load->times_us[n / 2] / 1e3 : 0,
	       n ? load->times_us[n - 1 - n / 100] / 1e3 : 0, n ? load->times_us[n - 1] / 1e3 : 0);
}

int main(int argc, char **argv)
{
	struct load load = { .server = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) } };
	int count = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 0;
	double warm_up, seconds;
	struct connection *connections;

	if (argc < 7 || count < 1 || count > CONNECTIONS_MOST || !(load.asks = asks_new(argv[5], argv + 6))) {
		fputs("usage: load PORT CONNECTIONS WARM-UP SECONDS page PATHS | webhook BODY SECRET | twilio EVENTS\n", stderr);
		return 100;
	}
	load.server.sin_port = htons((uint16_t)strtol(argv[1], NULL, 10));
	warm_up = strtod(argv[3], NULL);
	seconds = strtod(argv[4], NULL);
	connections = calloc((size_t)count, sizeof(*connections));
	load.times_us = malloc(TIMES_MOST * sizeof(*load.times_us));
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (!connections || !load.times_us || load.epoll < 0)
		die("start");
	load.count_from_ns = now_ns() + (int64_t)(warm_up * 1e9);
	load.end_ns = load.count_from_ns + (int64_t)(seconds * 1e9);
	for (int i = 0; i < count; i++) {
		open_connection(&load, &connections[i]);
		load.asking++;
		ask(&load, &connections[i]);
	}
	run(&load);
	if (!load.asking)
		seconds = (double)(load.end_ns - load.count_from_ns) / 1e9;
	report(&load, seconds);
	return 0;
}
