/* logged.c -- a shell in a process group of its own.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/logged.h"

#include "base/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CANNOT_BEGIN = 126, LOOKS_BEFORE_KILL = 100 };

static struct timespec const LOOK_INTERVAL = {.tv_nsec = 20000000};

/* In the child. */
static _Noreturn void become(char const *folder, char const *command, char const *const *unset,
                             struct words const *set, char const *log)
{
    int const input = open("/dev/null", O_RDONLY);
    int const output = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0644);

    setpgid(0, 0);
    signal(SIGXFSZ, SIG_DFL);
    if (input < 0 || output < 0 || dup2(input, STDIN_FILENO) < 0 ||
        dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0 || chdir(folder) != 0)
        _exit(CANNOT_BEGIN);
    close(input);
    close(output);
    for (; *unset != NULL; unset++)
        unsetenv(*unset);
    for (size_t i = 0; i < set->count; i++)
        putenv(set->word[i]);
    setenv("PWD", folder, 1);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(CANNOT_BEGIN);
}

/* Of its group, whose leader may have gone before what it started. */
static void end_group(pid_t child, unsigned *looks)
{
    kill(-child, *looks == 0 ? SIGTERM : *looks < LOOKS_BEFORE_KILL ? 0 : SIGKILL);
    *looks += 1;
}

static int wait_for(pid_t child)
{
    int status = 0;
    unsigned looks = 0;

    for (;;) {
        pid_t const ended = waitpid(child, &status, WNOHANG);
        if (ended == child || (ended < 0 && errno != EINTR))
            break;
        if (interrupted())
            end_group(child, &looks);
        nanosleep(&LOOK_INTERVAL, NULL);
    }
    if (interrupted())
        kill(-child, SIGKILL);
    return status;
}

bool logged_run(char const *folder, char const *command, char const *const *unset,
                struct words const *set, char const *log, char **why)
{
    pid_t const child = fork();

    if (child == 0)
        become(folder, command, unset, set, log);
    if (child > 0)
        setpgid(child, child); /* whichever of the two is first */
    int const status = child > 0 ? wait_for(child) : -1;
    bool const good = status == 0;
    if (good)
        return true;
    if (child < 0)
        *why = text_format("it cannot be started: %s", strerror(errno));
    else if (WIFSIGNALED(status))
        *why = text_format("it was ended by signal %d", WTERMSIG(status));
    else
        *why = text_format("it exited with %d", WEXITSTATUS(status));
    return false;
}
