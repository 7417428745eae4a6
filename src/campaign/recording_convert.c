/* See recording_convert.h.
 *
 * Evening the loudness: the line's codec leaves about 40 dB, a recording at a desk has 60.  So
 * quiet speech is lifted towards loud speech (compand), from 40 dB below full scale on;
 * what is below 55 dB is breath and room, and stays.  Then the peak is set to 3 dB
 * below full scale, which the companding codecs of the network do not clip.
 */
#include "campaign/recording_convert.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <sox.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"

enum {
	RATE = 8000,
	MOST_SAMPLES = (LIMIT_RECORDING_S + 1) * RATE, /* the filters' tails */
	HEADER_SIZE = 44,
	LEAST_RATE = 4000, MOST_RATE = 192000, MOST_CHANNELS = 8,
	CHILD_SECONDS = 20,
	CHILD_MEMORY = 512 << 20,
};

/* What the child leaves behind; believed only as far as it is within its bounds. */
struct result {
	enum recording_verdict verdict;
	size_t count;
	int16_t samples[MOST_SAMPLES];
};

/* ---- in the child ---- */

struct work {
	sox_format_t *in;
	uint64_t read, most; /* samples of all channels */
	size_t count;
	sox_sample_t *samples; /* MOST_SAMPLES */
};

static struct work *work_of(const sox_effect_t *effect)
{
	return *(struct work **)effect->priv;
}

static int read_more(sox_effect_t *effect, sox_sample_t *out, size_t *len)
{
	struct work *w = work_of(effect);

	*len -= *len % w->in->signal.channels;
	*len = sox_read(w->in, out, *len);
	w->read += *len;
	return *len && w->read <= w->most ? SOX_SUCCESS : SOX_EOF;
}

static int keep(sox_effect_t *effect, const sox_sample_t *in, sox_sample_t *out, size_t *in_len, size_t *out_len)
{
	struct work *w = work_of(effect);

	(void)out;
	*out_len = 0;
	for (size_t i = 0; i < *in_len && w->count < MOST_SAMPLES; i++)
		w->samples[w->count++] = in[i];
	return SOX_SUCCESS;
}

static bool add_own(sox_effects_chain_t *chain, const sox_effect_handler_t *handler, struct work *w, sox_signalinfo_t *now,
		    const sox_signalinfo_t *then)
{
	sox_effect_t *effect = sox_create_effect(handler);

	*(struct work **)effect->priv = w;
	return sox_add_effect(chain, effect, now, then) == SOX_SUCCESS;
}

static bool add(sox_effects_chain_t *chain, const char *name, char **options, sox_signalinfo_t *now,
		const sox_signalinfo_t *then)
{
	const sox_effect_handler_t *handler = sox_find_effect(name);
	sox_effect_t *effect = handler ? sox_create_effect(handler) : NULL;
	int count = 0;

	while (options && options[count])
		count++;
	return effect && sox_effect_options(effect, count, options) == SOX_SUCCESS &&
	       sox_add_effect(chain, effect, now, then) == SOX_SUCCESS;
}

static bool run_effects(struct work *w)
{
	static const sox_effect_handler_t source = { .name = "source", .flags = SOX_EFF_MCHAN, .drain = read_more,
						     .priv_size = sizeof(struct work *) };
	static const sox_effect_handler_t sink = { .name = "sink", .flags = SOX_EFF_MCHAN, .flow = keep,
						   .priv_size = sizeof(struct work *) };
	/* attack and decay; knee and curve, in dB; gain, first level, look-ahead: writable, for its parser */
	char times[] = "0.05,0.4", curve[] = "6:-55,-55,-40,-24,-20,-14,0,-8", gain[] = "0", first[] = "-90", ahead[] = "0.05";
	char *even[] = { times, curve, gain, first, ahead, NULL };
	sox_signalinfo_t now = w->in->signal, then = { .rate = RATE, .channels = 1, .precision = 16 };
	sox_encodinginfo_t encoding = { .encoding = SOX_ENCODING_SIGN2, .bits_per_sample = 16 };
	sox_effects_chain_t *chain = sox_create_effects_chain(&w->in->encoding, &encoding);

	return add_own(chain, &source, w, &now, &w->in->signal) &&
	       (now.channels == 1 || add(chain, "channels", NULL, &now, &then)) &&
	       (now.rate == then.rate || add(chain, "rate", NULL, &now, &then)) &&
	       add(chain, "compand", even, &now, &then) && add_own(chain, &sink, w, &now, &then) &&
	       sox_flow_effects(chain, NULL, NULL) == SOX_SUCCESS;
}

/* With the peak 3 dB below full scale; silent is what has no peak above -50 dB. */
static enum recording_verdict write_samples(const struct work *w, struct result *result)
{
	double peak = 0, factor;

	for (size_t i = 0; i < w->count; i++)
		peak = fmax(peak, fabs((double)w->samples[i]));
	if (peak < SOX_SAMPLE_MAX * pow(10, -50.0 / 20))
		return RECORDING_SILENT;
	factor = INT16_MAX * pow(10, -3.0 / 20) / peak;
	for (size_t i = 0; i < w->count; i++)
		result->samples[i] = (int16_t)lround((double)w->samples[i] * factor);
	result->count = w->count;
	return RECORDING_READ;
}

static bool is_sane(const sox_signalinfo_t *signal)
{
	return signal->channels >= 1 && signal->channels <= MOST_CHANNELS && signal->rate >= LEAST_RATE &&
	       signal->rate <= MOST_RATE;
}

