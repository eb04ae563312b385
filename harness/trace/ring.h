/* ring.h -- the buffer into which the kernel writes one CPU's records, read without system calls.
 *
 * perf_event_open(2), "MMAP layout": a page of control, then a power of two of data pages.
 * The kernel writes data_head, the reader data_tail; both only grow.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_RING_H
#define SLABLAB_RING_H

#include <perfmon/perf_event.h>
#include <stdbool.h>
#include <stddef.h>

struct ring {
    struct perf_event_mmap_page *control; /* NULL: not open */
    unsigned char *data;
    size_t data_bytes; /* a power of two */
};

/* Maps `bytes` of data (a power of two, at least a page) for the event `fd`. False with errno:
 * EPERM where this user may not lock so much memory. */
bool ring_open(struct ring *ring, int fd, size_t bytes);
void ring_close(struct ring *ring);

/* Passes each whole record to `take`, as a copy if it wraps around the end, and frees its space. */
typedef void ring_visitor(void *context, struct perf_event_header const *record);
void ring_drain(struct ring *ring, ring_visitor *take, void *context);

#endif
