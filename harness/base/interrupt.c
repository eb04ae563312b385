/* interrupt.c -- a handler that counts signals and kills the running sample at the second.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t count;
static volatile sig_atomic_t victim; /* a process id fits: Linux gives none above 2^22 */

static void handle(int number)
{
    int const saved = errno;

    (void)number;
    count = count + 1;
    if (count > 1 && victim != 0)
        kill(-victim, SIGKILL);
    errno = saved;
}

void interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = handle};
    struct sigaction before;

    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* nohup has it ignored, and means it. */
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGHUP, &action, NULL);
}

bool interrupted(void)
{
    return count > 0;
}

void interrupt_kills(pid_t group)
{
    victim = group;
    /* The second signal may have arrived between the fork and this call. */
    if (count > 1 && group != 0)
        kill(-group, SIGKILL);
}
