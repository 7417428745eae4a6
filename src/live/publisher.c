/* See publisher.h. */
#include "live/publisher.h"

#include <stdio.h>

#include "base/json.h"

enum { TIMEOUT_MS = 2000, REPLY_MOST = 64 << 10 };

static int read_channel(struct arena *mem, struct str text, struct channel *channel, struct err *err)
{
	struct json_object *o = json_read(mem, text, err);
	const char *last = json_text(o, "last_message_id");

	if (!last || !json_int(o, "subscribers", &channel->subscribers))
		return err_set(err, ERR_REFUSED, "nchan gives no account of the channel");
	snprintf(channel->last, sizeof(channel->last), "%s", last);
	return 0;
}

static int send_call(struct publisher *p, struct arena *mem, struct http_call *call, struct http_reply *reply, struct err *err)
{
	call->unix_socket = p->socket;
	call->timeout_ms = TIMEOUT_MS;
	call->max_reply = REPLY_MOST;
	http_call_header(call, "Accept", "text/json");
	if (http_send(p->http, mem, call, reply, err))
		return -1;
	p->connection += reply->fresh;
	if (reply->status == 404)
		return err_set(err, ERR_MISSING, "no such channel");
	if (reply->status < 200 || reply->status > 299)
		return err_set(err, ERR_REFUSED, "nchan answers %d", reply->status);
	return 0;
}

static const char *address(struct arena *mem, const char *kind, const char *campaign)
{
	return arena_printf(mem, "http://localhost/%s/%s", kind, campaign);
}

/* A status that is sent twice is two statuses in a row: libcurl may repeat it. */
int publisher_status(struct publisher *p, struct arena *mem, const char *campaign, struct str text, struct channel *channel,
		     struct err *err)
{
	struct http_call call = { .method = "POST", .url = address(mem, "status", campaign), .body = text, .reuse = true };
	struct http_reply reply;

	return send_call(p, mem, &call, &reply, err) ? -1 : read_channel(mem, reply.body, channel, err);
}

int publisher_viewers(struct publisher *p, struct arena *mem, const char *campaign, struct str text, int64_t *subscribers,
		      struct err *err)
{
	struct http_call call = { .method = "POST", .url = address(mem, "viewers", campaign), .body = text, .reuse = true };
	struct http_reply reply;
	struct channel channel;

	if (send_call(p, mem, &call, &reply, err) || read_channel(mem, reply.body, &channel, err))
		return -1;
	*subscribers = channel.subscribers;
	return 0;
}

int publisher_event(struct publisher *p, struct arena *mem, const char *campaign, struct str text, struct channel *channel,
		    struct err *err)
{
	struct http_call call = { .method = "POST", .url = address(mem, "event", campaign), .body = text, .once = true,
				  .kept_only = true };
	struct http_reply reply;

	return send_call(p, mem, &call, &reply, err) ? -1 : read_channel(mem, reply.body, channel, err);
}

int publisher_look(struct publisher *p, struct arena *mem, const char *campaign, struct channel *channel, struct err *err)
{
	struct http_call call = { .method = "GET", .url = address(mem, "status", campaign), .reuse = true };
	struct http_reply reply;

	return send_call(p, mem, &call, &reply, err) ? -1 : read_channel(mem, reply.body, channel, err);
}

static int end_channel(struct publisher *p, struct arena *mem, const char *kind, const char *campaign, struct err *err)
{
	struct http_call call = { .method = "DELETE", .url = address(mem, kind, campaign), .reuse = true };
	struct http_reply reply;
	struct err why = { 0 };

	if (!send_call(p, mem, &call, &reply, &why) || why.kind == ERR_MISSING)
		return 0;
	*err = why;
	return -1;
}

int publisher_end(struct publisher *p, struct arena *mem, const char *campaign, struct err *err)
{
	return end_channel(p, mem, "status", campaign, err) || end_channel(p, mem, "viewers", campaign, err) ? -1 : 0;
}
