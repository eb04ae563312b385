/* spawn.h -- runs a program and captures its status, standard output and standard error.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SPAWN_H
#define SLABLAB_SPAWN_H

#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SPAWN_TEXT_MAX = 16384, SPAWN_WORDS_MAX = 16 };

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

struct spawn_words {
    char *word[SPAWN_WORDS_MAX + 1]; /* ends with NULL */
    char text[2 * PATH_MAX];
};

/* words: the program's path, relative to the build directory unless it begins with '/', and its
 * arguments, separated by single blanks. */
static inline void spawn_split(char const *words, struct spawn_words *split)
{
    size_t count = 0;

    if (words[0] == '/')
        snprintf(split->text, sizeof split->text, "%s", words);
    else
        snprintf(split->text, sizeof split->text, "%s/%s", spawn_build_directory(), words);
    for (char *word = strtok(split->text, " "); word != NULL && count < SPAWN_WORDS_MAX;
         word = strtok(NULL, " "))
        split->word[count++] = word;
    split->word[count] = NULL;
}

static inline int spawn_wait(pid_t child)
{
    int status;

    if (child < 0 || waitpid(child, &status, 0) != child)
        abort();
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* preload: NULL, or a path for LD_PRELOAD. The answer lives until the next call. */
static inline struct spawned *spawn(char const *words, char const *preload)
{
    static struct spawned spawned;
    static struct spawn_words split;
    static char assignment[PATH_MAX + sizeof "LD_PRELOAD="];
    char *environment[] = {preload == NULL ? NULL : assignment, NULL};
    int const output = memfd_create("output", MFD_CLOEXEC);
    int const error = memfd_create("error", MFD_CLOEXEC);

    snprintf(assignment, sizeof assignment, "LD_PRELOAD=%s", preload == NULL ? "" : preload);
    spawn_split(words, &split);

    pid_t const child = fork();
    if (child == 0) {
        struct rlimit const limit = {UINT64_C(1) << 36, UINT64_C(1) << 36};
        setrlimit(RLIMIT_AS, &limit);
        dup2(output, STDOUT_FILENO);
        dup2(error, STDERR_FILENO);
        execve(split.text, split.word, environment);
        _exit(127);
    }
    spawned.status = spawn_wait(child);
    spawn_take(output, spawned.output);
    spawn_take(error, spawned.error);
    return &spawned;
}

#endif
