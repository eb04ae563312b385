/* test_callgrind.c -- instructions of real workloads under callgrind, and the file of their blocks.
 *
 * Phases `plain`, `more` and `most` are the C library's malloc behind 10, 20 and 30 turns of an
 * idle loop, so the three counts lie equally far apart.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "base/interrupt.h"
#include "gate/callgrind.h"
#include "base/reason.h"
#include "gate/instructions.h"

#include <math.h>
#include <signal.h>

enum { PLAIN, CONTROL, MORE, MOST, ARMS, BLOCKS = 4 };

/* ABORTS names a file of one byte, which the process counts down and aborts; 0: it goes on. */
static char const source[] =
    "#include <fcntl.h>\n"
    "#include <stdlib.h>\n"
    "#include <unistd.h>\n"
    "void *__libc_malloc(size_t size);\n"
    "#ifdef ABORTS\n"
    "__attribute__((constructor)) static void abort_in_turn(void)\n"
    "{\n"
    "    int const file = open(ABORTS, O_RDWR);\n"
    "    unsigned char left = 0;\n"
    "    if (pread(file, &left, 1, 0) == 1 && left-- > 0 && pwrite(file, &left, 1, 0) == 1)\n"
    "        abort();\n"
    "    close(file);\n"
    "}\n"
    "#endif\n"
    "__attribute__((visibility(\"default\"))) void *malloc(size_t size)\n"
    "{\n"
    "    for (int volatile i = 0; i < TURNS; i++)\n"
    "        ;\n"
    "    return __libc_malloc(size);\n"
    "}\n";

static char const experiment[] = "question: How many instructions?\n"
                                 "expects: As many as there are.\n"
                                 "baseline: build/libplain.so\n"
                                 "arms: [build/libmore.so, build/libmost.so]\n"
                                 "workloads:\n"
                                 "  - run: fixed_random size=64 slots=400 operations=20000\n"
                                 "    start: cold\n"
                                 "stop: {blocks_max: 1}\n";

static struct plan *plan;
static struct rig rig;
static char *path_before;

static void build_phase(char const *name, int turns, char const *option)
{
    char *const command =
        text_format("cd '%s' && gcc -O2 -fPIC -shared -fno-builtin -Wl,--build-id -DTURNS=%d %s "
                    "-o build/lib%s.so malloc.c",
                    fixture_root, turns, option, name);

    assert_int_equal(system(command), 0);
    free(command);
}

static int make_project(void **state)
{
    fixture_make(state);
    fixture_workload("fixed_random");
    fixture_write("malloc.c", source, 0644);
    build_phase("plain", 10, "");
    char *const aborts = text_format("-DABORTS='\"%s/aborts\"'", fixture_root);
    build_phase("more", 20, aborts);
    free(aborts);
    build_phase("most", 30, "");
    plan = fixture_plan(experiment, false, 7);
    assert_non_null(plan);
    assert_int_equal(plan->arm_count, ARMS);
    assert_true(rig_open(&rig, plan, &run_kinds[RUN_TIMED]));
    path_before = text_copy(getenv("PATH"));
    return 0;
}

static int remove_project(void **state)
{
    rig_close(&rig);
    plan_free(plan);
    free(path_before);
    return fixture_remove(state);
}

/* Counts of each block by arm, as instructions_run gives them; wants `wanted` blocks. */
struct blocks {
    size_t wanted;
    size_t taken;
    uint64_t counts[BLOCKS][ARMS];
    size_t failed; /* processes */
};

static bool wants(void *context, size_t cell)
{
    struct blocks const *const blocks = context;

    assert_int_equal(cell, 0);
    return blocks->taken < blocks->wanted;
}

static void take(void *context, size_t cell, uint64_t const *counts)
{
    struct blocks *const blocks = context;

    assert_int_equal(cell, 0);
    assert_in_range(blocks->taken, 0, BLOCKS - 1);
    memcpy(blocks->counts[blocks->taken++], counts, sizeof *blocks->counts);
}

static bool note_failed(void *context, size_t cell, size_t arm, struct sample const *sample)
{
    struct blocks *const blocks = context;

    assert_int_equal(cell, 0);
    assert_int_equal(arm, MORE);
    assert_int_equal(sample->status, SAMPLE_CRASHED);
    assert_int_equal(sample->signal, SIGABRT);
    blocks->failed++;
    return true;
}

/* Counts until there are `wanted` blocks, those in the file first. */
static struct blocks count(enum step end, size_t wanted)
{
    struct blocks blocks = {.wanted = wanted};
    struct instructions_user const user = {&blocks, wants, take, NULL};
    json_t *const reasons = json_array();

    assert_int_equal(instructions_run(&user, &rig, fixture_root, reasons), end);
    assert_int_equal(json_array_size(reasons), 0);
    json_decref(reasons);
    return blocks;
}

