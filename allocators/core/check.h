/* check.h -- invariants that a debug build (make DEBUG=1) checks; other builds contain none of it.
 *
 * A part with an invariant has a function `..._check` that walks the structures in question and
 * calls check for each claim. It is called at the end of slow paths, under `if (DEBUGGING)`.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CHECK_H
#define SLABLAB_CHECK_H

#include "core/message.h"

_Noreturn NOINLINE void check_abort_slow(char const *invariant, uint64_t number)
{
    struct message message = message_begin();

    message_text(&message, "broken invariant: ");
    message_text(&message, invariant);
    message_text(&message, " (");
    message_number(&message, number, 10);
    message_text(&message, ")");
    message_abort(&message, "make fuzz, which finds a short way there");
}

/* number: the value most useful for debugging. */
static inline void check(bool holds, char const *invariant, uint64_t number)
{
    if (!holds)
        check_abort_slow(invariant, number);
}

#endif
