/* test_inherited.c -- what a process inherits is found out, with and without control groups.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "machine/cgroup.h"
#include "machine/inherited.h"
#include "machine/weather.h"

#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void make_folder(char const *name)
{
    char *const path = fixture_path(name);

    assert_int_equal(mkdir(path, 0755), 0);
    free(path);
}

static bool holds(json_t const *array, char const *word)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        if (text_equal(json_string_value(json_array_get(array, i)), word))
            return true;
    return false;
}

static void settings_of_this_process_are_seen(void **state)
{
    json_t *const before = inherited_process();

    (void)state;
    assert_true(json_is_false(json_object_get(before, "thp_disabled")));
    json_decref(before);
    int const set = personality(0xffffffff);
    personality((unsigned long)set | ADDR_NO_RANDOMIZE);
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    setpriority(PRIO_PROCESS, 0, 5);
    setenv("LD_PRELOAD", "", 1);
    setenv("GLIBC_TUNABLES", "", 1);
    json_t *const process = inherited_process();
    json_t *const caller = inherited_caller();
    assert_true(holds(json_object_get(process, "personality"), "ADDR_NO_RANDOMIZE"));
    assert_true(inherited_no_randomization());
    assert_true(json_is_true(json_object_get(process, "thp_disabled")));
    assert_int_equal(json_integer_value(json_object_get(process, "nice")), 5);
    assert_non_null(json_string_value(json_object_get(process, "scheduling_policy")));
    assert_non_null(json_object_get(process, "limit_stack_bytes"));
    assert_true(holds(json_object_get(caller, "environment"), "LD_PRELOAD"));
    assert_true(holds(json_object_get(caller, "environment"), "GLIBC_TUNABLES"));
    assert_non_null(json_object_get(caller, "tracer"));
    json_decref(caller);
    json_decref(process);
    personality((unsigned long)set);
    prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
    unsetenv("LD_PRELOAD");
    unsetenv("GLIBC_TUNABLES");
}

/* v2: the group above is the tighter one; both have been throttled. */
static void the_tightest_of_the_groups_above_counts(void **state)
{
    char *const place = fixture_path("groups");
    char *const mounts =
        text_format("31 23 0:28 / %s rw - cgroup2 cgroup2 rw,nsdelegate\n", place);
    uint64_t least = 0;
    double cpus = 0;

    (void)state;
    make_folder("groups");
    make_folder("groups/a");
    make_folder("groups/a/b");
    fixture_write("groups/a/cpu.max", "30000 100000\n", 0644);
    fixture_write("groups/a/b/cpu.max", "max 100000\n", 0644);
    fixture_write("groups/a/memory.max", "max\n", 0644);
    fixture_write("groups/a/b/memory.max", "4096\n", 0644);
    fixture_write("groups/a/cpu.stat", "nr_periods 7\nnr_throttled 3\nthrottled_usec 5\n", 0644);
    fixture_write("groups/a/b/cpu.stat", "nr_throttled 1\nthrottled_usec 1\n", 0644);
    struct cgroup group = cgroup_in("cpu", "1:name=systemd:/\n0::/a/b\n", mounts);
    assert_true(group.unified);
    assert_true(cgroup_cpu_quota(&group, &cpus));
    assert_true(cpus == 0.3);
    assert_true(cgroup_least(&group, "memory.max", &least));
    assert_int_equal(least, 4096);
    assert_false(cgroup_least(&group, "memory.high", &least));
    struct throttling const found = cgroup_throttling(&group);
    assert_true(found.known);
    assert_int_equal(found.periods, 4);
    assert_int_equal(found.ns, 6000);
    cgroup_free(&group);
    free(mounts);
    free(place);
}

/* v1, in a container: what is mounted is the container's own group. */
static void a_container_of_v1_is_understood(void **state)
{
    char *const place = fixture_path("groups/v1");
    char *const mounts = text_format("31 23 0:28 /docker/xyz %s rw shared:9 - cgroup cgroup "
                                     "rw,cpu,cpuacct\n",
                                     place);
    double cpus = 0;

    (void)state;
    make_folder("groups/v1");
    fixture_write("groups/v1/cpu.cfs_quota_us", "150000\n", 0644);
    fixture_write("groups/v1/cpu.cfs_period_us", "100000\n", 0644);
    fixture_write("groups/v1/cpu.stat", "nr_throttled 2\nthrottled_time 77\n", 0644);
    struct cgroup group = cgroup_in("cpu", "4:cpu,cpuacct:/docker/xyz\n0::/\n", mounts);
    assert_false(group.unified);
    assert_string_equal(group.folder, place);
    assert_true(cgroup_cpu_quota(&group, &cpus));
    assert_true(cpus == 1.5);
    assert_int_equal(cgroup_throttling(&group).ns, 77);
    cgroup_free(&group);
    fixture_write("groups/v1/cpu.cfs_quota_us", "-1\n", 0644);
    group = cgroup_in("cpu", "4:cpu,cpuacct:/elsewhere\n", mounts);
    assert_string_equal(group.folder, place);
    assert_true(cgroup_cpu_quota(&group, &cpus));
    assert_true(cpus == 0);
    cgroup_free(&group);
    free(mounts);
    free(place);
}

static void without_control_groups_all_is_absent(void **state)
{
    struct cgroup group = cgroup_in("cpu", "", "");
    struct weather weather = {0};
    double cpus = 0;

    (void)state;
    assert_null(group.folder);
    assert_false(cgroup_cpu_quota(&group, &cpus));
    assert_false(cgroup_throttling(&group).known);
    json_t *const said = weather_between(&weather, &weather);
    assert_non_null(json_object_get(json_object_get(said, "throttled_periods"), "absent"));
    json_decref(said);
}

static void a_block_counts_its_throttled_periods(void **state)
{
    struct weather const before = {.throttling = {true, 2, 10}};
    struct weather const after = {.throttling = {true, 5, 40}};
    json_t *const said = weather_between(&before, &after);

    (void)state;
    assert_int_equal(json_integer_value(json_object_get(said, "throttled_periods")), 3);
    assert_int_equal(json_integer_value(json_object_get(said, "throttled_ns")), 30);
    json_decref(said);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(settings_of_this_process_are_seen),
        cmocka_unit_test(the_tightest_of_the_groups_above_counts),
        cmocka_unit_test(a_container_of_v1_is_understood),
        cmocka_unit_test(without_control_groups_all_is_absent),
        cmocka_unit_test(a_block_counts_its_throttled_periods),
    };

    return cmocka_run_group_tests_name("inherited", tests, fixture_make, fixture_remove);
}
