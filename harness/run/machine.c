/* machine.c -- machine.json: where a run ran, and how things were built.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* dladdr */
#include "run/machine.h"

#include "base/capture.h"
#include "base/durable.h"
#include "base/regular_file.h"
#include "base/text.h"
#include "catalogue/build_id.h"
#include "catalogue/catalogue.h"
#include "catalogue/peers.h"
#include "catalogue/project.h"
#include "experiment/program.h"
#include "machine/cgroup.h"
#include "machine/cpus.h"
#include "machine/first_use.h"
#include "machine/identity.h"
#include "machine/inherited.h"
#include "machine/kernel_words.h"
#include "machine/system_facts.h"

#include <dlfcn.h>
#include <elfutils/libdwfl.h>
#include <errno.h>
#include <gnu/libc-version.h>
#include <perfmon/pfmlib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <yaml.h>

static json_t *absent(char const *why)
{
    return json_pack("{s:s}", "absent", why);
}

/* Takes the text; absent where it is NULL. */
static json_t *text_or_absent(char *text, char const *why)
{
    json_t *const value = text != NULL ? json_string(text) : absent(why);

    free(text);
    return value != NULL ? value : absent("not valid UTF-8");
}

/* errno says why. */
static json_t *text_or_errno(char *text)
{
    return text_or_absent(text, strerror(errno));
}

static json_t *number_in(char const *path)
{
    int64_t number = 0;

    return fact_number(path, &number) ? json_integer(number) : absent(strerror(errno));
}

static json_t *memory_of(char const *key)
{
    uint64_t bytes = 0;

    return fact_memory_bytes(key, &bytes) ? json_integer((json_int_t)bytes)
                                          : absent("not in /proc/meminfo");
}

static json_t *smt_active(void)
{
    int64_t active = 0;

    return fact_number(FACT_SMT_ACTIVE, &active) ? json_boolean(active != 0)
                                                 : absent(strerror(errno));
}

static json_t *numa_nodes(void)
{
    size_t const nodes = fact_count(FACT_NUMA_NODES);

    return nodes > 0 ? json_integer((json_int_t)nodes) : absent("the kernel shows no nodes");
}

static json_t *kernel_command_line(void)
{
    char *const all = text_of_line_file("/proc/cmdline");

    if (all == NULL)
        return absent(strerror(errno));
    json_t *const kept = text_or_absent(kernel_words_kept(all), "not valid UTF-8");
    free(all);
    return kept;
}

static void add_kernel(json_t *machine)
{
    struct utsname name;

    uname(&name); /* it cannot fail with a valid buffer */
    json_object_set_new(machine, "host", json_string(name.nodename));
    json_object_set_new(machine, "architecture", json_string(name.machine));
    json_object_set_new(machine, "kernel_release", json_string(name.release));
    json_object_set_new(machine, "kernel_version", json_string(name.version));
    json_object_set_new(machine, "kernel_command_line", kernel_command_line());
}

/* One model name stands for several generations of a processor; its numbers tell them apart. */
static json_t *cpu_version(void)
{
    static char const *const names[] = {"cpu family", "model", "stepping", "microcode"};
    json_t *const found = json_object();

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        json_object_set_new(found, names[i], text_or_errno(fact_keyed("/proc/cpuinfo", names[i])));
    return found;
}

static void add_processor(json_t *machine)
{
    json_object_set_new(machine, "cpu_model",
                        text_or_errno(fact_keyed("/proc/cpuinfo", "model name")));
    json_object_set_new(machine, "cpu_version", cpu_version());
}

static void add_identity(json_t *machine)
{
    json_object_set_new(machine, "identity", text_or_absent(identity_here(), ""));
    json_object_set_new(machine, "boot", text_or_absent(identity_of_boot(), ""));
}

