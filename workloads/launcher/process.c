/* process.c -- a program started, waited for, and its end passed on.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_NOT_EXECUTED = 127 };

extern char **environ;

static bool is_set(char *const *environment, size_t count, char const *assignment)
{
    size_t const name = strcspn(assignment, "=") + 1;

    for (size_t i = 0; i < count; i++)
        if (strncmp(environment[i], assignment, name) == 0)
            return true;
    return false;
}

/* What the launcher is given as a descriptor, its programs are as a path. */
static bool is_page(char const *assignment)
{
    static char const name[] = "SLABLAB_REGION=";

    return strncmp(assignment, name, sizeof name - 1) == 0;
}

/* The harness's environment is the arm's: LD_PRELOAD, and what the arm sets. */
static char **environment_of(struct request const *request, bool served)
{
    size_t inherited = 0;
    size_t count = 0;

    while (environ[inherited] != NULL)
        inherited++;
    char **const made = calloc(inherited + request->assignment_count + 1, sizeof *made);
    if (made == NULL)
        end_with(STATUS_FAILED, "free", "no memory for an environment");
    for (size_t i = 0; served && i < inherited; i++)
        if (!is_page(environ[i]))
            made[count++] = environ[i];
    for (size_t i = 0; i < request->assignment_count; i++)
        if (!is_set(made, count, request->assignments[i]))
            made[count++] = request->assignments[i];
    return made;
}

/* Runs in the launcher's memory until exec, so it calls little but the kernel. */
static _Noreturn void become(struct request const *request, char **arguments, char **environment,
                             bool served, char const *output)
{
    int const input = open(request->input, O_RDONLY | O_CLOEXEC);
    bool const moved = chdir(request->directory) == 0;
    int const out = output != NULL && moved
        ? open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)
        : STDOUT_FILENO;

    prctl(PR_SET_PDEATHSIG, SIGKILL); /* it ends with the launcher */
    if (input >= 0 && moved && out >= 0) {
        dup2(input, STDIN_FILENO);
        dup2(out, STDOUT_FILENO);
        close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
        if (served && request->traced)
            trace_me();
        execve(arguments[0], arguments + 1, environment);
    }
    dprintf(STDERR_FILENO, "cannot execute %s in %s with stdin %s: %s\n", arguments[0],
            request->directory, request->input, strerror(errno));
    _exit(EXIT_NOT_EXECUTED);
}

/* By itself, for what a function holds across vfork must not be in a register. vfork and not fork:
 * the faults of a copied launcher would be the program's. */
__attribute__((noinline)) static pid_t spawn(struct request const *request, char **arguments,
                                             char **environment, bool served,
                                             char const *output)
{
    pid_t const child = vfork();

    if (child == 0)
        /* NOLINTNEXTLINE(clang-analyzer-unix.Vfork): it changes nothing that the launcher has */
        become(request, arguments, environment, served, output);
    return child;
}

pid_t process_start(struct request const *request, char **arguments, bool served,
                    char const *output)
{
    char **const environment = environment_of(request, served);
    pid_t const child = spawn(request, arguments, environment, served, output);

    if (child < 0)
        end_with(STATUS_FAILED, "ulimit -u; free", "cannot start a process: %s", strerror(errno));
    free(environment);
    return child;
}

int process_wait(struct region *page, pid_t program, pid_t server, bool *server_ended)
{
    int status = 0;
    pid_t ended;

    do {
        ended = trace_wait(page, 0, &status);
        *server_ended = *server_ended || (server != 0 && ended == server);
    } while (ended != program && (ended >= 0 || errno == EINTR));
    while (trace_wait(page, WNOHANG, &(int){0}) > 0)
        ;
    return status;
}

void process_end_like(int wait_status)
{
    if (WIFSIGNALED(wait_status)) {
        signal(WTERMSIG(wait_status), SIG_DFL);
        raise(WTERMSIG(wait_status));
    }
    if (!WIFEXITED(wait_status) || WEXITSTATUS(wait_status) != 0)
        _exit(WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : STATUS_FAILED);
}
