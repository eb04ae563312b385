/* complain.c -- one form for every error.
 *
 * SPDX-License-Identifier: MIT */
#include "complain.h"

#include <stdarg.h>
#include <stdio.h>

void complain(char const *hint, char const *format, ...)
{
    va_list arguments;

    fputs("slablab: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    if (hint != NULL)
        fprintf(stderr, "  try: %s\n", hint);
}
