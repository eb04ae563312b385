/* test_project_builds.c -- revisions of a user's repository, built by its slablab.yaml.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "made_project.h"

#include "base/interrupt.h"
#include "catalogue/build_facts.h"
#include "catalogue/build_id.h"
#include "catalogue/revision.h"
#include "catalogue/settings.h"
#include "gate/gate_spec.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

static struct revision_build built(char const *name, char const *wanted)
{
    char *const revision = revision_find(name);
    struct revision_build build;

    assert_non_null(revision);
    assert_true(revision_build(revision, name, wanted, &build));
    free(revision);
    return build;
}

static char *artifact_of(char const *name)
{
    struct revision_build build = built(name, NULL);
    char *const path = text_copy(build.artifact);

    revision_build_free(&build);
    return path;
}

static void expect_complaint(char const *name, char const *wanted, char const *part)
{
    struct revision_build build;
    char *const revision = revision_find(name);

    assert_non_null(revision);
    fixture_hear();
    bool const made = revision_build(revision, name, wanted, &build);
    char *const heard = fixture_heard();
    if (made || strstr(heard, part) == NULL)
        fail_msg("'%s' is not in: %s", part, heard);
    free(heard);
    free(revision);
}

static void nothing_is_left_behind(void)
{
    shell("test \"$(git worktree list | wc -l)\" = 1");
    shell("! ls ../../slablab/revisions | grep --invert-match --line-regexp "
          "'[0-9a-f]*\\(.log\\)\\?'");
}

static void a_revision_is_built_by_the_project_s_command(void **state)
{
    char *const one = artifact_of("v1");
    char *const other = artifact_of("v2");
    char *const revisions = text_format("%s/slablab/revisions/", fixture_root);

    (void)state;
    assert_memory_equal(one, revisions, strlen(revisions));
    assert_true(text_ends_with(one, "/out/libmine.so"));
    assert_int_equal(strlen(one), strlen(other));
    char *const one_id = catalogue_build_id(one);
    char *const other_id = catalogue_build_id(other);
    assert_string_not_equal(one_id, "");
    assert_string_not_equal(one_id, other_id);
    nothing_is_left_behind();
    free(other_id);
    free(one_id);
    free(revisions);
    free(other);
    free(one);
}

static void one_tree_is_built_once(void **state)
{
    char *const one = artifact_of("v1");
    char *const same = artifact_of("same");

    (void)state;
    assert_string_equal(one, same);
    free(same);
    free(one);
}

/* Another command, environment of the file, or variable of the process. */
static void what_decides_a_build_builds_anew(void **state)
{
    char *const before = artifact_of("v1");

    (void)state;
    enter("build: make V=1\nartifact: out/libmine.so\n");
    char *const command = artifact_of("v1");
    enter("build: make\nartifact: out/libmine.so\nenvironment: [CFLAGS=-g -O1]\n");
    char *const environment = artifact_of("v1");
    enter(yaml);
    setenv("CFLAGS", "-O1", 1);
    char *const variable = artifact_of("v1");
    unsetenv("CFLAGS");
    char *const again = artifact_of("v1");
    assert_string_not_equal(before, command);
    assert_string_not_equal(before, environment);
    assert_string_not_equal(before, variable);
    assert_string_equal(before, again);
    free(again);
    free(variable);
    free(environment);
    free(command);
    free(before);
}

static void its_log_and_its_compilers_are_kept(void **state)
{
    struct revision_build build = built("v1", NULL);
    char *const log = text_of_file(build.log, NULL);
    json_t const *const compilers = json_object_get(build.facts, "compilers");
    json_t const *const artifact = json_array_get(json_object_get(build.facts, "artifacts"), 0);

    (void)state;
    assert_non_null(strstr(log, "cc  -fPIC -shared"));
    assert_non_null(strstr(log, "\nto stderr\n"));
    assert_non_null(json_string_value(json_object_get(compilers, "CC")));
    assert_true(json_is_null(json_object_get(json_object_get(build.facts, "variables"), "CFLAGS")));
    assert_true(json_array_size(json_object_get(artifact, "compiled_by")) > 0);
    assert_string_equal(json_string_value(json_object_get(build.facts, "command")), "make");
    free(log);
    revision_build_free(&build);
}

