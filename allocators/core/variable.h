/* variable.h -- the SLABLAB_ variables that a phase reads: one list of each, and no other name.
 *
 *   VARIABLE(SLABLAB_SMALLMID);   where a part reads it
 *
 * The names are strings in slablab_variables, a final 0 behind each; `slablab plan` reads them
 * there. A name of nothing, such as SLABLAB_SMALMID, would be measured as if it were unset, so it
 * ends the process at its start.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_VARIABLE_H
#define SLABLAB_VARIABLE_H

#include "core/layer.h"
#include "core/message.h"

LAYER(backend);

#define VARIABLE(name) VARIABLE_DECLARE(#name)
#define VARIABLE_DECLARE(name)                                  \
    __asm__(".pushsection slablab_variables,\"a\",@progbits\n" \
            ".string \"" name "\"\n"                            \
            ".popsection")

VARIABLE_DECLARE(""); /* of a phase that reads none the list is there too */

extern char const variables_begin[] __asm__("__start_slablab_variables")
    __attribute__((visibility("hidden")));
extern char const variables_end[] __asm__("__stop_slablab_variables")
    __attribute__((visibility("hidden")));

extern char **environ;

static char const variable_prefix[] = "SLABLAB_";

/* The harness's and the tests', which any process may have. */
static char const *const variables_of_others[] = {"SLABLAB_REGION", "SLABLAB_PAD", "SLABLAB_LOCK",
                                                  "SLABLAB_LINKED"};

/* An assignment of that variable? */
static inline bool variable_is(char const *assignment, char const *name)
{
    size_t const length = strlen(name);

    return length > 0 && strncmp(assignment, name, length) == 0 && assignment[length] == '=';
}

static inline bool variable_is_known(char const *assignment)
{
    for (char const *name = variables_begin; name < variables_end; name += strlen(name) + 1)
        if (variable_is(assignment, name))
            return true;
    for (size_t i = 0; i < sizeof variables_of_others / sizeof *variables_of_others; i++)
        if (variable_is(assignment, variables_of_others[i]))
            return true;
    return false;
}

_Noreturn NOINLINE void variable_abort_slow(char const *assignment)
{
    struct message message = message_begin();
    struct message hint = {.length = 0};

    message_text(&message, "environment: ");
    message_bytes(&message, assignment, strnlen(assignment, 80));
    message_text(&message, ": this phase reads no such variable");
    for (char const *name = variables_begin; name < variables_end; name += strlen(name) + 1) {
        message_text(&hint, *name == '\0' ? "" : hint.length == 0 ? "one of " : ", ");
        message_text(&hint, name);
    }
    if (hint.length == 0)
        message_text(&hint, "no SLABLAB_ variable; it reads none");
    hint.text[hint.length < sizeof hint.text ? hint.length : sizeof hint.text - 1] = '\0';
    message_abort(&message, hint.text);
}

/* Once, at the process's start. */
static inline void variables_check(void)
{
    for (char **entry = environ; *entry != NULL; entry++)
        if (strncmp(*entry, variable_prefix, sizeof variable_prefix - 1) == 0 &&
            !variable_is_known(*entry))
            variable_abort_slow(*entry);
}

#endif
