/* test_gate_spec.c -- names, files and revisions of a small repository, resolved and built.
 *
 * Revisions: `first`, `more` (phase one does more), `broken` (it does not compile), and `two`,
 * which is named as a phase is and has that phase no more. The working tree is `first` again.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "base/interrupt.h"
#include "catalogue/build_id.h"
#include "catalogue/worktree.h"
#include "gate/gate_spec.h"

#include <signal.h>
#include <sys/wait.h>

static char const phase_one[] = "#include \"core/words.h\"\n"
                                "char const *where(void) { return WHERE; }\n";

/* Runs a line of shell in the project; it must succeed. */
static void shell(char const *line)
{
    char *const command = text_format("cd '%s' && { %s; } >shell.log 2>&1", fixture_root, line);

    if (system(command) != 0) {
        char *const log = fixture_path("shell.log");
        char *const text = text_of_file(log, NULL);
        fail_msg("%s: %s", line, text);
    }
    free(command);
}

static void commit(char const *tag)
{
    char *const line =
        text_format("git add --all allocators && git -c user.name=a -c user.email=a@b -c "
                    "commit.gpgsign=false commit --quiet --allow-empty --message=%s && git tag %s",
                    tag, tag);

    shell(line);
    free(line);
}

/* The compiler and the flags that this test, and with it gate_spec, was built with. */
static char *build_command(void)
{
    char *const build = fixture_build_folder();
    char *const flags = text_format("%s/flags", build);
    char *const command = text_of_line_file(flags);

    assert_non_null(command);
    free(flags);
    free(build);
    return command;
}

/* As the Makefile builds a phase. */
static void build_phase_one(void)
{
    char *const command = build_command();
    char *const line =
        text_format("%s -MMD -MP -o build/libone.so allocators/phases/one.c -pthread", command);

    shell(line);
    free(line);
    free(command);
}

static int make_repository(void **state)
{
    fixture_make(state);
    fixture_folder("allocators/core");
    fixture_write("allocators/core/words.h", "#define WHERE __FILE__\n", 0644);
    fixture_write("allocators/phases/one.c", phase_one, 0644);
    shell("git init --quiet");
    commit("first");
    fixture_write("allocators/phases/one.c", "int more(void) { return 1; }\n", 0644);
    commit("more");
    fixture_write("allocators/phases/one.c", "int broken(void) { return mistake; }\n", 0644);
    commit("broken");
    shell("rm allocators/phases/two.c");
    commit("two");
    shell("git checkout --quiet first -- allocators");
    build_phase_one();
    return 0;
}

static void nothing_is_left_behind(void)
{
    shell("test \"$(git worktree list | wc -l)\" = 1");
    shell("! ls build/revisions | grep --invert-match --line-regexp '[0-9a-f]*\\(.log\\)\\?'");
}

static bool is_of_revision; /* of the last complaint: is a revision to blame? */

static char *complaint_about(char const *text, char const *baseline)
{
    struct gate_spec spec;

    fixture_hear();
    bool const resolved = gate_spec_resolve(text, baseline, false, &spec);
    char *const heard = fixture_heard();
    assert_false(resolved);
    assert_null(spec.arm);
    is_of_revision = spec.revision != NULL;
    gate_spec_free(&spec);
    return heard;
}

static void expect_complaint(char const *text, char const *baseline, char const *part)
{
    char *const heard = complaint_about(text, baseline);

    if (strstr(heard, part) == NULL)
        fail_msg("'%s' is not in: %s", part, heard);
    free(heard);
}

/* The build-id of what a spec has built. */
static char *build_id_of(char const *text)
{
    struct gate_spec spec;

    assert_true(gate_spec_resolve(text, "one", false, &spec));
    assert_int_equal(strlen(spec.revision), 40);
    char *const revisions = text_format("%s/build/revisions/", fixture_root);
    assert_string_equal(spec.arm, spec.build.artifact);
    assert_memory_equal(spec.arm, revisions, strlen(revisions));
    assert_true(text_ends_with(spec.arm, "/libone.so"));
    char *const build_id = catalogue_build_id(spec.arm);
    assert_string_not_equal(build_id, "");
    free(revisions);
    gate_spec_free(&spec);
    return build_id;
}

static void an_allocator_is_no_revision(void **state)
{
    struct gate_spec spec;

    (void)state;
    assert_true(gate_spec_resolve("two  SLABLAB_X=1 Y=2", "one", false, &spec));
    assert_string_equal(spec.text, "two  SLABLAB_X=1 Y=2");
    assert_string_equal(spec.arm, "two SLABLAB_X=1 Y=2");
    assert_null(spec.revision);
    gate_spec_free(&spec);
    expect_complaint("unbuilt", "one", "/build/libunbuilt.so is not built\n  try: make allocators");
    expect_complaint(" ", "one", "an allocator or a revision is wanted");
}

