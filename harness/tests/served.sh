#!/usr/bin/env bash
# served.sh -- processes of a block load new copies of their arms' files, and no record tells of
# these.
# Usage: [BUILD]
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:-build}
output=$(mktemp --directory)
trap 'rm -rf "$output"' EXIT
mkdir "$output/tmp"

give_up() {
    cat "$output/said" >&2
    printf 'served.sh: %s\n' "$1" >&2
    exit 1
}

# The C library's malloc in a file that says, once a process, which file that is and its path.
cat > "$output/told.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <sys/stat.h>
void *__libc_malloc(size_t size);
void *malloc(size_t size) { return __libc_malloc(size); }
__attribute__((constructor)) static void tell(void)
{
    Dl_info info;
    struct stat status;
    FILE *const log = fopen(LOG, "a");
    if (dladdr((void *)malloc, &info) != 0 && stat(info.dli_fname, &status) == 0)
        fprintf(log, "%lu %s\n", status.st_ino, info.dli_fname);
    fclose(log);
}
END
gcc -shared -fPIC -fno-builtin -Wl,--build-id "-DLOG=\"$output/log\"" -o "$output/told.so" \
    "$output/told.c"

cat > "$output/served.yaml" <<END
question: From where?
baseline: $output/told.so
workloads: [{run: fixed_random size=64 slots=100 operations=4000}]
stop: {blocks_max: 6}
END
TMPDIR=$output/tmp "$build/slablab" run "$output/served.yaml" --out "$output/runs" \
    > "$output/said" 2>&1 || [ $? = 4 ] || give_up "the run failed"
run=$(echo "$output"/runs/served/*)

# Each of an arm's blocks, its attestation before them, has another file than the one before.
for arm in 0 1; do
    grep "/slablab-served\\.[A-Za-z0-9]*/${arm}[ab]\\.so\$" "$output/log" | uniq >"$output/files" ||
        give_up "arm $arm was not loaded from a copy of its own"
    [ "$(wc --lines <"$output/files")" = 7 ] || give_up "arm $arm: not one copy a block"
    [ "$(cut --delimiter=' ' --fields=1 "$output/files" | uniq | wc --lines)" = 7 ] ||
        give_up "arm $arm: a copy is the file of the one before"
done
[ "$(grep --only-matching '"object": *"[^"]*"' "$run/samples.jsonl" | sort --unique |
    grep --invert-match --count '/told\.so"$')" = 0 ] || give_up "a record names a copy"
[ -z "$(ls "$output/tmp")" ] || give_up "left behind: $(ls "$output/tmp")"
