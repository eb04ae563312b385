/* witness.c -- loaded into each process of a measured program, it says who serves malloc there.
 *
 * A shared object that is preloaded before the allocator. It opens the page by a path, since many
 * programs close the descriptors that they inherit; the launcher puts the path into SLABLAB_REGION,
 * where the harness had the descriptor.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "../runtime/served.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

static void copy(char *into, char const *text, size_t size)
{
    size_t const length = strnlen(text, size - 1);

    memcpy(into, text, length);
    into[length] = 0;
}

/* The first program was started by the launcher and has no children yet. */
static void say(struct region *page, char const *object, char const *build_id)
{
    struct region_witness *const witness = &page->witness;

    if (__atomic_fetch_add(&witness->images, 1, __ATOMIC_ACQ_REL) == 0) {
        copy(page->object, object, sizeof page->object);
        copy(page->build_id, build_id, sizeof page->build_id);
    } else if (strcmp(page->object, object) != 0 &&
               __atomic_fetch_add(&witness->foreign, 1, __ATOMIC_ACQ_REL) == 0) {
        ssize_t const length =
            readlink("/proc/self/exe", witness->program, sizeof witness->program - 1);
        witness->program[length > 0 ? length : 0] = 0;
        copy(witness->object, object, sizeof witness->object);
    }
}

/* By the path that it was started by, which is that of both builds. */
static void say_artifact(struct region *page)
{
    char const *const artifact = getenv("SLABLAB_ARTIFACT");
    char const *const started = (char const *)getauxval(AT_EXECFN);

    if (artifact == NULL || started == NULL || strcmp(artifact, started) != 0)
        return;
    if (__atomic_fetch_add(&page->artifact.images, 1, __ATOMIC_ACQ_REL) == 0)
        build_id_at(getauxval(AT_ENTRY), page->artifact.build_id);
}

__attribute__((constructor)) static void testify(void)
{
    static char object[REGION_PATH_MAX];
    static char build_id[REGION_BUILD_ID_MAX];
    char const *const path = getenv("SLABLAB_REGION");
    int const before = errno;
    int const fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
    struct region *const page =
        fd >= 0 ? mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;

    if (fd >= 0)
        close(fd);
    if (page != MAP_FAILED) {
        if (page->magic == REGION_MAGIC && object_of_malloc(object, build_id) == NULL)
            say(page, object, build_id);
        if (page->magic == REGION_MAGIC)
            say_artifact(page);
        munmap(page, sizeof *page);
    }
    errno = before;
}
