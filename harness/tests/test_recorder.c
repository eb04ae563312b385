/* test_recorder.c -- real processes of every kind, recorded: no fault is missed, none invented.
 *
 * What getrusage counts and no exception tells of are the pages to which exec copies arguments: one
 * here, since all of them together are shorter than a page.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "fake_sample.h"
#include "instrument/fold.h"

#include <pthread.h>
#include <sys/wait.h>

enum { PAGE_BYTES = 4096, PAGES = 500, THREADS = 64, PAGES_OF_THREAD = 10, EXEC_PAGES = 1 };
enum { PERIOD_NS = 100003, SPIN_NS = 1000 * PERIOD_NS };

/* Returns where. */
static unsigned char volatile *touch(size_t pages)
{
    void *const memory = mmap(NULL, pages * PAGE_BYTES, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    madvise(memory, pages * PAGE_BYTES, MADV_NOHUGEPAGE);
    for (size_t i = 0; i < pages; i++)
        ((unsigned char volatile *)memory)[i * PAGE_BYTES] = 1;
    return memory;
}

static void *touch_in_thread(void *unused)
{
    touch(PAGES_OF_THREAD);
    return unused;
}

static void touch_in_threads(void)
{
    pthread_t thread[THREADS];

    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, touch_in_thread, NULL);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
}

static void touch_in_child(void)
{
    pid_t const child = fork();

    if (child == 0) {
        touch(PAGES);
        _exit(0);
    }
    waitpid(child, NULL, 0);
}

static void become_another(void)
{
    extern char **environ;
    char *const arguments[] = {"/proc/self/exe", "operations=1", NULL};

    touch(PAGES);
    setenv("FAKE", "touch", 1);
    execve(arguments[0], arguments, environ);
    exit(9);
}

/* CPU time spent in a function whose name is looked for, the same on every CPU. */
static __attribute__((noinline)) uint64_t spin(void)
{
    uint64_t value = 1;

    while (clock_ns(CLOCK_PROCESS_CPUTIME_ID) < SPIN_NS)
        for (uint64_t i = 0; i < 100000; i++)
            value = value * UINT64_C(6364136223846793005) + 1;
    return value;
}

/* What this executable does as a sample, before it answers as any fake workload does. */
static void act(void)
{
    if (fake_is("touch"))
        touch(PAGES);
    if (fake_is("fork"))
        touch_in_child();
    if (fake_is("exec"))
        become_another();
    if (fake_is("threads"))
        touch_in_threads();
    if (fake_is("killed")) {
        touch(PAGES);
        kill(getpid(), SIGKILL);
    }
    if (fake_is("spin") && spin() == 0)
        exit(1);
}

static int open_sampler(void **state)
{
    (void)state;
    return open_sampler_of(NULL, 0);
}

/* Records one process; the trace is the recorder's. */
static struct sample record(enum recording recording, char const *fake)
{
    sampler.recorder = recorder_new(recording, PERIOD_NS);
    assert_non_null(sampler.recorder);
    struct sample sample = run_fake(fake, "operations=1");
    sample_release(&sample);
    return sample;
}

static void forget(void)
{
    recorder_free(sampler.recorder);
    sampler.recorder = NULL;
}

static size_t count_kind(struct trace const *trace, enum trace_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < trace->event_count; i++)
        count += trace->events[i].kind == kind;
    return count;
}

static void all_faults_are_there(char const *fake, size_t at_least, size_t execs)
{
    struct sample const sample = record(RECORD_PAGE_FAULTS, fake);
    struct trace const *const trace = recorder_trace(sampler.recorder);
    size_t const faults = count_kind(trace, TRACE_FAULT);

    if (!recorder_sees_kernel(sampler.recorder))
        skip(); /* the faults of system calls are hidden from this user */
    assert_int_equal(sample.status, SAMPLE_OK);
    assert_int_equal(trace->lost, 0);
    assert_true(faults >= at_least);
    assert_int_equal(sample.process_minor_faults + sample.process_major_faults,
                     faults + execs * EXEC_PAGES);
    assert_int_equal(count_kind(trace, TRACE_EXEC), execs);
    forget();
}

