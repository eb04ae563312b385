/* build_guess.h -- how a folder is built, guessed from the file of its build system.
 *
 *   Cargo.toml      cargo build --release      target/release/libNAME.so, or NAME
 *   meson.build     meson setup and compile    build/libNAME.so, or build/NAME
 *   CMakeLists.txt  cmake                      build/libNAME.so, or build/NAME
 *   Makefile        make                       its first target that ends in .so
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_BUILD_GUESS_H
#define SLABLAB_BUILD_GUESS_H

#include <stdbool.h>

struct build_guess {
    char const *file; /* what it was guessed from; NULL: none of them is there */
    char const *command;
    char *artifact;   /* NULL: no library, or program, is named in it; the caller frees it */
};

/* Of a program, or of a shared library: by the first build system that names one, or else the first
 * that is there. */
struct build_guess build_guess(char const *folder, bool program);

#endif
