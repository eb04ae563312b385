/* gate_words.h -- parts of gate.json as texts, for a terminal and for Markdown alike.
 *
 * A returned `char *` is the caller's to free.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_GATE_WORDS_H
#define SLABLAB_GATE_WORDS_H

#include <jansson.h>

/* The text of a key; "" where there is none. */
char const *gate_text_at(json_t const *object, char const *key);

/* "FAIL" of "fail": verdicts of gates and of rows as they are shown. */
char const *gate_shout(char const *verdict);

/* Parts of a row: "+2.31 %" or "+12", and "[+1.20, +3.41]"; "-" if there is none. */
char *gate_effect_text(json_t const *row, char const *key);
char *gate_interval_text(json_t const *row);
char *gate_mde_text(json_t const *row); /* an amount without a direction */

/* "one link alone may show -0.80 to +1.20 %: LAYOUT-BOUND", or that none differs; "" of a row
 * without links. */
char *gate_link_text(json_t const *row);

/* "2 %", "5 pt": what a PASS rules out. A count's margin is one at least. */
char *gate_margin_text(json_t const *row);

/* "3 of 36 rows failed, 2 undecided, in 12 s" */
char *gate_rows_text(json_t const *gate);

/* "11 of the head and 0 of the base in 96 pairs of processes" */
char *gate_failures_text(json_t const *gate);

/* Each appends lines that begin with `before`, and nothing where there is nothing to say: why a
 * gate is void; how many processes failed, and what the head's first one said; counts of
 * instructions that vary from process to process, and what helps; what one link alone may show of
 * rows that decide; base and head. */
void gate_append_reasons(char **text, json_t const *gate, char const *before);
void gate_append_failures(char **text, json_t const *gate, char const *before);
void gate_append_modes(char **text, json_t const *rows, char const *before);
void gate_append_links(char **text, json_t const *rows, char const *before);
void gate_append_sides(char **text, json_t const *gate, char const *before);

#endif
