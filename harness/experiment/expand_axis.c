/* expand_axis.c -- an arm whose constants have lists of values is an arm for each.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/expansion.h"

#include "base/spec_words.h"
#include "catalogue/variant.h"

#include <stdlib.h>

struct words expand_axis(char const *spec)
{
    struct words words = spec_words(spec);
    struct words names = {0};
    struct words arms = {0};

    if (words.count == 0)
        words_add(&arms, spec);
    else
        variant_expand(words.word[0], &names);
    for (size_t i = 0; i < names.count; i++) {
        struct words arm = {0};
        words_add(&arm, names.word[i]);
        for (size_t word = 1; word < words.count; word++)
            words_add(&arm, words.word[word]);
        char *const text = spec_join(&arm, 0, arm.count);
        words_add(&arms, text);
        free(text);
        words_free(&arm);
    }
    words_free(&names);
    words_free(&words);
    return arms;
}
