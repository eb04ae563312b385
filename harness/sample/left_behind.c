/* left_behind.c -- children found in /proc, killed until there are none.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "sample/left_behind.h"

#include "base/text.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Each kill makes its own children ours; a fork that races with it is found in the next round. */
enum { ROUNDS = 200 };

static struct timespec const ROUND_INTERVAL = {.tv_nsec = 1000000};

void left_behind_adopt(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

/* Reaps what has ended. Returns how many a SIGKILL has ended; *more: some are alive. */
static size_t reap(bool *more)
{
    size_t killed = 0;
    int status = 0;
    pid_t child;

    while ((child = waitpid(-1, &status, WNOHANG)) > 0 || (child < 0 && errno == EINTR))
        killed += child > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    *more = child == 0;
    return killed;
}

static void kill_children(void)
{
    char *const path = text_format("/proc/self/task/%d/children", (int)getpid());
    char *const text = text_of_file(path, NULL);
    struct words pids = words_of(text != NULL ? text : "");

    for (size_t i = 0; i < pids.count; i++)
        kill((pid_t)atol(pids.word[i]), SIGKILL);
    words_free(&pids);
    free(text);
    free(path);
}

size_t left_behind_kill(void)
{
    bool more = false;
    size_t killed = reap(&more);

    for (int round = 0; more && round < ROUNDS; round++) {
        kill_children();
        nanosleep(&ROUND_INTERVAL, NULL);
        killed += reap(&more);
    }
    return killed;
}
