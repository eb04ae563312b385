/* test_lock.c -- a lock holds until its process ends, and a second process is told to wait.
 *
 * flock belongs to the open file and not to the process, so one process can be both here.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "fixture.h"

#include "run/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void a_folder_is_locked_once(void **state)
{
    char *const folder = fixture_path("results");
    char *const wanted = text_format(
        "slablab: %s: another slablab is running there\n  try: wait for it to end\n", folder);

    (void)state;
    assert_true(lock_folder(folder));
    fixture_hear();
    bool const again = lock_folder(folder);
    char *const heard = fixture_heard();
    assert_false(again);
    assert_string_equal(heard, wanted);
    free(heard);
    free(wanted);
    free(folder);
}

static void what_is_not_there_is_complained_of(void **state)
{
    (void)state;
    fixture_hear();
    bool const locked = lock_folder("/nonexistent");
    char *const heard = fixture_heard();
    assert_false(locked);
    assert_string_equal(heard, "slablab: /nonexistent: cannot lock it: No such file or directory\n"
                               "  try: ls -ld that folder\n");
    free(heard);
}

static void one_on_a_machine_measures(void **state)
{
    char *const file = fixture_path("lock");

    (void)state;
    assert_int_equal(setenv("SLABLAB_LOCK", file, 1), 0);
    assert_true(lock_measuring(false));
    fixture_hear();
    bool const again = lock_measuring(false);
    char *const heard = fixture_heard();
    assert_false(again);
    assert_non_null(strstr(heard, "another slablab is measuring on this machine"));
    assert_non_null(strstr(heard, "try: --wait"));
    free(heard);
    free(file);
}

static void a_turn_ends_before_the_process_does(void **state)
{
    char *const file = fixture_path("turns");

    (void)state;
    assert_int_equal(setenv("SLABLAB_LOCK", file, 1), 0);
    assert_true(lock_measuring(false));
    lock_measuring_end();
    assert_true(lock_measuring(false));
    lock_measuring_end();
    free(file);
}

/* The child holds the lock until it has said so and been let go. */
static void who_waits_gets_the_lock_when_the_other_has_ended(void **state)
{
    char *const file = fixture_path("another");
    int held[2];
    int go[2];
    char byte;

    (void)state;
    assert_int_equal(setenv("SLABLAB_LOCK", file, 1), 0);
    assert_int_equal(pipe(held), 0);
    assert_int_equal(pipe(go), 0);
    pid_t const child = fork();
    if (child == 0) {
        close(go[1]);
        bool const locked = lock_measuring(false) && write(held[1], "h", 1) == 1;
        _exit(locked && read(go[0], &byte, 1) == 1 ? 0 : 1);
    }
    assert_int_equal(read(held[0], &byte, 1), 1);
    fixture_hear();
    assert_int_equal(write(go[1], "g", 1), 1);
    assert_true(lock_measuring(true));
    free(fixture_heard());
    assert_int_equal(waitpid(child, NULL, 0), child);
    free(file);
}

/* Is the file locked by another? */
static bool is_locked(char const *path)
{
    int const fd = open(path, O_RDONLY | O_CLOEXEC);
    bool const locked = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0;

    if (fd >= 0)
        close(fd);
    return locked;
}

/* The child waits while the parent measures; the parent, which at once wants another turn, has it
 * after the child's. */
static void who_has_had_a_turn_queues_behind_who_waits(void **state)
{
    static struct timespec const pause = {.tv_nsec = 1000000};
    char *const file = fixture_path("fair");
    char *const next = text_format("%s.next", file);
    int turn[2];
    char byte = 0;

    (void)state;
    assert_int_equal(setenv("SLABLAB_LOCK", file, 1), 0);
    assert_int_equal(pipe2(turn, O_NONBLOCK), 0);
    assert_true(lock_measuring(false));
    fixture_hear();
    pid_t const child = fork();
    if (child == 0) {
        lock_measuring_end(); /* the parent's, of which this is a copy */
        bool const had = lock_measuring(true) && write(turn[1], "t", 1) == 1;
        _exit(had ? 0 : 1);
    }
    for (int look = 0; look < 20000 && !is_locked(next); look++)
        nanosleep(&pause, NULL);
    assert_true(is_locked(next));
    lock_measuring_end();
    assert_true(lock_measuring(true));
    assert_int_equal(read(turn[0], &byte, 1), 1);
    lock_measuring_end();
    free(fixture_heard());
    assert_int_equal(waitpid(child, NULL, 0), child);
    free(next);
    free(file);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(a_folder_is_locked_once),
        cmocka_unit_test(what_is_not_there_is_complained_of),
        cmocka_unit_test(one_on_a_machine_measures),
        cmocka_unit_test(a_turn_ends_before_the_process_does),
        cmocka_unit_test(who_waits_gets_the_lock_when_the_other_has_ended),
        cmocka_unit_test(who_has_had_a_turn_queues_behind_who_waits),
    };

    return cmocka_run_group_tests_name("lock", tests, fixture_make, fixture_remove);
}
