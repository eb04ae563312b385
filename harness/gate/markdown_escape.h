/* markdown_escape.h -- texts that are no Markdown, written so that it shows them as they are.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_MARKDOWN_ESCAPE_H
#define SLABLAB_MARKDOWN_ESCAPE_H

#include <jansson.h>

/* One line, with a backslash before each letter that would begin a code span, an emphasis, a link,
 * a tag, an entity or a column. The caller frees it. */
char *markdown_escaped(char const *text);

/* A copy of the value with all its texts escaped; its keys are as they were. */
json_t *markdown_escaped_texts(json_t const *value);

#endif
