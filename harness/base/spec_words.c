/* spec_words.c -- "ALLOCATOR NAME=value ..." as words, where the allocator may be a path in quotes.
 *
 * SPDX-License-Identifier: MIT */
#include "base/spec_words.h"

#include <stdlib.h>
#include <string.h>

static char const white_space[] = " \t\r\n\v\f";

/* The quote that ends the first word, with white space or nothing behind it; NULL. */
static char const *closing(char const *text)
{
    char const *end = text;

    if (*text != '\'' && *text != '"')
        return NULL;
    while ((end = strchr(end + 1, *text)) != NULL)
        if (end[1] == '\0' || strchr(white_space, end[1]) != NULL)
            return end;
    return NULL;
}

struct words spec_words(char const *text)
{
    char const *const begin = text + strspn(text, white_space);
    char const *const end = closing(begin);
    struct words words = {0};

    if (end == NULL)
        return words_of(text);
    char *const first = text_copy_bytes(begin + 1, (size_t)(end - begin - 1));
    struct words rest = words_of(end + 1);
    words_add(&words, first);
    for (size_t i = 0; i < rest.count; i++)
        words_add(&words, rest.word[i]);
    words_free(&rest);
    free(first);
    return words;
}

char *spec_join(struct words const *words, size_t first, size_t last)
{
    if (first >= last || first >= words->count)
        return text_copy("");
    char const *const word = words->word[first];
    bool const plain = strpbrk(word, white_space) == NULL && *word != '\'' && *word != '"';
    char const *const quote = plain ? "" : strchr(word, '\'') == NULL ? "'" : "\"";
    char *const rest = words_join(words, first + 1, last);
    char *const text =
        text_format("%s%s%s%s%s", quote, word, quote, *rest != '\0' ? " " : "", rest);

    free(rest);
    return text;
}
