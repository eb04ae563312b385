/* named_files.h -- files that an experiment names: an arm's .so, a program, its inputs.
 *
 * In a share they are those that scatter has copied, whatever the working directory and whatever
 * is there under that name: HOME/bin/files.json says where each is, and what its digest was.
 *
 *   [{"name": "./libmine.so", "file": "files/0/libmine.so", "sha256": "64 hex"}, ...]
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_NAMED_FILES_H
#define SLABLAB_NAMED_FILES_H

#include <stdbool.h>
#include <stddef.h>

/* Where the file or folder of that name is: in the share; else that of project_path, which is
 * noted. It need not be there. The caller frees it. */
char *named_file(char const *name);

/* Notes what was found for a name in another way. */
void named_file_note(char const *name, char const *path);

/* Copies all that were noted, and are there, into a share's bin/files, and writes its files.json.
 * False after a complaint. */
bool named_files_copy(char const *bin);

/* Are the copies beside this slablab as they were made? False after a complaint. Without any they
 * are. */
bool named_files_are_whole(void);

#endif
