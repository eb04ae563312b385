/* thp.c -- what the machine gives, and what a process can do without.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "machine/thp.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXCEPT_ADVISED = 1 << 1 }; /* PR_THP_DISABLE_EXCEPT_ADVISED, of Linux 6.18 */

static char const setting[] = "/sys/kernel/mm/transparent_hugepage/enabled";
static char const *const names[] = {[THP_INHERITED] = "",
                                    [THP_NEVER] = "never",
                                    [THP_MADVISE] = "madvise",
                                    [THP_ALWAYS] = "always"};

char const *thp_name(enum thp thp)
{
    return names[thp];
}

bool thp_named(char const *name, enum thp *thp)
{
    for (*thp = THP_NEVER; *thp <= THP_ALWAYS; (*thp)++)
        if (text_equal(names[*thp], name))
            return true;
    return false;
}

/* What the machine gives: the word in brackets. THP_NEVER where there is no such file. */
static enum thp given(void)
{
    char *const text = text_of_file(setting, NULL);
    enum thp found = THP_NEVER;

    for (enum thp thp = THP_NEVER; text != NULL && thp <= THP_ALWAYS; thp++) {
        char *const word = text_format("[%s]", names[thp]);
        if (strstr(text, word) != NULL)
            found = thp;
        free(word);
    }
    free(text);
    return found;
}

/* False where the kernel cannot. */
static bool ask_for(enum thp thp)
{
    switch (thp) {
    case THP_NEVER: return prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) == 0;
    case THP_MADVISE: return prctl(PR_SET_THP_DISABLE, 1, EXCEPT_ADVISED, 0, 0) == 0;
    case THP_INHERITED:
    case THP_ALWAYS: break;
    }
    return true;
}

/* In a process of its own, for it cannot be told without trying. */
static bool can_have(enum thp thp)
{
    int status = 0;
    pid_t const child = fork();

    if (child == 0)
        _exit(ask_for(thp) ? 0 : 1);
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

char *thp_fault(enum thp thp)
{
    enum thp const machine = given();

    if (thp == THP_INHERITED || thp == machine || (thp < machine && can_have(thp)))
        return NULL;
    if (thp > machine)
        return text_format("huge pages are '%s' on this machine, so a process cannot have '%s': "
                           "as root, echo %s > %s",
                           names[machine], names[thp], names[thp], setting);
    return text_format("this kernel cannot give a process huge pages as by '%s': Linux 6.18 or "
                       "later, or as root, echo %s > %s",
                       names[thp], names[thp], setting);
}

void thp_become(enum thp thp)
{
    ask_for(thp);
}
