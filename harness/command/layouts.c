/* layouts.c -- slablab layouts: the links of one allocator, as files.
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/layouts.h"

#include "base/complain.h"
#include "base/interrupt.h"
#include "catalogue/catalogue.h"
#include "command/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LINKS_DEFAULT = 16 };

static bool refuse(char const *what)
{
    complain("slablab layouts ss-reuse --links 16", "layouts: %s", what);
    return false;
}

static bool parse(int argc, char **argv, uint64_t *links)
{
    *links = LINKS_DEFAULT;
    if (argc != 2 && (argc != 4 || strcmp(argv[2], "--links") != 0))
        return refuse("one allocator, then perhaps --links N");
    if (argc == 4 && (!text_to_number(argv[3], links) || *links < 1 || *links > LAYOUTS_MAX))
        return refuse("--links takes a number from 1 to 999");
    return true;
}

static bool print_links(char const *object, char const *name, uint64_t count)
{
    struct words links = {0};
    bool const made = layouts_of(object, count, &links);

    if (made && links.count == 0)
        complain("a phase: slablab list allocators", "layouts: %s is not built here, so it is the "
                 "one file that it is", name);
    for (size_t i = 0; i < links.count; i++)
        puts(links.word[i]);
    bool const any = links.count > 0;
    words_free(&links);
    return any;
}

int command_layouts(int argc, char **argv)
{
    struct allocator allocator;
    uint64_t count;
    bool done = false;

    if (!parse(argc, argv, &count))
        return EXIT_STATUS_USAGE;
    interrupt_catch();
    catalogue_allocator(argv[1], &allocator);
    if (allocator.problem != NULL)
        complain(allocator.remedy, "layouts: %s", allocator.problem);
    else
        done = print_links(allocator.object, argv[1], count);
    catalogue_allocator_free(&allocator);
    if (done)
        return EXIT_STATUS_PASS;
    return interrupted() ? EXIT_STATUS_INTERRUPTED : EXIT_STATUS_USAGE;
}
