/* sample_judge.c -- was it the arm's allocator, its program, and the same work?
 *
 * SPDX-License-Identifier: MIT */
#include "sample/sample.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { STDERR_OK_BYTES_MAX = 2000 }; /* of a sample that succeeded */

static bool is_c_library(char const *path)
{
    char const *const slash = strrchr(path, '/');

    return strcmp(slash == NULL ? path : slash + 1, "libc.so.6") == 0;
}

static bool served_by(struct region const *region, struct sample_expectation const *expectation)
{
    char expected[PATH_MAX];
    char actual[PATH_MAX];

    if (expectation->build_id[0] != 0 && region->build_id[0] != 0)
        return strcmp(expectation->build_id, region->build_id) == 0;
    if (expectation->object == NULL)
        return is_c_library(region->object);
    return realpath(expectation->object, expected) != NULL &&
           realpath(region->object, actual) != NULL && strcmp(expected, actual) == 0;
}

static bool is_program(struct region const *region, struct sample_expectation const *expectation)
{
    return expectation->program_build_id == NULL ||
           (region->artifact.images > 0 &&
            strcmp(expectation->program_build_id, region->artifact.build_id) == 0);
}

void sample_judge(struct sample *sample, struct sample_expectation const *expectation)
{
    if (sample->status == SAMPLE_OK) {
        if (!served_by(&sample->region, expectation) ||
            !is_program(&sample->region, expectation) ||
            (expectation->witnessed &&
             sample->region.witness.foreign + sample->region.witness.unserved > 0))
            sample->status = SAMPLE_ALLOCATOR;
        else if (expectation->attested && (sample->region.checksum != expectation->checksum ||
                                           sample->region.operations != expectation->operations))
            sample->status = SAMPLE_CHECKSUM;
        else if (expectation->timed && sample->region.cpu_ns == 0)
            sample->status = SAMPLE_PROTOCOL; /* no speed: a clock too coarse for the region */
    }
    if (sample->status != SAMPLE_OK || sample->stderr_text == NULL)
        return;
    if (sample->stderr_text[0] == '\0')
        sample_release(sample);
    else if (strlen(sample->stderr_text) > STDERR_OK_BYTES_MAX)
        sample->stderr_text[STDERR_OK_BYTES_MAX] = '\0';
}
