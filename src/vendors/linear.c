/* See linear.h.  What each operation asks and how its answer is read; the call
 * itself and the errors are in linear_call.c, the texts in linear_operations.h. */
#include "vendors/linear.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/limits.h"
#include "vendors/failure.h"
#include "vendors/linear_call.h"
#include "vendors/linear_operations.h"

enum {
	PAGES = 200, /* of a list; more is a list that never ends */
	UPLOAD_OWN_HEADERS = 2,
};

static bool read_organization(struct json_object *data, struct linear_organization *org)
{
	struct json_object *o = json_get(data, "organization");

	org->id = json_text(o, "id");
	org->name = json_text(o, "name");
	org->url_key = json_text(o, "urlKey");
	return org->id && org->name && org->url_key;
}

static bool read_state(struct json_object *issue, struct linear_state *state)
{
	state->id = json_text(issue, "state.id");
	state->name = json_text(issue, "state.name");
	return state->id && state->name;
}

int linear_organization_get(const struct linear *l, struct arena *mem, struct linear_organization *org, struct err *err)
{
	struct json_object *data;

	if (linear_call(l, mem, LINEAR_ORGANIZATION, NULL, &data, err))
		return -1;
	return read_organization(data, org) ? 0 : linear_unreadable(err, "the answer holds no organization");
}

static bool read_issue(struct json_object *o, struct linear_issue *issue)
{
	struct json_object *project = json_get(o, "project");
	bool trashed = false;

	issue->id = json_text(o, "id");
	issue->identifier = json_text(o, "identifier");
	issue->title = json_text(o, "title");
	issue->description = json_text(o, "description");
	issue->url = json_text(o, "url");
	issue->team_id = json_text(o, "team.id");
	issue->trashed = (json_flag(o, "trashed", &trashed) && trashed) || json_text(o, "archivedAt");
	issue->has_project = project != NULL;
	issue->project_name = json_text(project, "name");
	issue->project_description = json_text(project, "description");
	issue->project_content = json_text(project, "content");
	return read_state(o, &issue->state) && issue->id && issue->identifier && issue->team_id;
}

int linear_issue_get(const struct linear *l, struct arena *mem, const char *id, struct linear_issue *issue,
		     struct err *err)
{
	struct buf *variables = linear_variables(mem);
	struct json_object *data;

	linear_variable(variables, "id", str_from(id));
	if (linear_call(l, mem, LINEAR_ISSUE, variables, &data, err))
		return -1;
	*issue = (struct linear_issue){ 0 };
	if (!read_issue(json_get(data, "issue"), issue) || !read_organization(data, &issue->organization))
		return linear_unreadable(err, "the answer holds no whole issue");
	return 0;
}

int linear_issue_state(const struct linear *l, struct arena *mem, const char *id, struct linear_state *state,
		       struct err *err)
{
	struct buf *variables = linear_variables(mem);
	struct json_object *data;

	linear_variable(variables, "id", str_from(id));
	if (linear_call(l, mem, LINEAR_ISSUE_STATE, variables, &data, err))
		return -1;
	if (!read_state(json_get(data, "issue"), state))
		return linear_unreadable(err, "the answer holds no state");
	return 0;
}

/* The cursor of the page after this one; NULL at the last. */
static const char *next_page(struct json_object *connection)
{
	const char *cursor = json_text(connection, "pageInfo.endCursor");
	bool more = false;

	return json_flag(connection, "pageInfo.hasNextPage", &more) && more && cursor && *cursor ? cursor : NULL;
}

static bool find_state(struct json_object *nodes, size_t len, const char *name, struct linear_state *state)
{
	for (size_t i = 0; i < len; i++) {
		struct json_object *node = json_object_array_get_idx(nodes, i);

		state->id = json_text(node, "id");
		state->name = json_text(node, "name");
		if (state->id && state->name && str_eq_nocase(str_from(state->name), str_from(name)))
			return true;
	}
	return false;
}

int linear_team_state(const struct linear *l, struct arena *mem, const char *team_id, const char *name,
		      struct linear_state *state, struct err *err)
{
	const char *after = NULL;

	for (int page = 0; page < PAGES; page++) {
		struct buf *variables = linear_variables(mem);
		struct json_object *data, *nodes;
		size_t len;

		linear_variable(variables, "teamId", str_from(team_id));
		if (after)
			linear_variable(variables, "after", str_from(after));
		if (linear_call(l, mem, LINEAR_TEAM_STATES, variables, &data, err))
			return -1;
		nodes = json_list(data, "workflowStates.nodes", &len);
		if (!nodes)
			return linear_unreadable(err, "the answer holds no list of states");
		if (find_state(nodes, len, name, state))
			return 0;
		after = next_page(json_get(data, "workflowStates"));
		if (!after)
			return vendor_failed(err, ERR_MISSING, "Linear", "the team has no state of that name", 0, NULL);
	}
	return linear_unreadable(err, "the list of states does not end");
}

