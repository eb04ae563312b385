#!/usr/bin/env bash
# matrix_is_whole.sh -- every test program of the allocators is run: by matrix.sh or by a script.
#
#   matrix_is_whole.sh BUILD
#
# SPDX-License-Identifier: MIT
set -euo pipefail

here=$(dirname "$(realpath "$0")")
build=$(realpath "${1:-build}")
readonly here build
status=0

lines=$("$here/matrix.sh" "$build" phases; "$here/matrix.sh" "$build" fuzz)
for source in "$here"/*.c; do
    name=$(basename "$source" .c)
    if ! grep --quiet --extended-regexp "allocators/tests/$name( |\$)" <<< "$lines" &&
        ! grep --quiet --fixed-strings "allocators/tests/$name" "$here"/*.sh; then
        echo "FAIL: nothing runs $name.c; a list in allocators/tests/matrix.sh has the names" >&2
        status=1
    fi
done
exit "$status"
