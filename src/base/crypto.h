/* The few cryptographic operations of the product, all by OpenSSL. */
#ifndef PARLEY_BASE_CRYPTO_H
#define PARLEY_BASE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

enum { SHA1_SIZE = 20, SHA256_SIZE = 32 };

/* Bytes of OpenSSL's generator; the process ends when it has none, since
 * nothing secret may be made from anything else. */
void random_bytes(void *out, size_t len);

void sha256(struct str data, unsigned char out[SHA256_SIZE]);

/* HMAC over the parts in order, as if they were one message.  SHA-1 only where a
 * vendor's signature asks for it. */
void hmac_sha1(struct str key, const struct str *parts, size_t count, unsigned char out[SHA1_SIZE]);
void hmac_sha256(struct str key, const struct str *parts, size_t count, unsigned char out[SHA256_SIZE]);

/* Equal length and bytes, in time that depends on the length only. */
bool equal_constant_time(struct str a, struct str b);

/* Lower-case hex; out holds 2 * len + 1 bytes. */
void hex_encode(const unsigned char *bytes, size_t len, char *out);

/* RFC 4648: standard alphabet with padding, URL alphabet without. */
char *base64_encode(struct arena *a, struct str bytes);
char *base64url_encode(struct arena *a, struct str bytes);

/* Standard alphabet, padding required, nothing else accepted.  The result is
 * NUL-terminated too.  False when malformed. */
bool base64_decode(struct arena *a, struct str text, struct str *bytes);

/* 16 random bytes in the URL alphabet: 22 characters that cannot be guessed. */
char *random_id(struct arena *a);

/* A version 4 UUID of random bytes. */
char *uuid_random(struct arena *a);

/* A UUID of version 4's shape that depends on the words only (HMAC-SHA-256 of
 * them), so that a step repeated after a crash creates the same object.  Linear
 * asks for version 4. */
char *uuid_of(struct arena *a, const char *purpose, const char *subject);

#endif