/* A mutation says by `success` whether it was carried out. */
static int check_success(struct json_object *data, const char *mutation, struct err *err)
{
	bool success;

	if (!json_flag(json_get(data, mutation), "success", &success))
		return vendor_failed(err, ERR_UNKNOWN, "Linear", "the answer does not tell the outcome", 200, NULL);
	if (!success)
		return vendor_failed(err, ERR_REFUSED, "Linear", "not carried out", 200, "no_success");
	return 0;
}

int linear_issue_move(const struct linear *l, struct arena *mem, const char *issue_id, const char *state_id,
		      struct err *err)
{
	struct buf *variables = linear_variables(mem);
	struct json_object *data;

	linear_variable(variables, "id", str_from(issue_id));
	linear_variable(variables, "stateId", str_from(state_id));
	if (linear_call(l, mem, LINEAR_ISSUE_MOVE, variables, &data, err))
		return -1;
	return check_success(data, "issueUpdate", err);
}

/* What a creation needs to know about its object. */
struct creation {
	const char *mutation, *operation; /* the name in the answer, the document */
	const char *kind, *read;          /* the same for reading it back */
	const char *id, *issue_id;
};

/* The id is in use.  It is ours by construction, so the object is what an earlier
 * attempt made, unless it belongs to another issue. */
static int accept_existing(const struct linear *l, struct arena *mem, const struct creation *c, struct err *err)
{
	struct buf *variables = linear_variables(mem);
	struct json_object *data, *issue;
	const char *id, *identifier;

	linear_variable(variables, "id", str_from(c->id));
	if (linear_call(l, mem, c->read, variables, &data, err))
		return -1;
	issue = json_get(json_get(data, c->kind), "issue");
	id = json_text(issue, "id");
	identifier = json_text(issue, "identifier");
	if ((id && !strcmp(id, c->issue_id)) || (identifier && !strcmp(identifier, c->issue_id)))
		return 0;
	return vendor_failed(err, ERR_REFUSED, "Linear", "the id belongs to something else", 0, LINEAR_CODE_EXISTS);
}

static int create(const struct linear *l, struct arena *mem, const struct creation *c, const struct buf *input,
		  struct err *err)
{
	struct buf *variables = linear_variables(mem);
	struct err cause = { 0 };
	struct json_object *data;

	buf_printf(variables, "\"input\":{%s}", input->ptr);
	if (input->failed)
		variables->failed = true;
	if (!linear_call(l, mem, c->operation, variables, &data, &cause))
		return check_success(data, c->mutation, err);
	if (cause.kind == ERR_CONFLICT)
		return accept_existing(l, mem, c, err);
	if (err->kind == ERR_NONE)
		*err = cause;
	return -1;
}

int linear_comment_create(const struct linear *l, struct arena *mem, const char *comment_id, const char *issue_id,
			  struct str markdown, struct err *err)
{
	struct creation c = { "commentCreate", LINEAR_COMMENT_CREATE, "comment", LINEAR_COMMENT, comment_id, issue_id };
	struct buf *input = linear_variables(mem);

	linear_variable(input, "id", str_from(comment_id));
	linear_variable(input, "issueId", str_from(issue_id));
	linear_variable(input, "body", markdown);
	return create(l, mem, &c, input, err);
}

int linear_attachment_create(const struct linear *l, struct arena *mem, const char *attachment_id,
			     const char *issue_id, const char *title, const char *subtitle, const char *url,
			     struct err *err)
{
	struct creation c = { "attachmentCreate", LINEAR_ATTACHMENT_CREATE, "attachment", LINEAR_ATTACHMENT,
			      attachment_id, issue_id };
	struct buf *input = linear_variables(mem);

	linear_variable(input, "id", str_from(attachment_id));
	linear_variable(input, "issueId", str_from(issue_id));
	linear_variable(input, "title", str_from(title));
	if (subtitle)
		linear_variable(input, "subtitle", str_from(subtitle));
	linear_variable(input, "url", str_from(url));
	return create(l, mem, &c, input, err);
}

