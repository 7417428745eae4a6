/* See http.h. */
#include <curl/curl.h>
#include <stdlib.h>

#include "base/die.h"
#include "net/curl_call.h"
#include "net/http.h"

struct curl_client {
	struct http_client base;
	CURL *easy;
};

static int curl_send(struct http_client *self, struct arena *mem, const struct http_call *call,
		     struct http_reply *reply, struct err *err)
{
	struct curl_client *c = (struct curl_client *)self;
	struct curl_call transfer;

	curl_call_begin(&transfer, c->easy, mem, call, self->most_ms);
	return curl_call_end(&transfer, curl_easy_perform(c->easy), reply, err);
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
