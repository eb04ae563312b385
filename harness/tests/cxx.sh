#!/usr/bin/env bash
# cxx.sh -- profiles and ledgers of an allocator in C++, and what a terminal shows. Usage: [BUILD]
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:-build}
output=$(mktemp --directory)
trap 'rm -rf "$output"' EXIT

if [ "$(id -u)" -ne 0 ]; then
    echo "skipped: a user that may not record the kernel cannot see every fault"
    exit 0
fi

compile() { # NAME OPTION...
    g++ -O2 -fPIC -shared -fno-omit-frame-pointer -fno-builtin "${@:2}" -o "$output/lib$1.so" \
        harness/tests/fixtures/allocator.cpp
}

# look COMMAND ALLOCATOR BLOCKS
look() {
    "$build/slablab" "$1" --blocks "$3" --out "$output/$2" -- "$output/lib$2.so" sawtooth size=512 \
        objects=1024 order=2 operations=30000 >"$output/$1.$2" 2>"$output/errors" ||
        grep --quiet 'the control arm differs' "$output/$1.$2" ||
        { cat "$output/$1.$2" "$output/errors" && exit 1; }
}

# A terminal has 80 columns; numbers follow the name, or stand below it.
shows() { # FILE REGULAR-EXPRESSION
    grep --quiet "^  $2 *\(  *[0-9.-]*\)*$" "$1" || { echo "no $2:" && cat "$1" && exit 1; }
    if sed '/^run:/,$d' "$1" | grep --quiet '_\[i\]\|_Z\|^.\{81\}'; then
        echo "a mark, a linker's name or a line of more than 80 columns:" && cat "$1" && exit 1
    fi
}

compile plain
compile debug -g
compile split -g -gsplit-dwarf -dumpdir "$output/"
rm -f "$output"/*.dwo
for allocator in plain debug split; do
    look profile "$allocator" 3
    shows "$output/profile.$allocator" 'pool::Map<...>::operator()'
done
look faults debug 1
python3 harness/tests/check_cxx.py "$output"
