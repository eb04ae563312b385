/* complain.c -- one form for every error.
 *
 * SPDX-License-Identifier: MIT */
#include "base/complain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*prepare_stderr)(void);
static char *(*own_command)(void);

void complain_after(void (*prepare)(void))
{
    prepare_stderr = prepare;
}

void complain_command(char *(*command)(void))
{
    own_command = command;
}

/* A command of slablab, at the beginning of a hint or behind a semicolon, begins with the word by
 * which a shell finds it. */
static void print_hint(char const *hint)
{
    static char const own[] = "slablab ";
    char *const command = own_command != NULL ? own_command() : NULL;

    fputs("  try: ", stderr);
    while (*hint != '\0') {
        if (command != NULL && strncmp(hint, own, strlen(own)) == 0) {
            fputs(command, stderr);
            hint += strlen(own) - 1;
        }
        size_t length = strcspn(hint, ";");
        length += strspn(hint + length, "; ");
        fwrite(hint, 1, length, stderr);
        hint += length;
    }
    fputc('\n', stderr);
    free(command);
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
        print_hint(hint);
}
