/* child.h -- a function run in a forked child, with what it wrote to stderr.
 *
 * The child must not use cmocka's assertions: they would jump back into its copy of the test run.
 * It reports by its exit status instead, and a hung child is ended by SIGALRM.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TESTS_CHILD_H
#define SLABLAB_TESTS_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILD_SECONDS_MAX = 300, CHILD_TEXT_MAX = 4096 };

struct child {
    int status;                /* as waitpid gives it; -1: it could not be started */
    char text[CHILD_TEXT_MAX]; /* the beginning of its stderr */
};

typedef int child_function(void *argument);

/* Undoes what the parent's test runner installed; a death under test leaves no core file. */
static inline void child_become_ordinary(int stderr_descriptor)
{
    static int const signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGSYS, SIGALRM};
    struct rlimit const no_core = {0, 0};

    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        signal(signals[i], SIG_DFL);
    setrlimit(RLIMIT_CORE, &no_core);
    alarm(CHILD_SECONDS_MAX);
    dup2(stderr_descriptor, STDERR_FILENO);
}

static inline void child_read_text(struct child *child, int descriptor)
{
    size_t used = 0;

    for (;;) {
        char spill[256];
        bool const room = used < CHILD_TEXT_MAX - 1;
        ssize_t const got = room ? read(descriptor, child->text + used, CHILD_TEXT_MAX - 1 - used)
                                 : read(descriptor, spill, sizeof spill);
        if (got <= 0)
            break;
        used += room ? (size_t)got : 0;
    }
    child->text[used] = '\0';
}

static inline void child_run(struct child *child, child_function *function, void *argument)
{
    int ends[2];

    child->status = -1;
    child->text[0] = '\0';
    if (pipe(ends) != 0)
        return;
    fflush(NULL);
    pid_t const pid = fork();
    if (pid == 0) {
        close(ends[0]);
        child_become_ordinary(ends[1]);
        _exit(function(argument));
    }
    close(ends[1]);
    if (pid > 0)
        child_read_text(child, ends[0]);
    close(ends[0]);
    if (pid > 0 && waitpid(pid, &child->status, 0) != pid)
        child->status = -1;
}

/* ThreadSanitizer, where it is linked, has a forked child's new thread for one of the parent's that
 * has the same address, and gives up ("dup thread with used id"). AddressSanitizer does not guard
 * its own allocator's locks at a fork (gcc 12): where another thread was just starting, and so
 * held one, the child's new thread waits for it for ever. */
void __tsan_init(void) __attribute__((weak));
void __asan_init(void) __attribute__((weak));

static inline bool child_can_start_threads(void)
{
    return __tsan_init == NULL && __asan_init == NULL;
}

static inline bool child_succeeded(struct child const *child)
{
    return child->status != -1 && WIFEXITED(child->status) && WEXITSTATUS(child->status) == 0;
}

static inline bool child_aborted(struct child const *child)
{
    return child->status != -1 && WIFSIGNALED(child->status) && WTERMSIG(child->status) == SIGABRT;
}

#endif
