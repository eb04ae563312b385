/* attestation.c -- checks the attesting samples, and writes attestation.json.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "run/attestation.h"

#include "base/interrupt.h"
#include "base/reason.h"
#include "base/regular_file.h"
#include "base/status_line.h"
#include "base/text.h"
#include "experiment/program.h"
#include "run/attesting_sample.h"
#include "run/contract.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char const ALLOCATIONS[] = "_allocations";

/* The shares of the tiers: {"smallmid": 0.998, ...}. NULL if the allocator has no counts or
 * allocated nothing. */
static json_t *shares_of(struct region const *region)
{
    json_t *const shares = json_object();
    double sum = 0;

    for (size_t i = 0; i < region->tier_count; i++)
        if (text_ends_with(region->tier[i].name, ALLOCATIONS))
            sum += (double)region->tier[i].value;
    for (size_t i = 0; sum > 0 && i < region->tier_count; i++)
        if (text_ends_with(region->tier[i].name, ALLOCATIONS)) {
            size_t const length = strlen(region->tier[i].name) - strlen(ALLOCATIONS);
            json_object_setn_new(shares, region->tier[i].name, length,
                                 json_real((double)region->tier[i].value / sum));
        }
    if (sum > 0)
        return shares;
    json_decref(shares);
    return NULL;
}

/* "tiny, libc": the tiers that were counted, be it 0 times. */
static char *counted_tiers(json_t *shares)
{
    char *tiers = text_copy("");
    char const *tier;
    json_t *share;

    json_object_foreach(shares, tier, share) {
        text_append(&tiers, "%s%s", *tiers != 0 ? ", " : "", tier);
    }
    return tiers;
}

/* The actual share, if it is not the stated one; NULL if it is. The caller frees it. */
static char *violation_of(struct serves const *serves, json_t *shares)
{
    json_t const *const counted = json_object_get(shares, serves->tier);
    double const share = json_number_value(counted);
    bool const at_least = serves->relation == SERVES_AT_LEAST;

    if (shares == NULL)
        return text_copy("nothing was counted");
    if (counted == NULL) {
        char *const tiers = counted_tiers(shares);
        char *const violation = text_format("it has no count; counted are %s", tiers);
        free(tiers);
        return violation;
    }
    if (at_least ? share < serves->share : share > serves->share)
        return text_format("served %.4g %%", 100 * share);
    return NULL;
}

static void check_serves(struct plan const *plan, struct cell const *cell, size_t arm,
                         json_t *shares, json_t *reasons)
{
    for (size_t i = 0; i < cell->serves_count; i++) {
        struct serves const *const serves = &cell->serves[i];
        char *const violation = serves->arm == arm ? violation_of(serves, shares) : NULL;
        if (violation != NULL)
            reason_add(reasons, "tier", cell->id, plan->arms[arm].id,
                       "tier %s is to serve %s %g %%, and %s", serves->tier,
                       serves->relation == SERVES_AT_LEAST ? ">=" : "<=", 100 * serves->share,
                       violation);
        free(violation);
    }
}

/* A program does no operations, and its output may be any. */
static json_t *describe(struct sample const *sample, struct program const *program, char const *arm,
                        json_t *shares)
{
    struct region const *const region = &sample->region;
    json_t *tiers = NULL;
    char checksum[17];

    snprintf(checksum, sizeof checksum, "%016llx", (unsigned long long)region->checksum);
    if (region->tier_count > 0)
        tiers = json_object();
    for (size_t i = 0; i < region->tier_count; i++)
        json_object_set_new(tiers, region->tier[i].name,
                            json_integer((json_int_t)region->tier[i].value));
    bool const compared = program == NULL || program_output_is_compared(program);
    json_t *const object =
        json_pack("{s:s, s:s, s:s, s:s, s:s?, s:o, s:o?, s:O?}", "arm", arm, "status",
                  sample_status_name(sample->status), "object", region->object, "build_id",
                  region->build_id, "checksum", compared ? checksum : NULL, "operations",
                  program == NULL ? json_integer((json_int_t)region->operations) : json_null(),
                  "tiers", tiers, "shares", shares);
    if (region->artifact.images > 0)
        json_object_set_new(object, "program_build_id", json_string(region->artifact.build_id));
    return object;
}