static void plain(void **state)
{
    (void)state;
    all_faults_are_there("touch", PAGES, 1);
}

static void with_a_child(void **state)
{
    (void)state;
    all_faults_are_there("fork", PAGES, 1);
}

static void that_becomes_another(void **state)
{
    (void)state;
    all_faults_are_there("exec", (size_t)2 * PAGES, 2);
}

static void with_64_threads(void **state)
{
    (void)state;
    all_faults_are_there("threads", (size_t)THREADS * PAGES_OF_THREAD, 1);
}

static void killed_half_way(void **state)
{
    struct sample const sample = record(RECORD_PAGE_FAULTS, "killed");
    struct trace const *const trace = recorder_trace(sampler.recorder);

    (void)state;
    assert_int_equal(sample.status, SAMPLE_CRASHED);
    assert_int_equal(sample.signal, SIGKILL);
    assert_true(count_kind(trace, TRACE_FAULT) >= PAGES);
    assert_int_equal(count_kind(trace, TRACE_EXIT), 1);
    forget();
}

/* The touched pages are in the trace, one after another. */
static void addresses(void **state)
{
    struct sample const sample = record(RECORD_PAGE_FAULTS, "touch");
    struct trace const *const trace = recorder_trace(sampler.recorder);
    size_t in_a_row = 0;
    size_t longest = 0;
    uint64_t expected = 0;

    (void)state;
    assert_int_equal(sample.status, SAMPLE_OK);
    for (size_t i = 0; i < trace->event_count; i++) {
        struct trace_event const *const event = &trace->events[i];
        if (event->kind != TRACE_FAULT)
            continue;
        assert_int_equal(event->pid, sample.pid);
        in_a_row = event->detail == expected ? in_a_row + 1 : 1;
        longest = in_a_row > longest ? in_a_row : longest;
        expected = event->detail + PAGE_BYTES;
    }
    assert_in_range(longest, PAGES - 1, PAGES + 1);
    forget();
}

static bool spends_most(json_t const *found, char const *function)
{
    json_t const *const stacks = json_object_get(json_object_get(found, "profile"), "stacks");
    char const *const stack =
        json_string_value(json_object_get(json_array_get(stacks, 0), "stack"));
    char const *const innermost = stack != NULL ? strrchr(stack, ';') : NULL;

    return innermost != NULL && strcmp(innermost + 1, function) == 0;
}

/* A thousand periods; a virtual CPU that is taken away meanwhile misses some. */
static void samples(void **state)
{
    struct sample const sample = record(RECORD_CPU_TIME, "spin");
    struct trace const *const trace = recorder_trace(sampler.recorder);
    struct symbols *const symbols = symbols_open();
    char *const program = realpath("/proc/self/exe", NULL);
    struct fold_facts const facts = {
        .program = program, .allocator = "", .period_ns = PERIOD_NS};
    json_t *const found = fold_describe(trace, symbols, &facts);

    (void)state;
    assert_int_equal(sample.status, SAMPLE_OK);
    assert_int_equal(trace->lost, 0);
    assert_int_equal(trace->throttled, 0);
    assert_true(count_kind(trace, TRACE_SAMPLE) > 100);
    assert_true(spends_most(found, "spin"));
    assert_non_null(json_object_get(json_object_get(found, "objects"), program));
    json_decref(found);
    free(program);
    symbols_close(symbols);
    forget();
}

int main(int argc, char **argv)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(plain),           cmocka_unit_test(with_a_child),
        cmocka_unit_test(that_becomes_another), cmocka_unit_test(with_64_threads),
        cmocka_unit_test(killed_half_way), cmocka_unit_test(addresses),
        cmocka_unit_test(samples),
    };

    if (getenv("SLABLAB_REGION") != NULL)
        act();
    fake_workload_unless_test(argc, argv);
    return cmocka_run_group_tests(tests, open_sampler, close_sampler);
}
