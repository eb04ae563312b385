/* fake_sample.h -- samples of the fake workload, by a sampler that a test opens.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_FAKE_SAMPLE_H
#define SLABLAB_FAKE_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_workload.h"
#include "sample/sample.h"

static struct sampler sampler;
static char region_variable[32];

static inline int open_sampler_of(char *const *events, size_t count)
{
    if (!sampler_open(&sampler, events, count, 1))
        return -1;
    snprintf(region_variable, sizeof region_variable, "SLABLAB_REGION=%d", sampler.page_fd);
    return 0;
}

static inline int close_sampler(void **state)
{
    (void)state;
    sampler_close(&sampler);
    return 0;
}

/* A process of this executable that misbehaves as `fake` says. */
static inline struct sample run_fake(char const *fake, char *operations)
{
    char variable[32];
    char *const arguments[] = {"/proc/self/exe", operations, "warmup=0", NULL};
    char *const environment[] = {region_variable, variable, NULL};
    struct sample sample;

    snprintf(variable, sizeof variable, "FAKE=%s", fake);
    assert_true(sample_run(&sampler, arguments, environment, &sample));
    return sample;
}

#endif
