/* shell_word.c -- words of a command that is printed to be pasted into a shell.
 *
 * SPDX-License-Identifier: MIT */
#include "base/shell_word.h"

#include "base/text.h"

#include <string.h>

char *shell_word(char const *word)
{
    static char const plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789_@%+=:,./-";
    char *quoted;

    if (*word != '\0' && word[strspn(word, plain)] == '\0')
        return text_copy(word);
    quoted = text_copy("'");
    for (; *word != '\0'; word++)
        if (*word == '\'')
            text_append(&quoted, "'\\''");
        else
            text_append(&quoted, "%c", *word);
    text_append(&quoted, "'");
    return quoted;
}
