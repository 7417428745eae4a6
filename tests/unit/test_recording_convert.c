/* Uploaded recordings: what the telephone gets, and what becomes of files that are none. */
#include "tests/support/check.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "campaign/recording_convert.h"
#include "tests/support/fixture.h"

enum { HEADER = 44, RATE = 8000 };

static const double full = 32767;

static double decibel(double value)
{
	return 20 * log10(value / full);
}

static void put(struct buf *b, uint32_t n, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_putc(b, (char)(n >> 8 * i));
}

/* A header of PCM whose data chunk announces `bytes`. */
static struct buf *wav(struct arena *mem, uint32_t rate, uint32_t channels, uint32_t bits, uint32_t bytes)
{
	struct buf *b = buf_in(mem, LIMIT_AUDIO);

	buf_puts(b, "RIFF");
	put(b, 36 + bytes, 4);
	buf_puts(b, "WAVEfmt ");
	put(b, 16, 4);
	put(b, 1, 2);
	put(b, channels, 2);
	put(b, rate, 4);
	put(b, rate * channels * bits / 8, 4);
	put(b, channels * bits / 8, 2);
	put(b, bits, 2);
	buf_puts(b, "data");
	put(b, bytes, 4);
	return b;
}

/* `seconds` of 400 Hz in 16 bits on all channels, with a peak of `level` dB. */
static void tone(struct buf *b, uint32_t rate, uint32_t channels, double seconds, double level)
{
	for (double i = 0; i < seconds * rate; i++)
		for (uint32_t c = 0; c < channels; c++)
			put(b, (uint16_t)(int16_t)lround(full * pow(10, level / 20) * sin(i * 2 * M_PI * 400 / rate)), 2);
}

static enum recording_verdict convert(struct arena *mem, struct str file, const char *type, struct recording *r)
{
	enum recording_verdict verdict = RECORDING_DAMAGED;
	struct err err = { 0 };

	*r = (struct recording){ 0 };
	if (recording_convert(mem, file, type, &verdict, r, &err))
		fail_msg("%s", err.msg);
	return verdict;
}

static int sample(const struct recording *r, size_t at)
{
	const unsigned char *p = (const unsigned char *)r->wav.ptr + HEADER + 2 * at;

	return (int16_t)(p[0] | p[1] << 8);
}

static int peak(const struct recording *r, double from_s, double to_s)
{
	int most = 0;

	for (size_t i = (size_t)(from_s * RATE); i < (size_t)(to_s * RATE) && i < (size_t)r->samples; i++)
		most = abs(sample(r, i)) > most ? abs(sample(r, i)) : most;
	return most;
}

static void a_recording_becomes_what_a_telephone_carries(void **state)
{
	static const struct {
		const char *name;
		uint32_t rate, channels;
		double level;
	} rows[] = { { "studio", 44100, 2, -12 }, { "quiet", 48000, 1, -35 }, { "telephone already", 8000, 1, -6 }, { "loud", 22050, 1, 0 } };
	struct arena *mem = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf *file = wav(mem, rows[i].rate, rows[i].channels, 16, rows[i].rate * rows[i].channels * 4);
		struct recording r;

		tone(file, rows[i].rate, rows[i].channels, 2, rows[i].level);
		check_row(rows[i].name, convert(mem, buf_view(file), "wav", &r) == RECORDING_READ);
		check_row(rows[i].name, llabs(r.samples - 2 * RATE) < RATE / 100);
		check_row(rows[i].name, r.wav.len == HEADER + 2 * (size_t)r.samples);
		check_row(rows[i].name, !memcmp(r.wav.ptr, wav(mem, RATE, 1, 16, (uint32_t)r.samples * 2)->ptr, HEADER));
		check_row(rows[i].name, fabs(decibel(peak(&r, 0, 3)) + 3) < 0.1);
	}
	arena_free(mem);
}

static void quiet_speech_is_lifted_towards_loud_speech_and_noise_is_not(void **state)
{
	struct arena *mem = arena_new();
	struct buf *file = wav(mem, RATE, 1, 16, RATE * 2 * 12);
	struct recording r;
	double loud, quiet, noise;

	(void)state;
	tone(file, RATE, 1, 4, -6);
	tone(file, RATE, 1, 4, -36);
	tone(file, RATE, 1, 4, -60);
	assert_int_equal(convert(mem, buf_view(file), "wav", &r), RECORDING_READ);
	loud = decibel(peak(&r, 2, 3.5));
	quiet = decibel(peak(&r, 6, 7.5));
	noise = decibel(peak(&r, 10, 11.5));
	assert_true(loud - quiet < 15); /* 30 before */
	assert_true(quiet - noise > 24); /* not less than before */
	arena_free(mem);
}

static void an_mp3_is_read_too(void **state)
{
	struct arena *mem = arena_new();
	struct recording r;

	(void)state;
	assert_int_equal(convert(mem, fixture_bytes(mem, "tone.mp3"), "mp3", &r), RECORDING_READ);
	assert_in_range(r.samples, RATE * 1.5 - 100, RATE * 1.5 + 800);
	arena_free(mem);
}

