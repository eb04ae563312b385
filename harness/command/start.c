/* start.c -- signals, descriptors and limits as a parent may have left them.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "command/start.h"

#include "base/complain.h"
#include "base/hint.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A file that is opened later must not become what is printed to. Printing to a standard output
 * that was closed fails, as it should. */
static void keep_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* An ignored SIGCHLD would take away how samples ended; a blocked SIGTERM would not arrive. */
static void reset_signals(void)
{
    struct sigaction action;
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int number = 1; number < SIGRTMIN; number++)
        if (number != SIGHUP && number != SIGINT && sigaction(number, NULL, &action) == 0 &&
            action.sa_handler == SIG_IGN)
            signal(number, SIG_DFL);
    signal(SIGXFSZ, SIG_IGN); /* samples get its default back (sample.c) */
}

void start_clean(void)
{
    keep_standard_descriptors();
    reset_signals();
}

bool start_is_possible(void)
{
    if (access("/proc/self/exe", F_OK) != 0) {
        complain("mount -t proc proc /proc", "/proc is not there, and much is read in it");
        return false;
    }
    pid_t const child = fork();
    if (child == 0)
        _exit(0);
    if (child < 0) {
        complain(hint_for(errno, "ulimit -u; free"), "cannot start a process: %s",
                 strerror(errno));
        return false;
    }
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    return true;
}
