/* compiled_by.c -- .comment and DW_AT_producer, by elfutils.
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/compiled_by.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

static void add_once(struct words *words, char const *word)
{
    if (word != NULL && *word != '\0' && !words_hold(words, word))
        words_add(words, word);
}

/* A section of texts, each ended by a 0. */
static void add_texts(struct words *words, Elf_Data const *data)
{
    char const *const bytes = data != NULL ? data->d_buf : NULL;

    for (size_t at = 0; bytes != NULL && at < data->d_size;) {
        size_t const length = strnlen(bytes + at, data->d_size - at);
        if (at + length < data->d_size)
            add_once(words, bytes + at);
        at += length + 1;
    }
}

static void read_comment(Elf *elf, struct words *words)
{
    size_t names = 0;
    Elf_Scn *section = NULL;
    GElf_Shdr header;

    if (elf_getshdrstrndx(elf, &names) != 0)
        return;
    while ((section = elf_nextscn(elf, section)) != NULL) {
        char const *const name = gelf_getshdr(section, &header) != NULL
            ? elf_strptr(elf, names, header.sh_name)
            : NULL;
        if (name != NULL && text_equal(name, ".comment") && header.sh_type != SHT_NOBITS)
            add_texts(words, elf_getdata(section, NULL));
    }
}

static void read_producers(Elf *elf, struct words *words)
{
    Dwarf *const dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
    Dwarf_Off unit = 0;
    Dwarf_Off next;
    size_t head;

    while (dwarf != NULL && dwarf_nextcu(dwarf, unit, &next, &head, NULL, NULL, NULL) == 0) {
        Dwarf_Die die;
        Dwarf_Attribute attribute;
        if (dwarf_offdie(dwarf, unit + head, &die) != NULL &&
            dwarf_attr(&die, DW_AT_producer, &attribute) != NULL)
            add_once(words, dwarf_formstring(&attribute));
        unit = next;
    }
    if (dwarf != NULL)
        dwarf_end(dwarf);
}

static struct words read_with(char const *path, void (*reader)(Elf *elf, struct words *words))
{
    struct words words = {0};
    int const file = open(path, O_RDONLY | O_CLOEXEC);

    elf_version(EV_CURRENT);
    Elf *const elf = file >= 0 ? elf_begin(file, ELF_C_READ, NULL) : NULL;
    if (elf != NULL && elf_kind(elf) == ELF_K_ELF)
        reader(elf, &words);
    elf_end(elf);
    if (file >= 0)
        close(file);
    words_sort(&words);
    return words;
}

struct words compiled_by(char const *path)
{
    return read_with(path, read_comment);
}

struct words compiled_with(char const *path)
{
    return read_with(path, read_producers);
}
