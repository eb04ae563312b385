/* test_threads.c -- what the runtime promises a threaded workload, and what it says if a thread
 * fails.
 *
 * The test starts itself: with SLABLAB_REGION it is a threaded workload that looks at its threads
 * and puts what it sees into the checksums.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/syscall.h>

#include "play.h"
#include "runtime/runtime.h"

enum fault { FAULT_NONE, FAULT_EXIT, FAULT_SYSTEM_CALL, FAULT_NO_MEMORY, FAULT_STREAM };

static uint64_t fault;
static uint32_t inside;  /* threads that have begun the phase */
static uint64_t counted; /* operations, of all phases */

/* Leaves room for a table, and none for a stack. */
static void leave_little_room(void)
{
    FILE *const file = fopen("/proc/self/statm", "r");
    unsigned long pages = 0;

    if (fscanf(file, "%lu", &pages) != 1)
        abort();
    fclose(file);
    rlim_t const most = pages * (rlim_t)sysconf(_SC_PAGESIZE) + (1 << 20);
    setrlimit(RLIMIT_AS, &(struct rlimit){most, most});
}

static void setup(void)
{
    fault = workload_parameter("fault");
    if (fault == FAULT_NO_MEMORY)
        leave_little_room();
}

static unsigned tasks(void)
{
    DIR *const directory = opendir("/proc/self/task");
    unsigned count = 0;

    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(directory);
    return count;
}

/* All threads must be at work at once, or this waits for ever. */
static void meet(struct worker const *worker)
{
    static uint32_t phases[THREADS_MAX];
    uint32_t const wanted = ++phases[worker->number] * worker->threads;

    __atomic_add_fetch(&inside, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&inside, __ATOMIC_SEQ_CST) < wanted)
        sched_yield();
}

/* 1 if this thread may run on one CPU alone, and it is the one that its number gives. */
static uint64_t is_in_its_place(struct worker const *worker)
{
    int allowed[CPU_SETSIZE];
    int count = 0;
    cpu_set_t own, all;

    sched_getaffinity(0, sizeof own, &own);
    sched_getaffinity(getppid(), sizeof all, &all); /* the test's: what the process began with */
    for (int cpu = CPU_SETSIZE - 1; cpu >= 0; cpu--)
        if (CPU_ISSET(cpu, &all))
            allowed[count++] = cpu;
    return CPU_COUNT(&own) == 1 && CPU_ISSET(allowed[worker->number % (unsigned)count], &own);
}

static void work(struct worker *worker, uint64_t operations)
{
    if (worker->number == 1 && operations > 0 && fault == FAULT_EXIT)
        pthread_exit(NULL);
    if (worker->number == 1 && operations > 0 && fault == FAULT_SYSTEM_CALL)
        syscall(SYS_exit, 0);
    if (fault == FAULT_SYSTEM_CALL)
        return;
    if (fault == FAULT_STREAM) {
        worker->checksum = worker->random;
        return;
    }
    meet(worker);
    uint64_t const share = workload_share(worker, operations, worker->number,
                                          worker->threads);
    __atomic_add_fetch(&counted, share, __ATOMIC_SEQ_CST);
    worker->checksum = is_in_its_place(worker) && tasks() == worker->threads ? share : 99;
    if (worker->number != 0)
        return;
    while (__atomic_load_n(&counted, __ATOMIC_SEQ_CST) < worker->before + operations)
        sched_yield();
}

static struct parameter const params[] = {
    {"threads", 1, 1, THREADS_MAX, "threads", ""},
    {"seed", 42, 1, UINT32_MAX, "", ""},
    {"fault", 0, 0, FAULT_STREAM, "", "what goes wrong"},
    {.name = NULL},
};

struct workload const workload = {.name = "threads",
                                  .models = "a test",
                                  .params = params,
                                  .setup = setup,
                                  .run = workload_run_threads,
                                  .work = work};

static struct play played;

static void play_words(char const *words)
{
    char command[256];

    snprintf(command, sizeof command, "workloads/tests/test_threads %s", words);
    play_prepare(&played);
    play_run(&played, command, NULL, play_can_count() ? PLAY_GROUP : PLAY_NONE);
}

/* The threads' checksums, in the order of their numbers. */
static uint64_t joined(uint64_t const *checksums, size_t count)
{
    uint64_t sum = CHECKSUM_START;

    for (size_t i = 0; i < count; i++)
        sum = checksum_add(sum, checksums[i]);
    return sum;
}

