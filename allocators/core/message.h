/* message.h -- fatal messages, written without allocating.
 *
 *   slablab baseline: free(0x7f31c0000040): double free of a tiny block of class 3 (tag 0xf3)
 *     try: valgrind, or gcc -fsanitize=address
 *
 * Knows write(2) and abort(3) only: it must work inside malloc, with any lock held.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_MESSAGE_H
#define SLABLAB_MESSAGE_H

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base.h"

struct message {
    char text[512]; /* what does not fit is cut off */
    size_t length;
};

static inline void message_bytes(struct message *message, char const *bytes, size_t count)
{
    size_t const room = sizeof message->text - message->length;

    count = count < room ? count : room;
    memcpy(message->text + message->length, bytes, count);
    message->length += count;
}

static inline void message_text(struct message *message, char const *text)
{
    message_bytes(message, text, strlen(text));
}

static inline void message_number(struct message *message, uint64_t number, uint32_t base)
{
    char digits[24];
    size_t start = sizeof digits;

    do {
        digits[--start] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    message_text(message, base == 16 ? "0x" : "");
    message_bytes(message, digits + start, sizeof digits - start);
}

/* Opens with the phase's name. The path is the name: phases/ss-reuse.c is ss-reuse. */
static inline struct message message_begin(void)
{
    char const *const path = __BASE_FILE__;
    char const *const slash = strrchr(path, '/');
    char const *const name = slash != NULL ? slash + 1 : path;
    char const *const dot = strrchr(name, '.');
    struct message message = {.length = 0};

    message_text(&message, "slablab ");
    message_bytes(&message, name, dot != NULL ? (size_t)(dot - name) : strlen(name));
    message_text(&message, ": ");
    return message;
}

/* Prints the message and what to try, and ends the process. */
_Noreturn static inline void message_abort(struct message *message, char const *hint)
{
    size_t written = 0;

    if (message->length > sizeof message->text - 160) /* leave room for the hint */
        message->length = sizeof message->text - 160;
    message_text(message, "\n  try: ");
    message_text(message, hint);
    message_text(message, "\n");
    while (written < message->length) {
        ssize_t const count =
            write(STDERR_FILENO, message->text + written, message->length - written);
        if (count <= 0)
            break;
        written += (size_t)count;
    }
    signal(SIGABRT, SIG_DFL); /* the program's handler might allocate, and a lock may be held */
    abort();
}

/* Complains about an environment variable's value: what, where, why, and what to try. */
_Noreturn static inline void message_abort_environment(char const *name, char const *value,
                                                       char const *why, char const *hint)
{
    struct message message = message_begin();

    message_text(&message, "environment: ");
    message_text(&message, name);
    message_text(&message, "='");
    message_bytes(&message, value, strnlen(value, 80));
    message_text(&message, "': ");
    message_text(&message, why);
    message_abort(&message, hint);
}

#endif
