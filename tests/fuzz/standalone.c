/* Stands in for libFuzzer where there is none: replays the seeds and then
 * mutations of them.  The mutations follow from the seed number that is printed,
 * so a finding can be repeated with -seed=N; the input at hand is kept in a file
 * named crash-N until it has passed. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_SEEDS = 200, MOST_BYTES = 4096 };

struct input {
	uint8_t bytes[MOST_BYTES];
	size_t size;
};

static struct input seeds[MOST_SEEDS];
static size_t seed_count;
static uint64_t state;

/* xorshift64*: good enough to pick places, and the same everywhere. */
static uint32_t pick(uint32_t below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return below ? (uint32_t)((state * 2685821657736338717ULL) >> 33) % below : 0;
}

static void read_seeds(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && seed_count < MOST_SEEDS && (entry = readdir(dir))) {
		char path[4096];
		FILE *f;

		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		f = entry->d_name[0] == '.' ? NULL : fopen(path, "re");
		if (!f)
			continue;
		seeds[seed_count].size = fread(seeds[seed_count].bytes, 1, MOST_BYTES, f);
		seed_count += !ferror(f);
		fclose(f);
	}
	if (dir)
		closedir(dir);
}

/* Bytes that mean something to one of our parsers come more often than others. */
static uint8_t some_byte(void)
{
	static const char telling[] = "\"\\{}[]:,%&=+#\n\r\t ;@<>-_*./0919azAZ\x7f\x80\xbf\xc0\xe2\xed\xf4\xff";

	return pick(2) ? (uint8_t)telling[pick(sizeof(telling))] : (uint8_t)pick(256);
}

static void mutate(struct input *in)
{
	for (uint32_t times = pick(8) + 1; times; times--) {
		size_t at = pick((uint32_t)in->size + 1), len = pick(16) + 1;

		switch (pick(5)) {
		case 0: /* change */
			if (at < in->size)
				in->bytes[at] = some_byte();
			break;
		case 1: /* insert */
			if (in->size < MOST_BYTES) {
				memmove(in->bytes + at + 1, in->bytes + at, in->size - at);
				in->bytes[at] = some_byte();
				in->size++;
			}
			break;
		case 2: /* remove */
			if (at + len <= in->size) {
				memmove(in->bytes + at, in->bytes + at + len, in->size - at - len);
				in->size -= len;
			}
			break;
		case 3: /* repeat */
			if (at + len <= in->size && in->size + len <= MOST_BYTES) {
				memmove(in->bytes + at + len, in->bytes + at, in->size - at);
				in->size += len;
			}
			break;
		default: /* cut off */
			if (pick(4) == 0)
				in->size = at;
		}
	}
}

static void try_input(const struct input *in, const char *crash)
{
	FILE *f = fopen(crash, "we");
	uint8_t *exact = malloc(in->size ? in->size : 1); /* an overrun is seen at the last byte */

	if (f) {
		fwrite(in->bytes, 1, in->size, f);
		fclose(f);
	}
	if (!exact)
		exit(1);
	memcpy(exact, in->bytes, in->size);
	LLVMFuzzerTestOneInput(exact, in->size);
	free(exact);
	remove(crash);
}

int main(int argc, char **argv)
{
	long runs = 20000, seconds = 5, done = 0;
	unsigned long long seed = (unsigned long long)time(NULL);
	char crash[64];
	time_t end;

	for (int i = 1; i < argc; i++) {
		if (!strncmp(argv[i], "-runs=", 6))
			runs = strtol(argv[i] + 6, NULL, 10);
		else if (!strncmp(argv[i], "-max_total_time=", 16))
			seconds = strtol(argv[i] + 16, NULL, 10);
		else if (!strncmp(argv[i], "-seed=", 6))
			seed = strtoull(argv[i] + 6, NULL, 10);
		else if (argv[i][0] != '-')
			read_seeds(argv[i]);
	}
	printf("seed %llu, %zu inputs\n", seed, seed_count);
	fflush(stdout);
	snprintf(crash, sizeof(crash), "crash-%llu", seed);
	state = seed * 2 + 1;
	end = time(NULL) + seconds;
	for (size_t i = 0; i < seed_count; i++)
		try_input(&seeds[i], crash);
	for (; done < runs && time(NULL) <= end; done++) {
		static struct input in;

		in = seed_count ? seeds[pick((uint32_t)seed_count)] : (struct input){ .size = 0 };
		mutate(&in);
		try_input(&in, crash);
	}
	printf("Done %ld runs\n", done);
	return 0;
}
