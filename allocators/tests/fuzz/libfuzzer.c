/* libfuzzer.c -- the walk as a target of libFuzzer, which supplies the decisions.
 *
 * Each input is walked in a child, so that it begins with a fresh allocator and what it shows can
 * be repeated by `fuzz input`; the child's coverage counters are carried over to libFuzzer's.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <signal.h>

#include "tests/fuzz/walk.h"

enum { INPUT_SECONDS_MAX = 30, INPUT_BYTES_MAX = 8192 };

/* clang's counters of edges: the phase's, since this file is compiled without. (Where it is not,
 * clang declares these symbols itself, and the two declarations come apart.) */
extern uint8_t counters_begin[] __asm__("__start___sancov_cntrs");
extern uint8_t counters_end[] __asm__("__stop___sancov_cntrs");

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);

static size_t counters_bytes(void)
{
    return (size_t)((uintptr_t)counters_end - (uintptr_t)counters_begin);
}

_Noreturn static void walk_input(uint8_t const *data, size_t size, uint8_t *counters)
{
    static char replay[2 * INPUT_BYTES_MAX + 64] = "fuzz input ";
    size_t length = strlen(replay);

    for (size_t i = 0; i < size && i < INPUT_BYTES_MAX; i++)
        length += (size_t)snprintf(replay + length, 3, "%02x", data[i]);
    whereabouts_begin(replay);
    signal(SIGALRM, SIG_DFL);
    alarm(INPUT_SECONDS_MAX);
    walk.decisions = decisions_of_input(data, size);
    walk_on(UINT64_MAX);
    walk_end();
    memcpy(counters, counters_begin, counters_bytes());
    _exit(0);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
    static uint8_t *counters;
    size_t const bytes = counters_bytes();
    int status = -1;

    if (counters == NULL)
        counters = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (counters == MAP_FAILED)
        abort();
    pid_t const child = fork();
    if (child == 0)
        walk_input(data, size, counters);
    while (child > 0 && waitpid(child, &status, 0) != child && errno == EINTR)
        continue; /* libFuzzer's own alarm */
    if (status != 0)
        abort();
    memcpy(counters_begin, counters, bytes);
    return 0;
}
