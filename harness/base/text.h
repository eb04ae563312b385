/* text.h -- strings that their caller owns, and what can be read out of one.
 *
 * Every `char *` returned is never NULL unless said so, and is the caller's to free.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TEXT_H
#define SLABLAB_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct words {
    char **word;
    size_t count;
};

__attribute__((format(printf, 1, 2))) char *text_format(char const *format, ...);
char *text_copy(char const *text);
char *text_copy_bytes(char const *bytes, size_t size);
bool text_equal(char const *one, char const *other);
bool text_ends_with(char const *text, char const *ending);

/* Replaces *text by *text + the formatted rest. */
__attribute__((format(printf, 2, 3))) void text_append(char **text, char const *format, ...);

/* At white space; a text of white space has no words. */
struct words words_of(char const *text);
void words_add(struct words *words, char const *word);
bool words_hold(struct words const *words, char const *word);
/* first ... last - 1, with one space between. */
char *words_join(struct words const *words, size_t first, size_t last);
void words_sort(struct words *words);
void words_free(struct words *words);

/* Digits alone, at most INT64_MAX (JSON's integers end there). */
bool text_to_number(char const *text, uint64_t *number);

/* "0.5%" is 0.005; between 0 % and 100 %. */
bool text_to_ratio(char const *text, double *ratio);

/* The bytes of a file with a 0 behind them; NULL, with errno, when it cannot be read. */
char *text_of_file(char const *path, size_t *size);

/* The same without its last line's end, for the one-line files of /proc and /sys. */
char *text_of_line_file(char const *path);

/* The known word that is nearest to `word`; NULL when none is near. Borrowed from `known`. */
char const *text_nearest(char const *word, char *const *known, size_t known_count);

#endif
