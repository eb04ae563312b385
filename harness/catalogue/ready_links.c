/* ready_links.c -- files that are all there, or are not taken.
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/ready_links.h"

#include "catalogue/build_id.h"
#include "catalogue/project.h"

#include <stdlib.h>
#include <unistd.h>

char *ready_links_folder(char const *build, char const *build_id)
{
    return text_format("%s/links/%s", build, build_id);
}

bool ready_links_of(char const *object, char const *name, size_t count, struct words *links)
{
    char *const id = catalogue_build_id(object);
    char *const folder = ready_links_folder(project_home_build(), id);
    bool ready = *id != '\0';

    for (size_t i = 0; ready && i < count; i++) {
        char *const path = text_format("%s/%s.%03zu.so", folder, name, i);
        ready = access(path, R_OK) == 0;
        words_add(links, path);
        free(path);
    }
    if (!ready)
        words_free(links);
    free(folder);
    free(id);
    return ready;
}

char *ready_linker(void)
{
    char *const path = text_format("%s/links/linker", project_home_build());
    char *const linker = text_of_file(path, NULL);

    free(path);
    return linker;
}
