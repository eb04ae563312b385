/* trial.c -- from positions in a plan to a process, and back to a judged sample.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "sample/trial.h"

#include "base/complain.h"
#include "base/memory.h"
#include "base/text.h"
#include "catalogue/build_id.h"
#include "catalogue/workload_description.h"
#include "sample/environment.h"
#include "sample/program_trial.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NUMBER_DIGITS_MAX = 21 };

void terms_set_operations(struct terms *terms, struct cell const *cell, uint64_t operations)
{
    terms->operations = operations;
    terms->warmup_operations = cell->warmup_operations;
    if (cell->warm && cell->warmup_operations == 0)
        terms->warmup_operations = operations;
}

/* It may have gone since the plan was made. */
static char *workload_executable(struct cell const *cell)
{
    char *const named =
        cell->executable == NULL ? catalogue_workload_path(cell->workload) : NULL;

    if (named != NULL || cell->executable == NULL)
        return named;
    return access(cell->executable, X_OK) == 0 ? text_copy(cell->executable) : NULL;
}

bool rig_open(struct rig *rig, struct plan const *plan, struct run_kind const *kind)
{
    *rig = (struct rig){.plan = plan, .kind = kind};
    if (!sampler_open(&rig->sampler, plan->events, plan->event_count, plan_cpus(plan)))
        return false;
    rig->terms = memory_zeroed(plan->cell_count, sizeof *rig->terms);
    rig->links = memory_zeroed(plan->arm_count, sizeof *rig->links);
    rig->left_behind_noted = memory_zeroed(plan->arm_count, sizeof *rig->left_behind_noted);
    for (size_t i = 0; i < plan->cell_count; i++) {
        bool const is_program = plan->cells[i].program != NULL;
        rig->terms[i].program = is_program ? program_launcher()
                                           : workload_executable(&plan->cells[i]);
        terms_set_operations(&rig->terms[i], &plan->cells[i], plan->cells[i].operations);
        if (rig->terms[i].program == NULL) {
            if (!is_program)
                complain("make workloads; slablab list workloads",
                         "%s: no executable of workload '%s'", plan->experiment,
                         plan->cells[i].workload);
            rig_close(rig);
            return false;
        }
    }
    return true;
}

void rig_close(struct rig *rig)
{
    for (size_t i = 0; i < rig->plan->cell_count; i++)
        free(rig->terms[i].program);
    free(rig->terms);
    free(rig->links);
    free(rig->left_behind_noted);
    work_folder_close(&rig->work_folder);
    served_files_close(&rig->served);
    sampler_close(&rig->sampler);
}

/* The strings follow the array of pointers. */
char **trial_arguments(struct cell const *cell, struct terms const *terms)
{
    size_t const pointers = cell->parameter_count + 4;
    size_t bytes = strlen(terms->program) + 1 + 2 * (sizeof "operations=" + NUMBER_DIGITS_MAX);
    char **arguments;
    char *string;
    size_t count = 0;

    for (size_t i = 0; i < cell->parameter_count; i++)
        bytes += strlen(cell->parameters[i].name) + 1 +
                 (cell->parameters[i].text != NULL ? strlen(cell->parameters[i].text) + 1
                                                   : NUMBER_DIGITS_MAX);
    arguments = memory_zeroed(1, pointers * sizeof *arguments + bytes);
    string = (char *)(arguments + pointers);
    arguments[count++] = string;
    string = stpcpy(string, terms->program) + 1;
    for (size_t i = 0; i < cell->parameter_count; i++) {
        char *const word = plan_parameter_word(&cell->parameters[i], false);
        arguments[count++] = string;
        string = stpcpy(string, word) + 1;
        free(word);
    }
    arguments[count++] = string;
    string += sprintf(string, "operations=%" PRIu64, terms->operations) + 1;
    arguments[count++] = string;
    sprintf(string, "warmup=%" PRIu64, terms->warmup_operations);
    arguments[count] = NULL;
    return arguments;
}

/* Once for each arm. */
static void note_left_behind(struct rig *rig, size_t cell, size_t arm, struct sample const *sample)
{
    if (rig->left_behind_noted[arm])
        return;
    rig->left_behind_noted[arm] = true;
    complain("an allocator that starts no process, or one that waits for it",
             "note: %s: %s: a sample left %zu process%s behind; they are killed before the next",
             rig->plan->cells[cell].id, rig->plan->arms[arm].id, sample->left_behind,
             sample->left_behind == 1 ? "" : "es");
}

static bool workload_trial_run(struct rig *rig, size_t cell, size_t arm, bool observing,
                               size_t pad_bytes, struct sample *sample)
{
    struct plan const *const plan = &rig->served.plan;
    struct terms const *const terms = &rig->terms[cell];
    struct link const link = arm_link(&plan->arms[arm], rig->links[arm]);
    char const *const object = environment_object(&plan->arms[arm], rig->links[arm], observing);
    bool const observer = object != link.object;
    int const region_fd = rig->sampler.page_fd;
    struct environment_size const size = environment_size_largest(plan, observing, region_fd);
    char **const environment =
        environment_build(&plan->arms[arm], object, region_fd, size, pad_bytes);
    char **const arguments = trial_arguments(&plan->cells[cell], terms);
    char *const observer_build_id = observer ? catalogue_build_id(object) : NULL;
    struct sample_expectation const expectation = {
        .object = object,
        .build_id = observer ? observer_build_id : link.build_id,
        .timed = rig->kind->finding == NULL,
        .attested = terms->attested,
        .operations = terms->operations_done,
        .checksum = terms->checksum,
    };
    bool const started = sample_run(&rig->sampler, arguments, environment, sample);

    if (started)
        sample_judge(sample, &expectation);
    free(environment);
    free(arguments);
    free(observer_build_id);
    return started;
}

/* An instrument tells code by the paths that processes map: they are the plan's. */
static bool trial_serve(struct rig *rig, size_t arm)
{
    if (rig->kind->finding != NULL) {
        rig->served.plan = *rig->plan;
        return true;
    }
    return served_files_open(&rig->served, rig->plan) &&
           served_files_take(&rig->served, arm, rig->links[arm]);
}

bool rig_renew(struct rig *rig, size_t const *order)
{
    return rig->kind->finding != NULL ||
           (served_files_open(&rig->served, rig->plan) &&
            served_files_renew(&rig->served, order, rig->links));
}

/* What served it, as the plan has it. */
static void name_planned(struct rig const *rig, struct sample *sample)
{
    char *const object = sample->region.object;
    char const *const planned = served_files_planned(&rig->served, rig->plan, object);

    if (planned != object)
        snprintf(object, sizeof sample->region.object, "%s", planned);
}

bool trial_run(struct rig *rig, size_t cell, size_t arm, bool observing, size_t pad_bytes,
               struct sample *sample)
{
    rig->sampler.cpu_count = rig->plan->cells[cell].cpus;
    rig->sampler.thp = rig->plan->cells[cell].thp;
    bool const served = trial_serve(rig, arm);
    bool const started = served &&
        (rig->plan->cells[cell].program != NULL
             ? program_trial_run(rig, cell, arm, observing, pad_bytes, sample)
             : workload_trial_run(rig, cell, arm, observing, pad_bytes, sample));

    rig->sampler.thp = THP_INHERITED;
    if (started)
        name_planned(rig, sample);
    if (started && sample->left_behind > 0)
        note_left_behind(rig, cell, arm, sample);
    return started;
}
