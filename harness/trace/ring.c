/* ring.c -- the reader's half of perf's protocol.
 *
 * SPDX-License-Identifier: MIT */
#include "trace/ring.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { RECORD_BYTES_MAX = 65536 }; /* perf_event_header.size has 16 bits */

static size_t page_bytes(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

bool ring_open(struct ring *ring, int fd, size_t bytes)
{
    void *const memory =
        mmap(NULL, page_bytes() + bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    *ring = (struct ring){.control = NULL};
    if (memory != MAP_FAILED)
        *ring = (struct ring){memory, (unsigned char *)memory + page_bytes(), bytes};
    return memory != MAP_FAILED;
}

void ring_close(struct ring *ring)
{
    if (ring->control != NULL)
        munmap(ring->control, page_bytes() + ring->data_bytes);
    *ring = (struct ring){.control = NULL};
}

void ring_drain(struct ring *ring, ring_visitor *take, void *context)
{
    static _Alignas(8) unsigned char whole[RECORD_BYTES_MAX];
    uint64_t const head = __atomic_load_n(&ring->control->data_head, __ATOMIC_ACQUIRE);
    uint64_t tail = ring->control->data_tail;

    while (tail < head) {
        size_t const place = tail & (ring->data_bytes - 1);
        size_t const left = ring->data_bytes - place;
        /* Records are multiples of 8 bytes, so a header never wraps around the end. */
        struct perf_event_header const *record =
            (struct perf_event_header const *)(ring->data + place);
        size_t const size = record->size;
        if (size > left) {
            memcpy(whole, ring->data + place, left);
            memcpy(whole + left, ring->data, size - left);
            record = (struct perf_event_header const *)whole;
        }
        take(context, record);
        tail += size;
        __atomic_store_n(&ring->control->data_tail, tail, __ATOMIC_RELEASE);
    }
}
