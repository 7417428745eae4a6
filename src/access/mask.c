/* See mask.h. */
#include "access/mask.h"

#include <ctype.h>
#include <string.h>

#include "access/actor.h"
#include "base/buf.h"

#define DOT "\xe2\x80\xa2"

enum { SHOWN_DIGITS = 4, PHONE_LEAST = 7, PHONE_MOST = 20, GAP_MOST = 4 /* signs between two digits */ };

bool shows_masked(const struct request *req)
{
	return !req->actor || req->actor->role == ROLE_VIEWER;
}

/* Masked twice is masked once. */
static bool is_masked(const char *text)
{
	return strstr(text, DOT) != NULL;
}

/* A viewer's own address is no secret from them. */
static bool is_own(const struct request *req, struct str email)
{
	return req->actor && str_eq_nocase(email, str_from(req->actor->email));
}

/* How many digits a country's code has (ITU-T E.164 list); 1 for what is unassigned, so that less is shown. */
static size_t country_digits(struct str digits)
{
	static const char two[] = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 "
				  "81 82 84 86 90 91 92 93 94 95 98";

	if (!digits.len || digits.ptr[0] == '1' || digits.ptr[0] == '7')
		return 1;
	for (const char *p = two; digits.len > 1 && p < two + sizeof(two) - 1; p += 3)
		if (!memcmp(p, digits.ptr, 2))
			return 2;
	return 3;
}

/* `number` without its plus, digits only. */
static void put_phone(struct buf *out, struct str number, bool plus)
{
	size_t head = plus ? country_digits(number) : 0, tail = SHOWN_DIGITS;

	if (number.len < head + tail + 3) {
		head = 0;
		tail = number.len > 5 ? 2 : 0;
	}
	if (plus)
		buf_putc(out, '+');
	buf_add(out, number.ptr, head);
	for (size_t i = head; i + tail < number.len; i++)
		buf_puts(out, DOT);
	buf_add(out, number.ptr + number.len - tail, tail);
}

static void put_email(struct buf *out, struct str email)
{
	struct str domain, local = str_cut(email, '@', &domain);

	buf_add(out, local.ptr, str_utf8_first(local));
	buf_puts(out, DOT DOT DOT);
	if (domain.ptr) {
		buf_putc(out, '@');
		buf_str(out, domain);
	}
}

static const char *finish(const struct request *req, struct buf *out)
{
	return out->failed ? DOT DOT DOT : arena_strndup(req->mem, out->ptr, out->len);
}

static struct buf *room_for(const struct request *req, struct str text)
{
	return buf_in(req->mem, text.len * sizeof(DOT) + 64);
}

/* The digits of what is written with blanks, dots, dashes, slashes or brackets. */
static struct str digits_of(const struct request *req, struct str text)
{
	char *digits = arena_alloc(req->mem, text.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		if (isdigit((unsigned char)text.ptr[i]))
			digits[n++] = text.ptr[i];
	return (struct str){ digits, n };
}

const char *shown_phone(const struct request *req, const char *phone)
{
	struct str text = str_from(phone);
	struct buf *out;

	if (!phone || !*phone || !shows_masked(req) || is_masked(phone))
		return phone;
	out = room_for(req, text);
	put_phone(out, digits_of(req, text), *phone == '+');
	return finish(req, out);
}

const char *shown_email(const struct request *req, const char *email)
{
	struct buf *out;

	if (!email || !*email || !shows_masked(req) || is_own(req, str_from(email)))
		return email;
	out = room_for(req, str_from(email));
	put_email(out, str_from(email));
	return finish(req, out);
}

const char *shown_heard(const struct request *req, const char *heard)
{
	return heard && *heard && shows_masked(req) ? DOT DOT DOT : heard;
}

/* ---- free text ---- */

static bool in_address(char c)
{
	return isalnum((unsigned char)c) || strchr("._%+-", c) || (unsigned char)c >= 0x80;
}

/* The address around the '@' at `at`; empty when that is none. */
static struct str address_at(struct str text, size_t at)
{
	size_t from = at, to = at + 1;