static void a_file_becomes_absolute(void **state)
{
    struct gate_spec spec;
    char *arm = text_format("%s/build/libone.so X=1", fixture_root);

    (void)state;
    assert_true(gate_spec_resolve("./build/libone.so X=1", "one", false, &spec));
    assert_string_equal(spec.arm, arm);
    assert_null(spec.revision);
    gate_spec_free(&spec);
    free(arm);
    /* A shell takes the quotes of the first of these. */
    static char const *const blank[] = {"./build/a folder/libx.so A=1",
                                        "'./build/a folder/libx.so' A=1"};
    fixture_folder("build/a folder");
    fixture_copy("/proc/self/exe", "build/a folder/libx.so");
    arm = text_format("'%s/build/a folder/libx.so' A=1", fixture_root);
    for (size_t i = 0; i < sizeof blank / sizeof *blank; i++) {
        assert_true(gate_spec_resolve(blank[i], "one", false, &spec));
        assert_string_equal(spec.arm, arm);
        gate_spec_free(&spec);
    }
    free(arm);
    expect_complaint("build/libnone.so", "one", "slablab: build/libnone.so is no file\n  try: ");
}

static void equal_sources_have_an_equal_build_id(void **state)
{
    char *const working_tree = fixture_path("build/libone.so");
    char *const of_working_tree = catalogue_build_id(working_tree);
    char *const of_first = build_id_of("first");
    char *const of_more = build_id_of("more");

    (void)state;
    assert_string_equal(of_first, of_working_tree);
    assert_string_not_equal(of_more, of_working_tree);
    nothing_is_left_behind();
    free(of_more);
    free(of_first);
    free(of_working_tree);
    free(working_tree);
}

/* By the tree, not by the commit; a failed build stays none. */
static void a_tree_is_built_once(void **state)
{
    (void)state;
    free(build_id_of("first"));
    shell("touch build/built");
    shell("git -c user.name=a -c user.email=a@b tag again $(git -c user.name=a -c user.email=a@b "
          "commit-tree -m again first^{tree})");
    free(build_id_of("again"));
    shell("test -z \"$(find build/revisions -name 'lib*.so' -newer build/built)\"");
    shell("rm $(find build/revisions -name 'libone.so')"); /* a part of it is gone */
    free(build_id_of("again"));
    shell("test -n \"$(find build/revisions -name 'lib*.so' -newer build/built)\"");
}

static void a_bare_revision_is_the_baseline_at_it(void **state)
{
    struct gate_spec spec;

    (void)state;
    assert_true(gate_spec_resolve("first Y=3", "one X=1 Y=2", false, &spec));
    assert_true(text_ends_with(spec.arm, "/libone.so X=1 Y=3"));
    gate_spec_free(&spec);
    assert_true(gate_spec_resolve("first:one Y=3", "two X=1 Y=2", false, &spec));
    assert_true(text_ends_with(spec.arm, "/libone.so Y=3"));
    gate_spec_free(&spec);
    expect_complaint("first", "/lib/libmine.so", "as a revision it needs one");
}

static char *heard_about(char const *text)
{
    struct gate_spec spec;

    fixture_hear();
    assert_true(gate_spec_resolve(text, "one", false, &spec));
    gate_spec_free(&spec);
    return fixture_heard();
}

/* HEAD is what was committed last, whatever the files are by now. */
static void uncommitted_changes_are_noted_once(void **state)
{
    (void)state;
    shell("git stash --quiet; git checkout --quiet first");
    char *heard = heard_about("HEAD:one");
    assert_string_equal(heard, "");
    free(heard);
    fixture_write("allocators/core/words.h", "#define WHERE __FILE__ \"here\"\n", 0644);
    fixture_write("allocators/core/added.h", "\n", 0644);
    heard = heard_about("two"); /* no revision */
    assert_string_equal(heard, "");
    free(heard);
    heard = heard_about("more~1:one");
    assert_non_null(strstr(heard, "slablab: note: 2 files of "));
    assert_non_null(strstr(heard, " changed since the last commit, and 'more~1' has nothing of"));
    free(heard);
    heard = heard_about("HEAD:one");
    assert_string_equal(heard, "");
    free(heard);
    shell("rm allocators/core/added.h; git checkout --quiet -- allocators");
}

/* As a killed gate leaves them: one that is registered and locked, one whose folder is gone, and
 * one that git has not heard of. */
static void what_killed_builds_left_is_swept(void **state)
{
    char *const revisions = fixture_path("build/revisions");

    (void)state;
    shell("mkdir -p build/revisions");
    shell("git worktree add --quiet --detach build/revisions/worktree-locked first");
    shell("git worktree lock build/revisions/worktree-locked");
    shell("git worktree add --quiet --detach build/revisions/worktree-gone first");
    shell("git worktree lock build/revisions/worktree-gone; rm -rf build/revisions/worktree-gone");
    shell("mkdir -p build/revisions/worktree-begun/allocators");
    shell("git worktree add --quiet --detach build/mine first");
    struct worktree own;
    assert_true(worktree_begin(revisions, &own));
    worktree_sweep();
    shell("test \"$(git worktree list | wc -l)\" = 2"); /* the project's, and what is no build */
    shell("test -d build/mine/allocators");
    shell("test \"$(ls -d build/revisions/worktree-* | wc -l)\" = 1");
    assert_int_equal(access(own.path, F_OK), 0); /* a build that goes on */
    worktree_end(&own);
    shell("git worktree remove --force build/mine");
    nothing_is_left_behind();
    free(revisions);
}