static bool has_only(struct str s, const char *allowed)
{
	for (size_t i = 0; i < s.len; i++)
		if (!s.ptr[i] || !strchr(allowed, s.ptr[i]))
			return false;
	return true;
}

/* The host between scheme and path, port included: localhost, 127.x.y.z or [::1]. */
static bool is_loopback(struct str authority)
{
	struct str port, host = str_cut(authority, ':', &port);

	if (str_starts(authority, STR("[::1]")))
		return authority.len == 5 || authority.ptr[5] == ':';
	return str_eq(host, STR("localhost")) || (str_starts(host, STR("127.")) && has_only(host, "0123456789."));
}

/* We send a candidate's transcript there, and put the asset's address into an
 * issue: https only, or plain loopback when Linear itself is spoken to that way
 * (the sandbox).  User names are refused: they disguise the host. */
static bool is_storage_url(const struct linear *l, const char *url)
{
	struct str s = str_from(url), authority;

	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] > '~')
			return false;
	if (str_starts(s, STR("https://")))
		authority = (struct str){ s.ptr + 8, strcspn(s.ptr + 8, "/?#\\") };
	else if (str_starts(s, STR("http://")) && str_starts(str_from(l->base_url), STR("http://")))
		authority = (struct str){ s.ptr + 7, strcspn(s.ptr + 7, "/?#\\") };
	else
		return false;
	if (!authority.len || memchr(authority.ptr, '@', authority.len))
		return false;
	return s.ptr[4] == 's' || is_loopback(authority);
}

static bool is_header_part(struct str s, bool is_name)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7f || (is_name && strchr(" :;", s.ptr[i])))
			return false;
	return s.len || !is_name;
}

/* All headers that came with the slot, verbatim: the storage checks a signature
 * over them.  Ours are added unless the slot names the same. */
static bool add_slot_headers(struct http_call *call, struct json_object *slot, const char *content_type)
{
	bool has_type = false, has_cache = false;
	size_t len;
	struct json_object *headers = json_list(slot, "headers", &len);

	if (len > HTTP_HEADERS - UPLOAD_OWN_HEADERS)
		return false;
	for (size_t i = 0; i < len; i++) {
		struct json_object *h = json_object_array_get_idx(headers, i);
		const char *name = json_text(h, "key"), *value = json_text(h, "value");

		if (!name || !value || !is_header_part(str_from(name), true) || !is_header_part(str_from(value), false))
			return false;
		has_type |= str_eq_nocase(str_from(name), STR("content-type"));
		has_cache |= str_eq_nocase(str_from(name), STR("cache-control"));
		http_call_header(call, name, value);
	}
	if (!has_type)
		http_call_header(call, "Content-Type", content_type);
	if (!has_cache)
		http_call_header(call, "Cache-Control", "public, max-age=31536000");
	return true;
}

/* Nothing here is final but the storage's plain refusal: 403 is also what it says
 * when the slot is older than its minute, and the next attempt asks for another. */
static int put_bytes(const struct linear *l, struct arena *mem, struct http_call *call, struct err *err)
{
	struct http_reply reply;
	bool repeats;

	if (vendor_send(l->http, mem, "Linear's storage", call, true, &reply, err))
		return -1;
	if (reply.status >= 200 && reply.status <= 299)
		return 0;
	repeats = reply.status < 400 || reply.status >= 500 || reply.status == 403 || reply.status == 408 ||
		  reply.status == 429;
	if (repeats && err->kind == ERR_NONE)
		err->retry_after = http_retry_after(&reply, clock_wall_ms(l->clock));
	return vendor_failed(err, repeats ? ERR_UPSTREAM : ERR_REFUSED, "Linear's storage", "refused", reply.status, NULL);
}

int linear_file_upload(const struct linear *l, struct arena *mem, const char *filename, const char *content_type,
		       struct str bytes, const char **asset_url, struct err *err)
{
	struct http_call call = { .method = "PUT", .body = bytes };
	struct buf *variables = linear_variables(mem);
	struct json_object *data, *slot;

	if (!bytes.len || bytes.len > INT32_MAX)
		return vendor_failed(err, ERR_REFUSED, "Linear", "no file of a size that can be stored", 0, NULL);
	linear_variable(variables, "contentType", str_from(content_type));
	linear_variable(variables, "filename", str_from(filename));
	buf_printf(variables, ",\"size\":%zu", bytes.len);
	if (linear_call(l, mem, LINEAR_FILE_UPLOAD, variables, &data, err) || check_success(data, "fileUpload", err))
		return -1;
	slot = json_path(data, "fileUpload.uploadFile");
	call.url = json_text(slot, "uploadUrl");
	*asset_url = json_text(slot, "assetUrl");
	if (!call.url || !*asset_url || !is_storage_url(l, call.url) || !is_storage_url(l, *asset_url) ||
	    !add_slot_headers(&call, slot, content_type))
		return linear_unreadable(err, "the answer holds no usable upload slot");
	return put_bytes(l, mem, &call, err);
}