static void work_is_shared_out_and_joined_in_order(void **unused)
{
    (void)unused;
    play_words("threads=3 operations=11");
    assert_string_equal(played.error, "");
    assert_int_equal(played.region.state, REGION_REPORTED);
    assert_int_equal(played.region.operations, 11);
    assert_int_equal(played.region.threads, 3);
    assert_true(played.region.checksum == joined((uint64_t const[]){4, 4, 3}, 3));
    assert_true(played.region.median_thread_ns > 0);
    assert_true(played.region.slowest_thread_ns >= played.region.median_thread_ns);
    assert_true(played.region.slowest_thread_ns <= played.region.wall_ns);
}

static void one_thread_is_the_process_itself(void **unused)
{
    (void)unused;
    play_words("threads=1 operations=7");
    assert_string_equal(played.error, "");
    assert_int_equal(played.region.threads, 1);
    assert_int_equal(played.region.slowest_thread_ns, played.region.wall_ns);
    assert_true(played.region.checksum == joined((uint64_t const[]){7}, 1));
}

/* The warm-up's operations are done too, by the same threads. */
static void a_warm_up_comes_first(void **unused)
{
    (void)unused;
    play_words("threads=2 warmup=5 operations=5"); /* 3 and 2, then 2 and 3 */
    assert_string_equal(played.error, "");
    assert_int_equal(played.status, 0);
    assert_true(played.region.checksum == joined((uint64_t const[]){2, 3}, 2));
}

static void each_thread_has_its_stream_from_seed_and_number(void **unused)
{
    uint64_t const streams[] = {random_stream(7, 0), random_stream(7, 1), random_stream(7, 2)};

    (void)unused;
    assert_true(streams[0] != streams[1] && streams[1] != streams[2] && streams[2] != streams[0]);
    assert_true(random_stream(8, 0) != random_stream(7, 0));
    play_words("threads=3 seed=7 operations=1 fault=4");
    assert_true(played.region.checksum == joined(streams, 3));
}

static void shares_add_up(void **unused)
{
    struct worker const at_first = {.before = 0};
    struct worker const after_ten = {.before = 10};

    (void)unused;
    assert_int_equal(workload_share(&at_first, 10, 0, 3), 4);
    assert_int_equal(workload_share(&at_first, 10, 1, 3), 3);
    assert_int_equal(workload_share(&at_first, 10, 2, 3), 3);
    assert_int_equal(workload_share(&at_first, 2, 2, 3), 0);
    assert_int_equal(workload_share(&after_ten, 1, 0, 3), 0); /* 0 has done its one more */
    assert_int_equal(workload_share(&after_ten, 1, 1, 3), 1);
}

static void is_said(char const *words, char const *sentence)
{
    play_words(words);
    assert_int_equal(played.status, 1);
    assert_non_null(strstr(played.error, sentence));
    assert_non_null(strstr(played.error, "\n  try: "));
    assert_int_not_equal(played.region.state, REGION_REPORTED);
}

static void a_thread_that_cannot_be_created_is_said(void **unused)
{
    (void)unused;
    is_said("threads=2 operations=1 fault=3", "cannot create thread 1 of 2: ");
}

/* The other one is at work, and would wait for it for ever. */
static void a_thread_that_dies_is_said(void **unused)
{
    (void)unused;
    is_said("threads=2 operations=1 fault=1", "thread 1 ended in the middle of its work");
}

/* The other one has ended its work. */
static void a_thread_that_dies_in_silence_is_found(void **unused)
{
    (void)unused;
    is_said("threads=2 operations=1 fault=2", "thread 1 ended in the middle of its work");
}

static void too_many_threads_are_refused(void **unused)
{
    (void)unused;
    play_words("threads=257");
    assert_int_equal(played.status, 2);
    assert_non_null(strstr(played.error, "threads=257 is not between 1 and 256"));
}

int main(int argc, char **argv)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(work_is_shared_out_and_joined_in_order),
        cmocka_unit_test(one_thread_is_the_process_itself),
        cmocka_unit_test(a_warm_up_comes_first),
        cmocka_unit_test(each_thread_has_its_stream_from_seed_and_number),
        cmocka_unit_test(shares_add_up),
        cmocka_unit_test(a_thread_that_cannot_be_created_is_said),
        cmocka_unit_test(a_thread_that_dies_is_said),
        cmocka_unit_test(a_thread_that_dies_in_silence_is_found),
        cmocka_unit_test(too_many_threads_are_refused),
    };

    if (getenv("SLABLAB_REGION") != NULL)
        return workload_main(argc, argv);
    return cmocka_run_group_tests_name("threads of a workload", tests, NULL, NULL);
}
