/* options.c -- options that several commands have.
 *
 * SPDX-License-Identifier: MIT */
#include "command/options.h"

#include "base/complain.h"

#include <getopt.h>

bool option_out(char const *command, char const **folder)
{
    if (*optarg == '\0')
        complain("--out results", "%s: --out '' names no folder", command);
    else
        *folder = optarg;
    return *optarg != '\0';
}
