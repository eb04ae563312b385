/* sha256.c -- the SHA-256 of FIPS 180-4, whose names of functions and words are kept.
 *
 * SPDX-License-Identifier: MIT */
#include "base/sha256.h"

#include <string.h>

enum { ROUNDS = 64, LENGTH_BYTES = 8 };

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static uint32_t const K[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t turn(uint32_t word, int bits)
{
    return word >> bits | word << (32 - bits);
}

static void expand(uint32_t w[ROUNDS], unsigned char const block[SHA256_BLOCK])
{
    for (size_t t = 0; t < 16; t++)
        w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
               (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
    for (int t = 16; t < ROUNDS; t++) {
        uint32_t const s0 = turn(w[t - 15], 7) ^ turn(w[t - 15], 18) ^ w[t - 15] >> 3;
        uint32_t const s1 = turn(w[t - 2], 17) ^ turn(w[t - 2], 19) ^ w[t - 2] >> 10;
        w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
}

/* v is a ... h. */
static void mix(uint32_t state[8], unsigned char const block[SHA256_BLOCK])
{
    uint32_t w[ROUNDS];
    uint32_t v[8];

    expand(w, block);
    memcpy(v, state, sizeof v);
    for (int t = 0; t < ROUNDS; t++) {
        uint32_t const s1 = turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25);
        uint32_t const s0 = turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22);
        uint32_t const choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        uint32_t const majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        uint32_t const first = v[7] + s1 + choice + K[t] + w[t];
        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += first;
        v[0] = first + s0 + majority;
    }
    for (int i = 0; i < 8; i++)
        state[i] += v[i];
}

struct sha256 sha256_begin(void)
{
    /* The same of the square roots of the first 8 primes. */
    return (struct sha256){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
                                     0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void sha256_add(struct sha256 *sum, void const *bytes, size_t size)
{
    unsigned char const *from = bytes;

    while (size > 0) {
        size_t const held = sum->size % SHA256_BLOCK;
        size_t const taken = size < SHA256_BLOCK - held ? size : SHA256_BLOCK - held;
        memcpy(sum->rest + held, from, taken);
        sum->size += taken;
        from += taken;
        size -= taken;
        if (held + taken == SHA256_BLOCK)
            mix(sum->state, sum->rest);
    }
}

void sha256_end(struct sha256 *sum, unsigned char digest[SHA256_BYTES])
{
    static unsigned char const padding[SHA256_BLOCK] = {0x80};
    unsigned char length[LENGTH_BYTES];
    uint64_t const bits = sum->size * 8;
    size_t const held = sum->size % SHA256_BLOCK;
    size_t const room = SHA256_BLOCK - LENGTH_BYTES;

    for (int i = 0; i < LENGTH_BYTES; i++)
        length[i] = (unsigned char)(bits >> (56 - 8 * i));
    sha256_add(sum, padding, held < room ? room - held : SHA256_BLOCK + room - held);
    sha256_add(sum, length, sizeof length);
    for (int i = 0; i < SHA256_BYTES; i++)
        digest[i] = (unsigned char)(sum->state[i / 4] >> (24 - 8 * (i % 4)));
}

uint64_t sha256_head(unsigned char const digest[SHA256_BYTES])
{
    uint64_t head = 0;

    for (int i = 0; i < 8; i++)
        head = head << 8 | digest[i];
    return head;
}
