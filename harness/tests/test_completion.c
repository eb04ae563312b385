/* test_completion.c -- which words of a usage line a shell completes.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "command/completion.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_words(char const *usage, char const *wanted)
{
    struct words words = completion_words(usage);
    char *const joined = words_join(&words, 0, words.count);

    assert_string_equal(joined, wanted);
    free(joined);
    words_free(&words);
}

static void options_and_choices_are_completed(void **state)
{
    (void)state;
    assert_words("FILE.yaml [--quick] [--seed N] --out DIR", "--quick --seed --out");
    assert_words("[a|b-c|metrics [--json]]", "a b-c metrics --json");
    assert_words("[--format {csv,latex} | --brief] RUN [RUN ...]", "--format csv latex --brief");
    assert_words("--print sbatch|parallel", "--print sbatch parallel");
    assert_words("[--on=fail|pass] [--record[=DIR]]", "--on --record");
}

static void what_stands_for_something_is_not(void **state)
{
    (void)state;
    assert_words("", "");
    assert_words("ARM ... -- PROGRAM name=number run", "");
    assert_words("results/x.yaml | NAME|OTHER | -x", "");
    assert_words("--seed N | --seed M", "--seed");
}

/* An apostrophe of a summary ends no word. */
static void an_unknown_shell_gets_nothing(void **state)
{
    static struct command const one[] = {{"run", "[--out DIR]", "what's run", "", NULL}};
    struct commands const all = {one, 1};
    char *text = NULL;
    size_t size = 0;
    FILE *const stream = open_memstream(&text, &size);

    (void)state;
    assert_false(completion_write(stream, "csh", &all));
    assert_true(completion_write(stream, "fish", &all));
    fclose(stream);
    assert_string_equal(text, "# slablab -- completion for fish\n"
                              "complete -c slablab -f -n __fish_use_subcommand -a run -d "
                              "'what'\\''s run'\n"
                              "complete -c slablab -n '__fish_seen_subcommand_from run' "
                              "-a '--help --out'\n");
    free(text);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(options_and_choices_are_completed),
        cmocka_unit_test(what_stands_for_something_is_not),
        cmocka_unit_test(an_unknown_shell_gets_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
