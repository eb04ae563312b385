/* callgrind.c -- runs a sample under valgrind, and reads the one number of its report.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "gate/callgrind.h"

#include "base/capture.h"
#include "base/complain.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "base/reason.h"
#include "base/text.h"
#include "gate/callgrind_functions.h"
#include "sample/ending.h"
#include "sample/environment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <unistd.h>

enum { SHARE_OF_OPERATIONS = 10, TIMEOUT_SECONDS = 300 };

static unsigned long const ASK = 0xffffffff; /* personality's value for "unchanged" */

/* The path of the program, by PATH; NULL. */
static char *find_valgrind(void)
{
    char *const arguments[] = {"sh", "-c", "command -v valgrind", NULL};

    return capture_line(arguments, NULL);
}

static char *version_of(char *path)
{
    char *const arguments[] = {path, "--version", NULL};

    return path != NULL ? capture_line(arguments, NULL) : NULL;
}

char *callgrind_version(void)
{
    char *const path = find_valgrind();
    char *const version = version_of(path);

    free(path);
    return version;
}

bool callgrind_is_there(char const *experiment)
{
    char *const version = callgrind_version();
    bool const there = version != NULL;

    if (!there)
        complain("apt-get install valgrind, or an experiment that does not decide by instructions",
                 "%s: instructions are counted by valgrind, and there is none", experiment);
    free(version);
    return there;
}

uint64_t callgrind_parse(char const *text)
{
    static char const summary[] = "\nsummary: ";
    char const *const region = callgrind_region(text);
    char const *const found = region != NULL ? strstr(region - 1, summary) : NULL;

    return found != NULL ? strtoull(found + strlen(summary), NULL, 10) : 0;
}

static uint64_t tenth(uint64_t operations)
{
    uint64_t const share = operations / SHARE_OF_OPERATIONS;

    return share == 0 && operations > 0 ? 1 : share;
}

/* The checksum of a tenth of the operations was not attested: the first sample sets it. */
static struct terms *tenths(struct rig const *rig)
{
    struct terms *const terms = memory_zeroed(rig->plan->cell_count, sizeof *terms);

    for (size_t i = 0; i < rig->plan->cell_count; i++)
        terms[i] = (struct terms){
            .program = rig->terms[i].program,
            .operations = tenth(rig->terms[i].operations),
            .warmup_operations = tenth(rig->terms[i].warmup_operations),
        };
    return terms;
}

bool callgrind_open(struct callgrind *callgrind, struct rig const *rig)
{
    *callgrind = (struct callgrind){.rig = *rig};
    callgrind->rig.terms = tenths(rig);
    callgrind->rig.sampler.counters = counters_encode(NULL, 0);
    callgrind->rig.sampler.recorder = NULL;
    callgrind->rig.sampler.timeout_ns = TIMEOUT_SECONDS * UINT64_C(1000000000);
    callgrind->report_fd = memfd_create("callgrind", MFD_CLOEXEC);
    callgrind->report_option =
        text_format("--callgrind-out-file=/proc/%d/fd/%d", getpid(), callgrind->report_fd);
    callgrind->valgrind = find_valgrind();
    callgrind->version = version_of(callgrind->valgrind);
    if (callgrind->report_fd < 0)
        complain("ulimit -n; free", "cannot open a file in memory: %s", strerror(errno));
    if (callgrind->report_fd >= 0 && callgrind_is_there(rig->plan->experiment))
        return true;
    callgrind_close(callgrind);
    return false;
}

void callgrind_close(struct callgrind *callgrind)
{
    if (callgrind->report_fd >= 0)
        close(callgrind->report_fd);
    counters_free(callgrind->rig.sampler.counters);
    free(callgrind->rig.terms);
    free(callgrind->report_option);
    free(callgrind->valgrind);
    free(callgrind->version);
}

/* valgrind's arguments, before the program's. It reads no settings from a home or a working
 * directory. */
static char **arguments_build(struct callgrind *callgrind, char **program)
{
    char *const own[] = {callgrind->valgrind,
                         "--tool=callgrind",
                         "--quiet",
                         "--command-line-only=yes",
                         "--demangle=no",
                         "--combine-dumps=yes",
                         "--zero-before=region_begin",
                         "--dump-before=region_end",
                         callgrind->report_option};
    size_t const own_count = sizeof own / sizeof *own;
    size_t count = 0;

    while (program[count] != NULL)
        count++;
    char **const arguments = memory_zeroed(own_count + count + 1, sizeof *arguments);
    memcpy(arguments, own, sizeof own);
    memcpy(arguments + own_count, program, count * sizeof *program);
    return arguments;
}

