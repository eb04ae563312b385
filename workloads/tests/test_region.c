/* test_region.c -- the protocol of the region, with the test as the harness.
 *
 * The test starts itself: with SLABLAB_REGION it is a workload that touches a known number of
 * pages, one for each operation, and counts its operations as an observing allocator would.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <time.h>

#include "play.h"
#include "runtime/runtime.h"

enum { PAGES = 16384, PAGE_BYTES = 4096 };
enum touched_by { BY_MAIN, BY_THREAD_FROM_SETUP, BY_THREAD_FROM_REGION };

/* The workload. */

struct observed {
    uint32_t version;
    uint32_t count;
    struct region_tier counter[REGION_TIERS_MAX];
};

extern struct observed slablab_observe;
struct observed slablab_observe = {
    .version = 1, .count = 2, .counter = {{"touch_allocations", 5}, {"touch_frees", 7}}};

static unsigned char *touch_memory;
static size_t touch_next;
static uint64_t touch_by;
static pthread_barrier_t touch_gate;
static pthread_t touch_thread;

static void touch(uint64_t pages)
{
    for (; pages > 0; pages--)
        touch_memory[touch_next++ * PAGE_BYTES] = 1;
}

static void *wait_and_touch(void *unused)
{
    pthread_barrier_wait(&touch_gate);
    touch(PAGES);
    return unused;
}

static void *only_touch(void *unused)
{
    touch(PAGES);
    return unused;
}

