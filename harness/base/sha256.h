/* sha256.h -- digests as `sha256sum` prints them (FIPS 180-4).
 *
 *   struct sha256 sum = sha256_begin();
 *   sha256_add(&sum, bytes, size) ...
 *   sha256_end(&sum, digest);
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SHA256_H
#define SLABLAB_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32, SHA256_BLOCK = 64 };

struct sha256 {
    uint32_t state[8];
    uint64_t size; /* bytes so far */
    unsigned char rest[SHA256_BLOCK]; /* size % SHA256_BLOCK of them */
};

struct sha256 sha256_begin(void);
void sha256_add(struct sha256 *sum, void const *bytes, size_t size);
void sha256_end(struct sha256 *sum, unsigned char digest[SHA256_BYTES]);

/* The first 64 bits of a digest: the first 16 digits that `sha256sum` prints. */
uint64_t sha256_head(unsigned char const digest[SHA256_BYTES]);

#endif
