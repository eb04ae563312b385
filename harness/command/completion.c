/* completion.c -- completion scripts for bash, zsh and fish, of the commands' usage lines.
 *
 * Where nothing of slablab's fits, a shell completes names of files.
 *
 * SPDX-License-Identifier: MIT */
#include "command/completion.h"

#include "base/shell_word.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static char const around[] = " \t\n[](){}";
static char const alternatives[] = "|,";
static char const literal[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";

static void add_once(struct words *words, char const *text, size_t length)
{
    char *const word = text_copy_bytes(text, length);

    if (!words_hold(words, word))
        words_add(words, word);
    free(word);
}

/* One word of a usage line, or several that stand for one another. What stands behind an option's =
 * is no word of its own. */
static void add_token(struct words *words, char const *token, size_t length)
{
    size_t const value = strcspn(token, "=");
    bool const is_choice = strcspn(token, alternatives) < length;

    length = value < length ? value : length;
    while (length > 0) {
        size_t const one = strcspn(token, "|,= \t\n[](){}");
        bool const is_option = one > 2 && strncmp(token, "--", 2) == 0;
        if (one > 0 && (is_option || is_choice) && strspn(token, literal) >= one)
            add_once(words, token, one);
        size_t const taken = one < length ? one + 1 : length;
        token += taken;
        length -= taken;
    }
}

struct words completion_words(char const *usage)
{
    struct words words = {0};

    while (*(usage += strspn(usage, around)) != '\0') {
        size_t const length = strcspn(usage, around);
        add_token(&words, usage, length);
        usage += length;
    }
    return words;
}

/* Of each command, `before` NAME `behind`, then its words, each behind a space. */
static void write_cases(FILE *stream, struct commands const *commands, char const *before,
                        char const *behind, char const *end)
{
    for (size_t i = 0; i < commands->count; i++) {
        struct words words = completion_words(commands->command[i].usage);
        fprintf(stream, "%s%s%s", before, commands->command[i].name, behind);
        for (size_t word = 0; word < words.count; word++)
            fprintf(stream, " %s", words.word[word]);
        fputs(end, stream);
        words_free(&words);
    }
}

static void write_bash(FILE *stream, struct commands const *commands)
{
    fputs("# slablab -- completion for bash\n_slablab() {\n"
          "    local word words=() current=${COMP_WORDS[COMP_CWORD]}\n"
          "    COMPREPLY=()\n"
          "    if ((COMP_CWORD == 1)); then\n        words=(--help --version",
          stream);
    for (size_t i = 0; i < commands->count; i++)
        fprintf(stream, " %s", commands->command[i].name);
    fputs(")\n    else\n        case ${COMP_WORDS[1]} in\n", stream);
    write_cases(stream, commands, "            ", ") words=(--help", ") ;;\n");
    fputs("        esac\n    fi\n"
          "    for word in \"${words[@]}\"; do\n"
          "        [[ $word != \"$current\"* || ($word == -* && $current != -*) ]] ||\n"
          "            COMPREPLY+=(\"$word\")\n"
          "    done\n}\ncomplete -o default -F _slablab slablab\n",
          stream);
}

/* Each command's summary, in quotes. */
static void write_summaries(FILE *stream, struct commands const *commands, char const *before,
                            char const *between_both, char const *end)
{
    for (size_t i = 0; i < commands->count; i++) {
        char *const summary = shell_word(commands->command[i].summary);
        fprintf(stream, "%s%s%s%s%s", before, commands->command[i].name, between_both, summary,
                end);
        free(summary);
    }
}

static void write_zsh(FILE *stream, struct commands const *commands)
{
    fputs("#compdef slablab\n# slablab -- completion for zsh\n_slablab() {\n"
          "    local -a commands\n    if ((CURRENT == 2)); then\n        commands=(\n",
          stream);
    write_summaries(stream, commands, "            ", ":", "\n");
    fputs("        )\n        _describe command commands\n        return\n    fi\n"
          "    case ${words[2]} in\n",
          stream);
    write_cases(stream, commands, "        ", ") compadd -- --help", " ;;\n");
    fputs("    esac\n    _files\n}\n_slablab \"$@\"\n", stream);
}

static void write_fish(FILE *stream, struct commands const *commands)
{
    fputs("# slablab -- completion for fish\n", stream);
    write_summaries(stream, commands, "complete -c slablab -f -n __fish_use_subcommand -a ", " -d ",
                    "\n");
    write_cases(stream, commands, "complete -c slablab -n '__fish_seen_subcommand_from ",
                "' -a '--help", "'\n");
}

static struct {
    char const *shell;
    void (*write)(FILE *stream, struct commands const *commands);
} const shells[] = {{"bash", write_bash}, {"zsh", write_zsh}, {"fish", write_fish}};

bool completion_write(FILE *stream, char const *shell, struct commands const *commands)
{
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (text_equal(shells[i].shell, shell)) {
            shells[i].write(stream, commands);
            return true;
        }
    return false;
}
