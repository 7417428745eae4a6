/* A thousand readers of the live feed in one process, and the writer of its events: from the
 * write of an event to its arrival at each reader.
 *
 * usage: live-load PORT REDIS-SOCKET KEY CAMPAIGN READERS EVENTS EVERY-MS
 *
 * A reader looks for the event's number in what arrives and for nothing else, because what a
 * client costs is not the product's.  Prints one JSON object, times in ms.
 */
#include <arpa/inet.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { READERS_MOST = 4000, EVENTS_MOST = 1000, TAIL = 32, ARRIVAL_MS = 15000 };

/* As the campaigns' scripts write it (src/live/events.h). */
static const char append[] =
	"local n = redis.call('HINCRBY', 'parley:campaign:' .. ARGV[1], 'seq', 1) "
	"redis.call('XADD', 'parley:events:' .. ARGV[1], 'MAXLEN', 10000, n .. '-0', 'e', '{\"seq\":' .. n .. "
	"',\"at\":\"2026-11-20T09:30:00.000Z\",\"type\":\"call\",\"call\":{\"id\":\"' .. string.rep('x', 250) .. '\",\"event\":\"#' .. n .. '#\"}}') "
	"redis.call('XADD', 'parley:live', 'MAXLEN', '~', 10000, '*', 'c', ARGV[1]) "
	"return n";

struct reader {
	int fd;
	char tail[TAIL + 1]; /* what may be the beginning of an event's number */
};

struct load {
	struct reader readers[READERS_MOST];
	int reader_count, events, epoll;
	double written[EVENTS_MOST + 1], slowest[EVENTS_MOST + 1];
	double *taken;
	size_t taken_count;
};

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void give_up(const char *why)
{
	fprintf(stderr, "%s\n", why);
	exit(1);
}

static void note(struct load *l, long n, double ms)
{
	if (n < 1 || n > l->events || l->written[n] == 0)
		give_up("an event that was not written");
	l->taken[l->taken_count++] = ms - l->written[n];
	l->slowest[n] = ms - l->written[n];
}

static void take(struct load *l, struct reader *r)
{
	char bytes[TAIL + 65536 + 1];
	size_t kept = strlen(r->tail);
	double ms = now_ms();
	ssize_t got;

	memcpy(bytes, r->tail, kept);
	got = read(r->fd, bytes + kept, sizeof(bytes) - kept - 1);
	if (got <= 0)
		give_up("a reader was sent away");
	kept += (size_t)got;
	for (size_t i = 0; i < kept; i++)
		if (!bytes[i])
			bytes[i] = ' '; /* lengths of frames */
	bytes[kept] = '\0';
	char *at = bytes;
	for (char *found; (found = strstr(at, "\"event\":\"#")) && strchr(found + 10, '#'); at = strchr(found + 10, '#'))
		note(l, strtol(found + 10, NULL, 10), ms);
	if (strlen(at) > TAIL)
		at += strlen(at) - TAIL;
	memmove(r->tail, at, strlen(at) + 1);
}

/* Reads what comes within `ms`. */
static void listen_for(struct load *l, double ms)
{
	double end = now_ms() + ms;

	for (double left = ms; left > 0; left = end - now_ms()) {
		struct epoll_event events[256];
		int n = epoll_wait(l->epoll, events, 256, (int)left + 1);

		for (int i = 0; i < n; i++)
			take(l, events[i].data.ptr);
	}
}

static void open_reader(struct load *l, int port, const char *key, const char *campaign)
{
	struct reader *r = &l->readers[l->reader_count++];
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = r };
	char text[1024];
	size_t len = 0;

	r->fd = socket(AF_INET, SOCK_STREAM, 0);
	snprintf(text, sizeof(text), "GET /live/campaigns/%s HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: Bearer %s\r\n\r\n",
		 campaign, key);
	if (connect(r->fd, (struct sockaddr *)&to, sizeof(to)) || write(r->fd, text, strlen(text)) != (ssize_t)strlen(text))
		give_up("nginx cannot be reached");
	/* The head alone: what follows is of the feed. */
	do {
		if (len == sizeof(text) - 1 || read(r->fd, text + len, 1) != 1)
			give_up("a reader was not answered");
		text[++len] = '\0';
	} while (!strstr(text, "\r\n\r\n"));
	if (!strstr(text, " 101 "))
		give_up("a reader was not let in");
	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, r->fd, &event))
		give_up("epoll does not take a reader");
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double at(double *times, size_t count, double share)
{
	qsort(times, count, sizeof(*times), ascending);
	return times[(size_t)((double)(count - 1) * share)];
}

int main(int argc, char **argv)
{
	static struct load l;
	int readers = argc == 8 ? (int)strtol(argv[5], NULL, 10) : 0;
	redisContext *redis;
	double began, opened;

	l.events = argc == 8 ? (int)strtol(argv[6], NULL, 10) : 0;
	if (readers < 1 || readers > READERS_MOST || l.events < 1 || l.events > EVENTS_MOST)
		give_up("usage: live-load PORT REDIS-SOCKET KEY CAMPAIGN READERS EVENTS EVERY-MS");
	redis = redisConnectUnix(argv[2]);
	l.epoll = epoll_create1(0);
	l.taken = calloc((size_t)readers * (size_t)l.events, sizeof(*l.taken));
	if (!redis || redis->err || l.epoll < 0 || !l.taken)
		give_up("Redis cannot be reached");
	began = now_ms();
	while (l.reader_count < readers)
		open_reader(&l, (int)strtol(argv[1], NULL, 10), argv[3], argv[4]);
	opened = now_ms() - began;
	listen_for(&l, 1000);
	for (int n = 1; n <= l.events; n++) {
		l.written[n] = now_ms();
		redisReply *reply = redisCommand(redis, "EVAL %s 0 %s", append, argv[4]);

		if (!reply || reply->type != REDIS_REPLY_INTEGER || reply->integer != n)
			give_up("an event cannot be written");
		freeReplyObject(reply);
		listen_for(&l, strtod(argv[7], NULL));
	}
	for (began = now_ms(); l.taken_count < (size_t)readers * (size_t)l.events; listen_for(&l, 10))
		if (now_ms() - began > ARRIVAL_MS)
			give_up("events have not arrived");
	printf("{\"opened_ms\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"slowest_p50_ms\":%.2f}\n", opened,
	       at(l.taken, l.taken_count, 0.5), at(l.taken, l.taken_count, 0.99), at(l.slowest + 1, (size_t)l.events, 0.5));
	return 0;
}
