/* test_machine.c -- what machine.json says of a machine, and of things that are not there.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "catalogue/build_id.h"
#include "machine/cpus.h"
#include "machine/first_use.h"
#include "machine/kernel_words.h"
#include "machine/system_facts.h"
#include "run/machine.h"

#include <errno.h>
#include <sys/resource.h>

static void every_key_is_there(void **state)
{
    static char const *const keys[] = {
        "schema",
        "host",
        "architecture",
        "kernel_release",
        "kernel_version",
        "kernel_command_line",
        "cpu_model",
        "cpu_version",
        "identity",
        "boot",
        "cpus_online",
        "smt_active",
        "numa_nodes",
        "hypervisor",
        "memory_bytes",
        "swap_bytes",
        "page_bytes",
        "cpus_allowed",
        "workload_cpu",
        "workload_cpus",
        "harness_cpu",
        "cpufreq_governor",
        "thp_enabled",
        "thp_defrag",
        "randomize_va_space",
        "perf_event_paranoid",
        "kptr_restrict",
        "clocksource",
        "process",
        "cgroup",
        "first_use",
        "caller",
        "compiler",
        "compiler_version",
        "compiler_flags",
        "slablab",
        "git_commit",
        "git_dirty",
        "libraries",
        "peers",
        "arms",
        "workloads",
    };
    json_t *const machine = machine_describe(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (json_object_get(machine, keys[i]) == NULL)
            fail_msg("no key %s", keys[i]);
    assert_int_equal(json_object_size(machine), sizeof keys / sizeof *keys);
    assert_int_equal(json_integer_value(json_object_get(machine, "cpus_online")),
                     sysconf(_SC_NPROCESSORS_ONLN));
    assert_int_equal(json_object_size(json_object_get(machine, "libraries")), 5);
    json_decref(machine);
}

static void the_kernel_s_words_are_those_of_a_list(void **state)
{
    static char const *const lines[][2] = {
        {"", ""},
        {"BOOT_IMAGE=/vmlinuz root=UUID=1-2 ro quiet", ""},
        {"mitigations=auto,nosmt ip=10.0.0.7::10.0.0.1 isolcpus=nohz,domain,2-7",
         "mitigations=auto,nosmt isolcpus=nohz,domain,2-7"},
        {"nosmt intel_idle.max_cstate=1 transparent-hugepage=madvise token=secret tsc=reliable",
         "nosmt intel_idle.max_cstate=1 transparent-hugepage=madvise tsc=reliable"},
        {"idle=poll -- --addr 0.0.0.0:2024 nosmt", "idle=poll"},
        {"idle=/etc/passwd mem=\"4 G\" nosmtx", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char *const kept = kernel_words_kept(lines[i][0]);
        assert_string_equal(kept, lines[i][1]);
        free(kept);
    }
}

/* Two CPUs or more: the last one for samples, another for the harness. One: both. */
static void samples_have_a_cpu_of_their_own(void **state)
{
    json_t *const machine = machine_describe(NULL);
    json_int_t const allowed = json_integer_value(json_object_get(machine, "cpus_allowed"));
    json_int_t const workload = json_integer_value(json_object_get(machine, "workload_cpu"));
    json_int_t const harness = json_integer_value(json_object_get(machine, "harness_cpu"));

    (void)state;
    assert_true(allowed > 0);
    assert_true((harness < workload) == (allowed > 1));
    assert_true(harness <= workload);
    json_decref(machine);
}

/* And so again when the harness has been kept to one. */
static void the_last_cpus_are_the_samples(void **state)
{
    struct cpus const one = cpus_choose(1);
    struct cpus const two = cpus_choose(2);

    (void)state;
    assert_int_equal(one.count, 1);
    assert_int_equal(two.count, one.allowed > 1 ? 2 : 1);
    assert_int_equal(two.workload[0], one.workload[0]);
    assert_true(two.count == 1 || two.workload[1] < two.workload[0]);
    assert_true(one.allowed == 1 || one.harness != one.workload[0]);
    assert_true(two.allowed > 2 ? two.harness < two.workload[1]
                                : two.harness == two.workload[two.count - 1]);
    assert_true(cpus_keep_to(one.workload, 1));
    assert_int_equal(cpus_choose(2).count, two.count);
    assert_true(cpus_keep_to(two.workload, two.count));
}