static void setup(void)
{
    touch_by = workload_parameter("by");
    touch_memory = mmap(NULL, (size_t)2 * PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    madvise(touch_memory, (size_t)2 * PAGES * PAGE_BYTES, MADV_NOHUGEPAGE);
    if (touch_by == BY_THREAD_FROM_SETUP) {
        pthread_barrier_init(&touch_gate, NULL, 2);
        pthread_create(&touch_thread, NULL, wait_and_touch, NULL);
    }
}

static uint64_t run(uint64_t operations)
{
    slablab_observe.counter[0].value += operations;
    if (operations > 0 && touch_by == BY_THREAD_FROM_SETUP)
        pthread_barrier_wait(&touch_gate);
    if (operations > 0 && touch_by == BY_THREAD_FROM_REGION)
        pthread_create(&touch_thread, NULL, only_touch, NULL);
    if (operations > 0 && touch_by != BY_MAIN)
        pthread_join(touch_thread, NULL);
    else
        touch(operations);
    return touch_next;
}

static struct parameter const params[] = {
    {"by", BY_MAIN, BY_MAIN, BY_THREAD_FROM_REGION, "", "who touches the pages"},
    {.name = NULL},
};

struct workload const workload = {
    .name = "touch", .models = "a test", .params = params, .setup = setup, .run = run};

/* The harness. */

static struct play played;

static void touch_pages(char const *arguments, enum play_counters counters)
{
    char words[256];

    if (counters != PLAY_NONE && !play_can_count()) {
        print_message("perf_event_open is not allowed here\n");
        skip();
    }
    snprintf(words, sizeof words, "workloads/tests/test_region %s", arguments);
    play_run(&played, words, NULL, counters);
}

static int prepare(void **unused)
{
    (void)unused;
    play_prepare(&played);
    return 0;
}

static void sample_is_reported(void)
{
    assert_string_equal(played.error, "");
    assert_int_equal(played.status, 0);
    assert_int_equal(played.region.state, REGION_REPORTED);
}

/* The counter and getrusage, each within a page of what was touched. */
static void faults_are(uint64_t pages)
{
    uint64_t const counted = played.region.counter[PLAY_PAGE_FAULTS].value;
    uint64_t const used = played.region.usage.minor_faults + played.region.usage.major_faults;

    sample_is_reported();
    assert_in_range(counted, pages, pages + 1);
    assert_in_range(used, pages, pages + 1);
    assert_int_equal(counted, played.region.counter[PLAY_MINOR_FAULTS].value +
                                  played.region.counter[PLAY_MAJOR_FAULTS].value);
}

static void counters_in_a_group_count_every_page(void **unused)
{
    (void)unused;
    touch_pages("operations=16384", PLAY_GROUP);
    faults_are(PAGES);
}

static void counters_alone_count_every_page(void **unused)
{
    (void)unused;
    touch_pages("operations=16384", PLAY_ALONE);
    faults_are(PAGES);
}

static void an_empty_region_has_no_fault(void **unused)
{
    (void)unused;
    touch_pages("operations=0", PLAY_GROUP);
    faults_are(0);
    assert_int_equal(played.region.checksum, 0);
}

static void the_warm_up_is_not_in_the_region(void **unused)
{
    (void)unused;
    touch_pages("warmup=10000 operations=1000", PLAY_GROUP);
    faults_are(1000);
    assert_int_equal(played.region.operations, 1000);
    assert_int_equal(played.region.checksum, 11000);
    assert_true(played.region.start_up.minor_faults + played.region.start_up.major_faults > 10000);
}

static uint64_t monotonic_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* The harness's clock is the workload's. */
static void the_region_has_its_place_in_time(void **unused)
{
    uint64_t const before_ns = monotonic_ns();

    (void)unused;
    touch_pages("warmup=10000 operations=1000", PLAY_NONE);
    uint64_t const after_ns = monotonic_ns();
    struct region const *const region = &played.region;
    sample_is_reported();
    assert_true(region->wall_ns > 0);
    assert_int_equal(region->ended_monotonic_ns - region->began_monotonic_ns, region->wall_ns);
    assert_true(before_ns < region->began_monotonic_ns);
    assert_true(region->ended_monotonic_ns < after_ns);
}

/* A thread's own stack and its making may fault a few times more. */
static void counters_reach_threads(void **unused)
{
    (void)unused;
    touch_pages("operations=16384 by=1", PLAY_GROUP);
    sample_is_reported();
    assert_in_range(played.region.counter[PLAY_PAGE_FAULTS].value, PAGES, PAGES + 64);
    play_prepare(&played);
    touch_pages("operations=16384 by=2", PLAY_GROUP);
    sample_is_reported();
    assert_in_range(played.region.counter[PLAY_PAGE_FAULTS].value, PAGES, PAGES + 64);
}

static void an_absent_counter_is_left_alone(void **unused)
{
    (void)unused;
    played.region.counter[PLAY_ABSENT] = (struct region_counter){11, 12, 13};
    touch_pages("operations=1", PLAY_GROUP);
    sample_is_reported();
    assert_int_equal(played.region.counter[PLAY_ABSENT].value, 11);
    assert_int_equal(played.region.counter[PLAY_ABSENT].enabled_ns, 12);
    assert_int_equal(played.region.counter[PLAY_ABSENT].running_ns, 13);
}

static void a_counter_that_runs_already_is_an_error(void **unused)
{
    (void)unused;
    touch_pages("operations=1", PLAY_RUNNING);
    assert_string_equal(played.error,
                        "slablab: touch: counter 0 runs outside the region\n"
                        "  try: counters opened disabled, or in a group with a disabled leader\n");
    assert_int_equal(played.status, 1);
    assert_int_not_equal(played.region.state, REGION_REPORTED);
}

/* VmHWM may lag behind by the kernel's per-CPU counting, 64 pages a CPU at most; smaps may not. */
static void memory_is_what_was_touched(void **unused)
{
    uint64_t const bytes = (uint64_t)PAGES * PAGE_BYTES;

    (void)unused;
    touch_pages("operations=16384", PLAY_NONE);
    sample_is_reported();
    assert_true(played.region.rss_bytes >= bytes);
    assert_true(played.region.rss_bytes < bytes + (16 << 20));
    assert_true(played.region.pss_bytes >= bytes);
    assert_true(played.region.private_dirty_bytes >= bytes);
    assert_int_equal(played.region.anon_huge_bytes, 0);
    assert_true(played.region.vm_hwm_bytes >= bytes - bytes / 16);
}

static void tiers_are_differences_over_the_region(void **unused)
{
    (void)unused;
    touch_pages("warmup=100 operations=23", PLAY_NONE);
    sample_is_reported();
    assert_int_equal(played.region.tier_count, 2);
    assert_string_equal(played.region.tier[0].name, "touch_allocations");
    assert_int_equal(played.region.tier[0].value, 23);
    assert_string_equal(played.region.tier[1].name, "touch_frees");
    assert_int_equal(played.region.tier[1].value, 0);
}

static void the_c_library_is_named_with_its_build_id(void **unused)
{
    char command[PATH_MAX + 64];
    char line[256];
    bool found = false;

    (void)unused;
    touch_pages("operations=1", PLAY_NONE);
    sample_is_reported();
    assert_non_null(strstr(played.region.object, "/libc.so.6"));
    snprintf(command, sizeof command, "readelf --notes --wide %s", played.region.object);
    FILE *const pipe = popen(command, "r");
    assert_non_null(pipe);
    while (fgets(line, sizeof line, pipe) != NULL) {
        char *const identity = strstr(line, "Build ID: ");
        if (identity == NULL)
            continue;
        identity[strcspn(identity, "\n")] = 0;
        assert_string_equal(played.region.build_id, identity + sizeof "Build ID: " - 1);
        found = true;
    }
    assert_int_equal(pclose(pipe), 0);
    assert_true(found);
}

static void another_version_of_the_page_is_refused(void **unused)
{
    char expected[200];

    (void)unused;
    played.region.version = REGION_VERSION + 1;
    touch_pages("operations=1", PLAY_NONE);
    snprintf(expected, sizeof expected,
             "slablab: touch: the harness's page is of version %d with magic 534c4142, "
             "not %d with 534c4142\n"
             "  try: make, so that harness and workloads are of one build\n",
             REGION_VERSION + 1, REGION_VERSION);
    assert_string_equal(played.error, expected);
    assert_int_equal(played.status, 2);
    assert_int_equal(played.region.state, REGION_UNTOUCHED);
}

static void too_many_counters_are_refused(void **unused)
{
    (void)unused;
    played.region.counter_count = REGION_COUNTERS_MAX + 1;
    touch_pages("operations=1", PLAY_NONE);
    assert_int_equal(played.status, 2);
}

int main(int argc, char **argv)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup(counters_in_a_group_count_every_page, prepare),
        cmocka_unit_test_setup(counters_alone_count_every_page, prepare),
        cmocka_unit_test_setup(an_empty_region_has_no_fault, prepare),
        cmocka_unit_test_setup(the_warm_up_is_not_in_the_region, prepare),
        cmocka_unit_test_setup(the_region_has_its_place_in_time, prepare),
        cmocka_unit_test_setup(counters_reach_threads, prepare),
        cmocka_unit_test_setup(an_absent_counter_is_left_alone, prepare),
        cmocka_unit_test_setup(a_counter_that_runs_already_is_an_error, prepare),
        cmocka_unit_test_setup(memory_is_what_was_touched, prepare),
        cmocka_unit_test_setup(tiers_are_differences_over_the_region, prepare),
        cmocka_unit_test_setup(the_c_library_is_named_with_its_build_id, prepare),
        cmocka_unit_test_setup(another_version_of_the_page_is_refused, prepare),
        cmocka_unit_test_setup(too_many_counters_are_refused, prepare),
    };

    if (getenv("SLABLAB_REGION") != NULL)
        return workload_main(argc, argv);
    return cmocka_run_group_tests_name("region", tests, NULL, NULL);
}
