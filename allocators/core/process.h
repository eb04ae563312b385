/* process.h -- start and end of the process and its threads, and fork, as events for a phase.
 *
 * A phase defines the five functions declared here. The slow paths call process_begin_slow and
 * thread_begin_slow, so that nothing is prepared before it is needed and the fast paths check
 * nothing.
 *
 *   THREAD_NEW --first slow path--> THREAD_LIVE --key destructor--> THREAD_ENDED
 *
 * A thread that allocates or frees after its end still can: it caches nothing from then on.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PROCESS_H
#define SLABLAB_PROCESS_H

#include <pthread.h>

#include "core/layer.h"
#include "core/message.h"
#include "core/variable.h"

LAYER(backend);

static void phase_begin(void);        /* reads the environment; aborts on a bad value */
static void phase_thread_begin(void); /* this thread may cache from now on */
static void phase_thread_end(void);   /* hands back all that this thread holds */
static void phase_fork_prepare(void); /* takes every lock */
static void phase_fork_done(void);    /* gives them back, in the parent and in the child */

LAYER_OF(backend, phase_begin);
LAYER_OF(backend, phase_thread_begin);
LAYER_OF(backend, phase_thread_end);
LAYER_OF(backend, phase_fork_prepare);
LAYER_OF(backend, phase_fork_done);

enum thread_life { THREAD_NEW, THREAD_LIVE, THREAD_ENDED };

static bool process_began;
static pthread_key_t process_thread_key;
static __thread enum thread_life thread_life;

static void thread_end(void *unused)
{
    (void)unused;
    thread_life = THREAD_ENDED;
    phase_thread_end();
}

/* Two threads cannot be here at once: starting a thread allocates, so the first allocation is
 * earlier. */
NOINLINE void process_begin_slow(void)
{
    if (process_began || environ == NULL) /* NULL: the C library is not initialised yet */
        return;
    process_began = true; /* at once: what follows may allocate */
    variables_check();
    phase_begin();
    if (pthread_key_create(&process_thread_key, thread_end) != 0 ||
        pthread_atfork(phase_fork_prepare, phase_fork_done, phase_fork_done) != 0) {
        struct message message = message_begin();

        message_text(&message, "start: the C library gave no thread key or fork handler");
        message_abort(&message, "fewer preloaded libraries");
    }
}

__attribute__((constructor)) static void process_constructor(void)
{
    process_begin_slow();
}

NOINLINE void thread_begin_slow(void)
{
    process_begin_slow();
    if (!process_began || thread_life != THREAD_NEW)
        return;
    thread_life = THREAD_LIVE; /* at once: pthread_setspecific may allocate */
    phase_thread_begin();
    pthread_setspecific(process_thread_key, &thread_life);
}

#endif
