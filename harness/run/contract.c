/* contract.c -- runs workload contract under an arm, and reads its sentence.
 *
 * SPDX-License-Identifier: MIT */
#include "run/contract.h"

#include "base/interrupt.h"
#include "base/reason.h"
#include "base/text.h"
#include "catalogue/workload_description.h"
#include "sample/environment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_BROKEN = 3, EXIT_BROKEN_ALIGNED = 4 };

/* An allocator may crash in one process of many, as in its cells. */
enum { ATTEMPTS = 3 };

/* The workload's sentence is the last line; what the allocator says itself comes before. */
static char *last_line(char const *text)
{
    size_t end = text != NULL ? strlen(text) : 0;
    size_t start;

    while (end > 0 && text[end - 1] == '\n')
        end--;
    for (start = end; start > 0 && text[start - 1] != '\n'; start--)
        ;
    return end > 0 ? text_copy_bytes(text + start, end - start) : text_copy("");
}

static void add(json_t *contracts, char const *arm, char const *status, char const *text)
{
    json_array_append_new(contracts, json_pack("{s:s, s:s, s:s}", "arm", arm, "status", status,
                                               "text", text));
}

static void judge(struct sample const *sample, char const *arm, json_t *reasons, json_t *contracts)
{
    char *const said = last_line(sample->stderr_text);
    bool const failed = sample->status == SAMPLE_FAILED;

    if (sample->status == SAMPLE_OK) {
        add(contracts, arm, "kept", "");
    } else if (failed && sample->exit_code == EXIT_BROKEN) {
        add(contracts, arm, "broken", said);
        reason_add(reasons, "contract", NULL, arm, "it breaks what C promises: %s", said);
    } else if (failed && sample->exit_code == EXIT_BROKEN_ALIGNED) {
        add(contracts, arm, "broken, not used", said);
    } else {
        char *const why =
            text_format("the check ended as '%s' (exit code %d, signal %d): %s",
                        sample_status_name(sample->status), sample->exit_code, sample->signal,
                        said);
        add(contracts, arm, "unknown", why);
        free(why);
    }
    free(said);
}

enum step contract_check(struct rig *rig, size_t arm, json_t *reasons, json_t *contracts)
{
    struct arm const *const planned = &rig->plan->arms[arm];
    char *const program = catalogue_workload_path("contract");
    int const fd = rig->sampler.page_fd;
    enum step step = STEP_DONE;
    struct sample sample = {0};

    if (program == NULL) {
        add(contracts, planned->id, "unknown", "workload contract is not built");
        return STEP_DONE;
    }
    char *const arguments[] = {program, "operations=2", "warmup=0", NULL};
    char **const environment = environment_build(
        planned, planned->object, fd, environment_size_largest(rig->plan, false, fd), 0);
    for (size_t attempt = 0; attempt < ATTEMPTS && step == STEP_DONE; attempt++) {
        sample_release(&sample);
        if (interrupted())
            step = STEP_INTERRUPTED;
        else if (!sample_run(&rig->sampler, arguments, environment, &sample))
            step = STEP_FAULT;
        else if (sample.status != SAMPLE_CRASHED)
            break;
    }
    if (step == STEP_DONE && interrupted())
        step = STEP_INTERRUPTED;
    if (step == STEP_DONE)
        judge(&sample, planned->id, reasons, contracts);
    sample_release(&sample);
    free(environment);
    free(program);
    return step;
}

void contract_print(json_t const *contract)
{
    char const *const status = json_string_value(json_object_get(contract, "status"));

    if (!text_equal(status, "kept"))
        printf("what C promises, %s: %s: %s\n", json_string_value(json_object_get(contract, "arm")),
               status, json_string_value(json_object_get(contract, "text")));
}