/* glibc chooses its string functions by the processor; this turns that off, so that counts are the
 * same on another one. An arm that sets the variable itself keeps it. The result owns no strings.
  */
static char **environment_pinned(char **environment)
{
    static char pinned[] = "GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-AVX512F,-AVX512VL,-ERMS,-FSRM";
    size_t const name = strcspn(pinned, "=") + 1;
    bool set = false;
    size_t count = 0;

    for (; environment[count] != NULL; count++)
        set = set || strncmp(environment[count], pinned, name) == 0;
    char **const copy = memory_zeroed(count + 2, sizeof *copy);
    memcpy(copy, environment, count * sizeof *copy);
    if (!set)
        copy[count] = pinned;
    return copy;
}

/* An allocator's work may depend on its addresses, so these are the same in every process. */
static bool run_at_fixed_addresses(struct sampler *sampler, char *const *arguments,
                                   char *const *environment, struct sample *sample)
{
    int const usual = personality(ASK);

    if (usual >= 0)
        personality((unsigned long)usual | ADDR_NO_RANDOMIZE);
    bool const started = sample_run(sampler, arguments, environment, sample);
    if (usual >= 0)
        personality((unsigned long)usual);
    return started;
}

/* As trial_run, with valgrind before the command line and without a pad. */
static bool run_sample(struct callgrind *callgrind, size_t cell, size_t arm, struct sample *sample)
{
    struct plan const *const plan = callgrind->rig.plan;
    struct terms const *const terms = &callgrind->rig.terms[cell];
    int const region_fd = callgrind->rig.sampler.page_fd;
    char const *const object = plan->arms[arm].object;
    struct environment_size const size = environment_size_largest(plan, false, region_fd);
    char **const environment = environment_build(&plan->arms[arm], object, region_fd, size, 0);
    char **const pinned = environment_pinned(environment);
    char **const program = trial_arguments(&plan->cells[cell], terms);
    char **const arguments = arguments_build(callgrind, program);
    struct sample_expectation const expectation = {
        .object = object,
        .build_id = plan->arms[arm].object_build_id,
        .attested = terms->attested,
        .operations = terms->operations_done,
        .checksum = terms->checksum,
    };
    bool const started =
        run_at_fixed_addresses(&callgrind->rig.sampler, arguments, pinned, sample);

    if (started)
        sample_judge(sample, &expectation);
    free(arguments);
    free(program);
    free(pinned);
    free(environment);
    return started;
}

static void settle(struct terms *terms, struct region const *region)
{
    if (terms->attested)
        return;
    terms->attested = true;
    terms->operations_done = region->operations;
    terms->checksum = region->checksum;
}

void callgrind_add_reason(json_t *reasons, struct plan const *plan, size_t cell, size_t arm,
                          struct sample const *sample)
{
    char const *const why = sample->status == SAMPLE_OK ? "its report has no region"
                                                        : sample_status_name(sample->status);
    char *const ending = ending_of(sample);

    reason_add(reasons, "callgrind", plan->cells[cell].id, plan->arms[arm].id,
               "under callgrind: %s%s%s", why, *ending != '\0' ? ": " : "", ending);
    free(ending);
}

char *callgrind_report(struct callgrind const *callgrind)
{
    return text_of_file(strchr(callgrind->report_option, '/'), NULL);
}

enum step callgrind_count(struct callgrind *callgrind, size_t cell, size_t arm,
                          struct sample *sample, uint64_t *instructions)
{
    if (interrupted())
        return STEP_INTERRUPTED;
    if (ftruncate(callgrind->report_fd, 0) != 0 || !run_sample(callgrind, cell, arm, sample))
        return STEP_FAULT;
    char *const report = callgrind_report(callgrind);
    *instructions = sample->status == SAMPLE_OK ? callgrind_parse(report) : 0;
    free(report);
    if (*instructions != 0)
        settle(&callgrind->rig.terms[cell], &sample->region);
    if (!interrupted())
        return STEP_DONE;
    sample_release(sample);
    return STEP_INTERRUPTED;
}
