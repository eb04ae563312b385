/* attest.c -- slablab attest: which object serves malloc in each arm, and each tier's share.
 *
 * SPDX-License-Identifier: MIT */
#include "base/complain.h"
#include "base/interrupt.h"
#include "base/reason.h"
#include "base/status_line.h"
#include "command/commands.h"
#include "experiment/check_arms.h"
#include "run/attestation.h"
#include "run/calibrate.h"

#include <stdio.h>
#include <string.h>

static int report(enum step step, json_t const *reasons, json_t const *file)
{
    size_t index;
    json_t *reason;

    status_line_end();
    if (file != NULL)
        attestation_print(file);
    if (json_array_size(reasons) > 0)
        puts("violations:");
    json_array_foreach(reasons, index, reason) {
        char *const line = reason_line(reason);
        printf("  %s\n", line);
        free(line);
    }
    if (step == STEP_VOID)
        complain("make; then the arm's assignments and `serves` in the experiment",
                 "attest: `slablab run` would measure nothing, for the violations above");
    switch (step) {
    case STEP_DONE: return EXIT_STATUS_PASS;
    case STEP_VOID: return EXIT_STATUS_VOID;
    case STEP_INTERRUPTED: return EXIT_STATUS_INTERRUPTED;
    case STEP_FAULT: break;
    }
    return EXIT_STATUS_USAGE;
}

int command_attest(int argc, char **argv)
{
    bool const quick = argc == 3 && strcmp(argv[2], "--quick") == 0;
    bool const words = argc > 2 && strcmp(argv[1], "--") == 0;
    json_t *const reasons = json_array();
    json_t *file = NULL;
    struct plan *plan;
    struct rig rig;
    int status = EXIT_STATUS_USAGE;

    if (argc != 2 && !quick && !words) {
        complain("slablab attest experiments/smoke.yaml",
                 "attest: one experiment, then perhaps --quick; or -- ARM ... WORKLOAD");
        json_decref(reasons);
        return EXIT_STATUS_USAGE;
    }
    /* No schedule is drawn, so any seed will do. */
    plan = words ? plan_from_words(argv + 2, NULL, 1) : plan_from_experiment(argv[1], quick, 1);
    if (plan != NULL && check_arms(plan) && rig_open(&rig, plan, &run_kinds[RUN_TIMED])) {
        interrupt_catch();
        enum step step = calibrate(&rig, reasons);
        if (step == STEP_DONE)
            step = attest(&rig, reasons, &file);
        status = report(step, reasons, file);
        rig_close(&rig);
    }
    plan_free(plan);
    json_decref(file);
    json_decref(reasons);
    return status;
}
