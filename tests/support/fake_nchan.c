/* See fake_nchan.h. */
#include "tests/support/fake_nchan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/die.h"
#include "base/json.h"

static struct fake_channel *find(struct fake_nchan *f, const char *campaign, bool make)
{
	for (size_t i = 0; i < f->count; i++)
		if (!strcmp(f->channels[i].campaign, campaign))
			return &f->channels[i];
	if (!make)
		return NULL;
	if (f->count == FAKE_CHANNELS)
		die_bug("fake_nchan: too many channels");
	snprintf(f->channels[f->count].campaign, sizeof(f->channels[f->count].campaign), "%s", campaign);
	buf_init(&f->channels[f->count].sent, 1 << 20);
	buf_init(&f->channels[f->count].kept, 1 << 20);
	return &f->channels[f->count++];
}

static int answer(struct fake_nchan *f, struct arena *mem, const struct fake_channel *channel, struct http_reply *reply)
{
	if (!channel || !channel->messages) {
		reply->status = 404;
		return 0;
	}
	reply->status = 202;
	reply->body = str_from(arena_printf(mem, "{\"messages\": 1, \"requested\": 0, \"subscribers\": %d, "
					    "\"last_message_id\": \"%d:%" PRId64 "\" }",
					    str_starts(str_from(channel->campaign), STR("viewers/")) ? f->viewers : f->subscribers, f->starts,
					    channel->messages));
	return 0;
}

static void publish(struct fake_channel *channel, struct arena *mem, const struct http_call *call, bool is_status)
{
	struct err err = { 0 };
	struct json_object *message = json_read(mem, call->body, &err);
	const char *type = json_text(message, "type");
	int64_t seq = -1;

	if (!json_int(message, "seq", &seq) || !type || is_status != !strcmp(type, "status"))
		die_bug("fake_nchan: a message at the wrong place");
	if (is_status)
		buf_clear(&channel->kept);
	buf_printf(&channel->sent, "%s%" PRId64 " ", is_status ? "s" : "", seq);
	buf_printf(&channel->kept, "%s%" PRId64 " ", is_status ? "s" : "", seq);
	channel->messages++;
}

static int fake_send(struct http_client *self, struct arena *mem, const struct http_call *call, struct http_reply *reply,
		     struct err *err)
{
	struct fake_nchan *f = (struct fake_nchan *)self;
	const char *path = call->url + strlen("http://localhost/");
	bool to_viewers = str_starts(str_from(path), STR("viewers/"));
	const char *campaign = to_viewers ? path : strchr(path, '/') + 1;
	bool is_post = !strcmp(call->method, "POST");
	struct fake_channel *channel = find(f, campaign, is_post);

	f->calls++;
	*reply = (struct http_reply){ .fresh = !f->connected };
	if (f->away || (call->kept_only && !f->connected))
		return err_set(err, ERR_UPSTREAM, "not connected");
	f->connected = true;
	if (f->refuses) {
		reply->status = 500;
		return 0;
	}
	if (is_post)
		publish(channel, mem, call, to_viewers || str_starts(str_from(path), STR("status/")));
	if (!strcmp(call->method, "DELETE") && channel)
		channel->ended = true;
	return answer(f, mem, channel, reply);
}

void fake_nchan_init(struct fake_nchan *f)
{
	*f = (struct fake_nchan){ .base.send = fake_send };
}

void fake_nchan_release(struct fake_nchan *f)
{
	for (size_t i = 0; i < f->count; i++) {
		buf_release(&f->channels[i].sent);
		buf_release(&f->channels[i].kept);
	}
}

void fake_nchan_restart(struct fake_nchan *f)
{
	f->connected = false;
	f->starts++;
	for (size_t i = 0; i < f->count; i++) {
		f->channels[i].messages = 0;
		buf_clear(&f->channels[i].kept);
	}
}

void fake_nchan_close(struct fake_nchan *f)
{
	f->connected = false;
}

const char *fake_nchan_sent(struct fake_nchan *f, const char *campaign)
{
	struct fake_channel *channel = find(f, campaign, false);

	return channel ? channel->sent.ptr : "";
}

const char *fake_nchan_kept(struct fake_nchan *f, const char *campaign)
{
	struct fake_channel *channel = find(f, campaign, false);

	return channel ? channel->kept.ptr : "";
}
