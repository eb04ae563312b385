/* futex_waits.h -- where a process's threads waited for one another, how often and for how long.
 *
 * A wait is a call of futex that may sleep, from its begin to its return. Its call site is the
 * function of the C library that was called (pthread_mutex_lock, malloc), and those that called it,
 * innermost first: "pthread_mutex_lock < lock_take < tiny_refill < tiny_malloc".
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_FUTEX_WAITS_H
#define SLABLAB_FUTEX_WAITS_H

#include "base/intern.h"
#include "instrument/stages.h"
#include "symbols/layers.h"
#include "symbols/code_location.h"
#include "trace/trace.h"

#include <jansson.h>

/* waits[i] has the words that `keys` has under number i. All zero holds none. */
struct futex_waits {
    struct intern keys;
    struct futex_wait *waits;
    size_t count;
};

/* Is it a call of futex that waits? */
bool futex_is_wait(struct trace_call const *call);

/* One wait: the stack at its begin, and when it began and ended. */
void futex_waits_add(struct futex_waits *waits, struct trace const *trace,
                     struct locations *locations, struct layer_objects const *objects,
                     struct stages const *stages, struct trace_event const *call,
                     uint64_t returned_ns);

/* [{stage, call_site, waits, wait_ns}, ...], the longest first; NULL: there were none. */
json_t *futex_waits_describe(struct futex_waits const *waits);

void futex_waits_free(struct futex_waits *waits);

#endif