static void assert_near(uint64_t one, uint64_t other)
{
    assert_true(fabs((double)one - (double)other) <= 0.001 * (double)other);
}

/* 2,000 operations, of which half and 100 more allocate; a turn is about six instructions. */
static void a_phase_that_does_more_shows_as_much_more(void **state)
{
    struct blocks const blocks = count(STEP_DONE, 2);
    uint64_t const *const first = blocks.counts[0];
    uint64_t const *const second = blocks.counts[1];

    (void)state;
    for (size_t i = 0; i < ARMS; i++)
        assert_near(second[i], first[i]);
    assert_near(first[CONTROL], first[PLAIN]);
    assert_in_range(first[MORE] - first[PLAIN], 10 * 1000 * 4, 10 * 1200 * 8);
    assert_near(first[MOST] - first[MORE], first[MORE] - first[PLAIN]);
}

static char *stored(void)
{
    char *const path = fixture_path("instructions.jsonl");
    char *const text = text_of_file(path, NULL);

    assert_non_null(text);
    free(path);
    return text;
}

static void a_block_says_what_it_is(void **state)
{
    char *const text = stored();
    json_t *const record = json_loads(text, JSON_DISABLE_EOF_CHECK, NULL);
    char *const version = callgrind_version();

    (void)state;
    assert_string_equal(json_string_value(json_object_get(record, "schema")),
                        "slablab-instructions/2");
    assert_string_equal(json_string_value(json_object_get(record, "plan")), plan->hash);
    assert_string_equal(json_string_value(json_object_get(record, "cell")), plan->cells[0].id);
    assert_string_equal(json_string_value(json_object_get(record, "valgrind")), version);
    assert_int_equal(json_integer_value(json_object_get(record, "block")), 0);
    assert_int_equal(json_integer_value(json_object_get(record, "operations")), 2000);
    assert_int_equal(json_array_size(json_object_get(record, "samples")), ARMS);
    free(version);
    json_decref(record);
    free(text);
}

/* What is stored is believed: the first figure is changed in the file, and comes back. */
static void counting_goes_on_where_it_stopped(void **state)
{
    char *const before = stored();
    char *const figure = strstr(before, "\"instructions\":") + strlen("\"instructions\":");

    (void)state;
    memset(figure, '9', strcspn(figure, "}"));
    strchr(before, '\n')[1] = '\0';
    fixture_write("instructions.jsonl", before, 0644);
    fixture_seal("instructions.jsonl");
    char *const sealed = stored();
    struct blocks const blocks = count(STEP_DONE, 3);
    char *const after = stored();
    assert_memory_equal(after, sealed, strlen(sealed));
    uint64_t nines = 0;
    for (size_t i = 0; i < ARMS; i++)
        nines += blocks.counts[0][i] == strtoull(figure, NULL, 10);
    assert_int_equal(nines, 1);
    for (size_t block = 1; block < 3; block++)
        for (size_t i = 0; i < ARMS; i++)
            assert_true(blocks.counts[block][i] > 0);
    free(after);
    free(sealed);
    free(before);
}

/* Those that are there are taken in though no more are wanted, and nothing is run. */
static void what_is_stored_is_taken_in(void **state)
{
    char *const before = stored();
    struct blocks const blocks = count(STEP_DONE, 0);
    char *const after = stored();

    (void)state;
    assert_int_equal(blocks.taken, 3);
    assert_string_equal(after, before);
    free(after);
    free(before);
}

static void a_block_of_another_plan_is_refused(void **state)
{
    (void)state;
    fixture_write("instructions.jsonl", "{\"schema\": \"slablab-instructions/1\"}\n", 0644);
    fixture_hear();
    count(STEP_FAULT, 1);
    char *const heard = fixture_heard();
    assert_non_null(strstr(heard, "it has a block of another plan, or of another valgrind"));
    free(heard);
}

/* Why a run is void that has no blocks; `failed` as in instructions_user. The caller frees it. */
static char *void_reason(struct blocks *blocks,
                         bool (*failed)(void *, size_t, size_t, struct sample const *))
{
    struct instructions_user const user = {blocks, wants, take, failed};
    json_t *const reasons = json_array();

    *blocks = (struct blocks){.wanted = 1};
    fixture_write("instructions.jsonl", "", 0644);
    assert_int_equal(instructions_run(&user, &rig, fixture_root, reasons), STEP_VOID);
    assert_int_equal(blocks->taken, 0);
    assert_int_equal(json_array_size(reasons), 1);
    char *const reason = reason_line(json_array_get(reasons, 0));
    json_decref(reasons);
    return reason;
}

