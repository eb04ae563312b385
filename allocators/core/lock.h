/* lock.h -- a mutex whose waits an observing build counts.
 *
 * A fork takes the mutexes without it: its waits say nothing about contention.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LOCK_H
#define SLABLAB_LOCK_H

#include <pthread.h>

#include "core/observe.h"

/* In a timing build it is pthread_mutex_lock and nothing else. */
ALWAYS_INLINE void lock_take(pthread_mutex_t *lock)
{
    if (!OBSERVING || pthread_mutex_trylock(lock) != 0) {
        observe(LOCK_WAITS);
        pthread_mutex_lock(lock);
    }
}

ALWAYS_INLINE void lock_give(pthread_mutex_t *lock)
{
    pthread_mutex_unlock(lock);
}

#endif
