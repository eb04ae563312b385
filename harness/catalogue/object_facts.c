/* object_facts.c -- sections and symbols of an ELF file, by libelf.
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/object_facts.h"

#include "workloads/region.h"

#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char const variables_section[] = "slablab_variables";
static char const constants_section[] = ".slablab.constants";
static char const observe_symbol[] = "slablab_observe";
static char const allocations[] = "_allocations";

struct object {
    int fd;
    Elf *elf; /* NULL: cannot be read */
};

static struct object object_open(char const *path)
{
    struct object object = {.fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1};

    elf_version(EV_CURRENT);
    if (object.fd >= 0)
        object.elf = elf_begin(object.fd, ELF_C_READ, NULL);
    return object;
}

static void object_close(struct object *object)
{
    elf_end(object->elf);
    if (object->fd >= 0)
        close(object->fd);
}

typedef bool section_test(struct object const *object, GElf_Shdr const *header,
                          void const *context);

/* The first section for which `wanted` holds; NULL. */
static Elf_Scn *find_section(struct object const *object, section_test *wanted,
                             void const *context, GElf_Shdr *header)
{
    for (Elf_Scn *section = NULL; (section = elf_nextscn(object->elf, section)) != NULL;)
        if (gelf_getshdr(section, header) != NULL && wanted(object, header, context))
            return section;
    return NULL;
}

static bool has_name(struct object const *object, GElf_Shdr const *header, void const *context)
{
    size_t names = 0;
    char const *const name = elf_getshdrstrndx(object->elf, &names) == 0
                                 ? elf_strptr(object->elf, names, header->sh_name)
                                 : NULL;

    return name != NULL && text_equal(name, context);
}

static bool is_dynamic_table(struct object const *object, GElf_Shdr const *header,
                             void const *context)
{
    (void)object;
    (void)context;
    return header->sh_type == SHT_DYNSYM && header->sh_entsize > 0;
}

static bool holds_address(struct object const *object, GElf_Shdr const *header,
                          void const *context)
{
    GElf_Addr const address = *(GElf_Addr const *)context;

    (void)object;
    return (header->sh_flags & SHF_ALLOC) != 0 && header->sh_type == SHT_PROGBITS &&
           address >= header->sh_addr && address - header->sh_addr < header->sh_size;
}

static bool find_symbol(struct object const *object, char const *name, GElf_Sym *symbol)
{
    GElf_Shdr header;
    Elf_Scn *const section =
        object->elf != NULL ? find_section(object, is_dynamic_table, NULL, &header) : NULL;
    Elf_Data *const data = section != NULL ? elf_getdata(section, NULL) : NULL;

    for (size_t i = 0; data != NULL && i < header.sh_size / header.sh_entsize; i++) {
        if (gelf_getsym(data, (int)i, symbol) == NULL || symbol->st_shndx == SHN_UNDEF)
            continue;
        char const *const found = elf_strptr(object->elf, header.sh_link, symbol->st_name);
        if (found != NULL && text_equal(found, name))
            return true;
    }
    return false;
}

bool object_defines(char const *path, char const *name)
{
    struct object object = object_open(path);
    GElf_Sym symbol;
    bool const defines = find_symbol(&object, name, &symbol);

    object_close(&object);
    return defines;
}

/* The texts of a section, each with a final 0, but for empty ones. *found: there is one of that
 * name. */
static struct words section_texts(char const *path, char const *name, bool *found)
{
    struct object object = object_open(path);
    struct words texts = {0};
    GElf_Shdr header;
    Elf_Scn *const section =
        object.elf != NULL ? find_section(&object, has_name, name, &header) : NULL;
    Elf_Data const *const data = section != NULL ? elf_getdata(section, NULL) : NULL;
    char const *const bytes = data != NULL ? data->d_buf : NULL;

    *found = section != NULL;
    for (size_t at = 0; bytes != NULL && at < data->d_size;) {
        size_t const length = strnlen(bytes + at, data->d_size - at);
        char *const text = text_copy_bytes(bytes + at, length);
        if (length > 0)
            words_add(&texts, text);
        free(text);
        at += length + 1;
    }
    object_close(&object);
    return texts;
}

struct words object_variables(char const *path, bool *declared)
{
    return section_texts(path, variables_section, declared);
}

struct words object_constants(char const *path)
{
    bool found;

    return section_texts(path, constants_section, &found);
}

/* Its table begins with a version and a count; each entry is a name and a number. */
static void add_tiers(struct words *tiers, char const *bytes, size_t size)
{
    struct region_tier tier;
    uint32_t head[2];

    if (size < sizeof head)
        return;
    memcpy(head, bytes, sizeof head);
    for (size_t i = 0; i < head[1] && sizeof head + (i + 1) * sizeof tier <= size; i++) {
        memcpy(&tier, bytes + sizeof head + i * sizeof tier, sizeof tier);
        tier.name[sizeof tier.name - 1] = '\0';
        if (!text_ends_with(tier.name, allocations))
            continue;
        tier.name[strlen(tier.name) - strlen(allocations)] = '\0';
        words_add(tiers, tier.name);
    }
}

struct words object_tiers(char const *path)
{
    struct object object = object_open(path);
    struct words tiers = {0};
    GElf_Sym symbol;
    GElf_Shdr header;

    if (find_symbol(&object, observe_symbol, &symbol)) {
        Elf_Scn *const section = find_section(&object, holds_address, &symbol.st_value, &header);
        Elf_Data const *const data = section != NULL ? elf_getdata(section, NULL) : NULL;
        size_t const at = data != NULL ? symbol.st_value - header.sh_addr : 0;
        if (data != NULL && data->d_buf != NULL && at < data->d_size)
            add_tiers(&tiers, (char const *)data->d_buf + at, data->d_size - at);
    }
    object_close(&object);
    return tiers;
}
