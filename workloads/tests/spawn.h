/* spawn.h -- runs a program and keeps what it says: status, standard output, standard error.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SPAWN_H
#define SLABLAB_SPAWN_H

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SPAWN_TEXT_MAX = 16384, SPAWN_ARGUMENTS_MAX = 16 };

struct spawned {
    int status; /* of exit; 128 + signal when one ended it */
    char output[SPAWN_TEXT_MAX];
    char error[SPAWN_TEXT_MAX];
};

/* The build directory of the running test: .../build/workloads/tests/<test>. */
static inline char const *spawn_build_directory(void)
{
    static char path[PATH_MAX];
    ssize_t const length = readlink("/proc/self/exe", path, sizeof path - 1);

    if (length < 0)
        abort();
    path[length] = 0;
    for (int i = 0; i < 3; i++)
        *strrchr(path, '/') = 0;
    return path;
}

static inline void spawn_take(int file, char *text)
{
    ssize_t const length = pread(file, text, SPAWN_TEXT_MAX - 1, 0);

    text[length < 0 ? 0 : length] = 0;
    close(file);
}

/* words: the program's path, relative to the build directory unless it begins with '/', and its
 * arguments, with single blanks between. preload: NULL, or a path for LD_PRELOAD. */
static inline struct spawned *spawn(char const *words, char const *preload)
{
    static struct spawned spawned;
    static char copy[2 * PATH_MAX];
    static char assignment[PATH_MAX + sizeof "LD_PRELOAD="];
    char *arguments[SPAWN_ARGUMENTS_MAX + 1] = {NULL};
    char *environment[] = {preload == NULL ? NULL : assignment, NULL};
    int const output = memfd_create("output", MFD_CLOEXEC);
    int const error = memfd_create("error", MFD_CLOEXEC);
    size_t count = 0;
    int status;

    snprintf(assignment, sizeof assignment, "LD_PRELOAD=%s", preload == NULL ? "" : preload);
    if (words[0] == '/')
        snprintf(copy, sizeof copy, "%s", words);
    else
        snprintf(copy, sizeof copy, "%s/%s", spawn_build_directory(), words);
    for (char *word = strtok(copy, " "); word != NULL && count < SPAWN_ARGUMENTS_MAX;
         word = strtok(NULL, " "))
        arguments[count++] = word;

    pid_t const child = fork();
    if (child == 0) {
        struct rlimit const limit = {UINT64_C(1) << 36, UINT64_C(1) << 36};
        setrlimit(RLIMIT_AS, &limit);
        dup2(output, STDOUT_FILENO);
        dup2(error, STDERR_FILENO);
        execve(arguments[0], arguments, environment);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        abort();
    spawned.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    spawn_take(output, spawned.output);
    spawn_take(error, spawned.error);
    return &spawned;
}

#endif
