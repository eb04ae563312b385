/* main.c -- main(), alone in its file, so that a test can have one of its own.
 *
 * SPDX-License-Identifier: MIT */
#include "runtime.h"

int main(int argc, char **argv)
{
    return workload_main(argc, argv);
}
