/* See log.h.  A line leaves by one write(), so that lines of several processes
 * on one file do not mix. */
#include "base/log.h"

#include <inttypes.h>
#include <unistd.h>

#include "base/buf.h"

/* A line holds the agreed members and, of the fields, as many as fit: values full
 * of what must be escaped must not make an event vanish. */
enum { LINE_LIMIT = 8 << 10, END_LIMIT = 16, VALUE_LIMIT = 1 << 10 };

static void add_field(struct buf *line, const struct log_field *field)
{
	buf_putc(line, ',');
	buf_json(line, str_from(field->name));
	buf_putc(line, ':');
	if (field->text) {
		struct str value = str_from(field->text);

		value.len = str_utf8_prefix(value, VALUE_LIMIT);
		buf_json(line, value);
	} else {
		buf_printf(line, "%" PRId64, field->number);
	}
}

void log_fields(struct log *log, enum log_level level, const char *event, const struct log_field *fields,
		size_t count)
{
	static const char *const levels[] = { "debug", "info", "warning", "error" };
	char time[ISO_TIME_SIZE];
	struct buf line;
	ssize_t written;

	iso_time_format(clock_wall_ms(log->clock), time);
	buf_init(&line, LINE_LIMIT);
	buf_printf(&line, "{\"time\":\"%s\",\"level\":\"%s\",\"program\":", time, levels[level]);
	buf_json(&line, str_from(log->program));
	buf_puts(&line, ",\"event\":");
	buf_json(&line, str_from(event));
	buf_puts(&line, ",\"request_id\":");
	buf_json(&line, str_from(log->request_id));
	for (size_t i = 0; i < count; i++) {
		size_t before = line.len;

		add_field(&line, &fields[i]);
		if (line.failed) { /* leave it out */
			line.failed = false;
			line.len = before;
		}
	}
	line.limit += END_LIMIT;
	buf_puts(&line, "}\n");
	if (!line.failed) {
		written = write(log->fd, line.ptr, line.len);
		(void)written; /* there is nowhere left to complain */
	}
	buf_release(&line);
}
