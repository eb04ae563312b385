/* object_file.c -- opens ELF files one by one through elfutils' libdwfl.
 *
 * Every file is a module of its own, at the addresses in its own headers.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memfd_create */
#include "symbols/object_file.h"

#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The section table is last in the kernel's image, so it marks its end. The image is copied to a
 * file in memory, because libdwfl reads files. */
static int open_vdso(void)
{
    unsigned char const *const image =
        (unsigned char const *)(uintptr_t)getauxval(AT_SYSINFO_EHDR);
    Elf64_Ehdr header;

    errno = ENOENT;
    if (image == NULL)
        return -1;
    memcpy(&header, image, sizeof header);
    if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64)
        return -1;
    size_t const size = header.e_shoff + (size_t)header.e_shnum * header.e_shentsize;
    int const file = memfd_create("vdso", MFD_CLOEXEC);
    if (file >= 0 && write(file, image, size) != (ssize_t)size) {
        close(file);
        return -1;
    }
    return file;
}

/* Devices and pipes are skipped: opening one may have effects, and reading it may never end. */
static int open_regular(char const *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return -1;
    errno = ENOEXEC;
    return S_ISREG(status.st_mode) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
}

static void read_headers(struct object_file *file)
{
    size_t count = 0;
    unsigned char const *bytes = NULL;
    GElf_Addr place;
    int const size = dwfl_module_build_id(file->module, &bytes, &place);

    for (int i = 0; i < size; i++)
        text_append(&file->build_id, "%02x", bytes[i]);
    if (elf_getphdrnum(file->elf, &count) != 0)
        return;
    file->segments = memory_zeroed(count, sizeof *file->segments);
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr header;
        if (gelf_getphdr(file->elf, (int)i, &header) == NULL)
            continue;
        if (header.p_type == PT_TLS)
            file->thread_local_bytes = header.p_memsz;
        if (header.p_type == PT_LOAD)
            file->segments[file->segment_count++] = (struct object_segment){
                header.p_offset, header.p_offset + header.p_filesz, header.p_vaddr};
    }
}

void object_file_open(struct object_file *file, char const *path)
{
    static char *nowhere_else; /* NULL: libdwfl's own folders */
    static Dwfl_Callbacks const callbacks = {
        .find_elf = dwfl_build_id_find_elf,
        .find_debuginfo = dwfl_standard_find_debuginfo,
        .section_address = dwfl_offline_section_address,
        .debuginfo_path = &nowhere_else,
    };
    int const descriptor = text_equal(path, "[vdso]") ? open_vdso() : open_regular(path);
    GElf_Addr bias;

    *file = (struct object_file){.build_id = text_copy("")};
    if (descriptor < 0) {
        file->problem = text_copy(errno == ENOEXEC ? "no regular file" : strerror(errno));
        return;
    }
    /* libdwfl would query the servers named there. */
    unsetenv("DEBUGINFOD_URLS");
    file->dwfl = dwfl_begin(&callbacks);
    if (file->dwfl != NULL) {
        file->module = dwfl_report_elf(file->dwfl, path, path, descriptor, 0, true);
        dwfl_report_end(file->dwfl, NULL, NULL);
    }
    if (file->module != NULL)
        file->elf = dwfl_module_getelf(file->module, &bias);
    else
        close(descriptor);
    if (file->elf != NULL) {
        read_headers(file);
        return;
    }
    file->problem = text_copy(dwfl_errmsg(-1));
    file->module = NULL;
}

void object_file_close(struct object_file *file)
{
    if (file->dwfl != NULL)
        dwfl_end(file->dwfl);
    free(file->segments);
    free(file->build_id);
    free(file->problem);
}

bool object_file_address(struct object_file const *file, uint64_t file_offset, uint64_t *address)
{
    for (size_t i = 0; i < file->segment_count; i++) {
        struct object_segment const *const segment = &file->segments[i];
        if (file_offset >= segment->begin && file_offset < segment->end) {
            *address = segment->address + (file_offset - segment->begin);
            return true;
        }
    }
    return false;
}

bool object_file_is_x86_64(struct object_file const *file)
{
    GElf_Ehdr header;

    return file->elf != NULL && gelf_getehdr(file->elf, &header) != NULL &&
           header.e_machine == EM_X86_64;
}
