/* See http.h.  The only file that includes curl. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/die.h"
#include "base/limits.h"
#include "net/http.h"

struct curl_client {
	struct http_client base;
	CURL *easy;
};

struct transfer {
	struct arena *mem;
	struct http_reply *reply;
	struct buf *body;
	size_t header_room;
	bool too_large;
};

static size_t on_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct transfer *t = arg;

	buf_add(t->body, bytes, size * count);
	if (t->body->failed) {
		t->too_large = true;
		return 0; /* makes curl stop */
	}
	return size * count;
}

static void keep_header(struct transfer *t, struct str line)
{
	struct http_header *h;
	struct str value, name = str_cut(line, ':', &value);
	char *lower;

	if (!value.ptr || t->reply->header_count >= t->header_room)
		return;
	value = str_trim(value);
	lower = arena_strndup(t->mem, name.ptr, name.len);
	for (char *p = lower; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + ('a' - 'A'));
	h = &t->reply->headers[t->reply->header_count++];
	h->name = lower;
	h->value = arena_strndup(t->mem, value.ptr, value.len);
}

static size_t on_header(char *bytes, size_t size, size_t count, void *arg)
{
	struct transfer *t = arg;
	struct str line = { bytes, size * count };

	/* A new status line (after 100 Continue) begins the headers anew. */
	if (str_starts(line, STR("HTTP/")))
		t->reply->header_count = 0;
	else
		keep_header(t, line);
	return size * count;
}

static struct curl_slist *header_list(const struct http_call *call)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:"); /* no pause before large bodies */

	for (int i = 0; list && i < HTTP_HEADERS && call->headers[i].name; i++) {
		struct buf line;
		struct curl_slist *longer;

		buf_init(&line, 64 << 10);
		buf_printf(&line, "%s: %s", call->headers[i].name, call->headers[i].value);
		longer = curl_slist_append(list, line.ptr);
		buf_release(&line);
		if (!longer)
			curl_slist_free_all(list);
		list = longer;
	}
	if (!list)
		die_out_of_memory();
	return list;
}

/* The whole host counts: 127.example.com and localhost.example.com are anywhere. */
static bool is_plain_loopback(const char *url)
{
	static const char *const names[] = { "localhost", "[::1]" };
	const char *host, *end;

	if (!str_starts(str_from(url), STR("http://")))
		return false;
	host = end = url + strlen("http://");
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strncmp(host, names[i], strlen(names[i])))
			end = host + strlen(names[i]);
	if (!strncmp(host, "127.", 4))
		end = host + strspn(host, "0123456789.");
	if (end != host && *end == ':')
		end += 1 + strspn(end + 1, "0123456789");
	return end != host && (!*end || *end == '/' || *end == '?');
}

static void set_bounds(CURL *easy, const struct http_call *call, int most_ms)
{
	long timeout = call->timeout_ms > 0 ? call->timeout_ms : LIMIT_VENDOR_SECONDS * 1000L;

	if (most_ms > 0 && timeout > most_ms)
		timeout = most_ms;

	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, is_plain_loopback(call->url) ? "http" : "https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, timeout < 5000 ? timeout : 5000L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, call->reuse ? 0L : 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, call->reuse ? 0L : 1L);
	if (is_plain_loopback(call->url))
		curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
}

static void set_call(CURL *easy, const struct http_call *call, struct curl_slist *headers, struct transfer *t)
{
	curl_easy_setopt(easy, CURLOPT_URL, call->url);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "parley/" PARLEY_VERSION);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
	if (call->body.ptr) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call->body.ptr);
	}
	/* After POSTFIELDS, which would make it a POST. */
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call->method);
}

/* What a failed transfer means for the caller: did anything leave the machine?
 * The code does not tell: an answer that is no HTTP and a scheme that is not
 * allowed have the same.  That the request was about to be written does. */
static int classify(CURL *easy, CURLcode code, const struct transfer *t, struct err *err)
{
	curl_off_t pretransfer = 0;

	if (t->too_large)
		return err_set(err, ERR_UNKNOWN, "the answer is over its limit");
	curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &pretransfer);
	if (!pretransfer)
		return err_set(err, ERR_UPSTREAM, "not connected: %s", curl_easy_strerror(code));
	if (code == CURLE_OPERATION_TIMEDOUT)
		return err_set(err, ERR_UNKNOWN, "no answer in time");
	return err_set(err, ERR_UNKNOWN, "the transfer failed: %s", curl_easy_strerror(code));
}

static int curl_send(struct http_client *self, struct arena *mem, const struct http_call *call,
		     struct http_reply *reply, struct err *err)
{
	struct curl_client *c = (struct curl_client *)self;
	struct transfer t = { .mem = mem, .reply = reply, .header_room = 100 };
	struct curl_slist *headers = header_list(call);
	CURLcode code;
	long status = 0;
	int rc = 0;

	*reply = (struct http_reply){ 0 };
	reply->headers = arena_alloc(mem, t.header_room * sizeof(*reply->headers));
	t.body = buf_in(mem, call->max_reply ? call->max_reply : LIMIT_REPLY);
	curl_easy_reset(c->easy);
	set_bounds(c->easy, call, self->most_ms);
	set_call(c->easy, call, headers, &t);
	code = curl_easy_perform(c->easy);
	curl_slist_free_all(headers);
	if (code != CURLE_OK)
		rc = classify(c->easy, code, &t, err);
	curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
	reply->status = (int)status;
	reply->body = buf_view(t.body);
	return rc;
}

struct http_client *http_curl_new(void)
{
	struct curl_client *c = calloc(1, sizeof(*c));

	if (!c || curl_global_init(CURL_GLOBAL_DEFAULT) || !(c->easy = curl_easy_init()))
		die_out_of_memory();
	c->base.send = curl_send;
	c->base.free = http_curl_free;
	return &c->base;
}

void http_curl_free(struct http_client *client)
{
	struct curl_client *c = (struct curl_client *)client;

	if (!c)
		return;
	curl_easy_cleanup(c->easy);
	curl_global_cleanup();
	free(c);
}
