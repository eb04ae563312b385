/* sha256.h -- digests as `sha256sum` prints them (FIPS 180-4), by nettle.
 *
 *   struct sha256 sum = sha256_begin();
 *   sha256_add(&sum, bytes, size) ...
 *   sha256_end(&sum, digest);
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SHA256_H
#define SLABLAB_SHA256_H

#include <nettle/sha2.h>
#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = SHA256_DIGEST_SIZE };

struct sha256 {
    struct sha256_ctx context;
};

static inline struct sha256 sha256_begin(void)
{
    struct sha256 sum;

    sha256_init(&sum.context);
    return sum;
}

static inline void sha256_add(struct sha256 *sum, void const *bytes, size_t size)
{
    sha256_update(&sum->context, size, bytes);
}

static inline void sha256_end(struct sha256 *sum, unsigned char digest[SHA256_BYTES])
{
    sha256_digest(&sum->context, SHA256_BYTES, digest);
}

/* The first 64 bits of a digest: the first 16 digits that `sha256sum` prints. */
static inline uint64_t sha256_head(unsigned char const digest[SHA256_BYTES])
{
    uint64_t head = 0;

    for (size_t i = 0; i < sizeof head; i++)
        head = head << 8 | digest[i];
    return head;
}

#endif