static void five_minutes_are_the_most(void **state)
{
	static const struct {
		const char *name;
		uint32_t rate, samples;
		enum recording_verdict verdict;
	} rows[] = {
		{ "five minutes", 8000, 8000 * LIMIT_RECORDING_S, RECORDING_READ },
		{ "a sample more", 8000, 8000 * LIMIT_RECORDING_S + 1, RECORDING_TOO_LONG },
		{ "an hour, slowly", 4000, 4000 * 3600, RECORDING_TOO_LONG },
	};
	struct arena *mem = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf *file = wav(mem, rows[i].rate, 1, 8, rows[i].samples);
		struct recording r;

		for (uint32_t n = 0; n < rows[i].samples; n++)
			buf_putc(file, (char)(128 + 100 * (n / 10 % 2)));
		check_row(rows[i].name, convert(mem, buf_view(file), "wav", &r) == rows[i].verdict);
	}
	arena_free(mem);
}

static void what_is_no_recording_is_damaged(void **state)
{
	struct arena *mem = arena_new();
	struct buf *cut = wav(mem, RATE, 1, 16, RATE * 4), *empty = wav(mem, RATE, 1, 16, 0);
	struct buf *sound = buf_in(mem, LIMIT_AUDIO);
	struct recording r;
	const struct {
		const char *name;
		struct str head;
		bool then_sound;
	} rows[] = {
		{ "a name only", STR("RIFF\4\0\0\0WAVE"), false },
		{ "no format", STR("RIFF\4\0\0\0WAVEdata\4\0\0\0abcd"), false },
		{ "cut off", buf_view(cut), true },
		{ "no samples", buf_view(empty), false },
		{ "no channels", buf_view(wav(mem, RATE, 0, 16, RATE * 2)), true },
		{ "no rate", buf_view(wav(mem, 0, 1, 16, RATE * 2)), true },
		{ "a sample a second", buf_view(wav(mem, 1, 1, 16, RATE * 2)), true },
		{ "four thousand million a second", buf_view(wav(mem, 0xffffffff, 1, 16, RATE * 2)), true },
		{ "65535 channels", buf_view(wav(mem, RATE, 65535, 16, RATE * 2)), true },
		{ "no bits", buf_view(wav(mem, RATE, 1, 0, RATE * 2)), true },
		{ "seven bits", buf_view(wav(mem, RATE, 1, 7, RATE * 2)), true },
	};

	(void)state;
	tone(sound, RATE, 1, 1, -6);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf *file = buf_in(mem, LIMIT_AUDIO);

		buf_str(file, rows[i].head);
		if (rows[i].then_sound)
			buf_str(file, buf_view(sound));
		check_row(rows[i].name, convert(mem, buf_view(file), "wav", &r) == RECORDING_DAMAGED);
	}
	assert_int_equal(convert(mem, STR("ID3 and then words, words, words"), "mp3", &r), RECORDING_DAMAGED);
	arena_free(mem);
}

static void silence_is_told(void **state)
{
	struct arena *mem = arena_new();
	struct buf *file = wav(mem, RATE, 1, 16, RATE * 4);
	struct recording r;

	(void)state;
	tone(file, RATE, 1, 2, -70);
	assert_int_equal(convert(mem, buf_view(file), "wav", &r), RECORDING_SILENT);
	arena_free(mem);
}

/* Whatever the decoder makes of them, this process goes on. */
static void broken_headers_harm_nobody(void **state)
{
	static const char type[] = { 1, 2, 3, 6, 7, 17, 20, 49, 80, 85, (char)0xfe };
	uint32_t random = 1;

	(void)state;
	for (size_t i = 0; i < 33; i++) {
		struct arena *mem = arena_new();
		struct buf *file = wav(mem, RATE, 1, 16, RATE * 2);
		struct recording r;

		tone(file, RATE, 1, 1, -6);
		file->ptr[20] = type[i % ARRAY_LEN(type)];
		for (int n = 0; n < 4; n++) {
			random = random * 1664525 + 1013904223;
			file->ptr[16 + (random >> 8) % 40] = (char)(random >> 24);
		}
		assert_in_range(convert(mem, buf_view(file), "wav", &r), RECORDING_READ, RECORDING_SILENT);
		assert_true(r.wav.len <= HEADER + (LIMIT_RECORDING_S + 1) * RATE * 2);
		arena_free(mem);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recording_becomes_what_a_telephone_carries),
		cmocka_unit_test(quiet_speech_is_lifted_towards_loud_speech_and_noise_is_not),
		cmocka_unit_test(an_mp3_is_read_too),
		cmocka_unit_test(five_minutes_are_the_most),
		cmocka_unit_test(what_is_no_recording_is_damaged),
		cmocka_unit_test(silence_is_told),
		cmocka_unit_test(broken_headers_harm_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