static enum step attest_arm(struct rig *rig, size_t index, size_t arm, json_t *reasons,
                            json_t *arms)
{
    struct terms *const terms = &rig->terms[index];
    json_t *const failed = json_array();
    struct sample sample;
    enum step const step = attesting_sample_run(rig, index, arm, true, failed, &sample);

    if (step == STEP_DONE) {
        if (arm == 0 && sample.status == SAMPLE_OK) {
            terms->attested = true;
            terms->checksum = sample.region.checksum;
            terms->operations_done = sample.region.operations;
        }
        json_t *const shares = shares_of(&sample.region);
        attesting_sample_check(rig, index, arm, &sample, reasons);
        if (sample.status == SAMPLE_OK)
            check_serves(rig->plan, &rig->plan->cells[index], arm, shares, reasons);
        json_t *const described = describe(&sample, rig->plan->cells[index].program,
                                           rig->plan->arms[arm].id, shares);
        if (json_array_size(failed) > 0)
            json_object_set(described, "failed", failed);
        json_array_append_new(arms, described);
        json_decref(shares);
        sample_release(&sample);
    }
    json_decref(failed);
    return step;
}

/* The baseline comes first, so that its checksum is known when the others are judged. */
static enum step attest_cell(struct rig *rig, size_t index, json_t *reasons, json_t *arms)
{
    enum step step = STEP_DONE;

    for (size_t arm = 0; step == STEP_DONE && arm < rig->plan->arm_count; arm++)
        step = attest_arm(rig, index, arm, reasons, arms);
    return step == STEP_DONE && interrupted() ? STEP_INTERRUPTED : step;
}

/* The cell whose processes are the shortest. */
static size_t smallest_cell(struct rig const *rig)
{
    size_t smallest = 0;

    for (size_t i = 1; i < rig->plan->cell_count; i++)
        if (rig->terms[i].operations + rig->terms[i].warmup_operations <
            rig->terms[smallest].operations + rig->terms[smallest].warmup_operations)
            smallest = i;
    return smallest;
}

/* One process of the timed file, in the smallest cell: another link serves the same code, so what
 * may differ is only whether it loads and works. */
static enum step attest_link(struct rig *rig, size_t arm, size_t link, json_t *reasons,
                             json_t *links)
{
    size_t const cell = smallest_cell(rig);
    json_t *const failed = json_array();
    struct sample sample;

    rig->links[arm] = link;
    enum step const step = attesting_sample_run(rig, cell, arm, false, failed, &sample);
    json_decref(failed);
    if (step == STEP_DONE)
        attesting_sample_check(rig, cell, arm, &sample, reasons);
    rig->links[arm] = 0;
    if (step != STEP_DONE)
        return step;
    json_array_append_new(
        links, json_pack("{s:s, s:I, s:s, s:s, s:s, s:s}", "arm", rig->plan->arms[arm].id, "link",
                         (json_int_t)link, "cell", rig->plan->cells[cell].id, "status",
                         sample_status_name(sample.status), "object", sample.region.object,
                         "build_id", sample.region.build_id));
    sample_release(&sample);
    return STEP_DONE;
}

/* The control's are the baseline's. */
static enum step attest_links(struct rig *rig, json_t *reasons, json_t *links)
{
    enum step step = STEP_DONE;

    for (size_t arm = 0; arm < rig->plan->arm_count; arm++)
        for (size_t i = 0; step == STEP_DONE && i < rig->plan->arms[arm].link_count; i++)
            if (rig->plan->arms[arm].role != ROLE_CONTROL)
                step = attest_link(rig, arm, i, reasons, links);
    return step;
}

/* Identical code needs no second check. */
static enum step attest_contracts(struct rig *rig, json_t *reasons, json_t *contracts)
{
    enum step step = STEP_DONE;

    for (size_t arm = 0; step == STEP_DONE && arm < rig->plan->arm_count; arm++)
        if (rig->plan->arms[arm].role != ROLE_CONTROL)
            step = contract_check(rig, arm, reasons, contracts);
    return step;
}

