/* build_id.c -- the build-id of an object file, by libdw.
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/build_id.h"

#include "base/text.h"

#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <libelf.h>
#include <stdlib.h>
#include <unistd.h>

char *catalogue_build_id(char const *path)
{
    char *digits = text_copy("");
    int const file = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;

    if (file < 0)
        return digits;
    elf_version(EV_CURRENT);
    Elf *const elf = elf_begin(file, ELF_C_READ, NULL);
    void const *bytes = NULL;
    ssize_t const size = elf != NULL ? dwelf_elf_gnu_build_id(elf, &bytes) : 0;
    for (ssize_t i = 0; i < size; i++)
        text_append(&digits, "%02x", ((unsigned char const *)bytes)[i]);
    elf_end(elf);
    close(file);
    return digits;
}