/* Each of these facts, changed by itself, is named; another one changes nothing. */
static void another_machine_is_told(void **state)
{
    static char const *const deciding[] = {"host",        "kernel_release", "cpu_model",
                                           "cpu_version", "thp_enabled",    "randomize_va_space",
                                           "process",     "cgroup"};
    char *const folder = fixture_path("results");
    char *const path = fixture_path("results/machine.json");

    (void)state;
    unlink(path);
    char *const gone = machine_change(folder);
    assert_non_null(strstr(gone, "its machine.json is gone"));
    free(gone);
    assert_true(machine_write(NULL, folder));
    assert_null(machine_change(folder));
    json_t *const machine = json_load_file(path, 0, NULL);
    json_object_set_new(machine, "memory_bytes", json_integer(1));
    assert_int_equal(json_dump_file(machine, path, 0), 0);
    assert_null(machine_change(folder));
    for (size_t i = 0; i < sizeof deciding / sizeof *deciding; i++) {
        json_t *const other = json_copy(machine);
        json_object_set_new(other, deciding[i], json_string("another"));
        assert_int_equal(json_dump_file(other, path, 0), 0);
        char *const change = machine_change(folder);
        char *const start = text_format("%s was another and is ", deciding[i]);
        assert_non_null(change);
        assert_memory_equal(change, start, strlen(start));
        free(start);
        free(change);
        json_decref(other);
    }
    fixture_write("results/machine.json", "{", 0644);
    char *const change = machine_change(folder);
    assert_string_equal(change, "its machine.json cannot be read");
    free(change);
    json_decref(machine);
    free(path);
    free(folder);
}

/* The fixture's root is no git repository, and peer `gone` is not installed. */
static void what_is_absent_says_why(void **state)
{
    json_t *const machine = machine_describe(NULL);
    json_t *const commit = json_object_get(machine, "git_commit");
    json_t *const gone = json_object_get(json_object_get(machine, "peers"), "gone");

    (void)state;
    assert_true(json_is_string(json_object_get(commit, "absent")));
    assert_true(json_is_object(json_object_get(machine, "git_dirty")));
    assert_string_equal(json_string_value(json_object_get(gone, "absent")),
                        "libgone.so.1 is not installed");
    json_decref(machine);
}

static void the_arms_objects_are_in_it(void **state)
{
    char *const folder = fixture_path("results");
    char *const written = fixture_path("results/machine.json");
    char *const own = catalogue_build_id("/proc/self/exe");

    (void)state;
    struct plan *const plan = fixture_plan(
        "question: q\nbaseline: one\narms: [libc]\nworkloads: [{run: knead}]\n", false, 1);
    assert_non_null(plan);
    assert_true(machine_write(plan, folder));
    json_t *const machine = json_load_file(written, 0, NULL);
    json_t *const arms = json_object_get(machine, "arms");
    assert_int_equal(json_array_size(arms), 3);
    assert_string_equal(json_string_value(json_object_get(json_array_get(arms, 0), "build_id")),
                        own);
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(arms, 0), "observer_build_id")), own);
    assert_true(json_is_null(json_object_get(json_array_get(arms, 2), "object")));
    assert_non_null(json_object_get(json_object_get(machine, "workloads"), "knead"));
    json_decref(machine);
    plan_free(plan);
    free(own);
    free(written);
    free(folder);
}

static void small_files_are_read(void **state)
{
    static char const text[] = "flags\t\t: one two\nMemTotal:  12 kB\nMemTotalled: 1\n";
    int64_t number = 0;

    (void)state;
    fixture_write("results/modes", "always [madvise] never\n", 0644);
    fixture_write("results/number", "-1\n", 0644);
    char *const modes = fixture_path("results/modes");
    char *const path = fixture_path("results/number");
    char *const selected = fact_selected(modes);
    char *const flags = fact_keyed_in(text, "flags");
    char *const memory = fact_keyed_in(text, "MemTotal");
    assert_string_equal(selected, "madvise");
    assert_string_equal(flags, "one two");
    assert_string_equal(memory, "12 kB");
    assert_true(fact_number(path, &number));
    assert_int_equal(number, -1);
    assert_false(fact_number(modes, &number));
    assert_int_equal(errno, EINVAL);
    assert_null(fact_keyed_in(text, "model name"));
    free(memory);
    free(flags);
    free(selected);
    free(path);
    free(modes);
}

/* In page faults: 128 MiB are 64 huge pages or 32,768 small ones. */
static void memory_is_used_twice(void **state)
{
    enum { HUGE_PAGE = 2 << 20 };
    struct rusage before;
    struct rusage after;

    (void)state;
    getrusage(RUSAGE_SELF, &before);
    struct first_use const look = first_use_look();
    getrusage(RUSAGE_SELF, &after);
    assert_true((uint64_t)(after.ru_minflt - before.ru_minflt) >= 2 * (look.bytes / HUGE_PAGE));
    assert_int_equal(look.bytes > 0, look.first_ns > 0);
    assert_int_equal(look.bytes > 0, look.again_ns > 0);
    assert_int_equal(look.slow, look.first_ns > 2 * look.again_ns);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(every_key_is_there),
        cmocka_unit_test(the_kernel_s_words_are_those_of_a_list),
        cmocka_unit_test(samples_have_a_cpu_of_their_own),
        cmocka_unit_test(the_last_cpus_are_the_samples),
        cmocka_unit_test(another_machine_is_told),
        cmocka_unit_test(what_is_absent_says_why),
        cmocka_unit_test(the_arms_objects_are_in_it),
        cmocka_unit_test(small_files_are_read),
        cmocka_unit_test(memory_is_used_twice),
    };

    return cmocka_run_group_tests_name("machine", tests, fixture_make, fixture_remove);
}
