/* Secrets of interview links: only 43 base64url characters pass, and what is made
 * of them can stand in a key and in a log. */
#include "tests/fuzz/fuzz.h"

#include "screening/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str secret = all_of(data, size);
	struct arena *mem;
	char fingerprint[FINGERPRINT_SIZE];
	char *id;

	must(session_secret_is_valid(secret) == str_is_token(secret, SECRET_LENGTH, SECRET_LENGTH));
	if (!session_secret_is_valid(secret))
		return 0;
	mem = arena_new();
	id = session_id_of(mem, secret);
	must(str_is_token(str_from(id), SESSION_ID_LENGTH, SESSION_ID_LENGTH));
	session_fingerprint(id, fingerprint);
	must(strlen(fingerprint) == FINGERPRINT_SIZE - 1 && !str_find(secret, str_from(fingerprint)));
	arena_free(mem);
	return 0;
}
