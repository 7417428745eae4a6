/* CSV from strangers' spreadsheets: what is told does not depend on the pieces in which it comes, rows are
 * numbered upwards, cells are well-formed text, and what we write of them is read back as it was. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/buf.h"
#include "base/csv.h"
#include "base/csv_put.h"
#include "base/limits.h"

enum { TOLD_MOST = 8 << 20 };

struct input {
	struct str left;
	size_t step; /* bytes at once; 0: as many as are wanted */
};

/* What was told, in a form that can be compared, and the rows written anew. */
struct told {
	struct buf *text, *written;
	int64_t last;
	bool damaged;
};

static long read_input(void *ctx, char *out, size_t len)
{
	struct input *in = ctx;

	if (in->step && len > in->step)
		len = in->step;
	if (len > in->left.len)
		len = in->left.len;
	if (len)
		memcpy(out, in->left.ptr, len);
	in->left.ptr += len;
	in->left.len -= len;
	return (long)len;
}

static bool take_row(void *ctx, int64_t number, const struct str *cells, size_t count)
{
	struct told *told = ctx;

	must(number > told->last && count > 0 && count <= LIMIT_COLUMNS);
	told->last = number;
	for (size_t i = 0; i < count; i++) {
		must(cells[i].ptr && str_is_utf8(cells[i]) && !memchr(cells[i].ptr, '\0', cells[i].len));
		buf_json(told->text, cells[i]);
	}
	buf_putc(told->text, '\n');
	if (count > 1 || cells[0].len) /* else it is a blank line */
		csv_put(told->written, cells, count);
	return true;
}

static bool take_damaged(void *ctx, int64_t number, const char *why)
{
	struct told *told = ctx;

	must(number > told->last && why && *why);
	told->last = number;
	told->damaged = true;
	buf_printf(told->text, "!%s\n", why);
	return true;
}

static struct told read_all(struct arena *mem, struct str text, size_t step)
{
	struct told told = { buf_in(mem, TOLD_MOST), buf_in(mem, TOLD_MOST), 0, false };
	struct input in = { text, step };
	const struct csv_source source = { read_input, &in };
	const struct csv_sink sink = { take_row, take_damaged, &told };

	must(csv_read(&source, &sink) == CSV_COMPLETE);
	must(!told.text->failed && !told.written->failed);
	return told;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *mem = arena_new();
	struct told whole = read_all(mem, all_of(data, size), 0), pieces, again;
	struct buf *file;

	pieces = read_all(mem, all_of(data, size), size ? 1 + data[0] % 7 : 1);
	must(str_eq(buf_view(whole.text), buf_view(pieces.text)));

	/* What we write, below a header that tells the separator, is read back without damage, and written once
	 * more it is the same. */
	file = buf_in(mem, TOLD_MOST);
	buf_puts(file, "phone,name\r\n");
	buf_str(file, buf_view(whole.written));
	again = read_all(mem, buf_view(file), 0);
	must(!again.damaged);
	must(str_eq(buf_view(again.written), buf_view(file)));
	arena_free(mem);
	return 0;
}
