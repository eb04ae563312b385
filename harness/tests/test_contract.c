/* test_contract.c -- what attestation makes of the end of workload contract.
 *
 * The workload is a script of this test, which ends as its arm's setting says.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "base/reason.h"
#include "run/contract.h"

static char const script[] = "#!/bin/sh\n"
                             "echo 'a word of the allocator' >&2\n"
                             "test \"$END\" = 0 || echo 'malloc gave 0x8' >&2\n"
                             "exit $END\n";

static char *settings[] = {"END=0", NULL};
static struct arm arm = {.id = "phase", .object_build_id = "", .role = ROLE_ARM,
                         .environment = settings, .environment_count = 1};
static struct plan plan = {.experiment = "made", .arms = &arm, .arm_count = 1};
static struct rig rig = {.plan = &plan};

static char const *text_in(json_t const *array, size_t index, char const *key)
{
    return json_string_value(json_object_get(json_array_get(array, index), key));
}

/* Exit 0 without a report is no sign of anything. */
static void what_the_check_says_is_judged(void **state)
{
    static struct {
        char *setting;
        char const *status;
        size_t reasons;
    } const cases[] = {
        {"END=3", "broken", 1}, {"END=4", "broken, not used", 0}, {"END=0", "unknown", 0},
        {"END=1", "unknown", 0},
    };

    (void)state;
    fixture_write("build/workloads/contract", script, 0755);
    assert_true(sampler_open(&rig.sampler, NULL, 0, 1));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *const reasons = json_array();
        json_t *const contracts = json_array();
        settings[0] = cases[i].setting;
        assert_int_equal(contract_check(&rig, 0, reasons, contracts), STEP_DONE);
        assert_string_equal(text_in(contracts, 0, "status"), cases[i].status);
        assert_int_equal(json_array_size(reasons), cases[i].reasons);
        if (cases[i].reasons > 0) {
            char *const line = reason_line(json_array_get(reasons, 0));
            assert_string_equal(line, "phase: it breaks what C promises: malloc gave 0x8");
            assert_string_equal(text_in(contracts, 0, "text"), "malloc gave 0x8");
            free(line);
        }
        json_decref(contracts);
        json_decref(reasons);
    }
    sampler_close(&rig.sampler);
}

static void without_the_workload_it_is_unknown(void **state)
{
    json_t *const contracts = json_array();
    char *const path = fixture_path("build/workloads/contract");

    (void)state;
    unlink(path);
    assert_int_equal(contract_check(&rig, 0, NULL, contracts), STEP_DONE);
    assert_string_equal(text_in(contracts, 0, "status"), "unknown");
    assert_string_equal(text_in(contracts, 0, "text"), "workload contract is not built");
    json_decref(contracts);
    free(path);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(what_the_check_says_is_judged),
        cmocka_unit_test(without_the_workload_it_is_unknown),
    };

    return cmocka_run_group_tests_name("contract", tests, fixture_make, fixture_remove);
}
