/* See spoken.h. */
#include "campaign/spoken.h"

#include "base/buf.h"

/* An apostrophe in ASCII, or U+2019 as recognisers write it: part of its word. */
static size_t apostrophe(struct str s)
{
	if (s.ptr[0] == '\'')
		return 1;
	return str_starts(s, STR("\xe2\x80\x99")) ? 3 : 0;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_word_byte(char c)
{
	c = lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80 || c == '*' || c == '#';
}

const char *spoken_words(struct arena *mem, struct str speech)
{
	struct buf *words = buf_in(mem, speech.len + 1);
	bool gap = false;

	while (speech.len) {
		size_t skip = apostrophe(speech);

		if (!skip && is_word_byte(speech.ptr[0])) {
			if (gap && words->len)
				buf_putc(words, ' ');
			buf_putc(words, lower(speech.ptr[0]));
			gap = false;
		} else if (!skip) {
			gap = true;
		}
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

bool spoken_opts_out(const char *words)
{
	static const char *const phrases[] = {
		"stop calling", "stop call", "quit calling", "do not call", "dont call", "never call", "no more calls",
		"not call me", "remove me", "remove my", "take me off", "delete me", "delete my", "opt out", "opt me out",
		"opting out", "unsubscribe", "leave me alone", "off your list", "off the list", "do not contact", "dont contact",
		"stop contacting",
	};
	static const char *const alone[] = { "stop", "please stop", "stop it", "stop please", "remove", "stop this" };

	for (size_t i = 0; i < ARRAY_LEN(phrases); i++)
		if (has_phrase(words, phrases[i]))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(alone); i++)
		if (!strcmp(words, alone[i]))
			return true;
	return false;
}

char spoken_key(const char *words)
{
	static const char *const leads[] = { "press ", "key ", "number ", "option " };
	static const struct {
		const char *word;
		char key;
	} keys[] = {
		{ "zero", '0' }, { "one", '1' }, { "two", '2' }, { "three", '3' }, { "four", '4' }, { "five", '5' },
		{ "six", '6' }, { "seven", '7' }, { "eight", '8' }, { "nine", '9' }, { "star", '*' }, { "pound", '#' },
		{ "hash", '#' },
	};

	for (size_t i = 0; i < ARRAY_LEN(leads); i++)
		if (str_starts(str_from(words), str_from(leads[i])))
			words += strlen(leads[i]);
	if (strlen(words) == 1 && strchr("0123456789*#", *words))
		return *words;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (!strcmp(words, keys[i].word))
			return keys[i].key;
	return 0;
}

bool spoken_is_outcome(struct arena *mem, const char *words, const char *outcome)
{
	return *words && !strcmp(words, spoken_words(mem, str_from(outcome)));
}
