/* text.h -- strings owned by the caller, and parsing of short texts.
 *
 * A returned `char *` is not NULL unless stated; the caller frees it.
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

/* Splits at white space; a text of white space has no words. */
struct words words_of(char const *text);
void words_add(struct words *words, char const *word);
bool words_hold(struct words const *words, char const *word);
/* The words first ... last - 1, joined by single spaces. */
char *words_join(struct words const *words, size_t first, size_t last);
void words_sort(struct words *words);
void words_free(struct words *words);

/* Digits only, at most INT64_MAX (the limit of JSON's integers). */
bool text_to_number(char const *text, uint64_t *number);

/* "0.5%" is 0.005; between 0 % and 100 %. */
bool text_to_ratio(char const *text, double *ratio);

/* A file's bytes followed by a 0; NULL, with errno, if it cannot be read. */
char *text_of_file(char const *path, size_t *size);

/* The same without the final newline, for the one-line files of /proc and /sys. */
char *text_of_line_file(char const *path);

/* The known word nearest to `word`; NULL if none is near. Borrowed from `known`. */
char const *text_nearest(char const *word, char *const *known, size_t known_count);

#endif
