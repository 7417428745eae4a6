/* The least that libfcgi and hiredis can do, to measure the product against.
 *
 *   bare page SOCKET FILE     GETs the session's JSON by the secret in the address, and answers the
 *                             file, read once, of the size of our page: no parsing, no rendering
 *   bare webhook SOCKET SHA   reads the body and enqueues it with the product's own script (already
 *                             loaded under that digest): no signature, no JSON
 *
 * Whatever our programs take longer is what they do for it.
 */
#include <fcgiapp.h>
#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECRET_LENGTH = 43, PAGE_MOST = 1 << 20, BODY_MOST = 1 << 20 };

struct bare {
	redisContext *redis;
	FCGX_Request fcgi;
	const char *sha;
	char *page, *body;
	size_t page_len;
	unsigned long served;
};

static void answer(struct bare *b, const char *status, const char *type, const char *text, size_t len)
{
	FCGX_FPrintF(b->fcgi.out, "Status: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", status, type, (int)len);
	FCGX_PutStr(text, (int)len, b->fcgi.out);
}

static void page(struct bare *b)
{
	const char *uri = FCGX_GetParam("REQUEST_URI", b->fcgi.envp), *secret = uri ? strrchr(uri, '/') : NULL;
	redisReply *r = NULL;

	if (secret && strlen(secret + 1) == SECRET_LENGTH)
		r = redisCommand(b->redis, "GET screening:secret:%b", secret + 1, (size_t)SECRET_LENGTH);
	if (r && r->type == REDIS_REPLY_STRING)
		answer(b, "200 OK", "text/html; charset=utf-8", b->page, b->page_len);
	else
		answer(b, "404 Not Found", "text/plain", "no\n", 3);
	freeReplyObject(r);
}

static void webhook(struct bare *b)
{
	const char *length = FCGX_GetParam("CONTENT_LENGTH", b->fcgi.envp);
	int want = length ? (int)strtol(length, NULL, 10) : 0, got = 0, n;
	char id[64], key[96];
	redisReply *r;

	while (got < want && want <= BODY_MOST && (n = FCGX_GetStr(b->body + got, want - got, b->fcgi.in)) > 0)
		got += n;
	snprintf(id, sizeof(id), "transcript:bare%d-%lu", (int)getpid(), b->served);
	snprintf(key, sizeof(key), "parley:job:%s", id);
	r = redisCommand(b->redis, "EVALSHA %s 3 %s %s %s %s transcript %b 0 %s 172800 %s 0 %s", b->sha,
			 "parley:queue:bare:due", key, "parley:queue:bare:wake", id, b->body, (size_t)got, id, "", "");
	if (r && r->type == REDIS_REPLY_INTEGER && got == want)
		answer(b, "200 OK", "application/json", "{\"received\":true}\n", 18);
	else
		answer(b, "503 Service Unavailable", "text/plain", "no\n", 3);
	freeReplyObject(r);
}

static size_t read_page(const char *name, char *out)
{
	FILE *f = fopen(name, "rb");
	size_t n = f ? fread(out, 1, PAGE_MOST, f) : 0;

	if (f)
		fclose(f);
	return n;
}

int main(int argc, char **argv)
{
	struct bare b = { .page = malloc(PAGE_MOST), .body = malloc(BODY_MOST) };
	bool pages = argc > 1 && !strcmp(argv[1], "page");

	if (argc != 4 || !b.page || !b.body)
		return 100;
	b.sha = argv[3];
	b.redis = redisConnectUnix(argv[2]);
	if (!b.redis || b.redis->err || (pages && !(b.page_len = read_page(argv[3], b.page))))
		return 111;
	if (FCGX_Init() || FCGX_InitRequest(&b.fcgi, 0, FCGI_FAIL_ACCEPT_ON_INTR))
		return 111;
	while (FCGX_Accept_r(&b.fcgi) >= 0) {
		b.served++;
		if (pages)
			page(&b);
		else
			webhook(&b);
		FCGX_Finish_r(&b.fcgi);
	}
	return 0;
}