enum step attest(struct rig *rig, json_t *reasons, json_t **file)
{
    size_t const reasons_before = json_array_size(reasons);
    json_t *const cells = json_array();
    json_t *const contracts = json_array();
    json_t *const links = json_array();
    json_t *const violations = json_array();
    enum step step = STEP_DONE;

    *file = NULL;
    for (size_t i = 0; step == STEP_DONE && i < rig->plan->cell_count; i++) {
        json_t *const arms = json_array();
        status_line_say("attesting", rig->plan->cells[i].id);
        step = attest_cell(rig, i, reasons, arms);
        json_array_append_new(
            cells, json_pack("{s:s, s:o}", "cell", rig->plan->cells[i].id, "arms", arms));
    }
    if (step == STEP_DONE)
        step = attest_links(rig, reasons, links);
    if (step == STEP_DONE)
        step = attest_contracts(rig, reasons, contracts);
    for (size_t i = reasons_before; i < json_array_size(reasons); i++)
        json_array_append(violations, json_array_get(reasons, i));
    if (step == STEP_DONE) {
        *file = json_pack("{s:s, s:O, s:O, s:O}", "schema", "slablab-attestation/1", "cells", cells,
                          "contracts", contracts, "violations", violations);
        if (json_array_size(links) > 0)
            json_object_set(*file, "links", links);
        if (json_array_size(violations) > 0)
            step = STEP_VOID;
    }
    json_decref(cells);
    json_decref(contracts);
    json_decref(links);
    json_decref(violations);
    return step;
}

static bool read_cell(struct rig *rig, size_t index, json_t const *cells)
{
    json_t const *const cell = json_array_get(cells, index);
    char const *const id = json_string_value(json_object_get(cell, "cell"));
    json_t const *const baseline = json_array_get(json_object_get(cell, "arms"), 0);
    char const *const checksum = json_string_value(json_object_get(baseline, "checksum"));
    struct terms *const terms = &rig->terms[index];

    struct program const *const program = rig->plan->cells[index].program;
    bool const compared = program == NULL || program_output_is_compared(program);
    if (id == NULL || strcmp(id, rig->plan->cells[index].id) != 0 || (compared && checksum == NULL))
        return false;
    terms->attested = true;
    terms->checksum = compared ? strtoull(checksum, NULL, 16) : 0;
    terms->operations_done = (uint64_t)json_integer_value(json_object_get(baseline, "operations"));
    return true;
}

bool attestation_read(struct rig *rig, char const *directory)
{
    char *const path = text_format("%s/attestation.json", directory);
    json_t *const file = regular_file_json(path, 0, NULL);
    bool whole = file != NULL && json_array_size(json_object_get(file, "violations")) == 0;

    for (size_t i = 0; whole && i < rig->plan->cell_count; i++)
        whole = read_cell(rig, i, json_object_get(file, "cells"));
    json_decref(file);
    free(path);
    return whole;
}

/* Tiers that served nothing are left out; a dash stands for an allocator without counts. */
static void print_arm(json_t const *arm)
{
    json_t *const shares = json_object_get(arm, "shares");
    char const *const object = json_string_value(json_object_get(arm, "object"));
    char const *const slash = strrchr(object, '/');
    char const *tier;
    json_t *share;

    printf("  %-33s %-24s", json_string_value(json_object_get(arm, "arm")),
           slash == NULL ? object : slash + 1);
    if (!json_is_object(shares))
        fputs(" -", stdout);
    json_object_foreach(shares, tier, share) {
        if (json_number_value(share) > 0)
            printf(" %s %.4g %%", tier, 100 * json_number_value(share));
    }
    putchar('\n');
}

void attestation_print(json_t const *file)
{
    size_t index;
    json_t *cell;

    json_array_foreach(json_object_get(file, "cells"), index, cell) {
        size_t position;
        json_t *arm;
        printf("%s\n", json_string_value(json_object_get(cell, "cell")));
        json_array_foreach(json_object_get(cell, "arms"), position, arm) {
            print_arm(arm);
        }
    }
    json_array_foreach(json_object_get(file, "contracts"), index, cell) {
        contract_print(cell);
    }
}
