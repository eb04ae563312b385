/* symbol_table.c -- reads ELF symbols, sorts them, and keeps one of several aliases.
 *
 * SPDX-License-Identifier: MIT */
#include "symbols/symbol_table.h"

#include "base/memory.h"
#include "symbols/function_name.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

/* The latest possible end of code of unknown size; 0 for what is not code. */
static uint64_t section_end(Elf *elf, GElf_Word section, Dwarf_Addr bias)
{
    GElf_Shdr header;
    Elf_Scn *const found = elf != NULL ? elf_getscn(elf, section) : NULL;

    if (found == NULL || gelf_getshdr(found, &header) == NULL ||
        (header.sh_flags & SHF_EXECINSTR) == 0)
        return 0;
    return header.sh_addr + header.sh_size + bias;
}

/* A symbol with a size is preferred to one without, and a global one to a local one. Then short
 * names win, so that malloc is preferred to __libc_malloc. */
static unsigned rank_of(GElf_Sym const *symbol)
{
    bool const local = GELF_ST_BIND(symbol->st_info) == STB_LOCAL;

    return (symbol->st_size == 0 ? 2U : 0U) + (local ? 1U : 0U);
}

static int by_begin_then_rank(void const *one, void const *other)
{
    struct named_code const *const a = one;
    struct named_code const *const b = other;

    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    size_t const a_length = strlen(a->name);
    size_t const b_length = strlen(b->name);
    if (a_length != b_length)
        return a_length < b_length ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* Code of unknown size reaches to the next symbol; within a function of known size it is a label.
 * Of aliases the first, which is the preferred one, stays. */
static void settle(struct symbol_table *table)
{
    size_t kept = 0;
    uint64_t end_max = 0;

    for (size_t i = 0; i < table->count; i++) {
        struct named_code code = table->code[i];
        bool const sized = code.rank < 2;
        if (kept > 0 && table->code[kept - 1].begin == code.begin)
            continue;
        if (!sized && code.begin < end_max)
            continue;
        for (size_t next = i + 1; !sized && next < table->count; next++)
            if (table->code[next].begin > code.begin) {
                if (table->code[next].begin < code.end)
                    code.end = table->code[next].begin;
                break;
            }
        end_max = code.end > end_max ? code.end : end_max;
        code.end_max = end_max;
        table->code[kept++] = code;
    }
    table->count = kept;
}

void symbol_table_read(struct symbol_table *table, struct object_file const *file)
{
    int const count = file->module != NULL ? dwfl_module_getsymtab(file->module) : 0;

    *table = (struct symbol_table){.code = memory_zeroed(count > 0 ? (size_t)count : 0,
                                                         sizeof *table->code)};
    for (int i = 0; i < count; i++) {
        GElf_Sym symbol;
        GElf_Addr address;
        GElf_Word section;
        Elf *elf = NULL;
        Dwarf_Addr bias = 0;
        char const *name =
            dwfl_module_getsym_info(file->module, i, &symbol, &address, &section, &elf, &bias);
        unsigned const type = GELF_ST_TYPE(symbol.st_info);
        if (name == NULL || *name == '\0' || section == SHN_UNDEF ||
            (type != STT_FUNC && type != STT_GNU_IFUNC && type != STT_NOTYPE))
            continue;
        uint64_t const end = section_end(elf, section, bias);
        if (end <= address)
            continue;
        size_t const length = function_name_length(name);
        if (name[length] != '\0') {
            char *const shortened = text_copy_bytes(name, length);
            words_add(&table->shortened, shortened);
            free(shortened);
            name = table->shortened.word[table->shortened.count - 1];
        }
        table->code[table->count++] = (struct named_code){
            .begin = address,
            .end = symbol.st_size > 0 ? address + symbol.st_size : end,
            .name = name,
            .rank = rank_of(&symbol),
        };
    }
    qsort(table->code, table->count, sizeof *table->code, by_begin_then_rank);
    settle(table);
}

void symbol_table_free(struct symbol_table *table)
{
    free(table->code);
    words_free(&table->shortened);
}

char const *symbol_table_name(struct symbol_table const *table, uint64_t address)
{
    size_t first = 0;
    size_t last = table->count; /* the first that begins after the address is in first ... last */

    while (first < last) {
        size_t const middle = first + (last - first) / 2;
        if (table->code[middle].begin <= address)
            first = middle + 1;
        else
            last = middle;
    }
    for (; first > 0 && table->code[first - 1].end_max > address; first--)
        if (table->code[first - 1].end > address)
            return table->code[first - 1].name;
    return NULL;
}
