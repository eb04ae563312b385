/* fake_workload.h -- a workload that misbehaves as its environment says, inside the test's own
 * executable.
 *
 * A test that includes this starts its main with fake_workload_unless_test(); run as a sample, the
 * same executable then answers the harness by the protocol of region.h. FAKE=<word> chooses what
 * goes wrong, and FAKE_EVERY=<n> in which of the processes that share FAKE_TURNS=<file>: in each
 * n-th of them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_FAKE_WORKLOAD_H
#define SLABLAB_FAKE_WORKLOAD_H

#include "base/clock.h"
#include "workloads/region.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { FAKE_CPU_NS_PER_OPERATION = 100, FAKE_CHECKSUM = 0xabcdef };

static inline int fake_is(char const *word)
{
    char const *const fake = getenv("FAKE");

    return fake != NULL && strcmp(fake, word) == 0;
}

/* Each process leaves a byte in the file, so that its size is its turn. */
static inline void fake_take_turn(void)
{
    char const *const turns = getenv("FAKE_TURNS");
    char const *const every = getenv("FAKE_EVERY");
    FILE *const file = turns != NULL && every != NULL ? fopen(turns, "a") : NULL;

    if (file == NULL)
        return;
    fputc('.', file);
    if (ftell(file) % atoi(every) != 0)
        unsetenv("FAKE");
    fclose(file);
}

static inline uint64_t fake_operations(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], "operations=", 11) == 0)
            return strtoull(argv[i] + 11, NULL, 10);
    return 1;
}

/* Fails where a descriptor of the harness is open here: a file in memory called `leak`. */
static inline void fake_look_for_leaks(void)
{
    char path[32];
    char target[64];

    for (int fd = 3; fd < 1024; fd++) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        ssize_t const length = readlink(path, target, sizeof target - 1);
        target[length > 0 ? length : 0] = '\0';
        if (strstr(target, "leak") != NULL)
            fputs(target, stderr), exit(1);
    }
}

/* What a sample must not inherit: fails with the words of what is there. */
static inline void fake_tell_limits(void)
{
    struct rlimit core = {1, 1};
    struct sigaction action;
    sigset_t blocked;

    getrlimit(RLIMIT_CORE, &core);
    sigprocmask(SIG_SETMASK, NULL, &blocked);
    sigaction(SIGXFSZ, NULL, &action);
    fprintf(stderr, "core %d, blocked %d, SIGXFSZ ignored %d\n", (int)core.rlim_cur,
            sigismember(&blocked, SIGTERM), action.sa_handler == SIG_IGN);
    exit(3);
}

/* Fails with how many CPUs it may run on. */
static inline void fake_tell_cpus(void)
{
    cpu_set_t own;

    sched_getaffinity(0, sizeof own, &own);
    fprintf(stderr, "%d\n", CPU_COUNT(&own));
    exit(3);
}

static inline void fake_misbehave(void)
{
    if (fake_is("exit"))
        fputs("no such size\n", stderr), exit(1);
    if (fake_is("crash"))
        fputs("tag byte overrun\n", stderr), raise(SIGSEGV);
    if (fake_is("daemon") && fork() == 0) {
        setsid();
        pid_t const inner = fork();
        if (inner == 0)
            for (;;)
                pause();
        fprintf(stderr, "%d %d\n", (int)getpid(), (int)inner);
        for (;;)
            pause();
    }
    if (fake_is("daemon")) /* until both have been named */
        while (lseek(STDERR_FILENO, 0, SEEK_CUR) == 0)
            usleep(1000);
    if (fake_is("daemon"))
        exit(3);
    if (fake_is("cpus"))
        fake_tell_cpus();
    if (fake_is("limits"))
        fake_tell_limits();
    if (fake_is("killed"))
        raise(SIGKILL);
    if (fake_is("abort"))
        abort();
    if (fake_is("refused"))
        exit(3);
    if (fake_is("hang"))
        fputs("waiting\n", stderr), pause();
    if (fake_is("descriptors"))
        fake_look_for_leaks();
    if (fake_is("mutter"))
        fprintf(stderr, "setting %d is unknown\n", getpid());
    if (fake_is("silent"))
        exit(0);
    if (fake_is("shout"))
        for (int i = 0; i < 10000; i++)
            fputs("\x80 far too much\n", stderr);
    if (fake_is("shout"))
        exit(3);
}

static inline void fake_report(struct region *region, uint64_t operations)
{
    char const *const preload = getenv("LD_PRELOAD");
    char const *const object = preload == NULL ? "/lib/libc.so.6" : preload;

    region->operations = operations;
    region->checksum = fake_is("checksum") ? 1 : FAKE_CHECKSUM;
    region->cpu_ns = operations * FAKE_CPU_NS_PER_OPERATION;
    region->wall_ns = region->cpu_ns;
    region->began_monotonic_ns = clock_ns(CLOCK_MONOTONIC);
    region->ended_monotonic_ns = region->began_monotonic_ns + region->wall_ns;
    snprintf(region->object, sizeof region->object, "%s",
             fake_is("allocator") ? "/bin/sh" : object);
    if (getenv("FAKE_TIERS") != NULL) {
        region->tier_count = 3;
        snprintf(region->tier[0].name, REGION_NAME_MAX, "tiny_allocations");
        snprintf(region->tier[1].name, REGION_NAME_MAX, "libc_allocations");
        snprintf(region->tier[2].name, REGION_NAME_MAX, "tiny_frees");
        region->tier[0].value = 900;
        region->tier[1].value = 100;
        region->tier[2].value = 5000;
    }
    region->state = REGION_REPORTED;
}

static inline void fake_workload_unless_test(int argc, char **argv)
{
    char const *const fd = getenv("SLABLAB_REGION");
    struct region *region;

    if (fd == NULL)
        return;
    fake_take_turn();
    fake_misbehave();
    region = mmap(NULL, sizeof *region, PROT_READ | PROT_WRITE, MAP_SHARED, atoi(fd), 0);
    if (region == MAP_FAILED || region->magic != REGION_MAGIC)
        exit(4);
    fake_report(region, fake_operations(argc, argv));
    exit(0);
}

#endif
