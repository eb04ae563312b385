/* gather.c -- slablab gather: the command line.
 *
 * SPDX-License-Identifier: MIT */
#include "base/complain.h"
#include "command/commands.h"
#include "command/options.h"
#include "share/gathering.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static bool parse(int argc, char **argv, char const **share, char const **out)
{
    static char const usage[] = "slablab gather SHARE [--out DIR]";
    static struct option const options[] = {{"out", required_argument, NULL, 'o'},
                                            {NULL, 0, NULL, 0}};
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == '?') {
            complain(usage, "gather: unknown or incomplete option '%s'", argv[optind - 1]);
            return false;
        }
        if (!option_out("gather", out))
            return false;
    }
    if (argc - optind != 1) {
        complain(usage, "gather: one share is wanted, and %d are given", argc - optind);
        return false;
    }
    *share = argv[optind];
    return true;
}

static int report(struct gathered const *gathered, char const *folder)
{
    printf("gathered: %zu of %zu units, %" PRIu64 " blocks, of %zu machine%s\n", gathered->done,
           gathered->done + gathered->missing, gathered->blocks, gathered->machines,
           gathered->machines == 1 ? "" : "s");
    if (gathered->missing > 0)
        printf("missing: %zu units, of which %zu are held by workers\n", gathered->missing,
               gathered->held);
    for (size_t i = 0; i < gathered->compilers.count; i++)
        printf("phases built on their machines by: %s\n", gathered->compilers.word[i]);
    if (gathered->compilers.count > 1)
        printf("the compiler differs from machine to machine; so may every effect\n");
    printf("run: %s\n", folder);
    return gathered->missing > 0 ? EXIT_STATUS_INCONCLUSIVE
           : gathered->is_void   ? EXIT_STATUS_VOID
                                 : EXIT_STATUS_PASS;
}

int command_gather(int argc, char **argv)
{
    char const *folder = NULL;
    char const *out = NULL;
    struct share share;
    struct gathered gathered;
    int status = EXIT_STATUS_USAGE;

    if (!parse(argc, argv, &folder, &out))
        return EXIT_STATUS_USAGE;
    char *const entered = share_enter(folder, argc, argv);
    char *const run = out != NULL ? text_copy(out) : text_format("%s/run", entered);
    if (entered != NULL && share_open(&share, entered)) {
        if (gather(&share, run, &gathered))
            status = report(&gathered, run);
        gathered_free(&gathered);
        share_close(&share);
    }
    free(run);
    free(entered);
    return status;
}