static enum recording_verdict decode(struct str file, const char *type, struct result *result)
{
	struct work w = { .samples = calloc(MOST_SAMPLES, sizeof(*w.samples)) };
	uint64_t announced;

	if (!w.samples)
		return RECORDING_TOO_COSTLY;
	sox_get_globals()->output_message_handler = NULL;
	/* The formats beyond its own are libraries that it loads, all of them. */
	if (sox_init() != SOX_SUCCESS || (*type != 'w' && sox_format_init() != SOX_SUCCESS))
		return RECORDING_DAMAGED;
	w.in = sox_open_mem_read((void *)(uintptr_t)file.ptr, file.len, NULL, NULL, type);
	if (!w.in || !is_sane(&w.in->signal))
		return RECORDING_DAMAGED;
	w.most = (uint64_t)(LIMIT_RECORDING_S * w.in->signal.rate) * w.in->signal.channels;
	announced = w.in->signal.length;
	if (!run_effects(&w) && w.read <= w.most)
		return RECORDING_DAMAGED;
	if (w.read > w.most)
		return RECORDING_TOO_LONG;
	/* An MP3's length is a guess, a WAV's is a promise. */
	if (!w.read || (*type == 'w' && announced != SOX_UNSPEC && announced != SOX_UNKNOWN_LEN && w.read < announced))
		return RECORDING_DAMAGED;
	return write_samples(&w, result);
}

static void set_limit(int resource, rlim_t most)
{
	setrlimit(resource, &(struct rlimit){ most, most });
}

/* No descriptor of ours, no file to write, no core; the rest is bounded. */
static void confine(void)
{
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGALRM, SIG_DFL);
	close_range(0, ~0U, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	set_limit(RLIMIT_CORE, 0);
	set_limit(RLIMIT_FSIZE, 0);
	set_limit(RLIMIT_CPU, CHILD_SECONDS);
#ifndef __SANITIZE_ADDRESS__ /* its shadow alone is terabytes */
	set_limit(RLIMIT_AS, CHILD_MEMORY);
#endif
	alarm(CHILD_SECONDS);
}

_Noreturn static void child(struct str file, const char *type, struct result *result)
{
	confine();
	result->verdict = decode(file, type, result);
	_exit(0);
}

/* ---- in the parent ---- */

static void put_number(unsigned char *out, uint32_t n, int bytes)
{
	for (int i = 0; i < bytes; i++)
		out[i] = (unsigned char)(n >> 8 * i);
}

/* RIFF, format 1 (PCM); every number is little endian, as the samples are on the machines we run on. */
static struct str write_wav(struct arena *mem, const int16_t *samples, size_t count)
{
	uint32_t bytes = (uint32_t)(count * sizeof(*samples));
	unsigned char *wav = arena_alloc(mem, HEADER_SIZE + bytes);

	memcpy(wav, "RIFF....WAVEfmt ....................data", 40);
	put_number(wav + 4, HEADER_SIZE - 8 + bytes, 4);
	put_number(wav + 16, 16, 4);
	put_number(wav + 20, 1, 2);
	put_number(wav + 22, 1, 2);
	put_number(wav + 24, RATE, 4);
	put_number(wav + 28, RATE * sizeof(*samples), 4);
	put_number(wav + 32, sizeof(*samples), 2);
	put_number(wav + 34, 16, 2);
	put_number(wav + 40, bytes, 4);
	for (size_t i = 0; i < count; i++)
		put_number(wav + HEADER_SIZE + i * sizeof(*samples), (uint16_t)samples[i], sizeof(*samples));
	return (struct str){ (const char *)wav, HEADER_SIZE + bytes };
}

/* What a child that did not end by itself says of the file. */
static enum recording_verdict verdict_of(int status, const struct result *result)
{
	if (WIFSIGNALED(status)) {
		int by = WTERMSIG(status);

		return by == SIGALRM || by == SIGXCPU || by == SIGKILL ? RECORDING_TOO_COSTLY : RECORDING_DAMAGED;
	}
	if (WEXITSTATUS(status) || result->verdict > RECORDING_SILENT || result->count > MOST_SAMPLES)
		return RECORDING_DAMAGED;
	return result->verdict == RECORDING_READ && !result->count ? RECORDING_DAMAGED : result->verdict;
}

static int run_child(struct str file, const char *type, struct result *result, int *status, struct err *err)
{
	pid_t pid = fork();

	if (pid < 0)
		return err_set(err, ERR_SYSTEM, "a recording's child cannot be started: errno %d", errno);
	if (!pid)
		child(file, type, result);
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return err_set(err, ERR_SYSTEM, "a recording's child is lost: errno %d", errno);
	return 0;
}

int recording_convert(struct arena *mem, struct str file, const char *type, enum recording_verdict *verdict,
		      struct recording *recording, struct err *err)
{
	struct result *result = mmap(NULL, sizeof(*result), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status, rc;

	if (result == MAP_FAILED)
		return err_set(err, ERR_SYSTEM, "no memory for a recording: errno %d", errno);
	rc = run_child(file, type, result, &status, err);
	if (!rc) {
		*verdict = verdict_of(status, result);
		if (*verdict == RECORDING_READ)
			*recording = (struct recording){ write_wav(mem, result->samples, result->count), (int64_t)result->count };
	}
	munmap(result, sizeof(*result));
	return rc;
}
