/* served.c -- which mapped file serves malloc, and its build-id as it is in memory.
 *
 * The name says which file the loader opened; the build-id says which contents it has, also when
 * the file has been replaced since.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "served.h"

#include <dlfcn.h>
#include <elf.h>
#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the walk over the mapped objects looks for, and its result. */
struct search {
    uintptr_t address;
    char *build_id;
};

static bool holds(struct dl_phdr_info const *info, uintptr_t address)
{
    for (int i = 0; i < info->dlpi_phnum; i++) {
        ElfW(Phdr) const *const header = &info->dlpi_phdr[i];
        uintptr_t const begin = info->dlpi_addr + header->p_vaddr;
        if (header->p_type == PT_LOAD && address >= begin && address - begin < header->p_memsz)
            return true;
    }
    return false;
}

static size_t padded(size_t bytes)
{
    return (bytes + 3) & ~(size_t)3;
}

static void write_hexadecimal(char *text, unsigned char const *bytes, size_t count)
{
    static char const digits[] = "0123456789abcdef";

    for (size_t i = 0; i < count && 2 * i + 2 < REGION_BUILD_ID_MAX; i++) {
        *text++ = digits[bytes[i] >> 4];
        *text++ = digits[bytes[i] & 15];
    }
    *text = 0;
}

/* A segment of notes: {size of name, size of description, type} name description, padded to 4. */
static void read_notes(char const *notes, size_t bytes, char *build_id)
{
    while (bytes >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) note;
        memcpy(&note, notes, sizeof note);
        char const *const name = notes + sizeof note;
        char const *const description = name + padded(note.n_namesz);
        size_t const whole = sizeof note + padded(note.n_namesz) + padded(note.n_descsz);
        if (whole > bytes)
            return;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof ELF_NOTE_GNU &&
            memcmp(name, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) == 0)
            write_hexadecimal(build_id, (unsigned char const *)description, note.n_descsz);
        notes += whole;
        bytes -= whole;
    }
}

static int visit(struct dl_phdr_info *info, size_t size, void *data)
{
    struct search const *const search = data;

    (void)size;
    if (!holds(info, search->address))
        return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        ElfW(Phdr) const *const header = &info->dlpi_phdr[i];
        if (header->p_type == PT_NOTE && header->p_align <= 4)
            read_notes((char const *)(info->dlpi_addr + header->p_vaddr), header->p_memsz,
                       search->build_id);
    }
    return 1;
}

/* An executable that is not position-independent, and takes malloc's address, has an entry of its
 * own for it, which everybody then calls malloc; the calls go on to the next object. */
static void *address_of_malloc(Dl_info *found)
{
    ElfW(Sym) const *symbol = NULL;
    void *address = dlsym(RTLD_DEFAULT, "malloc");

    if (address != NULL && dladdr1(address, found, (void **)&symbol, RTLD_DL_SYMENT) != 0 &&
        symbol != NULL && symbol->st_shndx == SHN_UNDEF)
        address = dlsym(RTLD_NEXT, "malloc");
    return address != NULL && dladdr(address, found) != 0 && found->dli_fname != NULL ? address
                                                                                      : NULL;
}

void build_id_at(uintptr_t address, char build_id[REGION_BUILD_ID_MAX])
{
    struct search search = {.address = address, .build_id = build_id};

    build_id[0] = 0;
    dl_iterate_phdr(visit, &search);
}

char const *object_of_malloc(char object[REGION_PATH_MAX], char build_id[REGION_BUILD_ID_MAX])
{
    char path[PATH_MAX];
    Dl_info found;
    void *const address = address_of_malloc(&found);

    if (address == NULL)
        return "no mapped object holds malloc";
    size_t const slashes = strspn(found.dli_fname, "/"); /* paths are of equal length by them */
    if (slashes > 0)
        snprintf(path, sizeof path, "%s", found.dli_fname + slashes - 1);
    else if (realpath(found.dli_fname, path) == NULL)
        return "the object that holds malloc was loaded by a relative path, and is not to be found";
    if (strlen(path) >= REGION_PATH_MAX)
        return "the path of the object that holds malloc is too long";
    memcpy(object, path, strlen(path) + 1);
    build_id_at((uintptr_t)address, build_id);
    return NULL;
}