static void a_hook_of_git_may_ask(void **state)
{
    (void)state;
    assert_int_equal(setenv("GIT_DIR", "/nonexistent", 1), 0);
    free(build_id_of("first"));
    assert_int_equal(unsetenv("GIT_DIR"), 0);
}

static void what_is_unknown_says_what_is_near(void **state)
{
    (void)state;
    expect_complaint("thre", "one", "'thre' is neither an allocator nor a revision in /tmp");
    expect_complaint("thre", "one", "\n  try: three; slablab list allocators; git log");
    expect_complaint("--help", "one", "'--help' is neither");
    assert_false(is_of_revision);
    expect_complaint("two:two", "one", "has no allocator 'two'\n  try: one, three, unbuilt\n");
    expect_complaint("first:../one", "one", "has no allocator '../one'");
}

static void a_build_that_fails_shows_the_compiler_s_words(void **state)
{
    (void)state;
    expect_complaint("broken", "one", "slablab: revision broken (");
    assert_true(is_of_revision);
    expect_complaint("broken", "one", "allocators/phases/one.c:1:");
    expect_complaint("broken", "one", "mistake");
    nothing_is_left_behind();
}

static void without_git_there_are_names_and_files(void **state)
{
    char *const path = text_copy(getenv("PATH"));

    (void)state;
    shell("mv .git not.git");
    expect_complaint("first", "one", "is no git repository, where it could be a revision");
    shell("mv not.git .git");
    assert_int_equal(setenv("PATH", "/nonexistent", 1), 0);
    expect_complaint("first", "one", "git: No such file or directory\n  try: apt-get install git");
    assert_int_equal(setenv("PATH", path, 1), 0);
    free(path);
}

/* Each of them; `git` is one that sends it while it adds the worktree. */
static void a_signal_during_the_build_leaves_nothing_behind(void **state)
{
    static char const *const signals[] = {"INT", "TERM", "HUP"};
    char *const path = text_copy(getenv("PATH"));
    char *const with = text_format("%s/bin:%s", fixture_root, path);

    (void)state;
    fixture_folder("bin");
    assert_int_equal(setenv("PATH", with, 1), 0);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        char *const git = text_format("#!/bin/sh\nPATH='%s'\ncase \"$*\" in *'worktree add'*) "
                                      "kill -%s $(cat '%s/pid') ;; esac\nexec git \"$@\"\n",
                                      path, signals[i], fixture_root);
        fixture_write("bin/git", git, 0755);
        shell("rm -rf build/revisions");
        fflush(stdout);
        pid_t const child = fork();
        if (child == 0) {
            struct gate_spec spec;
            char *const own = text_format("%d", (int)getpid());
            fixture_write("pid", own, 0644);
            signal(SIGHUP, SIG_DFL);
            _exit(gate_spec_resolve("first", "one", false, &spec) ? 1 : interrupted() ? 0 : 2);
        }
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        nothing_is_left_behind();
        free(git);
    }
    assert_int_equal(setenv("PATH", path, 1), 0);
    free(with);
    free(path);
}

/* The last one: a Ctrl-C cannot be undone. */
static void an_interrupt_leaves_nothing_behind(void **state)
{
    (void)state;
    interrupt_catch();
    shell("rm -rf build/revisions");
    assert_int_equal(raise(SIGINT), 0);
    char *const heard = complaint_about("first", "one");
    assert_string_equal(heard, "");
    free(heard);
    nothing_is_left_behind();
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(an_allocator_is_no_revision),
        cmocka_unit_test(a_file_becomes_absolute),
        cmocka_unit_test(equal_sources_have_an_equal_build_id),
        cmocka_unit_test(a_tree_is_built_once),
        cmocka_unit_test(a_bare_revision_is_the_baseline_at_it),
        cmocka_unit_test(uncommitted_changes_are_noted_once),
        cmocka_unit_test(what_killed_builds_left_is_swept),
        cmocka_unit_test(a_hook_of_git_may_ask),
        cmocka_unit_test(what_is_unknown_says_what_is_near),
        cmocka_unit_test(a_build_that_fails_shows_the_compiler_s_words),
        cmocka_unit_test(without_git_there_are_names_and_files),
        cmocka_unit_test(a_signal_during_the_build_leaves_nothing_behind),
        cmocka_unit_test(an_interrupt_leaves_nothing_behind),
    };

    return cmocka_run_group_tests_name("gate_spec", tests, make_repository, fixture_remove);
}