static void add_hardware(json_t *machine)
{
    json_object_set_new(machine, "cpus_online", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
    json_object_set_new(machine, "smt_active", smt_active());
    json_object_set_new(machine, "numa_nodes", numa_nodes());
    json_object_set_new(machine, "hypervisor",
                        text_or_absent(fact_hypervisor(), "no hypervisor shows itself"));
    json_object_set_new(machine, "memory_bytes", memory_of("MemTotal"));
    json_object_set_new(machine, "swap_bytes", memory_of("SwapTotal"));
    json_object_set_new(machine, "page_bytes", json_integer(sysconf(_SC_PAGESIZE)));
}

static void add_settings(json_t *machine)
{
    json_object_set_new(machine, "cpufreq_governor",
                        text_or_errno(text_of_line_file(FACT_GOVERNOR)));
    json_object_set_new(machine, "thp_enabled", text_or_errno(fact_selected(FACT_THP_ENABLED)));
    json_object_set_new(machine, "thp_defrag", text_or_errno(fact_selected(FACT_THP_DEFRAG)));
    json_object_set_new(machine, "randomize_va_space", number_in(FACT_ASLR));
    json_object_set_new(machine, "perf_event_paranoid", number_in(FACT_PERF_PARANOID));
    json_object_set_new(machine, "kptr_restrict", number_in(FACT_KPTR_RESTRICT));
    json_object_set_new(machine, "clocksource", text_or_errno(text_of_line_file(FACT_CLOCKSOURCE)));
}

static void add_surroundings(json_t *machine)
{
    json_object_set_new(machine, "process", inherited_process());
    json_object_set_new(machine, "cgroup", cgroup_describe());
}

/* A number; negative if unknown. */
static json_t *cpu_number(int number)
{
    return number >= 0 ? json_integer(number) : absent("sched_getaffinity does not tell");
}

/* The CPUs to which sampler_open will pin samples (those of one thread to the first), and the
 * harness. */
static void add_placement(json_t *machine, size_t wanted)
{
    struct cpus const cpus = cpus_choose(wanted);

    json_object_set_new(machine, "cpus_allowed",
                        cpu_number(cpus.allowed > 0 ? (int)cpus.allowed : -1));
    json_object_set_new(machine, "workload_cpu",
                        cpu_number(cpus.count > 0 ? cpus.workload[0] : -1));
    json_t *const workload = json_array();
    for (size_t i = 0; i < cpus.count; i++)
        json_array_append_new(workload, json_integer(cpus.workload[i]));
    json_object_set_new(machine, "workload_cpus", workload);
    json_object_set_new(machine, "harness_cpu", cpu_number(cpus.harness));
}

static json_t *git_answer(char *first, char *second, bool *known)
{
    char *const arguments[] = {"git", "-C", (char *)project_home(), first, second, NULL};
    char *why = NULL;
    char *const answer = capture_line(arguments, &why);

    *known = answer != NULL;
    json_t *const value = text_or_absent(answer, why != NULL ? why : "");
    free(why);
    return value;
}

static void add_build(json_t *machine)
{
    bool known = false;

    json_object_set_new(machine, "compiler", json_string(BUILD_COMPILER));
    json_object_set_new(machine, "compiler_version", json_string(__VERSION__));
    json_object_set_new(machine, "compiler_flags", json_string(BUILD_FLAGS));
    json_object_set_new(machine, "git_commit", git_answer("rev-parse", "HEAD", &known));
    json_t *const changes = git_answer("status", "--porcelain", &known);
    if (known)
        json_object_set_new(machine, "git_dirty",
                            json_boolean(*json_string_value(changes) != '\0'));
    else
        json_object_set(machine, "git_dirty", changes);
    json_decref(changes);
}

/* libpfm4 calls every release 4.0; the name of its file tells them apart: libpfm.so.4.13.0. */
static char *pfm_file_version(void)
{
    static char const ending[] = ".so.";
    Dl_info library = {0};
    char *const path = dladdr((void const *)(uintptr_t)pfm_initialize, &library) != 0
        ? realpath(library.dli_fname, NULL)
        : NULL;
    char const *const found = path != NULL ? strstr(path, ending) : NULL;
    char *const version = found != NULL ? text_copy(found + strlen(ending)) : NULL;

    free(path);
    return version;
}

/* Which slablab measures: another build of one version may measure otherwise. */
static json_t *slablab(void)
{
    char *const build_id = catalogue_build_id("/proc/self/exe");
    json_t *const value =
        json_pack("{s:s, s:s}", "version", SLABLAB_VERSION, "build_id", build_id);

    free(build_id);
    return value;
}

static json_t *libraries(void)
{
    return json_pack("{s:s, s:o, s:s, s:s, s:s}", "glibc", gnu_get_libc_version(), "libpfm",
                     text_or_absent(pfm_file_version(), "its file's name does not tell"), "jansson",
                     jansson_version_str(), "libyaml", yaml_get_version_string(), "libdw",
                     dwfl_version(NULL));
}

static json_t *peer(char const *name)
{
    struct allocator allocator;

    catalogue_allocator(name, &allocator);
    json_t *const value = json_object();
    if (allocator.problem != NULL) {
        json_object_set_new(value, "absent", json_string(allocator.problem));
    } else {
        json_object_set_new(value, "package", json_string(allocator.package));
        json_object_set_new(value, "version",
                            allocator.version != NULL
                                ? json_string(allocator.version)
                                : absent("dpkg-query does not know the package"));
        json_object_set_new(value, "object", json_string(allocator.serving));
        json_object_set_new(value, "build_id", json_string(allocator.build_id));
    }
    catalogue_allocator_free(&allocator);
    return value;
}

static json_t *peers(void)
{
    json_t *const values = json_object();
    struct words names = peers_names();

    for (size_t i = 0; i < names.count; i++)
        json_object_set_new(values, names.word[i], peer(names.word[i]));
    words_free(&names);
    return values;
}

static json_t *arms(struct plan const *plan)
{
    json_t *const values = json_array();

    for (size_t i = 0; plan != NULL && i < plan->arm_count; i++) {
        struct arm const *const arm = &plan->arms[i];
        char *const observer = arm->observer != NULL ? catalogue_build_id(arm->observer) : NULL;
        json_array_append_new(values,
                              json_pack("{s:s, s:s?, s:s, s:s?, s:s?}", "arm", arm->id, "object",
                                        arm->object, "build_id", arm->object_build_id,
                                        "observer_build_id", observer, "version", arm->version));
        free(observer);
    }
    return values;
}

static json_t *workloads(struct plan const *plan)
{
    json_t *const values = json_object();

    for (size_t i = 0; plan != NULL && i < plan->cell_count; i++) {
        struct program const *const program = plan->cells[i].program;
        char const *const path = program == NULL ? plan->cells[i].executable
                                                 : program_served(program)->executable;
        if (program != NULL && text_equal(path, program_artifact))
            continue; /* plan.json says which builds */
        char *const build_id = catalogue_build_id(path);
        json_object_set_new(values, plan->cells[i].workload,
                            path != NULL
                                ? json_pack("{s:s, s:s}", "path", path, "build_id", build_id)
                                : absent("not built"));
        free(build_id);
    }
    return values;
}

json_t *machine_describe(struct plan const *plan)
{
    json_t *const machine = json_object();

    json_object_set_new(machine, "schema", json_string("slablab-machine/1"));
    add_kernel(machine);
    add_processor(machine);
    add_identity(machine);
    add_hardware(machine);
    add_placement(machine, plan != NULL ? plan_cpus(plan) : 1);
    add_settings(machine);
    add_surroundings(machine);
    json_object_set_new(machine, "first_use", first_use_describe());
    json_object_set_new(machine, "caller", inherited_caller());
    add_build(machine);
    json_object_set_new(machine, "slablab", slablab());
    json_object_set_new(machine, "libraries", libraries());
    json_object_set_new(machine, "peers", peers());
    json_object_set_new(machine, "arms", arms(plan));
    json_object_set_new(machine, "workloads", workloads(plan));
    return machine;
}

bool machine_write(struct plan const *plan, char const *directory)
{
    json_t *const machine = machine_describe(plan);
    bool const written = durable_write_json(directory, "machine.json", machine);

    json_decref(machine);
    return written;
}

static char *shown(json_t const *value)
{
    char *const text = json_is_string(value) ? text_copy(json_string_value(value))
                                             : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

    return text != NULL ? text : text_copy("nothing");
}

char *machine_change(char const *directory)
{
    static char const *const keys[] = {"host",        "kernel_release", "cpu_model",
                                       "cpu_version", "thp_enabled",    "randomize_va_space",
                                       "process",     "cgroup"};
    char *const path = text_format("%s/machine.json", directory);
    json_t *const stored = regular_file_json(path, 0, NULL);
    bool const missing = stored == NULL && access(path, F_OK) != 0;
    char *change = stored != NULL ? NULL
                   : missing      ? text_copy("its machine.json is gone: nothing tells which "
                                              "machine measured its blocks")
                                  : text_copy("its machine.json cannot be read");
    json_t *const now = json_object();

    add_kernel(now);
    add_processor(now);
    add_settings(now);
    add_surroundings(now);
    for (size_t i = 0; stored != NULL && change == NULL && i < sizeof keys / sizeof *keys; i++) {
        json_t const *const then = json_object_get(stored, keys[i]);
        if (then == NULL) /* an older slablab did not record it */
            continue;
        if (json_equal(then, json_object_get(now, keys[i])))
            continue;
        char *const was = shown(then);
        char *const is = shown(json_object_get(now, keys[i]));
        change = text_format("%s was %s and is %s", keys[i], was, is);
        free(is);
        free(was);
    }
    json_decref(now);
    json_decref(stored);
    free(path);
    return change;
}