/* Moves *entered_ms forward to the last move into the state among these. */
static bool note_moves(struct json_object *history, const char *state_id, int64_t *entered_ms)
{
	size_t len;
	struct json_object *nodes = json_list(history, "nodes", &len);

	for (size_t i = 0; i < len; i++) {
		struct json_object *node = json_object_array_get_idx(nodes, i);
		int64_t at;

		if (!str_eq(json_str(node, "toStateId"), str_from(state_id)))
			continue;
		if (!iso_time_parse(json_str(node, "createdAt"), &at))
			return false;
		if (at > *entered_ms)
			*entered_ms = at;
	}
	return nodes != NULL;
}

/* The further pages of one issue's history.  The order of the list is not relied on. */
static int note_older_moves(const struct linear *l, struct arena *mem, const char *issue_id, const char *state_id,
			    const char *after, int64_t *entered_ms, struct err *err)
{
	for (int page = 0; after && page < PAGES; page++) {
		struct buf *variables = linear_variables(mem);
		struct json_object *data, *history;

		linear_variable(variables, "id", str_from(issue_id));
		linear_variable(variables, "after", str_from(after));
		if (linear_call(l, mem, LINEAR_ISSUE_HISTORY, variables, &data, err))
			return -1;
		history = json_path(data, "issue.history");
		if (!note_moves(history, state_id, entered_ms))
			return linear_unreadable(err, "a history is unreadable");
		after = next_page(history);
	}
	return after ? linear_unreadable(err, "a history does not end") : 0;
}

static int read_entry(const struct linear *l, struct arena *mem, struct json_object *node, const char *state_id,
		      struct linear_entry *entry, struct err *err)
{
	struct json_object *history = json_get(node, "history");

	entry->issue_id = json_text(node, "id");
	/* Created in the state: no move is on record. */
	if (!entry->issue_id || !iso_time_parse(json_str(node, "createdAt"), &entry->entered_ms) ||
	    !note_moves(history, state_id, &entry->entered_ms))
		return linear_unreadable(err, "an issue of the list is unreadable");
	return note_older_moves(l, mem, entry->issue_id, state_id, next_page(history), &entry->entered_ms, err);
}

static int read_entries(const struct linear *l, struct arena *mem, struct json_object *issues, const char *state_name,
			struct buf *found, struct err *err)
{
	size_t len;
	struct json_object *nodes = json_list(issues, "nodes", &len);

	if (!nodes)
		return linear_unreadable(err, "the answer holds no list of issues");
	for (size_t i = 0; i < len; i++) {
		struct json_object *node = json_object_array_get_idx(nodes, i);
		struct linear_entry entry;
		struct linear_state state;

		/* The filter is asked for and checked again. */
		if (!read_state(node, &state) || !str_eq_nocase(str_from(state.name), str_from(state_name)))
			continue;
		if (read_entry(l, mem, node, state.id, &entry, err))
			return -1;
		buf_add(found, &entry, sizeof(entry));
	}
	return 0;
}

int linear_entries(const struct linear *l, struct arena *mem, const char *state_name, int64_t since_ms,
		   struct linear_entry **entries, size_t *count, struct err *err)
{
	struct buf *found = buf_in(mem, PAGES * 25 * sizeof(struct linear_entry));
	const char *after = NULL;
	char since[ISO_TIME_SIZE];

	iso_time_format(since_ms, since);
	for (int page = 0; page < PAGES; page++) {
		struct buf *variables = linear_variables(mem);
		struct json_object *data;

		linear_variable(variables, "state", str_from(state_name));
		linear_variable(variables, "since", str_from(since));
		if (after)
			linear_variable(variables, "after", str_from(after));
		if (linear_call(l, mem, LINEAR_ISSUES_IN_STATE, variables, &data, err) ||
		    read_entries(l, mem, json_get(data, "issues"), state_name, found, err))
			return -1;
		after = next_page(json_get(data, "issues"));
		if (!after)
			break;
	}
	if (after || found->failed)
		return linear_unreadable(err, "the list of issues does not end");
	*entries = (struct linear_entry *)(void *)found->ptr;
	*count = found->len / sizeof(struct linear_entry);
	return 0;
}
