/* doctor.c -- slablab doctor: what on this machine disturbs measurements.
 *
 * Each check examines one thing and says ok, note (recorded, or harmless by design) or warn (the
 * numbers will be worse for it). Only a check without which nothing can be measured changes the
 * exit status.
 *
 * SPDX-License-Identifier: MIT */
#include "base/complain.h"
#include "base/text.h"
#include "base/wrapped.h"
#include "catalogue/catalogue.h"
#include "catalogue/peers.h"
#include "catalogue/project.h"
#include "command/commands.h"
#include "command/doctor.h"
#include "machine/cpus.h"
#include "machine/event_names.h"
#include "machine/first_use.h"
#include "machine/inherited.h"
#include "machine/system_facts.h"
#include "machine/tracefs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

static struct finding look_at_software_counters(void)
{
    char *const absence = event_absence("page-faults");

    return absence == NULL ? doctor_finding(VERDICT_OK, text_copy("page-faults can be counted"))
                           : doctor_finding(VERDICT_WARN, absence);
}

static struct finding look_at_hardware_counters(void)
{
    char *const absence = event_absence("cycles");
    char *const found = text_format("cycles: %s", absence != NULL ? absence : "can be counted");
    bool const here = absence == NULL;

    free(absence);
    return doctor_finding(here ? VERDICT_OK : VERDICT_NOTE, found);
}

static struct finding look_at_tracepoints(void)
{
    char const *const source = tracefs_source();

    return source != NULL
               ? doctor_finding(VERDICT_OK, text_format("tracefs is readable %s", source))
               : doctor_finding(VERDICT_NOTE, text_copy("tracefs is not readable"));
}

static struct finding look_at_perf_paranoid(void)
{
    int64_t level = 0;

    if (!fact_number(FACT_PERF_PARANOID, &level))
        return doctor_finding(VERDICT_WARN, text_copy("this kernel has no perf events"));
    char *const found = text_format("%" PRId64 "%s", level,
                                    geteuid() == 0 ? ", and this is root" : "");
    return doctor_finding(geteuid() == 0 || level <= 1 ? VERDICT_OK : VERDICT_NOTE, found);
}

static struct finding look_at_kernel_symbols(void)
{
    int64_t restrict_level = 0;
    bool const known = fact_number(FACT_KPTR_RESTRICT, &restrict_level);
    bool const visible = known && (restrict_level == 0 || (restrict_level == 1 && geteuid() == 0));

    return doctor_finding(visible ? VERDICT_OK : VERDICT_NOTE,
                   known ? text_format("kptr_restrict is %" PRId64, restrict_level)
                         : text_copy("kptr_restrict is absent"));
}

static struct finding look_at_hypervisor(void)
{
    char *const maker = fact_hypervisor();

    if (maker == NULL)
        return doctor_finding(VERDICT_OK, text_copy("none shows itself"));
    char *const found = text_format("a guest of %s", maker);
    free(maker);
    return doctor_finding(VERDICT_NOTE, found);
}

/* The eighth number of the first line of /proc/stat, relative to the sum of all. */
static struct finding look_at_steal(void)
{
    char *const line = text_of_line_file("/proc/stat");
    struct words words = words_of(line != NULL ? line : "");
    double total = 0;
    double steal = 0;

    for (size_t i = 1; i < words.count && i <= 8; i++) {
        double const ticks = strtod(words.word[i], NULL);
        total += ticks;
        steal += i == 8 ? ticks : 0;
    }
    words_free(&words);
    free(line);
    double const percent = total > 0 ? 100 * steal / total : 0;
    return doctor_finding(percent < 0.5 ? VERDICT_OK : VERDICT_NOTE,
                   text_format("%.2f %% of the time since the machine started", percent));
}

static struct finding look_at_cpus(void)
{
    struct cpus const cpus = cpus_choose(1);

    return doctor_finding(cpus.allowed > 1 ? VERDICT_OK : VERDICT_WARN,
                   text_format("%ld online, %zu allowed to this process",
                               sysconf(_SC_NPROCESSORS_ONLN), cpus.allowed));
}

static struct finding look_at_smt(void)
{
    int64_t active = 0;

    if (!fact_number(FACT_SMT_ACTIVE, &active))
        return doctor_finding(VERDICT_NOTE, text_copy("the kernel does not say"));
    return doctor_finding(active == 0 ? VERDICT_OK : VERDICT_NOTE,
                          text_copy(active == 0 ? "off" : "on"));
}

static struct finding look_at_governor(void)
{
    char *const governor = text_of_line_file(FACT_GOVERNOR);

    if (governor == NULL)
        return doctor_finding(VERDICT_NOTE,
                              text_copy("none: the clock rate is not ours to set here"));
    return doctor_finding(text_equal(governor, "performance") ? VERDICT_OK : VERDICT_WARN,
                          governor);
}

