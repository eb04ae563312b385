/* calibrate.c -- raises the number of operations until the time is reliable, then scales it.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "run/calibrate.h"

#include "base/durable.h"
#include "base/interrupt.h"
#include "base/reason.h"
#include "base/regular_file.h"
#include "base/status_line.h"
#include "base/text.h"
#include "sample/ending.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint64_t const OPERATIONS_FIRST = 1000;
/* Reached only by work that takes no time, such as the null workload's. */
static uint64_t const OPERATIONS_MAX = 100000000;
static uint64_t const GROWTH_MAX = 10;
static uint64_t const CPU_NS_TRUSTED = 20000000;
static uint64_t const CPU_NS_WANTED = 35000000; /* a sample is 20 to 50 ms of work */

static uint64_t two_digits(double value)
{
    double const unit = pow(10, floor(log10(value)) - 1);

    return unit < 1 ? (uint64_t)llround(value) : (uint64_t)llround(round(value / unit) * unit);
}

uint64_t calibrate_next(uint64_t operations, uint64_t cpu_ns)
{
    if (cpu_ns >= CPU_NS_TRUSTED || operations >= OPERATIONS_MAX)
        return 0;
    /* Aims at the wanted time, but set-up costs may mislead it: at least twice, at most ten times
     * as many. */
    double const wanted = (double)CPU_NS_WANTED / fmax(1, (double)cpu_ns);
    double const factor = fmin(fmax(wanted, 2), (double)GROWTH_MAX);
    double const next = fmin((double)operations * factor, (double)OPERATIONS_MAX);

    return (uint64_t)next;
}

uint64_t calibrate_settle(uint64_t operations, uint64_t cpu_ns)
{
    double const scaled = (double)operations * (double)CPU_NS_WANTED / fmax(1, (double)cpu_ns);

    return two_digits(fmin(fmax(scaled, 1), (double)OPERATIONS_MAX));
}

/* A program is run as it is. */
static bool is_calibrated(struct cell const *cell)
{
    return cell->operations == 0 && cell->program == NULL;
}

static enum step calibrate_cell(struct rig *rig, size_t index, json_t *reasons)
{
    struct cell const *const cell = &rig->plan->cells[index];
    struct terms *const terms = &rig->terms[index];
    uint64_t operations = OPERATIONS_FIRST;

    for (;;) {
        struct sample sample;
        if (interrupted())
            return STEP_INTERRUPTED;
        terms_set_operations(terms, cell, operations);
        if (!trial_run(rig, index, 0, false, 0, &sample))
            return STEP_FAULT;
        if (interrupted()) {
            sample_release(&sample);
            return STEP_INTERRUPTED;
        }
        if (sample.status != SAMPLE_OK) {
            char *const ending = ending_of(&sample);
            reason_add(reasons, "calibration", cell->id, rig->plan->arms[0].id,
                       "while calibrating: %s: %s", sample_status_name(sample.status), ending);
            free(ending);
            sample_release(&sample);
            return STEP_VOID;
        }
        terms->calibrated_cpu_ns = sample.region.cpu_ns;
        sample_release(&sample);
        uint64_t const next = calibrate_next(operations, sample.region.cpu_ns);
        if (next == 0)
            break;
        operations = next;
    }
    terms_set_operations(terms, cell, calibrate_settle(operations, terms->calibrated_cpu_ns));
    return STEP_DONE;
}

enum step calibrate(struct rig *rig, json_t *reasons)
{
    for (size_t i = 0; i < rig->plan->cell_count; i++) {
        if (!is_calibrated(&rig->plan->cells[i]))
            continue;
        status_line_say("calibrating", rig->plan->cells[i].id);
        enum step const step = calibrate_cell(rig, i, reasons);
        if (step != STEP_DONE)
            return step;
    }
    return STEP_DONE;
}

bool calibration_write(struct rig const *rig, char const *directory)
{
    json_t *const cells = json_array();

    for (size_t i = 0; i < rig->plan->cell_count; i++)
        if (is_calibrated(&rig->plan->cells[i]))
            json_array_append_new(cells, json_pack("{s:s, s:I, s:I}", "cell",
                                                   rig->plan->cells[i].id, "operations",
                                                   (json_int_t)rig->terms[i].operations, "cpu_ns",
                                                   (json_int_t)rig->terms[i].calibrated_cpu_ns));
    json_t *const file = json_pack("{s:s, s:o}", "schema", "slablab-calibration/1", "cells", cells);
    bool const written = durable_write_json(directory, "calibration.json", file);
    json_decref(file);
    return written;
}

static bool read_cell(struct rig *rig, size_t index, json_t const *cells)
{
    struct cell const *const cell = &rig->plan->cells[index];
    size_t i;
    json_t *entry;

    json_array_foreach(cells, i, entry) {
        char const *const id = json_string_value(json_object_get(entry, "cell"));
        json_int_t const operations = json_integer_value(json_object_get(entry, "operations"));
        if (id != NULL && strcmp(id, cell->id) == 0 && operations > 0) {
            terms_set_operations(&rig->terms[index], cell, (uint64_t)operations);
            rig->terms[index].calibrated_cpu_ns =
                (uint64_t)json_integer_value(json_object_get(entry, "cpu_ns"));
            return true;
        }
    }
    return false;
}

bool calibration_read(struct rig *rig, char const *directory)
{
    char *const path = text_format("%s/calibration.json", directory);
    json_t *const file = regular_file_json(path, 0, NULL);
    bool whole = file != NULL;

    for (size_t i = 0; whole && i < rig->plan->cell_count; i++)
        if (is_calibrated(&rig->plan->cells[i]))
            whole = read_cell(rig, i, json_object_get(file, "cells"));
    json_decref(file);
    free(path);
    return whole;
}
