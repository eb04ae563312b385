/* manual.c -- the table of commands as man pages, in the macros of man(7).
 *
 * SPDX-License-Identifier: MIT */
#include "command/manual.h"

#include "base/complain.h"
#include "base/hint.h"
#include "base/text.h"
#include "command/reports.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A hyphen that may be pasted, a backslash that is none of roff's, no line that is a request. */
static void write_text(FILE *stream, char const *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", stream);
    for (; *text != '\0'; text++) {
        if (*text == '-')
            fputs("\\-", stream);
        else if (*text == '\\')
            fputs("\\e", stream);
        else
            fputc(*text, stream);
    }
}

static void write_line(FILE *stream, char const *before, char const *text, char const *behind)
{
    fputs(before, stream);
    write_text(stream, text);
    fputs(behind, stream);
    fputc('\n', stream);
}

static void write_title(FILE *stream, char const *title, char const *summary)
{
    fputs(".TH ", stream);
    for (char const *letter = title; *letter != '\0'; letter++)
        fputc(*letter >= 'a' && *letter <= 'z' ? *letter - 'a' + 'A' : *letter, stream);
    fputs(" 1 \"\" \"slablab " SLABLAB_VERSION "\" \"slablab\"\n.SH NAME\n", stream);
    write_text(stream, title);
    write_line(stream, " \\- ", summary, "");
}

static void write_option(FILE *stream, char const *words, char const *meaning)
{
    write_line(stream, ".TP\n.B ", words, "");
    write_line(stream, "", meaning, "");
}

void manual_write(FILE *stream, struct command const *command)
{
    char title[64];

    snprintf(title, sizeof title, "slablab-%s", command->name);
    write_title(stream, title, command->summary);
    write_line(stream, ".SH SYNOPSIS\n.B slablab ", command->name, "");
    write_line(stream, "", command->usage, "");
    write_line(stream, ".SH DESCRIPTION\n", command->details, "");
    struct command_option const *option = reports_options(command);
    if (option->words != NULL)
        fputs(".SH OPTIONS\n", stream);
    for (; option->words != NULL; option++)
        write_option(stream, option->words, option->meaning);
    fputs(".SH SEE ALSO\n.BR slablab (1)\n", stream);
}

void manual_write_all(FILE *stream, struct commands const *commands)
{
    write_title(stream, "slablab",
                "is allocator phase B better than phase A, by how much, and why?");
    fputs(".SH SYNOPSIS\n.B slablab\n.I COMMAND\n\\&...\n.SH DESCRIPTION\n"
          "Each command has a page of its own: slablab\\-gate(1) tells of\n"
          ".BR \"slablab gate\" .\n",
          stream);
    for (size_t i = 0; i < commands->count; i++)
        write_option(stream, commands->command[i].name, commands->command[i].summary);
    fputs(".SH SEE ALSO\n", stream);
    for (size_t i = 0; i < commands->count; i++)
        write_line(stream, ".BR slablab\\-", commands->command[i].name,
                   i + 1 < commands->count ? " (1)," : " (1)");
}

/* slablab.1 without a command. */
static bool write_file(char const *folder, struct commands const *all,
                       struct command const *command)
{
    char *const path = text_format("%s/slablab%s%s.1", folder, command != NULL ? "-" : "",
                                   command != NULL ? command->name : "");
    FILE *const file = fopen(path, "we");
    bool written = file != NULL;

    if (written && command != NULL)
        manual_write(file, command);
    else if (written)
        manual_write_all(file, all);
    written = written && fclose(file) == 0;
    if (!written)
        complain(hint_for(errno, "ls -ld that folder"), "%s: %s", path, strerror(errno));
    free(path);
    return written;
}

bool manual_write_files(char const *folder, struct commands const *commands)
{
    bool written = write_file(folder, commands, NULL);

    for (size_t i = 0; written && i < commands->count; i++)
        written = write_file(folder, commands, &commands->command[i]);
    return written;
}
