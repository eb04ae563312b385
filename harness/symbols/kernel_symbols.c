/* kernel_symbols.c -- reads /proc/kallsyms: "ffffffff81000c60 T asm_exc_page_fault\t[module]".
 *
 * SPDX-License-Identifier: MIT */
#include "symbols/kernel_symbols.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* kallsyms gives the start of a function and not its end. This is 12 times the largest function of
 * Linux 6.18 here (hidinput_connect, 20,688 bytes); an address farther beyond a symbol is not its
 * code (there are holes of 1 MiB in the kernel's text, and of 1 GiB before its modules). */
enum { FUNCTION_BYTES_MAX = 256 * 1024 };

static int by_address_then_name(void const *one, void const *other)
{
    struct kernel_symbol const *const a = one;
    struct kernel_symbol const *const b = other;

    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    if (a->global != b->global)
        return a->global ? -1 : 1;
    size_t const a_length = strlen(a->name);
    size_t const b_length = strlen(b->name);
    if (a_length != b_length)
        return a_length < b_length ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* Keeps code symbols: T, t, W, w. */
static void take(struct kernel_symbols *symbols, char *line)
{
    char *rest = NULL;
    uint64_t const address = strtoull(line, &rest, 16);

    if (address == 0 || rest[0] != ' ' || rest[1] == '\0' || strchr("tTwW", rest[1]) == NULL ||
        rest[2] != ' ')
        return;
    char *const name = rest + 3;
    name[strcspn(name, "\t")] = '\0';
    symbols->symbol[symbols->count++] = (struct kernel_symbol){address, name, rest[1] == 'T'};
}

void kernel_symbols_read(struct kernel_symbols *symbols, char const *path)
{
    size_t lines = 0;

    *symbols = (struct kernel_symbols){.text = text_of_file(path, NULL)};
    for (char const *c = symbols->text; c != NULL && (c = strchr(c, '\n')) != NULL; c++)
        lines++;
    symbols->symbol = memory_zeroed(lines + 1, sizeof *symbols->symbol);
    for (char *rest = symbols->text; rest != NULL;)
        take(symbols, strsep(&rest, "\n"));
    symbols->hidden = symbols->count == 0;
    qsort(symbols->symbol, symbols->count, sizeof *symbols->symbol, by_address_then_name);
    size_t kept = 0;
    for (size_t i = 0; i < symbols->count; i++)
        if (kept == 0 || symbols->symbol[kept - 1].address != symbols->symbol[i].address)
            symbols->symbol[kept++] = symbols->symbol[i];
    symbols->count = kept;
}

void kernel_symbols_free(struct kernel_symbols *symbols)
{
    free(symbols->symbol);
    free(symbols->text);
}

char const *kernel_symbols_name(struct kernel_symbols const *symbols, uint64_t address)
{
    size_t first = 0;
    size_t last = symbols->count;

    while (first < last) {
        size_t const middle = first + (last - first) / 2;
        if (symbols->symbol[middle].address <= address)
            first = middle + 1;
        else
            last = middle;
    }
    if (first == 0 || address - symbols->symbol[first - 1].address >= FUNCTION_BYTES_MAX)
        return NULL;
    return symbols->symbol[first - 1].name;
}