/* The flags are in the debug information. */
static void other_flags_are_a_caution(void **state)
{
    (void)state;
    enter("build: make CFLAGS='-g -O1'\nartifact: out/libmine.so\n");
    struct revision_build one = built("v1", NULL);
    struct revision_build same = built("v2", NULL);
    enter("build: make CFLAGS='-g -O2'\nartifact: out/libmine.so\n");
    struct revision_build other = built("v1", NULL);
    json_t *const none = build_differences(one.facts, same.facts);
    json_t *const some = build_differences(one.facts, other.facts);
    assert_int_equal(json_array_size(none), 0);
    assert_int_equal(json_array_size(some), 1);
    char const *const text = json_string_value(json_array_get(some, 0));
    assert_non_null(strstr(text, "-O1"));
    assert_non_null(strstr(text, "-O2"));
    json_decref(some);
    json_decref(none);
    revision_build_free(&other);
    revision_build_free(&same);
    revision_build_free(&one);
    enter(yaml);
}

static void several_artifacts_are_told_apart_by_name(void **state)
{
    (void)state;
    enter("build: make && cp out/libmine.so out/secure.so\n"
          "artifacts: [{name: plain, path: out/libmine.so}, "
          "{name: secure, path: out/secure.so}]\n");
    struct revision_build first = built("v1", NULL);
    struct revision_build secure = built("v1", "secure");
    assert_true(text_ends_with(first.artifact, "/out/libmine.so"));
    assert_true(text_ends_with(secure.artifact, "/out/secure.so"));
    expect_complaint("v1", "fast", "slablab.yaml names no artifact 'fast'\n  try: plain, secure");
    struct gate_spec spec;
    fixture_hear();
    assert_false(gate_spec_resolve("v1:fast", "libc", false, &spec));
    free(fixture_heard());
    assert_null(spec.revision); /* which would be to blame */
    gate_spec_free(&spec);
    revision_build_free(&secure);
    revision_build_free(&first);
    enter(yaml);
}

static void what_cannot_be_built_says_the_end_of_its_log(void **state)
{
    (void)state;
    expect_complaint("broken", NULL, "slablab: revision broken (");
    expect_complaint("broken", NULL, ") cannot be built: it exited with 2; its output ends in:\n");
    expect_complaint("broken", NULL, "mistake");
    expect_complaint("broken", NULL, "\n  try: the whole log, ");
    expect_complaint("empty", NULL, "it made no file 'out/libmine.so'");
    expect_complaint("empty", NULL, "made nothing");
    expect_complaint("before", NULL, ") has no folder its part/");
    shell("grep --quiet mistake ../../slablab/revisions/*.log");
    nothing_is_left_behind();
}

/* What a hook of git or a make that calls slablab sets is not the build's. */
static void a_caller_s_variables_are_not_the_build_s(void **state)
{
    (void)state;
    enter("build: test -z \"$GIT_DIR$MAKEFLAGS\" && make\nartifact: out/libmine.so\n");
    setenv("MAKEFLAGS", "n", 1);
    setenv("GIT_DIR", "/nonexistent", 1);
    free(artifact_of("v1"));
    unsetenv("GIT_DIR");
    unsetenv("MAKEFLAGS");
    enter(yaml);
}

static void a_spec_is_called_by_its_revision(void **state)
{
    struct gate_spec spec;

    (void)state;
    assert_true(gate_spec_resolve("v1 X=1", "libc Y=2", false, &spec));
    assert_memory_equal(spec.label, "v1 (", 4);
    assert_int_equal(strlen(spec.label), strlen("v1 (0123456789ab)"));
    assert_true(text_ends_with(spec.arm, "/out/libmine.so X=1")); /* libc's setting is libc's */
    gate_spec_free(&spec);
}

