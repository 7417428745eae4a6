/* See options.h. */
#include "console/options.h"

#include <stdbool.h>
#include <string.h>

#include "base/str.h"

const struct option option_languages[] = {
	{ "ar", "Arabic" }, { "bg", "Bulgarian" }, { "cs", "Czech" }, { "da", "Danish" }, { "de", "German" },
	{ "el", "Greek" }, { "en", "English" }, { "es", "Spanish" }, { "fi", "Finnish" }, { "fr", "French" },
	{ "he", "Hebrew" }, { "hi", "Hindi" }, { "hr", "Croatian" }, { "hu", "Hungarian" }, { "id", "Indonesian" },
	{ "it", "Italian" }, { "ja", "Japanese" }, { "ko", "Korean" }, { "ms", "Malay" }, { "nl", "Dutch" },
	{ "no", "Norwegian" }, { "pl", "Polish" }, { "pt", "Portuguese" }, { "ro", "Romanian" }, { "ru", "Russian" },
	{ "sk", "Slovak" }, { "sv", "Swedish" }, { "ta", "Tamil" }, { "th", "Thai" }, { "tr", "Turkish" },
	{ "uk", "Ukrainian" }, { "vi", "Vietnamese" }, { "zh", "Chinese" },
};
const size_t option_language_count = ARRAY_LEN(option_languages);

const char *language_words(const char *code)
{
	for (size_t i = 0; code && i < ARRAY_LEN(option_languages); i++)
		if (!strcmp(option_languages[i].value, code))
			return option_languages[i].label;
	return code;
}

static void add(struct view *v, const char *section, const char *value, const char *label, bool chosen)
{
	struct view *option = view_add(v, section);

	view_set(option, "VALUE", value);
	view_set(option, "LABEL", label);
	if (chosen)
		view_show(option, "SELECTED");
}

void options_fill(struct view *v, const char *section, const struct option *list, size_t count, const char *chosen)
{
	bool found = !chosen || !*chosen;

	for (size_t i = 0; i < count; i++) {
		bool same = chosen && !strcmp(list[i].value, chosen);

		add(v, section, list[i].value, list[i].label, same);
		found |= same;
	}
	if (!found)
		add(v, section, chosen, chosen, true);
}
