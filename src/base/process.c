/* See process.h.  By proc(5): a machine is its boot and its namespace of process
 * numbers (a container has its own); START is field 22 of /proc/PID/stat. */
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

static struct str read_small(struct arena *mem, const char *path)
{
	enum { ROOM = 1024 };
	char *text = arena_alloc(mem, ROOM);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, ROOM - 1);

	if (fd >= 0)
		close(fd);
	return (struct str){ text, n > 0 ? (size_t)n : 0 };
}

/* In clock ticks since boot; 0 when it is dead and only waits for its parent,
 * which in a container may be forever.  False: it cannot be looked at. */
static bool process_start(struct arena *mem, int64_t pid, int64_t *start)
{
	enum { STATE = 0, START = 19 }; /* fields after the name, which may hold anything */
	struct str stat = read_small(mem, arena_printf(mem, "/proc/%" PRId64 "/stat", pid));
	const char *name_end = stat.len ? memrchr(stat.ptr, ')', stat.len) : NULL;
	struct str rest, field = { NULL, 0 };
	bool dead = false;

	if (!name_end || name_end[1] != ' ')
		return false;
	rest = str_from(name_end + 2);
	for (int i = STATE; i <= START; i++) {
		field = str_cut(rest, ' ', &rest);
		if (i == STATE)
			dead = str_eq(field, STR("Z")) || str_eq(field, STR("X"));
	}
	*start = dead ? 0 : str_number(field, INT64_MAX);
	return *start >= 0;
}

static const char *machine_name(struct arena *mem)
{
	struct str boot = str_trim(read_small(mem, "/proc/sys/kernel/random/boot_id"));
	char space[64] = "";

	if (!boot.len || readlink("/proc/self/ns/pid", space, sizeof(space) - 1) < 0)
		return NULL;
	return arena_printf(mem, "%.*s/%s ", (int)boot.len, boot.ptr, space);
}

const char *process_identity(struct arena *mem)
{
	const char *machine = machine_name(mem);
	int64_t start;

	if (!machine || !process_start(mem, getpid(), &start))
		return NULL;
	return arena_printf(mem, "%s%" PRId64 " %" PRId64, machine, (int64_t)getpid(), start);
}

bool process_is_gone(struct arena *mem, struct str identity)
{
	const char *machine = machine_name(mem);
	int64_t pid, began, start;
	struct str rest;

	if (!machine || !str_starts(identity, str_from(machine)))
		return false;
	rest = (struct str){ identity.ptr + strlen(machine), identity.len - strlen(machine) };
	pid = str_number(str_cut(rest, ' ', &rest), INT32_MAX);
	began = rest.ptr ? str_number(rest, INT64_MAX) : -1;
	if (pid <= 0 || began < 0)
		return false;
	if (kill((pid_t)pid, 0) && errno == ESRCH)
		return true;
	return process_start(mem, pid, &start) && start != began;
}
