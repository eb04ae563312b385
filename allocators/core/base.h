/* base.h -- macros and types used by every other header of an allocator.
 *
 * ALWAYS_INLINE is the fast path, NOINLINE the slow one (its name ends in _slow, _refill or
 * _drain). A part's constants are arguments of its ALWAYS_INLINE functions, so this file holds the
 * only #if.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_BASE_H
#define SLABLAB_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline, unused))
#define NOINLINE static __attribute__((noinline, unused))
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define EXPORT __attribute__((visibility("default")))

/* The structure that holds this member. */
#define CONTAINER_OF(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

/* An observing build counts (observe.h); in a timing build the counters compile to nothing. */
#ifdef OBSERVE
enum { OBSERVING = true };
#define OBSERVED EXPORT
#else
enum { OBSERVING = false };
#define OBSERVED static
#endif

/* A debug build checks the parts' invariants (check.h). */
#ifdef DEBUG
enum { DEBUGGING = true };
#else
enum { DEBUGGING = false };
#endif

#endif
