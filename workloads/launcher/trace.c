/* trace.c -- each process of a program asked at its end whether the arm's allocator is in it.
 *
 * What is linked statically, or started with another environment, has no witness: only who watches
 * it from outside knows of it. A traced program stops at every signal, so this is for attestation.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "launcher.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    OPTIONS = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
              PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL,
    LINE_MAX_BYTES = 4352, /* a path, and what stands before it */
};

void trace_me(void)
{
    ptrace(PTRACE_TRACEME, 0, NULL, NULL); /* where that is refused, nothing is known */
}

/* The inode of the last object that the arm preloads; 0: it is the C library's own malloc. */
static unsigned long object_inode(void)
{
    char const *const preload = getenv("LD_PRELOAD");
    char const *const colon = preload != NULL ? strrchr(preload, ':') : NULL;
    struct stat status;

    return colon != NULL && stat(colon + 1, &status) == 0 ? status.st_ino : 0;
}

/* By the inode, for the path may be a link's. */
static bool has_loaded(pid_t process, unsigned long inode)
{
    char path[32];
    char line[LINE_MAX_BYTES];
    unsigned long found = 0;
    bool loaded = false;

    snprintf(path, sizeof path, "/proc/%d/maps", (int)process);
    FILE *const maps = fopen(path, "re");
    if (maps == NULL)
        return true; /* it is no process any more */
    while (!loaded && fgets(line, sizeof line, maps) != NULL)
        loaded = inode != 0
            ? sscanf(line, "%*s %*s %*s %*s %lu", &found) == 1 && found == inode
            : strstr(line, "/libc.so.6") != NULL || strstr(line, "/libc-2.") != NULL;
    fclose(maps);
    return loaded;
}

/* A thread's end is not its process's. */
static bool is_process(pid_t id)
{
    char path[48];

    snprintf(path, sizeof path, "/proc/%d/task/%d", (int)id, (int)id);
    return access(path, F_OK) == 0;
}

static void ask(struct region *page, pid_t process)
{
    struct region_witness *const witness = &page->witness;
    char path[32];

    if (!is_process(process) || has_loaded(process, object_inode()))
        return;
    if (witness->unserved++ == 0 && witness->foreign == 0) {
        snprintf(path, sizeof path, "/proc/%d/exe", (int)process);
        ssize_t const length = readlink(path, witness->program, sizeof witness->program - 1);
        witness->program[length > 0 ? length : 0] = 0;
    }
}

/* Lets a stopped process go on, with the signal that it stopped for. */
static void answer(struct region *page, pid_t process, int status)
{
    int const event = status >> 16;
    int const number = WSTOPSIG(status);

    if (event == PTRACE_EVENT_EXIT)
        ask(page, process);
    if (event == 0 && number == SIGTRAP)
        ptrace(PTRACE_SETOPTIONS, process, NULL, OPTIONS); /* its first exec */
    bool const ours = event != 0 || number == SIGTRAP || number == SIGSTOP;
    ptrace(PTRACE_CONT, process, NULL, ours ? 0 : number);
}

pid_t trace_wait(struct region *page, int flags, int *status)
{
    pid_t process;

    while ((process = waitpid(-1, status, flags | __WALL)) > 0 && WIFSTOPPED(*status))
        answer(page, process, *status);
    return process;
}
