/* helper.h -- the second thread of a fuzzer: frees what it is handed and hands back what it makes.
 *
 *   IDLE --helper_hand--> WORKING --its work is done--> IDLE --helper_end--> ENDING
 *
 * While it works the first thread goes on; what was made is taken over by helper_wait. A helper
 * that ends has full caches, and allocates once more when the allocator has already ended it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TESTS_FUZZ_HELPER_H
#define SLABLAB_TESTS_FUZZ_HELPER_H

#include <pthread.h>
#include <string.h>

#include "tests/child.h"
#include "tests/fuzz/shadow.h"

enum { HELPER_BLOCKS = 1200 };

/* ALONE: no second thread can be started here, so the first one does its work. */
enum helper_state { HELPER_NONE, HELPER_IDLE, HELPER_WORKING, HELPER_ENDING, HELPER_ALONE };

struct helper {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    enum helper_state state;
    pthread_t thread;
    pthread_key_t last_key; /* its destructor runs after the allocator's */
    struct shadow_block given[HELPER_BLOCKS];
    uint32_t given_count;
    struct shadow_block made[HELPER_BLOCKS];
    uint32_t made_count; /* while it works: how many it is to make, of made_size */
    size_t made_size;
};

static struct helper helper = {.lock = PTHREAD_MUTEX_INITIALIZER,
                               .changed = PTHREAD_COND_INITIALIZER};

static inline void helper_work(void)
{
    for (uint32_t i = 0; i < helper.given_count; i++) {
        block_verify(&helper.given[i]);
        free(helper.given[i].begin);
    }
    for (uint32_t i = 0; i < helper.made_count; i++)
        helper.made[i] = block_make(malloc(helper.made_size), helper.made_size, 16, i, i % 4 == 0);
    helper.given_count = 0;
}

static inline void *helper_run(void *unused)
{
    (void)unused;
    pthread_setspecific(helper.last_key, &helper);
    pthread_mutex_lock(&helper.lock);
    while (helper.state != HELPER_ENDING) {
        if (helper.state == HELPER_WORKING) {
            pthread_mutex_unlock(&helper.lock);
            helper_work();
            pthread_mutex_lock(&helper.lock);
            helper.state = HELPER_IDLE;
            pthread_cond_broadcast(&helper.changed);
        } else {
            pthread_cond_wait(&helper.changed, &helper.lock);
        }
    }
    pthread_mutex_unlock(&helper.lock);
    return NULL;
}

/* In a thread whose caches are gone. */
static inline void helper_last(void *unused)
{
    static size_t const sizes[] = {8, 40, 256, 500, 1000, 2000, 5000};
    (void)unused;

    for (uint32_t round = 0; round < 3; round++)
        for (uint32_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            struct shadow_block const block = block_make(malloc(sizes[i]), sizes[i], 16, i, true);
            block_verify(&block);
            free(block.begin);
        }
}

/* Until it has nothing to do; its blocks become the caller's. */
static inline void helper_wait(struct shadow *shadow)
{
    pthread_mutex_lock(&helper.lock);
    while (helper.state == HELPER_WORKING)
        pthread_cond_wait(&helper.changed, &helper.lock);
    pthread_mutex_unlock(&helper.lock);
    for (uint32_t i = 0; i < helper.made_count; i++) {
        if (shadow->count < SHADOW_BLOCKS) {
            shadow_add(shadow, helper.made[i]);
        } else {
            block_verify(&helper.made[i]);
            free(helper.made[i].begin);
        }
    }
    helper.made_count = 0;
}

/* Its state was IDLE or there was none: helper.given and what is to be made are filled. */
static inline void helper_hand(void)
{
    static bool has_key;

    if (helper.state == HELPER_ALONE) {
        helper_work();
        return;
    }
    if (helper.state == HELPER_NONE) {
        if (!has_key)
            require(pthread_key_create(&helper.last_key, helper_last) == 0, "no thread key");
        has_key = true;
        helper.state = HELPER_IDLE;
        require(pthread_create(&helper.thread, NULL, helper_run, NULL) == 0, "no thread");
    }
    pthread_mutex_lock(&helper.lock);
    helper.state = HELPER_WORKING;
    pthread_cond_broadcast(&helper.changed);
    pthread_mutex_unlock(&helper.lock);
}

static inline void helper_end(struct shadow *shadow)
{
    helper_wait(shadow);
    if (helper.state == HELPER_NONE || helper.state == HELPER_ALONE)
        return;
    pthread_mutex_lock(&helper.lock);
    helper.state = HELPER_ENDING;
    pthread_cond_broadcast(&helper.changed);
    pthread_mutex_unlock(&helper.lock);
    pthread_join(helper.thread, NULL);
    helper.state = HELPER_NONE;
}

/* In a forked child, which has no such thread. What it was given or had made is lost to it. */
static inline void helper_forget(void)
{
    helper.state = child_can_start_threads() ? HELPER_NONE : HELPER_ALONE;
    helper.given_count = 0;
    helper.made_count = 0;
    pthread_mutex_init(&helper.lock, NULL);
    pthread_cond_init(&helper.changed, NULL);
}

#endif
