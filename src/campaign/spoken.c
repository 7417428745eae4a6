/* See spoken.h. */
#include "campaign/spoken.h"

#include "base/buf.h"
#include "campaign/spoken_language.h"

/* An apostrophe in ASCII, or U+2019 as recognisers write it: part of its word. */
static size_t apostrophe(struct str s)
{
	if (s.ptr[0] == '\'')
		return 1;
	return str_starts(s, STR("\xe2\x80\x99")) ? 3 : 0;
}

/* Signs beyond ASCII that part words: U+0080 to U+00BF with the Spanish ones before a sentence and the hard blank,
 * and the dashes and quotes of U+2000 to U+203F. */
static size_t sign(struct str s)
{
	if (str_starts(s, STR("\xc2")) && s.len >= 2)
		return 2;
	return str_starts(s, STR("\xe2\x80")) && s.len >= 3 ? 3 : 0;
}

/* ASCII, and the letters U+00C0 to U+00DE: what the languages of spoken_language.h need. */
static char lower(unsigned char before, char c)
{
	unsigned char byte = (unsigned char)c;

	if (before == 0xc3 && byte >= 0x80 && byte <= 0x9e && byte != 0x97)
		return (char)(byte + 0x20);
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80 ||
	       c == '*' || c == '#';
}

const char *spoken_words(struct arena *mem, struct str speech)
{
	struct buf *words = buf_in(mem, speech.len + 1);
	unsigned char before = 0;
	bool gap = false;

	while (speech.len) {
		size_t skip = apostrophe(speech);

		if (!skip && (skip = sign(speech))) {
			gap = true;
		} else if (!skip && is_word_byte(speech.ptr[0])) {
			if (gap && words->len)
				buf_putc(words, ' ');
			buf_putc(words, lower(before, speech.ptr[0]));
			gap = false;
		} else if (!skip) {
			gap = true;
		}
		before = (unsigned char)speech.ptr[0];
		skip = skip ? skip : 1;
		speech.ptr += skip;
		speech.len -= skip;
	}
	return words->ptr;
}

/* The phrase as whole words. */
static bool has_phrase(const char *words, const char *phrase)
{
	size_t len = strlen(phrase);

	for (const char *at = words; (at = strstr(at, phrase)); at++)
		if ((at == words || at[-1] == ' ') && (!at[len] || at[len] == ' '))
			return true;
	return false;
}

static bool opts_out_in(const struct spoken_language *language, const char *words)
{
	for (size_t i = 0; language->phrases[i]; i++)
		if (has_phrase(words, language->phrases[i]))
			return true;
	for (size_t i = 0; language->alone[i]; i++)
		if (!strcmp(words, language->alone[i]))
			return true;
	return false;
}

bool spoken_opts_out(const char *words, const char *language)
{
	const struct spoken_language *own = spoken_language(language);

	return opts_out_in(spoken_language(NULL), words) || (own && opts_out_in(own, words));
}

static char digit_in(const struct spoken_language *language, const char *words)
{
	for (int i = 0; i < SPOKEN_DIGITS; i++)
		if (!strcmp(words, language->digits[i]))
			return (char)('0' + i);
	return 0;
}

char spoken_key(const char *words, const char *language)
{
	static const char *const leads[] = { "press ", "key ", "number ", "option " };
	const struct spoken_language *own = spoken_language(language);
	char digit;

	for (size_t i = 0; i < ARRAY_LEN(leads); i++)
		if (str_starts(str_from(words), str_from(leads[i])))
			words += strlen(leads[i]);
	if (strlen(words) == 1 && strchr("0123456789*#", *words))
		return *words;
	if (!strcmp(words, "star"))
		return '*';
	if (!strcmp(words, "pound") || !strcmp(words, "hash"))
		return '#';
	digit = own ? digit_in(own, words) : 0;
	return digit ? digit : digit_in(spoken_language(NULL), words);
}

bool spoken_is_outcome(struct arena *mem, const char *words, const char *outcome)
{
	return *words && !strcmp(words, spoken_words(mem, str_from(outcome)));
}
