/* test_stored_pace.c -- the time that stored blocks foretell.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "run/stored_pace.h"

/* Two arms, three blocks at most, two cells. */
static struct cell cells[] = {{.id = "a cold"}, {.id = "b cold"}};
static struct plan const plan = {.experiment = "x",
                                 .form = "full",
                                 .arm_count = 2,
                                 .cells = cells,
                                 .cell_count = 2,
                                 .stop = {.blocks_max = 3}};

static struct stored_pace pace(void)
{
    char *const results = fixture_path("results");
    struct stored_pace const found = stored_pace_of(&plan, results);

    free(results);
    return found;
}

static void nothing_stored_foretells_nothing(void **state)
{
    struct stored_pace const found = pace();

    (void)state;
    assert_null(found.run);
}

/* Cell a: 3 s over 2 blocks of 3 samples, 0.5 s a sample; cell b had none and takes the mean of
 * all. Together 2 cells x 0.5 s x 2 arms x 3 blocks = 6 s. The newest folder has no blocks and a
 * half line is none. */
static void blocks_are_scaled_to_the_plan(void **state)
{
    (void)state;
    fixture_folder("results/x");
    fixture_folder("results/x/20260101T000000Z-full");
    fixture_folder("results/x/20260102T000000Z-full");
    fixture_folder("results/x/20260103T000000Z-quick");
    fixture_write("results/x/20260101T000000Z-full/samples.jsonl",
                  "{\"cell\": \"a cold\", \"duration_ns\": 1000000000, \"samples\": [{}, {}, {}]}\n"
                  "{\"cell\": \"a cold\", \"duration_ns\": 2000000000, \"samples\": [{}, {}, {}]}\n"
                  "{\"cell\": \"a cold\", \"durat",
                  0644);
    fixture_write("results/x/20260102T000000Z-full/samples.jsonl", "", 0644);
    fixture_write("results/x/20260103T000000Z-quick/samples.jsonl",
                  "{\"cell\": \"a cold\", \"duration_ns\": 9000000000, \"samples\": [{}]}\n", 0644);
    struct stored_pace const found = pace();
    assert_non_null(found.run);
    assert_true(text_ends_with(found.run, "/results/x/20260101T000000Z-full"));
    assert_float_equal(found.seconds, 6, 1e-9);
    free(found.run);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(nothing_stored_foretells_nothing),
        cmocka_unit_test(blocks_are_scaled_to_the_plan),
    };

    return cmocka_run_group_tests_name("stored_pace", tests, fixture_make, fixture_remove);
}