static void another_allocator_is_void_and_no_failure(void **state)
{
    char *const right = plan->arms[MORE].object_build_id;
    struct blocks blocks;

    (void)state;
    plan->arms[MORE].object_build_id = (char *)"00";
    char *const reason = void_reason(&blocks, note_failed);
    plan->arms[MORE].object_build_id = right;
    assert_int_equal(blocks.failed, 0);
    assert_non_null(strstr(reason, ": more: under callgrind: allocator"));
    free(reason);
}

static void a_program_that_fails_is_void(void **state)
{
    char *const good = rig.terms[0].program;
    struct blocks blocks;

    (void)state;
    rig.terms[0].program = (char *)"/nonexistent/program";
    char *const reason = void_reason(&blocks, NULL);
    rig.terms[0].program = good;
    assert_non_null(strstr(reason, ": under callgrind: failed: valgrind: /nonexistent"));
    free(reason);
}

/* Lets arm `more` abort in its next processes. */
static void let_abort(char times)
{
    fixture_write("aborts", (char[]){times, '\0'}, 0644);
}

/* V3: a process that fails is told of, and another one counts. */
static void a_process_that_fails_is_noted_and_tried_again(void **state)
{
    struct blocks blocks = {.wanted = 1};
    struct instructions_user const user = {&blocks, wants, take, note_failed};
    json_t *const reasons = json_array();

    (void)state;
    let_abort(3);
    fixture_write("instructions.jsonl", "", 0644);
    assert_int_equal(instructions_run(&user, &rig, fixture_root, reasons), STEP_DONE);
    assert_int_equal(blocks.failed, 3);
    assert_int_equal(blocks.taken, 1);
    assert_true(blocks.counts[0][MORE] > blocks.counts[0][PLAIN]);
    assert_int_equal(json_array_size(reasons), 0);
    json_decref(reasons);
}

static void one_that_always_fails_is_void_in_the_end(void **state)
{
    struct blocks blocks;

    (void)state;
    let_abort(99);
    char *const reason = void_reason(&blocks, note_failed);
    let_abort(0);
    assert_int_equal(blocks.failed, 7);
    assert_non_null(strstr(reason, ": more: under callgrind: crashed"));
    free(reason);
}

static void without_valgrind_it_says_how_to_get_it(void **state)
{
    (void)state;
    assert_int_equal(setenv("PATH", "/nonexistent", 1), 0);
    fixture_hear();
    count(STEP_FAULT, 1);
    char *const heard = fixture_heard();
    assert_int_equal(setenv("PATH", path_before, 1), 0);
    assert_string_equal(heard, "slablab: x: instructions are counted by valgrind, and there "
                               "is none\n  try: apt-get install valgrind, or an experiment that "
                               "does not decide by instructions\n");
    free(heard);
}

static void the_region_is_the_last_of_its_parts(void **state)
{
    (void)state;
    assert_int_equal(callgrind_parse("desc: Trigger: --dump-before=region_end\nsummary: 51\n"
                                     "desc: Trigger: --dump-before=region_end\nsummary: 59\n"
                                     "desc: Trigger: Program termination\nsummary: 2\n"), 59);
    assert_int_equal(callgrind_parse("desc: Trigger: Program termination\nsummary: 5\n"), 0);
    assert_int_equal(callgrind_parse(NULL), 0);
}

/* The last one: a Ctrl-C cannot be undone. */
static void an_interrupted_block_is_not_recorded(void **state)
{
    (void)state;
    fixture_write("instructions.jsonl", "", 0644);
    interrupt_catch();
    assert_int_equal(raise(SIGINT), 0);
    count(STEP_INTERRUPTED, 1);
    char *const text = stored();
    assert_string_equal(text, "");
    free(text);
}

int main(void)
{
    if (!fixture_valgrind_reads_this_build())
        return puts("skipped: no valgrind reads the workloads of this build") < 0;
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(the_region_is_the_last_of_its_parts),
        cmocka_unit_test(a_phase_that_does_more_shows_as_much_more),
        cmocka_unit_test(a_block_says_what_it_is),
        cmocka_unit_test(counting_goes_on_where_it_stopped),
        cmocka_unit_test(what_is_stored_is_taken_in),
        cmocka_unit_test(a_block_of_another_plan_is_refused),
        cmocka_unit_test(another_allocator_is_void_and_no_failure),
        cmocka_unit_test(a_program_that_fails_is_void),
        cmocka_unit_test(a_process_that_fails_is_noted_and_tried_again),
        cmocka_unit_test(one_that_always_fails_is_void_in_the_end),
        cmocka_unit_test(without_valgrind_it_says_how_to_get_it),
        cmocka_unit_test(an_interrupted_block_is_not_recorded),
    };

    return cmocka_run_group_tests_name("callgrind", tests, make_project, remove_project);
}
