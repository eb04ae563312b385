/* capture.c -- captures the output of another program.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* pipe2 */
#include "base/capture.h"

#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int spawn_writing_to(int output, char *const *arguments, pid_t *child)
{
    posix_spawn_file_actions_t actions;
    int fault = posix_spawn_file_actions_init(&actions);

    if (fault != 0)
        return fault;
    if ((fault = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)) == 0
        && (fault = posix_spawn_file_actions_adddup2(&actions, output, 1)) == 0
        && (fault = posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)) == 0)
        fault = posix_spawnp(child, arguments[0], &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return fault;
}

static char *read_to_end(int input)
{
    char *text = text_copy("");
    char piece[4097];
    ssize_t got = 0;

    while ((got = read(input, piece, sizeof piece - 1)) > 0 || (got < 0 && errno == EINTR)) {
        if (got < 0)
            continue;
        piece[got] = '\0';
        text_append(&text, "%s", piece);
    }
    return text;
}

/* NULL when the child exited with 0. */
static char *describe_end(pid_t child)
{
    int status = 0;

    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return text_copy(strerror(errno));
    if (WIFSIGNALED(status))
        return text_format("it was ended by signal %d", WTERMSIG(status));
    return WEXITSTATUS(status) == 0 ? NULL : text_format("it exited with %d", WEXITSTATUS(status));
}

static char *run_to_end(char *const *arguments, char **text)
{
    int ends[2];
    pid_t child = 0;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return text_copy(strerror(errno));
    int const fault = spawn_writing_to(ends[1], arguments, &child);
    close(ends[1]);
    char *problem = NULL;
    if (fault != 0) {
        problem = text_copy(strerror(fault));
    } else {
        *text = read_to_end(ends[0]);
        problem = describe_end(child);
    }
    close(ends[0]);
    return problem;
}

char *capture(char *const *arguments, char **why)
{
    char *text = NULL;
    char *const problem = run_to_end(arguments, &text);

    if (problem == NULL)
        return text;
    if (why != NULL)
        *why = text_format("%s: %s", arguments[0], problem);
    free(problem);
    free(text);
    return NULL;
}

/* Standard output and error, both into one pipe. */
static int spawn_saying_all(int output, char *const *arguments, char *const *environment,
                            pid_t *child)
{
    posix_spawn_file_actions_t actions;
    int fault = posix_spawn_file_actions_init(&actions);

    if (fault != 0)
        return fault;
    if ((fault = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)) == 0
        && (fault = posix_spawn_file_actions_adddup2(&actions, output, 1)) == 0
        && (fault = posix_spawn_file_actions_adddup2(&actions, output, 2)) == 0)
        fault = posix_spawn(child, arguments[0], &actions, NULL, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    return fault;
}

char *capture_all(char *const *arguments, char *const *environment, bool *succeeded)
{
    int ends[2];
    pid_t child = 0;

    *succeeded = false;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return text_copy(strerror(errno));
    int const fault = spawn_saying_all(ends[1], arguments, environment, &child);
    close(ends[1]);
    char *text = fault != 0 ? text_copy(strerror(fault)) : read_to_end(ends[0]);
    char *const problem = fault == 0 ? describe_end(child) : NULL;
    *succeeded = fault == 0 && problem == NULL;
    if (problem != NULL && *text == '\0')
        text_append(&text, "%s", problem);
    free(problem);
    close(ends[0]);
    return text;
}

char *capture_line(char *const *arguments, char **why)
{
    char *const text = capture(arguments, why);

    for (size_t end = text != NULL ? strlen(text) : 0;
         end > 0 && isspace((unsigned char)text[end - 1]); end--)
        text[end - 1] = '\0';
    return text;
}