static struct finding look_at_thp(void)
{
    char *const mode = fact_selected(FACT_THP_ENABLED);

    if (mode == NULL)
        return doctor_finding(VERDICT_NOTE, text_copy("this kernel has none"));
    return doctor_finding(text_equal(mode, "always") ? VERDICT_WARN : VERDICT_OK, mode);
}

static struct finding look_at_first_use(void)
{
    struct first_use const look = first_use_look();

    if (look.bytes == 0)
        return doctor_finding(VERDICT_NOTE, text_copy("too little memory is free to tell"));
    return doctor_finding(look.slow ? VERDICT_WARN : VERDICT_OK,
                          text_format("%" PRIu64 " MiB took %.0f ms, and used again %.0f",
                                      look.bytes >> 20, (double)look.first_ns / 1e6,
                                      (double)look.again_ns / 1e6));
}

static struct finding look_at_aslr(void)
{
    int64_t mode = 0;
    bool const known = fact_number(FACT_ASLR, &mode);

    if (inherited_no_randomization())
        return doctor_finding(VERDICT_WARN,
                              text_copy("off for this process and its samples (setarch -R)"));
    return doctor_finding(known && mode == 2 ? VERDICT_OK : VERDICT_WARN,
                   known ? text_format("randomize_va_space is %" PRId64, mode)
                         : text_copy("randomize_va_space is absent"));
}

static struct finding look_at_swap(void)
{
    uint64_t total = 0;
    uint64_t unused = 0;

    if (!fact_memory_bytes("SwapTotal", &total) || !fact_memory_bytes("SwapFree", &unused))
        return doctor_finding(VERDICT_NOTE, text_copy("the kernel does not say"));
    if (total == 0)
        return doctor_finding(VERDICT_OK, text_copy("none"));
    return doctor_finding(total > unused ? VERDICT_WARN : VERDICT_NOTE,
                   text_format("%" PRIu64 " MiB, of which %" PRIu64 " are in use", total >> 20,
                               (total - unused) >> 20));
}

static struct finding look_at_load(void)
{
    double load[1] = {0};

    if (getloadavg(load, 1) != 1)
        return doctor_finding(VERDICT_NOTE, text_copy("the kernel does not say"));
    return doctor_finding(load[0] > 0.3 ? VERDICT_WARN : VERDICT_OK,
                   text_format("%.2f over the last minute", load[0]));
}

static struct finding look_at_pressure(void)
{
    char *const line = text_of_line_file("/proc/pressure/cpu");
    char const *const average = line != NULL ? strstr(line, "avg10=") : NULL;
    double const percent = average != NULL ? strtod(average + strlen("avg10="), NULL) : 0;
    bool const known = average != NULL;

    free(line);
    if (!known)
        return doctor_finding(VERDICT_NOTE, text_copy("this kernel has no /proc/pressure"));
    return doctor_finding(percent > 1 ? VERDICT_WARN : VERDICT_OK,
                   text_format("%.2f %% of the last 10 s some task waited for a CPU", percent));
}

static struct finding look_at_disk(void)
{
    enum { LITTLE_MIB = 256 };
    struct statvfs status;
    char const *const folder = access(project_results(), F_OK) == 0 ? project_results() : ".";

    if (statvfs(folder, &status) != 0)
        return doctor_finding(VERDICT_WARN, text_format("%s cannot be asked", folder));
    uint64_t const free_mib = ((uint64_t)status.f_bavail * status.f_frsize) >> 20;
    return doctor_finding(free_mib < LITTLE_MIB ? VERDICT_WARN : VERDICT_OK,
                   text_format("%" PRIu64 " MiB free below %s", free_mib, folder));
}

/* Those of `names` that have a problem, in one line. */
static struct finding look_at_allocators(struct words *names, enum verdict if_missing)
{
    char *missing = text_copy("");

    for (size_t i = 0; i < names->count; i++) {
        struct allocator allocator;
        catalogue_allocator(names->word[i], &allocator);
        if (allocator.problem != NULL)
            text_append(&missing, "%s%s", *missing != '\0' ? ", " : "missing: ", names->word[i]);
        catalogue_allocator_free(&allocator);
    }
    bool const all = *missing == '\0';
    char *const found = all ? text_format("all %zu are there", names->count) : text_copy(missing);
    free(missing);
    words_free(names);
    return doctor_finding(all ? VERDICT_OK : if_missing, found);
}

static struct finding look_at_phases(void)
{
    struct words names = catalogue_phases();

    return look_at_allocators(&names, VERDICT_WARN);
}

static struct finding look_at_peers(void)
{
    struct words names = peers_names();

    return look_at_allocators(&names, VERDICT_NOTE);
}

static struct finding look_at_workloads(void)
{
    struct words names = catalogue_workloads();
    size_t const count = names.count;

