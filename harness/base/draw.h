/* draw.h -- numbers drawn from a counter-based generator: the n-th of a stream without the n - 1
 * before it.
 *
 * A stream is a key. Keys are made of numbers, one after another, from 0 on; equal numbers give
 * equal streams, on every machine.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_DRAW_H
#define SLABLAB_DRAW_H

#include <stddef.h>
#include <stdint.h>

/* The key of a stream below another one's. */
uint64_t draw_key(uint64_t key, uint64_t value);

/* Number `counter` of a stream, uniform in 0 ... bound - 1; its bias is below bound / 2^64. */
uint64_t draw_below(uint64_t key, uint64_t counter, uint64_t bound);

/* Fills order with a shuffle of 0 ... count - 1. It leaves number 0 of the stream undrawn. */
void draw_order(uint64_t key, size_t *order, size_t count);

#endif
