/* function_name.c -- libiberty's demanglers, and the grammar of what compilers add to a name.
 *
 * SPDX-License-Identifier: MIT */
#include "symbols/function_name.h"

#include "base/memory.h"
#include "base/text.h"

#include <libiberty/demangle.h>
#include <stdlib.h>
#include <string.h>

/* Substitutions make gigabytes of a mangled name of a kilobyte: such a one stays mangled. */
enum { NAME_BYTES_MAX = 1 << 20 };

struct demangled {
    char *text;
    size_t length;
    size_t room;
    bool too_long;
};

/* A clone's ending is lower case to the end of the name; a path of Rust's older scheme, in which
 * ".." is "::", ends in E. */
static bool is_ending(char const *rest, char const *word)
{
    static char const letters[] = "abcdefghijklmnopqrstuvwxyz0123456789._";

    return strncmp(rest, word, strlen(word)) == 0 && rest[strspn(rest, letters)] == '\0';
}

size_t function_name_length(char const *linker_name)
{
    static char const *const endings[] = {".constprop.", ".isra.",      ".part.", ".cold",
                                          ".lto_priv.",  ".localalias", ".llvm."};
    size_t const bare = strcspn(linker_name, "@");
    size_t const whole = bare > 0 ? bare : strlen(linker_name);
    char *const name = text_copy_bytes(linker_name, whole);
    size_t length = whole;

    for (char const *dot = strchr(name, '.'); dot != NULL && length == whole;
         dot = strchr(dot + 1, '.'))
        for (size_t i = 0; dot > name && i < sizeof endings / sizeof *endings; i++)
            if (is_ending(dot, endings[i]))
                length = (size_t)(dot - name);
    free(name);
    return length;
}

/* A demangle_callbackref. */
static void add_piece(char const *piece, size_t length, void *context)
{
    struct demangled *const demangled = context;

    demangled->too_long = demangled->too_long || demangled->length + length >= NAME_BYTES_MAX;
    if (demangled->too_long)
        return;
    if (demangled->length + length >= demangled->room) {
        size_t const room = 2 * (demangled->length + length) + 1;
        char *const grown = memory_zeroed(room, 1);
        if (demangled->length > 0)
            memcpy(grown, demangled->text, demangled->length);
        free(demangled->text);
        demangled->text = grown;
        demangled->room = room;
    }
    memcpy(demangled->text + demangled->length, piece, length);
    demangled->length += length;
    demangled->text[demangled->length] = '\0';
}

typedef int demangler(char const *mangled, int options, demangle_callbackref callback,
                      void *context);

/* NULL if the name is not of that scheme. */
static char *demangle(demangler *of_scheme, char const *mangled)
{
    struct demangled demangled = {.text = NULL};

    if (of_scheme(mangled, DMGL_NO_OPTS, add_piece, &demangled) != 0 && demangled.length > 0 &&
        !demangled.too_long)
        return demangled.text;
    free(demangled.text);
    return NULL;
}

/* Rust's older names are C++'s grammar with a hash at their end, so Rust is asked first. */
char *function_name_of(char const *linker_name)
{
    char *const mangled = text_copy_bytes(linker_name, function_name_length(linker_name));
    char *name = demangle(rust_demangle_callback, mangled);

    if (name == NULL)
        name = demangle(cplus_demangle_v3_callback, mangled);
    char *const printable = function_name_printable(name != NULL ? name : mangled);
    free(name);
    free(mangled);
    return printable;
}