    words_free(&names);
    return doctor_finding(count > 0 ? VERDICT_OK : VERDICT_IMPOSSIBLE,
                   count > 0 ? text_format("%zu are built", count) : text_copy("none is built"));
}

static struct check const checks[] = {
    {"workloads", "without a workload there is nothing to run", "make workloads",
     look_at_workloads},
    {"phases", "an experiment that names a missing one is refused", "make allocators",
     look_at_phases},
    {"peers", "experiments that name them are refused", "make setup, or slablab list allocators",
     look_at_peers},
    {"software counters", "page faults are then known from getrusage alone",
     "run as root, or lower "
     "/proc/sys/kernel/perf_event_paranoid to 1",
     look_at_software_counters},
    {"hardware counters",
     "instructions and cache misses stay absent; times and page faults do not need them",
     "bare metal, or a guest that is given a PMU", look_at_hardware_counters},
    {"tracepoints", "events such as syscalls:sys_enter_mmap stay absent",
     "run as root (of the machine, not of a container)", look_at_tracepoints},
    {"perf_event_paranoid", "events of the kernel's own work are refused to this user",
     "as root: sysctl kernel.perf_event_paranoid=1", look_at_perf_paranoid},
    {"kernel symbols", "a profile shows addresses instead of the kernel's functions",
     "as root: sysctl kernel.kptr_restrict=0", look_at_kernel_symbols},
    {"hypervisor", "neighbours on the same host take time that shows here only as steal",
     "bare metal; else trust the blocks, which compare neighbours in time", look_at_hypervisor},
    {"steal", "the host ran something else while a sample was waiting",
     "another hour or another host; every block records its steal", look_at_steal},
    {"processors", "harness and sample share one processor and interrupt each other",
     "a machine with two, or taskset and a container that leave two", look_at_cpus},
    {"SMT", "a sibling's work slows a sample down",
     "as root: echo off > /sys/devices/system/cpu/smt/control", look_at_smt},
    {"frequency governor", "the clock rate follows the load, so early samples run slower",
     "as root: cpupower frequency-set --governor performance", look_at_governor},
    {"huge pages (THP)",
     "the kernel then hides most page faults of every allocator, or none, as memory happens to "
     "lie",
     "as root: echo madvise > " FACT_THP_ENABLED, look_at_thp},
    {"first use of memory",
     "the host gives memory when it is first used; that costs arms with huge pages most, and "
     "differs from process to process",
     "bare metal, or a guest whose host takes no free memory back (a balloon that reports free "
     "pages)",
     look_at_first_use},
    {"ASLR", "one memory layout is then measured again and again instead of many",
     "without setarch -R or a debugger; as root: sysctl kernel.randomize_va_space=2", look_at_aslr},
    {"swap", "memory that was swapped out comes back as major faults in some sample",
     "as root: swapoff --all", look_at_swap},
    {"load", "something else is running; intervals grow and more blocks are needed",
     "wait, or see what runs: top", look_at_load},
    {"CPU pressure", "some task, perhaps the sample, is waiting for a processor",
     "wait, or see what runs: top", look_at_pressure},
    {"disk", "a run that cannot write stops, and resumes when there is room",
     "remove old runs from results/", look_at_disk},
};

static void print(struct check const *check, struct finding const *found)
{
    static char const *const words[] = {"ok", "note", "warn", "STOP"};
    enum { INDENT = 27 };
    char *const label = text_format("%-5s %s", words[found->verdict], check->what);

    wrapped_print(stdout, INDENT, label, found->found);
    if (found->verdict != VERDICT_OK) {
        wrapped_print(stdout, INDENT, "        why", check->matters);
        wrapped_print(stdout, INDENT, "        try", check->remedy);
    }
    free(label);
}

static void perform(struct check const *list, size_t length, size_t *count)
{
    for (size_t i = 0; i < length; i++) {
        struct finding found = list[i].look();
        print(&list[i], &found);
        count[found.verdict]++;
        free(found.found);
    }
}

int command_doctor(int argc, char **argv)
{
    size_t count[VERDICT_IMPOSSIBLE + 1] = {0};

    if (argc > 1) {
        complain("slablab doctor", "doctor: unknown word '%s'", argv[1]);
        return EXIT_STATUS_USAGE;
    }
    perform(checks, sizeof checks / sizeof *checks, count);
    perform(doctor_inherited, doctor_inherited_count, count);
    printf("\n%zu ok, %zu to note, %zu to mind\n", count[VERDICT_OK], count[VERDICT_NOTE],
           count[VERDICT_WARN] + count[VERDICT_IMPOSSIBLE]);
    if (count[VERDICT_IMPOSSIBLE] == 0)
        return EXIT_STATUS_PASS;
    complain("make", "nothing can be measured here yet");
    return EXIT_STATUS_USAGE;
}