static void a_shallow_clone_says_what_to_fetch(void **state)
{
    char *const shallow = text_format("%s/shallow/its part", fixture_root);
    char *const project = text_format("%s/its part", user);

    (void)state;
    shell("git clone --quiet --depth 1 \"file://$PWD/..\" ../../shallow");
    project_set(fixture_root, shallow);
    fixture_hear();
    assert_null(revision_find("v1"));
    char *const heard = fixture_heard();
    assert_non_null(strstr(heard, "git fetch --unshallow --tags (this clone is shallow)"));
    project_set(fixture_root, project);
    free(heard);
    free(project);
    free(shallow);
}

/* From the repository's own copy, for the one that it was cloned from has gone. */
static void submodules_come_from_the_repository(void **state)
{
    (void)state;
    shell("git init --quiet ../../inner && cd ../../inner && echo 'int more = 3;' >inner.c && "
          "git add . && git commit --quiet --message=inner");
    shell("git submodule --quiet add \"file://$(realpath ../../inner)\" inner");
    write_file("Makefile", "out/libmine.so: inner/inner.c\n\tmkdir out\n\tcc -shared -o $@ $<\n");
    commit("with");
    shell("mv ../../inner ../../gone");
    free(artifact_of("with"));
    shell("mv \"$(git rev-parse --git-common-dir)/modules\" ../../modules");
    write_file("Makefile",
               "out/libmine.so: inner/inner.c\n\tmkdir out\n\tcc -g -shared -o $@ $<\n");
    shell("git add Makefile && git commit --quiet --message=without && git tag without");
    expect_complaint("without", NULL, ") has submodules that cannot be checked out:\n");
    expect_complaint("without", NULL, "\n  try: git submodule update --init --recursive");
    nothing_is_left_behind();
}

/* The last one: a signal cannot be undone. It ends what the build has started, too. */
static void a_signal_ends_the_build(void **state)
{
    int status = 0;

    (void)state;
    enter("build: sleep 1000 & echo $! >$BEGUN.new; mv $BEGUN.new $BEGUN; wait; sleep 1000\n"
          "artifact: out/libmine.so\n");
    char *const begun = fixture_path("begun");
    setenv("BEGUN", begun, 1);
    fflush(stdout);
    pid_t const child = fork();
    if (child == 0) {
        struct revision_build build;
        char *const revision = revision_find("v1");
        bool const made = revision_build(revision, "v1", NULL, &build);
        _exit(made ? 1 : interrupted() ? 0 : 2);
    }
    while (access(begun, F_OK) != 0)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    assert_int_equal(kill(child, SIGTERM), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    nothing_is_left_behind();
    /* What it had started may wait for its parent's question, but does no more. */
    shell("for i in $(seq 200); do grep --quiet 'State:.[RSDT]' /proc/$(cat ../../begun)/status || "
          "exit 0; sleep 0.05; done; exit 1");
    free(begun);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(a_revision_is_built_by_the_project_s_command),
        cmocka_unit_test(one_tree_is_built_once),
        cmocka_unit_test(what_decides_a_build_builds_anew),
        cmocka_unit_test(its_log_and_its_compilers_are_kept),
        cmocka_unit_test(other_flags_are_a_caution),
        cmocka_unit_test(several_artifacts_are_told_apart_by_name),
        cmocka_unit_test(what_cannot_be_built_says_the_end_of_its_log),
        cmocka_unit_test(a_caller_s_variables_are_not_the_build_s),
        cmocka_unit_test(a_spec_is_called_by_its_revision),
        cmocka_unit_test(a_shallow_clone_says_what_to_fetch),
        cmocka_unit_test(submodules_come_from_the_repository),
        cmocka_unit_test(a_signal_ends_the_build),
    };

    return cmocka_run_group_tests_name("project_builds", tests, made_project, fixture_remove);
}
