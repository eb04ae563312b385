/* init.c -- slablab init: slablab.yaml for the user's repository, and what goes with it.
 *
 * SPDX-License-Identifier: MIT */
#include "base/complain.h"
#include "base/durable.h"
#include "base/folder.h"
#include "base/text.h"
#include "catalogue/build_guess.h"
#include "catalogue/git.h"
#include "catalogue/project.h"
#include "command/commands.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char const usage[] =
    "slablab init --build 'make' --artifact libmine.so; slablab init --help";

struct request {
    char const *build;
    char const *artifact;
    char const *ci; /* NULL: none */
    bool program;
};

/* A file to be written; text NULL: none. */
struct draft {
    char const *path; /* from the project's folder */
    char *text;
};

enum { DRAFTS = 3 };

static struct {
    char const *name;
    char const *path;
    char const *text;
} const ci_files[] = {
    {"github", ".github/workflows/slablab.yml",
     "name: slablab\n"
     "on: pull_request\n"
     "permissions: {contents: read}\n"
     "jobs:\n"
     "  gate:\n"
     "    runs-on: ubuntu-24.04\n"
     "    steps:\n"
     "      - uses: actions/checkout@v4\n"
     "        with: {fetch-depth: 0} # the base is somewhere in the history\n"
     "      - uses: OWNER/slablab@v1 # OWNER: where slablab is\n"
     "        with:\n"
     "          base: ${{ github.event.pull_request.base.sha }}\n"
     "          head: HEAD\n"
     "          seconds: 600\n"},
    {"gitlab", ".gitlab-ci.yml",
     "slablab:\n"
     "  image: debian:12\n"
     "  rules: [{if: $CI_PIPELINE_SOURCE == \"merge_request_event\"}]\n"
     "  variables: {GIT_DEPTH: \"0\"} # the base is somewhere in the history\n"
     "  before_script: # what builds this project too; SLABLAB_DEB: where slablab's package is\n"
     "    - apt-get update --quiet=2\n"
     "    - apt-get install --yes --quiet=2 git build-essential \"$SLABLAB_DEB\"\n"
     "  script:\n"
     "    - slablab gate --base \"$CI_MERGE_REQUEST_DIFF_BASE_SHA\" --head HEAD --seconds 600\n"
     "  artifacts:\n"
     "    when: always\n"
     "    paths: [results/]\n"
     "    reports: {junit: results/*/*/gate.xml}\n"},
};
enum { CI_FILES = sizeof ci_files / sizeof *ci_files };

static bool refuse(char const *what, char const *word)
{
    complain(usage, "init: %s '%s'", what, word);
    return false;
}

static bool parse(int argc, char **argv, struct request *request)
{
    static struct option const options[] = {{"build", required_argument, NULL, 'b'},
                                            {"artifact", required_argument, NULL, 'a'},
                                            {"ci", required_argument, NULL, 'c'},
                                            {"program", no_argument, NULL, 'p'},
                                            {NULL, 0, NULL, 0}};
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        switch (option) {
        case 'b': request->build = optarg; break;
        case 'a': request->artifact = optarg; break;
        case 'c': request->ci = optarg; break;
        case 'p': request->program = true; break;
        default: return refuse("unknown or incomplete option", argv[optind - 1]);
        }
    if (optind < argc)
        return refuse("a word too many:", argv[optind]);
    if (request->ci != NULL && !text_equal(request->ci, "github") &&
        !text_equal(request->ci, "gitlab"))
        return refuse("--ci is github or gitlab, and not", request->ci);
    return true;
}

/* In double quotes, as YAML and JSON both read it: a command may hold ": " and " #". */
static char *quoted(char const *text)
{
    json_t *const string = json_string(text);
    char *const word = json_dumps(string, JSON_ENCODE_ANY);

    json_decref(string);
    return word;
}

static char *settings_text(struct request const *request)
{
    char *const build = quoted(request->build);
    char *const artifact = quoted(request->artifact);
    char const *const suite = request->program    ? "experiments/gate.yaml"
                              : request->ci != NULL ? "docs/ci/counts.yaml"
                                                    : NULL;
    char *text = text_format("# How slablab builds a revision of this repository, and what it "
                             "gates.\nbuild: %s\nartifact: %s\n",
                             build, artifact);

    if (suite != NULL)
        text_append(&text, "suite: %s%s\n", suite,
                    request->program ? "" : " # slablab's own: decides by counts, not by time");
    free(artifact);
    free(build);
    return text;
}

static char *experiment_text(void)
{
    return text_copy("question: Is the program slower or hungrier than the reference?\n"
                     "baseline: glibc # the allocator of both builds\n"
                     "workloads:\n"
                     "  - program: ['{artifact}'] # and its arguments, a word an entry\n"
                     "#   inputs: [bench/input.txt] # files that it reads\n"
                     "gate: {decides: [process_time 2%, process_page_faults 2%]}\n"
                     "stop: {blocks_max: 400, seconds_max: 600}\n");
}

