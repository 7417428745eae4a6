/* Twilio's POST /Calls.json, as fast as one core can: the answer is of Twilio's size and
 * form, nothing happens afterwards.  It must never be what limits the contenders,
 * and it tells whether a call came twice or too early.
 *
 *	telephone PORT
 *
 *	POST .../Calls.json   201 with a call
 *	POST /expect?N        forgets everything; N calls a second will be allowed (0: any)
 *	GET /count            {"calls","distinct","seconds","crowded"}: seconds from the first call
 *	                      to the last; crowded: calls that were one too many within some second
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

enum { CONNECTIONS_MOST = 2048, REQUEST_MOST = 16 << 10, CALLS_MOST = 1 << 20, SLOTS = 1 << 21 };

struct connection {
	size_t got;
	char in[REQUEST_MOST + 1];
};

static struct connection *connections[CONNECTIONS_MOST];
static int64_t *arrivals_ns;
static uint64_t *seen; /* hashes of attempts, open addressing; 0: free */
static size_t calls, distinct, allowed;

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

_Noreturn static void die(const char *what)
{
	fprintf(stderr, "telephone: %s: %s\n", what, strerror(errno));
	exit(111);
}

static int listen_on(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 1024))
		die("listen");
	return fd;
}

/* The attempt's id in the address of the call, "att%3D...": FNV-1a. */
static bool is_new(const char *body)
{
	const char *id = strstr(body, "att%3D");
	uint64_t hash = UINT64_C(14695981039346656037);

	if (!id)
		return false;
	for (id += 6; *id && *id != '&' && *id != '%'; id++)
		hash = (hash ^ (unsigned char)*id) * UINT64_C(1099511628211);
	hash |= 1;
	for (size_t i = hash & (SLOTS - 1);; i = (i + 1) & (SLOTS - 1)) {
		if (seen[i] == hash)
			return false;
		if (!seen[i]) {
			seen[i] = hash;
			return true;
		}
	}
}

static void forget(size_t pace)
{
	memset(seen, 0, SLOTS * sizeof(*seen));
	calls = distinct = 0;
	allowed = pace;
}

static int answer_call(char *out, size_t size, const char *body)
{
	char sid[35], text[1600];
	int length;

	if (calls >= CALLS_MOST)
		return snprintf(out, size, "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n");
	arrivals_ns[calls++] = now_ns();
	distinct += is_new(body);
	snprintf(sid, sizeof(sid), "CA%032zx", calls);
	length = snprintf(text, sizeof(text),
			  "{\"sid\":\"%s\",\"account_sid\":\"AC00000000000000000000000000000000\",\"parent_call_sid\":null,\"group_sid\":null,"
			  "\"trunk_sid\":null,\"phone_number_sid\":\"PN00000000000000000000000000000000\",\"status\":\"queued\","
			  "\"direction\":\"outbound-api\",\"to\":\"+14155550123\",\"to_formatted\":\"(415) 555-0123\",\"from\":\"+14155550100\","
			  "\"from_formatted\":\"(415) 555-0100\",\"answered_by\":null,\"caller_name\":null,\"forwarded_from\":null,"
			  "\"annotation\":null,\"queue_time\":\"0\",\"duration\":null,\"start_time\":null,\"end_time\":null,\"date_created\":null,"
			  "\"date_updated\":null,\"price\":null,\"price_unit\":\"USD\",\"api_version\":\"2010-04-01\","
			  "\"uri\":\"/2010-04-01/Accounts/AC00000000000000000000000000000000/Calls/%s.json\","
			  "\"subresource_uris\":{\"recordings\":\"/2010-04-01/Accounts/AC0/Calls/%s/Recordings.json\","
			  "\"events\":\"/2010-04-01/Accounts/AC0/Calls/%s/Events.json\"}}",
			  sid, sid, sid, sid);
	return snprintf(out, size, "HTTP/1.1 201 Created\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s",
			length, text);
}

/* Calls of which `allowed` others came within the second before. */
static size_t crowded(void)
{
	size_t count = 0;

	for (size_t i = allowed; allowed && i < calls; i++)
		count += arrivals_ns[i] - arrivals_ns[i - allowed] < INT64_C(1000000000);
	return count;
}

static int answer_count(char *out, size_t size)
{
	char text[200];
	double seconds = calls < 2 ? 0 : (double)(arrivals_ns[calls - 1] - arrivals_ns[0]) / 1e9;
	int length = snprintf(text, sizeof(text), "{\"calls\":%zu,\"distinct\":%zu,\"seconds\":%.6f,\"crowded\":%zu}", calls, distinct,
			      seconds, crowded());

	return snprintf(out, size, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", length, text);
}

static int answer(char *out, size_t size, const char *request, const char *body)
{
	unsigned long pace;

	if (!strncmp(request, "GET /count ", 11))
		return answer_count(out, size);
	if (sscanf(request, "POST /expect?%lu ", &pace) == 1) {
		forget(pace);
		return snprintf(out, size, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	}
	if (!strncmp(request, "POST ", 5) && strstr(request, "/Calls.json "))
		return answer_call(out, size, body);
	return snprintf(out, size, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
}

static void close_connection(int fd)
{
	free(connections[fd]);
	connections[fd] = NULL;
	close(fd);
}

/* Answers the requests that are whole; false when the connection is to be closed. */
static bool serve(int fd, struct connection *c)
{
	char out[3000];
	char *end, *field;

	for (c->in[c->got] = '\0'; (end = strstr(c->in, "\r\n\r\n")); c->in[c->got] = '\0') {
		size_t head = (size_t)(end - c->in) + 4, length = 0;
		char kept;
		int n;

		if ((field = strcasestr(c->in, "\r\ncontent-length:")) && field < end)
			length = strtoul(field + 17, NULL, 10);
		if (head + length > REQUEST_MOST)
			return false;
		if (c->got < head + length)
			return true;
		kept = c->in[head + length];
		c->in[head + length] = '\0';
		n = answer(out, sizeof(out), c->in, c->in + head);
		c->in[head + length] = kept;
		if (write(fd, out, (size_t)n) != n)
			return false;
		c->got -= head + length;
		memmove(c->in, c->in + head + length, c->got);
	}
	return c->got < REQUEST_MOST;
}

static void take(int epoll, int listener)
{
	int fd, one = 1;

	while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
		struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

		if (fd >= CONNECTIONS_MOST || !(connections[fd] = calloc(1, sizeof(**connections)))) {
			close(fd);
			continue;
		}
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
			die("epoll_ctl");
	}
}

static void hear(int fd)
{
	struct connection *c = connections[fd];
	ssize_t n = read(fd, c->in + c->got, REQUEST_MOST - c->got);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n > 0)
		c->got += (size_t)n;
	if (n <= 0 || !serve(fd, c))
		close_connection(fd);
}

int main(int argc, char **argv)
{
	struct epoll_event events[256], event = { .events = EPOLLIN };
	int epoll = epoll_create1(EPOLL_CLOEXEC), listener;

	if (argc != 2) {
		fprintf(stderr, "usage: telephone PORT\n");
		return 100;
	}
	arrivals_ns = malloc(CALLS_MOST * sizeof(*arrivals_ns));
	seen = calloc(SLOTS, sizeof(*seen));
	listener = event.data.fd = listen_on((int)strtol(argv[1], NULL, 10));
	if (!arrivals_ns || !seen || epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event))
		die("start");
	for (;;) {
		int n = epoll_wait(epoll, events, 256, -1);

		for (int i = 0; i < n; i++) {
			if (events[i].data.fd == listener)
				take(epoll, listener);
			else
				hear(events[i].data.fd);
		}
	}
}
