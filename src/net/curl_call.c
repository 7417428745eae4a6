/* See curl_call.h. */
#include "net/curl_call.h"

#include <string.h>

#include "base/buf.h"
#include "base/die.h"
#include "base/limits.h"

enum { HEADER_ROOM = 100, CONNECT_MS = 5000, IDLE_SECONDS = 30 };

static size_t on_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct curl_call *t = arg;

	buf_add(t->body, bytes, size * count);
	if (t->body->failed) {
		t->too_large = true;
		return 0; /* makes curl stop */
	}
	return size * count;
}

static void keep_header(struct curl_call *t, struct str line)
{
	struct http_header *h;
	struct str value, name = str_cut(line, ':', &value);
	char *lower;

	if (!value.ptr || t->reply.header_count >= HEADER_ROOM)
		return;
	value = str_trim(value);
	lower = arena_strndup(t->mem, name.ptr, name.len);
	for (char *p = lower; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + ('a' - 'A'));
	h = &t->reply.headers[t->reply.header_count++];
	h->name = lower;
	h->value = arena_strndup(t->mem, value.ptr, value.len);
}

static size_t on_header(char *bytes, size_t size, size_t count, void *arg)
{
	struct curl_call *t = arg;
	struct str line = { bytes, size * count };

	/* A new status line (after 100 Continue) begins the headers anew. */
	if (str_starts(line, STR("HTTP/")))
		t->reply.header_count = 0;
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

/* Asked before each request, on whatever connection. */
static int on_request(void *arg, char *to_address, char *from_address, int to_port, int from_port)
{
	struct curl_call *t = arg;

	(void)to_address, (void)from_address, (void)to_port, (void)from_port;
	t->requests++;
	return t->requests == 1 || t->repeatable ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

static curl_socket_t no_new_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	(void)arg, (void)purpose, (void)address;
	return CURL_SOCKET_BAD;
}

static void set_bounds(CURL *easy, const struct http_call *call, int most_ms)
{
	long timeout = call->timeout_ms > 0 ? call->timeout_ms : LIMIT_VENDOR_SECONDS * 1000L;
	bool kept = call->reuse || call->once || call->kept_only;

	if (most_ms > 0 && timeout > most_ms)
		timeout = most_ms;

	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, is_plain_loopback(call->url) ? "http" : "https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, timeout < CONNECT_MS ? timeout : (long)CONNECT_MS);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, kept ? 0L : 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, kept ? 0L : 1L);
	/* Servers close idle connections, some after a minute: not while a call is on its way. */
	curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)IDLE_SECONDS);
	if (call->kept_only)
		curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, no_new_socket);
	if (call->unix_socket)
		curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, call->unix_socket);
	if (is_plain_loopback(call->url))
		curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
}

static void set_call(CURL *easy, const struct http_call *call, struct curl_call *t)
{
	curl_easy_setopt(easy, CURLOPT_URL, call->url);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "parley/" PARLEY_VERSION);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_request);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, t);
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

void curl_call_begin(struct curl_call *t, CURL *easy, struct arena *mem, const struct http_call *call, int most_ms)
{
	*t = (struct curl_call){ .easy = easy, .mem = mem, .headers = header_list(call), .repeatable = call->reuse };
	t->reply.headers = arena_alloc(mem, HEADER_ROOM * sizeof(*t->reply.headers));
	t->body = buf_in(mem, call->max_reply ? call->max_reply : LIMIT_REPLY);
	curl_easy_reset(easy);
	set_bounds(easy, call, most_ms);
	set_call(easy, call, t);
}

/* What a failed transfer means for the caller: did anything leave the machine? */
static int classify(CURLcode code, const struct curl_call *t, struct err *err)
{
	if (t->too_large)
		return err_set(err, ERR_UNKNOWN, "the answer is over its limit");
	if (!t->requests)
		return err_set(err, ERR_UPSTREAM, "not connected: %s", curl_easy_strerror(code));
	if (code == CURLE_OPERATION_TIMEDOUT)
		return err_set(err, ERR_UNKNOWN, "no answer in time");
	if (code == CURLE_ABORTED_BY_CALLBACK)
		return err_set(err, ERR_UNKNOWN, "a kept connection died without an answer");
	return err_set(err, ERR_UNKNOWN, "the transfer failed: %s", curl_easy_strerror(code));
}

int curl_call_end(struct curl_call *t, CURLcode code, struct http_reply *reply, struct err *err)
{
	long status = 0, opened = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(t->easy, CURLINFO_NUM_CONNECTS, &opened);
	t->reply.status = (int)status;
	t->reply.fresh = opened > 0;
	t->reply.body = buf_view(t->body);
	*reply = t->reply;
	curl_call_cancel(t);
	return code == CURLE_OK ? 0 : classify(code, t, err);
}

void curl_call_cancel(struct curl_call *t)
{
	curl_slist_free_all(t->headers);
	t->headers = NULL;
}
