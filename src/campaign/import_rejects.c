/* See import_rejects.h. */
#include "campaign/import_rejects.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/csv_put.h"
#include "base/limits.h"

enum { LINE_MOST = 4 * LIMIT_CSV_ROW };

struct import_rejects {
	struct app *app;
	const char *dir, *path;
	struct str *header;
	size_t header_count;
	FILE *file;
	bool failed;
	struct buf *line;
};

static const char *dir_of(struct app *app)
{
	return arena_join(app->mem, app->cfg.state_dir, "/imports");
}

static const char *path_of(struct app *app, const char *campaign, const char *import)
{
	return arena_printf(app->mem, "%s/%s.%s.csv", dir_of(app), campaign, import);
}

/* By the real clock: it is about files of the disk. */
void import_rejects_tend(struct app *app)
{
	time_t now = time(NULL);
	struct dirent *entry;
	DIR *d = opendir(dir_of(app));

	while (d && (entry = readdir(d))) {
		struct stat st;

		if (entry->d_name[0] != '.' && !fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode) &&
		    st.st_mtime + KEEP_REJECTS_S < now)
			unlinkat(dirfd(d), entry->d_name, 0);
	}
	if (d)
		closedir(d);
}

static void release(void *rejects)
{
	struct import_rejects *r = rejects;

	if (r->file)
		fclose(r->file);
}

struct import_rejects *import_rejects_new(struct app *app, const char *campaign, const char *import)
{
	struct import_rejects *r = arena_new_object(app->mem, struct import_rejects);

	*r = (struct import_rejects){ .app = app, .dir = dir_of(app), .path = path_of(app, campaign, import),
				      .line = buf_in(app->mem, LINE_MOST) };
	arena_defer(app->mem, release, r);
	return r;
}

void import_rejects_header(struct import_rejects *r, const struct str *cells, size_t count)
{
	r->header = arena_alloc(r->app->mem, (count + 1) * sizeof(*r->header));
	r->header_count = count;
	for (size_t i = 0; i < count; i++)
		r->header[i] = str_from(arena_strndup(r->app->mem, cells[i].ptr ? cells[i].ptr : "", cells[i].len));
}

static void write_line(struct import_rejects *r, struct str row, struct str why, const struct str *cells, size_t count)
{
	struct str all[LIMIT_COLUMNS + 2] = { row, why };

	if (count > LIMIT_COLUMNS)
		count = LIMIT_COLUMNS;
	for (size_t i = 0; i < count; i++)
		all[i + 2] = cells[i];
	buf_clear(r->line);
	csv_put(r->line, all, count + 2);
	r->failed |= r->line->failed || fwrite(r->line->ptr, 1, r->line->len, r->file) != r->line->len;
}

static void begin(struct import_rejects *r)
{
	int fd;

	(void)mkdir(r->dir, 0700);
	fd = open(r->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	r->file = fd < 0 ? NULL : fdopen(fd, "w");
	if (fd >= 0 && !r->file)
		close(fd);
	r->failed = !r->file;
	if (r->file)
		write_line(r, STR("rejected_row"), STR("rejected_because"), r->header, r->header_count);
}

void import_rejects_put(struct import_rejects *r, int64_t row, const char *why, const struct str *cells, size_t count)
{
	char number[24];

	if (!r->file && !r->failed)
		begin(r);
	if (r->failed)
		return;
	snprintf(number, sizeof(number), "%" PRId64, row);
	write_line(r, str_from(number), str_from(why), cells, count);
}

bool import_rejects_end(struct import_rejects *r)
{
	if (!r->file)
		return false;
	r->failed |= fclose(r->file) != 0;
	r->file = NULL;
	if (r->failed)
		(void)unlink(r->path);
	return !r->failed;
}

FILE *import_rejects_open(struct app *app, const char *campaign, const char *import)
{
	return fopen(path_of(app, campaign, import), "re");
}