/* The bytes of the character that begins there, by Unicode's table 3-7; 0 if there is none. */
static size_t character_bytes(unsigned char const *at)
{
    static struct {
        unsigned char first, last;        /* of the first byte */
        unsigned char second, second_end; /* of the second */
        size_t bytes;
    } const forms[] = {
        {0x20, 0x7e, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (at[0] < forms[i].first || at[0] > forms[i].last)
            continue;
        if (forms[i].bytes > 1 && (at[1] < forms[i].second || at[1] > forms[i].second_end))
            return 0;
        for (size_t next = 2; next < forms[i].bytes; next++)
            if (at[next] < 0x80 || at[next] > 0xbf)
                return 0;
        return forms[i].bytes;
    }
    return 0;
}

char *function_name_printable(char const *name)
{
    char *const copy = text_copy(name);

    for (char *at = copy; *at != '\0';) {
        size_t const bytes = character_bytes((unsigned char const *)at);
        if (bytes == 0)
            *at = '?';
        else if (*at == ';')
            *at = ':';
        at += bytes > 0 ? bytes : 1;
    }
    return copy;
}

/* The bytes of "operator<<" and the like, whose '<' opens no list of arguments; 0 elsewhere. */
static size_t operator_length(char const *name, size_t at)
{
    static char const word[] = "operator";
    static char const *const signs[] = {"<=>", "<<=", ">>=", "->*", "<<", ">>",
                                        "<=",  ">=",  "->",  "<",   ">"};
    size_t const length = sizeof word - 1;

    if (strncmp(name + at, word, length) != 0 || (at > 0 && name[at - 1] != ':'))
        return 0;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strncmp(name + at + length, signs[i], strlen(signs[i])) == 0)
            return length + strlen(signs[i]);
    return 0;
}

/* With `filler` for each list of arguments. The caller frees it. */
static char *without_arguments(char const *name, char const *filler)
{
    char *bare = memory_zeroed(strlen(name) * (strlen(filler) + 1) + 1, 1);
    size_t length = 0;
    size_t depth = 0;

    for (size_t at = 0; name[at] != '\0';) {
        size_t const sign = depth == 0 ? operator_length(name, at) : 0;
        size_t const step = sign > 0 ? sign : 1;
        if (depth == 0 && sign == 0 && name[at] == '<')
            for (size_t i = 0; filler[i] != '\0'; i++)
                bare[length++] = filler[i];
        depth += sign == 0 && name[at] == '<';
        for (size_t i = 0; depth == 0 && i < step; i++)
            bare[length++] = name[at + i];
        depth -= sign == 0 && name[at] == '>' && depth > 0;
        at += step;
    }
    while (length > 0 && bare[length - 1] == ' ') /* operator<< <int> */
        bare[--length] = '\0';
    return bare;
}

bool function_name_is(char const *declared, char const *name, char const *linker_name)
{
    if (text_equal(declared, name) || (linker_name != NULL && text_equal(declared, linker_name)))
        return true;
    if (strchr(name, '<') == NULL)
        return false;
    char *const bare = without_arguments(name, "");
    bool const same = text_equal(declared, bare);

    free(bare);
    return same;
}

/* The scopes of a name without arguments: where the first ends, and where its own name begins. */
static void find_scopes(char const *bare, size_t *first, size_t *own)
{
    size_t depth = 0;

    *first = *own = 0;
    for (size_t i = 0; bare[i] != '\0'; i++) {
        depth += bare[i] == '(' || bare[i] == '{';
        depth -= (bare[i] == ')' || bare[i] == '}') && depth > 0;
        if (depth > 0 || bare[i] != ':' || bare[i + 1] != ':')
            continue;
        *first = *own == 0 ? i : *first;
        *own = i + 2;
    }
}

/* No character is cut in two. */
static bool begins_character(char byte)
{
    return ((unsigned char)byte & 0xc0) != 0x80;
}

static char *middle_cut(char const *text, size_t bytes)
{
    size_t const length = strlen(text);
    size_t head = (bytes - 3) / 2;
    size_t tail = length - (bytes - 3 - head);

    while (head > 0 && !begins_character(text[head]))
        head--;
    while (tail < length && !begins_character(text[tail]))
        tail++;
    return text_format("%.*s...%s", (int)head, text, text + tail);
}

char *function_name_short(char const *name, size_t bytes)
{
    size_t first = 0;
    size_t own = 0;

    if (strlen(name) <= bytes)
        return text_copy(name);
    char *const bare = without_arguments(name, "<...>");
    find_scopes(bare, &first, &own);
    char *const forms[] = {text_copy(bare),
                           text_format("%.*s::...::%s", (int)first, bare, bare + own),
                           text_format("...::%s", bare + own), middle_cut(bare + own, bytes)};
    size_t const last = sizeof forms / sizeof *forms - 1;
    size_t chosen = 0;

    while (chosen < last && (strlen(forms[chosen]) > bytes || (chosen > 0 && own == 0)))
        chosen++;
    char *const found = text_copy(forms[chosen]);
    for (size_t i = 0; i <= last; i++)
        free(forms[i]);
    free(bare);
    return found;
}