static char *ci_text(char const *name, char const **path)
{
    for (size_t i = 0; name != NULL && i < CI_FILES; i++)
        if (text_equal(ci_files[i].name, name)) {
            *path = ci_files[i].path;
            return text_copy(ci_files[i].text);
        }
    return NULL;
}

/* Says what was guessed. False after a complaint where something could not be. */
static bool complete(struct request *request, struct build_guess *guess)
{
    *guess = build_guess(project_folder(), request->program);
    if (request->build == NULL && guess->file != NULL) {
        request->build = guess->command;
        printf("guessed from %s: build: %s\n", guess->file, request->build);
    }
    if (request->artifact == NULL && guess->file != NULL && guess->artifact != NULL) {
        request->artifact = guess->artifact;
        printf("guessed from %s: artifact: %s\n", guess->file, guess->artifact);
    }
    if (request->build == NULL)
        complain("slablab init --build 'make' --artifact libmine.so",
                 "init: what builds %s? It has no CMakeLists.txt, meson.build, Cargo.toml or "
                 "Makefile",
                 project_folder());
    else if (request->artifact == NULL)
        complain(request->program ? "slablab init --program --artifact build/parse"
                                  : "slablab init --artifact libmine.so; --program for a program",
                 "init: what comes of the build? %s names no %s",
                 guess->file != NULL ? guess->file : "Nothing",
                 request->program ? "program" : "shared library");
    return request->build != NULL && request->artifact != NULL;
}

/* CI runs in the whole repository. */
static bool ci_is_possible(struct request const *request)
{
    static char const *const ask[] = {"rev-parse", "--show-prefix", NULL};
    char *const part = request->ci != NULL ? git_answer(git_command(ask)) : NULL;
    bool const is_whole = part == NULL || *part == '\0';

    if (!is_whole)
        complain("slablab init without --ci; docs/ci has the steps of a job",
                 "init: --ci %s: %s is a part of a repository, whose CI file is for all of it",
                 request->ci, project_folder());
    free(part);
    return is_whole;
}

/* Nothing is written where anything would be overwritten. */
static bool all_are_new(struct draft const *drafts)
{
    for (size_t i = 0; i < DRAFTS; i++) {
        char *const path = text_format("%s/%s", project_folder(),
                                       drafts[i].text != NULL ? drafts[i].path : "");
        bool const there = drafts[i].text != NULL && access(path, F_OK) == 0;
        if (there)
            complain("edit that file; or move it away", "init: %s is there already", path);
        free(path);
        if (there)
            return false;
    }
    return true;
}

static bool write_draft(struct draft const *draft)
{
    char const *const slash = strrchr(draft->path, '/');
    char *const folder = text_format("%s/%.*s", project_folder(),
                                     (int)(slash != NULL ? slash - draft->path : 0), draft->path);
    char const *const name = slash != NULL ? slash + 1 : draft->path;
    bool const written =
        folder_make(folder) && durable_write(folder, name, draft->text, strlen(draft->text));

    if (written)
        printf("wrote %s\n", draft->path);
    free(folder);
    return written;
}

static bool write_all(struct draft const *drafts)
{
    bool written = all_are_new(drafts);

    for (size_t i = 0; written && i < DRAFTS; i++)
        written = drafts[i].text == NULL || write_draft(&drafts[i]);
    return written;
}

static void print_next(struct request const *request)
{
    char const *const suite = request->program ? "edit experiments/gate.yaml: the program's "
                                                 "arguments and inputs\n      "
                                               : "";

    printf("next: %sgit add slablab.yaml; results/ belongs into .gitignore\n"
           "      slablab gate --base HEAD --head HEAD    the same code twice: PASS\n"
           "      slablab gate --base TAG --head HEAD     docs/project.md says more\n",
           suite);
}

static int init(struct request *request)
{
    struct build_guess guess = {.file = NULL};
    struct draft drafts[DRAFTS] = {
        {"slablab.yaml", NULL}, {"experiments/gate.yaml", NULL}, {"", NULL}};
    bool done = ci_is_possible(request) && complete(request, &guess);

    if (done) {
        drafts[0].text = settings_text(request);
        drafts[1].text = request->program ? experiment_text() : NULL;
        drafts[2].text = ci_text(request->ci, &drafts[2].path);
        done = write_all(drafts);
    }
    if (done)
        print_next(request);
    for (size_t i = 0; i < DRAFTS; i++)
        free(drafts[i].text);
    free(guess.artifact);
    return done ? EXIT_STATUS_PASS : EXIT_STATUS_USAGE;
}

int command_init(int argc, char **argv)
{
    struct request request = {.build = NULL};

    if (!parse(argc, argv, &request))
        return EXIT_STATUS_USAGE;
    if (project_is_written() || project_is_home()) {
        complain(project_is_written() ? "edit that file" : "the folder of your own repository",
                 project_is_written() ? "init: %s has a slablab.yaml already"
                                      : "init: %s is Slablab itself",
                 project_folder());
        return EXIT_STATUS_USAGE;
    }
    return init(&request);
}
