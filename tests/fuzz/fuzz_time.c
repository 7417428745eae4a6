/* Times: what is read within the years that can be written is written and read
 * again as the same instant. */
#include "tests/fuzz/fuzz.h"

#include "base/clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t first = -62167219200000, last = 253402300799999; /* years 0 and 9999 */
	char text[ISO_TIME_SIZE], words[TIME_WORDS_SIZE], day[DAY_SIZE];
	int64_t ms, again;

	if (!iso_time_parse(all_of(data, size), &ms))
		return 0;
	iso_time_format(ms, text);
	time_words(ms, words);
	utc_day(ms, day);
	if (ms >= first && ms <= last) {
		must(iso_time_parse(str_from(text), &again));
		must(again == ms);
		must(!strncmp(text, day, 10));
	}
	return 0;
}
