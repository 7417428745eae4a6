/* See csv_put.h. */
#include "base/csv_put.h"

#include <string.h>

static bool is_telephone_number(struct str cell)
{
	size_t i = 1;

	if (cell.len < 2 || cell.len > 18 || cell.ptr[0] != '+')
		return false;
	while (i < cell.len && cell.ptr[i] >= '0' && cell.ptr[i] <= '9')
		i++;
	return i == cell.len;
}

static bool is_run(struct str cell)
{
	return cell.len && memchr("=+-@\t\r\n", cell.ptr[0], 7) && !is_telephone_number(cell);
}

static bool is_quoted(struct str cell)
{
	for (size_t i = 0; i < cell.len; i++)
		if (memchr(",;\"\r\n\t", cell.ptr[i], 6))
			return true;
	/* Many readers drop blanks around a cell without quotes. */
	return cell.len && (cell.ptr[0] == ' ' || cell.ptr[cell.len - 1] == ' ');
}

static void put_cell(struct buf *out, struct str cell)
{
	bool quoted = is_quoted(cell);

	if (quoted)
		buf_putc(out, '"');
	if (is_run(cell))
		buf_putc(out, '\'');
	if (!quoted) {
		buf_str(out, cell);
		return;
	}
	for (size_t i = 0; i < cell.len; i++) {
		if (cell.ptr[i] == '"')
			buf_putc(out, '"');
		buf_putc(out, cell.ptr[i]);
	}
	buf_putc(out, '"');
}

void csv_put(struct buf *out, const struct str *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_putc(out, ',');
		put_cell(out, cells[i]);
	}
	buf_puts(out, "\r\n");
}
