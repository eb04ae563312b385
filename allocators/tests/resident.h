/* resident.h -- how much memory of the process is resident, without an allocation.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TESTS_RESIDENT_H
#define SLABLAB_TESTS_RESIDENT_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* The second number in statm is pages of resident memory. */
static inline long resident_bytes(void)
{
    char text[128] = {0};
    char *end = text;
    int const file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

    assert_true(file >= 0 && read(file, text, sizeof text - 1) > 0);
    close(file);
    strtol(text, &end, 10);
    return strtol(end, NULL, 10) * sysconf(_SC_PAGESIZE);
}

#endif
