/* paths.c -- counts the instructions between a call of malloc or free and its return, exactly.
 *
 * A forked child is stepped through by the parent, which counts from the function's first
 * instruction to the one that it returns to. The lists are warm, so nothing is on the way but the
 * straight path; what that runs in another library, as by a slow path, would be counted too.
 *
 *   paths baseline       prints the words it is given in front of each line:
 *   baseline malloc 100 16    malloc(100) ran 16 instructions, the return among them
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/preloaded.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 4, SKIPPED = 77 };

static size_t const sizes[] = {100, 500, 1000};
enum { SIZES = sizeof sizes / sizeof *sizes, CALLS = 2 * SIZES };

/* In place of plain calls, so that the compiler leaves each as it stands. */
static void *(*volatile const take)(size_t) = malloc;
static void (*volatile const give)(void *) = free;

/* The calls whose paths are counted, and before that the ones that warm the lists. */
static void walk(void)
{
    for (uint32_t i = 0; i < SIZES; i++)
        give(take(sizes[i]));
}

/* Steps through the child, which is stopped before a walk: the instructions of each call. */
static int count(pid_t child, uint32_t instructions[CALLS])
{
    uint64_t const entries[] = {(uintptr_t)malloc, (uintptr_t)free};
    uint64_t return_address = 0;
    uint32_t call = 0;
    int status = 0;

    while (call < CALLS) {
        struct user_regs_struct registers;
        if (ptrace(PTRACE_GETREGS, child, NULL, &registers) != 0)
            return -1;
        if (return_address == 0 && registers.rip == entries[call % 2]) {
            errno = 0;
            return_address = (uint64_t)ptrace(PTRACE_PEEKDATA, child, registers.rsp, NULL);
            if (errno != 0)
                return -1;
            instructions[call] = 0;
        } else if (return_address != 0 && registers.rip == return_address) {
            return_address = 0;
            call++;
            continue; /* free may be what it returns to */
        }
        instructions[call] += return_address != 0;
        if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) != 0 ||
            waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
            return -1;
    }
    return 0;
}

static int skip(char const *what)
{
    printf("paths: %s: %s\n  try: a machine whose kernel lets a program trace its child\n", what,
           strerror(errno));
    return SKIPPED;
}

/* A line for each call, or 1 if it did not run the same instructions in every round. */
static int report(char const *words, uint32_t instructions[ROUNDS][CALLS])
{
    for (uint32_t call = 0; call < CALLS; call++) {
        for (uint32_t round = 1; round < ROUNDS; round++)
            if (instructions[round][call] != instructions[0][call]) {
                fprintf(stderr, "paths: one call took %u instructions, then %u\n",
                        instructions[0][call], instructions[round][call]);
                return 1;
            }
        printf("%s %s %zu %u\n", words, call % 2 == 0 ? "malloc" : "free", sizes[call / 2],
               instructions[0][call]);
    }
    return 0;
}

int main(int argc, char **argv)
{
    uint32_t instructions[ROUNDS][CALLS] = {{0}};
    int status = 0;

    if (!preloaded_object_serves("malloc")) {
        fputs("paths: another object serves malloc\n", stderr);
        return 1;
    }
    walk();
    walk();
    pid_t const child = fork();
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(1);
        raise(SIGSTOP);
        for (uint32_t round = 0; round < ROUNDS; round++)
            walk();
        _exit(0);
    }
    if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
        return skip("ptrace(PTRACE_TRACEME)");
    for (uint32_t round = 0; round < ROUNDS; round++)
        if (count(child, instructions[round]) != 0)
            return skip("ptrace(PTRACE_SINGLESTEP)");
    kill(child, SIGKILL);
    return report(argc > 1 ? argv[1] : "", instructions);
}
