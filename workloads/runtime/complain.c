/* complain.c -- how a workload ends after an error.
 *
 * The message is built on the stack and written at once: malloc may just have failed.
 *
 * SPDX-License-Identifier: MIT */
#include "runtime.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MESSAGE_MAX = 1024 };

__attribute__((noreturn, format(printf, 3, 0))) static void
end_with_list(int status, char const *hint, char const *format, va_list list)
{
    char message[MESSAGE_MAX];

    vsnprintf(message, sizeof message, format, list);
    char line[2 * MESSAGE_MAX];
    int const length = snprintf(line, sizeof line, "slablab: %s: %s\n  try: %s\n",
                                workload.name != NULL ? workload.name : "workload", message, hint);
    size_t const bytes = length < (int)sizeof line ? (size_t)length : sizeof line - 1;

    if (write(STDERR_FILENO, line, bytes) < 0)
        status = STATUS_FAILED; /* stderr is gone; the status must tell */
    _exit(status);
}

void end_with(int status, char const *hint, char const *format, ...)
{
    va_list list;

    va_start(list, format);
    end_with_list(status, hint, format, list);
}

void workload_refuse(char const *hint, char const *format, ...)
{
    va_list list;

    va_start(list, format);
    end_with_list(STATUS_REFUSED, hint, format, list);
}

void workload_out_of_memory(size_t size)
{
    end_with(STATUS_FAILED, "fewer or smaller objects, or a higher ulimit -v",
             "malloc(%zu) returned NULL", size);
}

void workload_corrupted(void const *block, size_t size, uint32_t expected, uint32_t found)
{
    end_with(STATUS_FAILED, "the same command under another allocator, or under valgrind",
             "the block of %zu bytes at %p has changed: first and last byte %04x, written as %04x",
             size, block, (unsigned)found, (unsigned)expected);
}
