/* See phone.h.  A shim: libphonenumber is C++; nothing it throws gets out. */
#include "campaign/phone.h"

#include <cstdio>
#include <exception>
#include <set>
#include <string>

#include <phonenumbers/phonenumberutil.h>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

/* Longer text is no number in any writing. */
static const size_t longest = 64;

static const char *why_unreadable(PhoneNumberUtil::ErrorType error)
{
	switch (error) {
	case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
		return "The number has no country code, and no country was given.";
	case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
	case PhoneNumberUtil::TOO_SHORT_NSN:
		return "The number is too short.";
	case PhoneNumberUtil::TOO_LONG_NSN:
		return "The number is too long.";
	default:
		return "This is not a telephone number.";
	}
}

static const char *read(struct str text, const char *country, char e164[PHONE_SIZE])
{
	const PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
	std::string formatted;
	PhoneNumber number;
	PhoneNumberUtil::ErrorType error;

	error = util->Parse(std::string(text.ptr, text.len), country ? country : "ZZ", &number);
	if (error != PhoneNumberUtil::NO_PARSING_ERROR)
		return why_unreadable(error);
	/* A call to an extension needs more than a number. */
	if (number.has_extension())
		return "A number with an extension cannot be called.";
	if (!util->IsValidNumber(number))
		return "There is no such telephone number.";
	util->Format(number, PhoneNumberUtil::E164, &formatted);
	if (formatted.size() >= PHONE_SIZE)
		return "The number is too long.";
	std::snprintf(e164, PHONE_SIZE, "%s", formatted.c_str());
	return nullptr;
}

const char *phone_read(struct str text, const char *country, char e164[PHONE_SIZE])
{
	text = str_trim(text);
	if (!text.len)
		return "The number is missing.";
	if (text.len > longest || !str_is_utf8(text))
		return "This is not a telephone number.";
	try {
		return read(text, country, e164);
	} catch (const std::exception &) {
		return "This is not a telephone number.";
	}
}

bool phone_country_is_known(struct str country)
{
	try {
		std::set<std::string> known;

		PhoneNumberUtil::GetInstance()->GetSupportedRegions(&known);
		return known.count(std::string(country.ptr, country.len)) != 0;
	} catch (const std::exception &) {
		return false;
	}
}
