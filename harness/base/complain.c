/* complain.c -- one form for every error.
 *
 * SPDX-License-Identifier: MIT */
#include "base/complain.h"

#include <stdarg.h>
#include <stdio.h>

static void (*prepare_stderr)(void);

void complain_after(void (*prepare)(void))
{
    prepare_stderr = prepare;
}

void complain(char const *hint, char const *format, ...)
{
    va_list arguments;

    if (prepare_stderr != NULL)
        prepare_stderr();
    fputs("slablab: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    if (hint != NULL)
        fprintf(stderr, "  try: %s\n", hint);
}
