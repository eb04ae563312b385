/* test_contract.c -- each promise, broken by a malloc of the test's own, is found and said.
 *
 * The workload is compiled into this test with its allocator's names replaced.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum trouble {
    NONE,
    MISALIGNED,
    ONE_CLASS,
    OVERLAPPING,
    DIRTY,
    FORGETFUL,
    MISALIGNED_LARGE,
    SMALL
};

static enum trouble trouble;
static unsigned char *next;

enum { HEADER = 16, ARENA_BYTES = 256 << 20 };

/* Never frees; 16 bytes before a block hold its size. */
static void *made(size_t alignment, size_t size)
{
    size_t const start = ((uintptr_t)next + HEADER + alignment - 1) & ~(alignment - 1);
    unsigned char *block = (unsigned char *)(uintptr_t)start;

    if (trouble == SMALL && size > 512)
        return NULL;
    memcpy(block - HEADER, &size, sizeof size);
    next = block + size;
    if (trouble == MISALIGNED || (trouble == ONE_CLASS && size == 136))
        next = block + size + 8, memmove(block + 8 - HEADER, &size, sizeof size), block += 8;
    if (trouble == OVERLAPPING && size == 136)
        next -= 48;
    return block;
}

static void *made_malloc(size_t size)
{
    return made(16, size);
}

static void *made_calloc(size_t count, size_t size)
{
    unsigned char *const block = made(16, count * size);

    if (block != NULL)
        memset(block, 0, count * size);
    if (block != NULL && trouble == DIRTY && size == 200)
        block[199] = 1;
    return block;
}

static void *made_realloc(void *old, size_t size)
{
    size_t old_size;
    unsigned char *const block = made(16, size);

    memcpy(&old_size, (unsigned char *)old - HEADER, sizeof old_size);
    if (block != NULL)
        memcpy(block, old, old_size < size ? old_size : size);
    if (trouble == FORGETFUL && block != NULL)
        block[0] ^= 1;
    return block;
}

static void *made_aligned(size_t alignment, size_t size)
{
    return (unsigned char *)made(alignment, size) + (trouble == MISALIGNED_LARGE ? 16 : 0);
}

static void made_free(void *block)
{
    (void)block;
}

#define malloc made_malloc
#define calloc made_calloc
#define realloc made_realloc
#define free made_free
#define aligned_alloc made_aligned
#include "../contract.c" /* NOLINT(bugprone-suspicious-include): with the malloc from above */
#undef free
#undef calloc

void *workload_map(size_t bytes)
{
    return calloc(1, bytes);
}

/* The workload's exit status under that trouble, and in `said` its sentence. */
static int status_under(enum trouble which, char *said, size_t bytes)
{
    int ends[2];
    int wait_status = 0;

    assert_int_equal(pipe(ends), 0);
    pid_t const child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        trouble = which;
        next = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        setup();
        run(2);
        _exit(0);
    }
    close(ends[1]);
    ssize_t const length = read(ends[0], said, bytes - 1);
    said[length > 0 ? length : 0] = '\0';
    close(ends[0]);
    waitpid(child, &wait_status, 0);
    return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1;
}

static void every_broken_promise_is_said(void **unused)
{
    static struct {
        enum trouble trouble;
        int status;
        char const *words;
    } const cases[] = {
        {NONE, 0, ""},
        {SMALL, 0, ""},
        {MISALIGNED, BROKEN, "8 bytes off a multiple of 16"},
        {ONE_CLASS, BROKEN, "malloc of 136 bytes"},
        {OVERLAPPING, BROKEN, "two live blocks overlap: malloc gave 136 bytes"},
        {DIRTY, BROKEN, "calloc of 200 bytes gave memory that is not zeroed: byte 199 is 1"},
        {FORGETFUL, BROKEN, "realloc"},
        {MISALIGNED_LARGE, BROKEN_ALIGNED, "aligned_alloc of 64 bytes"},
    };
    char said[1024];

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(status_under(cases[i].trouble, said, sizeof said), cases[i].status);
        if (strstr(said, cases[i].words) == NULL)
            fail_msg("'%s' is not in '%s'", cases[i].words, said);
        assert_true((said[0] == '\0') == (cases[i].status == 0));
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {cmocka_unit_test(every_broken_promise_is_said)};

    return cmocka_run_group_tests_name("contract", tests, NULL, NULL);
}