	while (from > 0 && text.ptr[from - 1] && in_address(text.ptr[from - 1]))
		from--;
	while (to < text.len && text.ptr[to] && in_address(text.ptr[to]))
		to++;
	if (from == at || to == at + 1)
		return STR("");
	return (struct str){ text.ptr + from, to - from };
}

/* Bytes of one sign that may stand between the digits of a number: blanks and dashes in all their kinds; 0: none. */
static size_t separator(struct str text)
{
	const unsigned char *p = (const unsigned char *)text.ptr;

	if (!text.len || !*p)
		return 0;
	if (strchr(" .-/()", *p) || (*p == ',' && text.len > 1 && p[1] == ' '))
		return 1;
	if (text.len > 1 && p[0] == 0xc2 && p[1] == 0xa0) /* no-break space */
		return 2;
	return text.len > 2 && p[0] == 0xe2 && p[1] == 0x80 && ((p[2] >= 0x80 && p[2] <= 0x95) || p[2] == 0xaf) ? 3 : 0;
}

static int two_digits(const char *p)
{
	return isdigit((unsigned char)p[0]) && isdigit((unsigned char)p[1]) ? (p[0] - '0') * 10 + p[1] - '0' : -1;
}

/* 2026-11-29 */
static bool is_day(struct str text)
{
	const char *p = text.ptr;
	int month, day;

	if (text.len < 10 || (two_digits(p) != 19 && two_digits(p) != 20) || two_digits(p + 2) < 0 || p[4] != '-' || p[7] != '-')
		return false;
	month = two_digits(p + 5);
	day = two_digits(p + 8);
	return month >= 1 && month <= 12 && day >= 1 && day <= 31 && (text.len == 10 || !isdigit((unsigned char)p[10]));
}

/* How long the telephone number at the begin of `text` is as it is written; 0 when there is none.  A day is none, and a
 * time of day behind it is no part of it. */
static size_t number_length(struct str text)
{
	size_t digits = 0, end = 0, run = 0, gap = 0, i = 0, n;
	size_t digits_before = 0, end_before = 0; /* without the last run of digits */

	if (!text.len || !(isdigit((unsigned char)*text.ptr) || strchr("+(", *text.ptr)))
		return 0;
	if (*text.ptr == '+')
		i++;
	while (i < text.len && digits <= PHONE_MOST && gap <= GAP_MOST) {
		if (isdigit((unsigned char)text.ptr[i])) {
			if (gap) {
				digits_before = digits;
				end_before = end;
				run = 0;
			}
			run++;
			digits++;
			gap = 0;
			end = ++i;
		} else if ((n = separator((struct str){ text.ptr + i, text.len - i }))) {
			gap++;
			i += n;
		} else {
			break;
		}
	}
	if (run <= 2 && end + 1 < text.len && text.ptr[end] == ':' && isdigit((unsigned char)text.ptr[end + 1])) {
		digits = digits_before;
		end = end_before;
	}
	return digits < PHONE_LEAST || is_day(text) ? 0 : end;
}

/* The next '@' and the address around it: found once, however many pieces come before it. */
struct next_address {
	size_t sign; /* SIZE_MAX: no more */
	struct str address;
};

static void look_ahead(struct str text, size_t from, struct next_address *next)
{
	const char *sign = memchr(text.ptr + from, '@', text.len - from);

	next->sign = sign ? (size_t)(sign - text.ptr) : SIZE_MAX;
	next->address = sign ? address_at(text, next->sign) : STR("");
}

/* A piece that is neither is copied as it stands. */
static size_t put_piece(const struct request *req, struct buf *out, struct str text, size_t at, struct str address)
{
	struct str rest = { text.ptr + at, text.len - at };
	size_t n;

	if (address.len && address.ptr == rest.ptr) {
		if (is_own(req, address))
			buf_str(out, address);
		else
			put_email(out, address);
		return address.len;
	}
	n = at && isalnum((unsigned char)text.ptr[at - 1]) ? 0 : number_length(rest);
	if (n) {
		put_phone(out, digits_of(req, (struct str){ rest.ptr, n }), rest.ptr[0] == '+');
		return n;
	}
	buf_add(out, rest.ptr, 1);
	return 1;
}

const char *shown_text(const struct request *req, const char *value)
{
	struct str text = str_from(value);
	struct next_address next;
	struct buf *out;

	if (!value || !*value || !shows_masked(req))
		return value;
	out = room_for(req, text);
	look_ahead(text, 0, &next);
	for (size_t at = 0; at < text.len;) {
		at += put_piece(req, out, text, at, next.address);
		if (next.sign < at)
			look_ahead(text, at, &next);
	}
	return finish(req, out);
}

/* ---- JSON ---- */

static bool ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n >= m && !strcmp(name + n - m, end);
}

/* Members whose text we made: it may look like a number, but is none. */
static bool is_ours(const char *name)
{
	return !strcmp(name, "id") || !strcmp(name, "at") || !strcmp(name, "link") || !strcmp(name, "href") ||
	       (ends_in(name, "_id") && strcmp(name, "caller_id") != 0) || ends_in(name, "_sid") || ends_in(name, "_at") ||
	       ends_in(name, "_url") || ends_in(name, "cursor");
}

static const char *shown_member(const struct request *req, const char *name, const char *text)
{
	if (!strcmp(name, "phone"))
		return shown_phone(req, text);
	if (!strcmp(name, "digits") || !strcmp(name, "speech"))
		return shown_heard(req, text);
	return shown_text(req, text);
}

/* `theirs`: the members' names are a lead's, so none of them is ours. */
static void mask_value(const struct request *req, const char *name, struct json_object *value, bool theirs)
{
	if (json_object_is_type(value, json_type_string)) {
		if (theirs || !is_ours(name))
			json_object_set_string(value, shown_member(req, name, json_object_get_string(value)));
	} else if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(value); i++)
			mask_value(req, name, json_object_array_get_idx(value, i), theirs);
	} else if (json_object_is_type(value, json_type_object)) {
		const char *event = json_text(value, "event");
		bool heard = event && (!strcmp(event, "digits") || !strcmp(event, "speech"));

		/* A step of a call names what its value is. */
		json_object_object_foreach(value, member, held)
			mask_value(req, heard && !strcmp(member, "value") ? "speech" : member, held, theirs || !strcmp(name, "variables"));
	}
}

void mask_json(const struct request *req, struct json_object *o)
{
	if (shows_masked(req))
		mask_value(req, "", o, false);
}
