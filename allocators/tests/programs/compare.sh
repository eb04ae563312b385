#!/usr/bin/env bash
# compare.sh -- holds what real programs print against what they print under glibc's malloc.
#
#   compare.sh expect DIRECTORY                       makes the inputs, and the outputs under glibc
#   compare.sh compare DIRECTORY OBJECT [NAME=value]  the same programs with OBJECT preloaded
#
# Standard output must be the same to the byte, the exit status the same, and the dynamic linker
# must have given the program OBJECT's malloc. The environment is built from nothing.
#
# SPDX-License-Identifier: MIT
set -euo pipefail

readonly programs=(python sqlite gcc perl sort git)
here=$(dirname "$(realpath "$0")")
repository=$(git -c safe.directory='*' -C "$here" rev-parse --show-toplevel)
readonly here repository

make_inputs() {
    # Commits may come in while this runs.
    git -c safe.directory='*' -C "$repository" rev-parse HEAD > commit
    awk -f "$here/large_c.awk" > large.c
    seq 250000 | awk '{ print $1 * 7919 % 1000003, "line", $1, "of", $1 * 31 % 977 }' > lines.txt
}

# run NAME [VARIABLE=value ...] -- one program, in an environment that holds nothing else.
run() {
    local -r clean=(timeout 120 env --ignore-environment
        PATH=/usr/bin:/bin LC_ALL=C.UTF-8 "HOME=$PWD" "${@:2}")
    case $1 in
        python) "${clean[@]}" PYTHONMALLOC=malloc /usr/bin/python3 "$here/work.py" ;;
        sqlite) "${clean[@]}" sqlite3 :memory: ".read '$here/work.sql'" ;;
        gcc) "${clean[@]}" gcc -O2 -S -o - large.c ;;
        perl) "${clean[@]}" perl "$here/work.pl" ;;
        sort) "${clean[@]}" sort --parallel=2 --buffer-size=4M --temporary-directory="$PWD" \
            --key=5 --reverse lines.txt ;;
        git) "${clean[@]}" git -c safe.directory='*' -C "$repository" --no-pager \
            log -p --no-color "$(< commit)" ;;
    esac
}

# record PREFIX NAME [VARIABLE=value ...] -- what it printed, and its exit status.
record() {
    local status=0
    run "${@:2}" > "$1.$2.out" 2> "$1.$2.err" || status=$?
    echo "$status" > "$1.$2.status"
}

# The dynamic linker's own word; of gcc's processes it is cc1 that does the work.
assert_served() {
    local -r executable=${1/gcc/cc1} object=$2
    local -r binding="${executable}[0-9.]* \[0\] to $object \[0\]: normal symbol \`malloc'"
    grep --quiet "binding file [^ ]*$binding" "$scratch/$1".bindings.* && return
    echo "$executable did not get malloc from $object" >&2
    exit 1
}

compare() {
    local name
    for name in "${programs[@]}"; do
        record "$scratch/now" "$name" LD_PRELOAD="$1" "${@:2}" \
            LD_DEBUG=bindings LD_DEBUG_OUTPUT="$scratch/$name.bindings"
        if ! cmp "expected.$name.status" "$scratch/now.$name.status" ||
            ! cmp "expected.$name.out" "$scratch/now.$name.out"; then
            echo "$name: other output or exit status than under glibc; its stderr:" >&2
            head --lines=20 "$scratch/now.$name.err" >&2
            exit 1
        fi
        assert_served "$name" "$1"
    done
}

expect() {
    local name
    make_inputs
    for name in "${programs[@]}"; do
        record expected "$name"
        if ! grep --quiet --line-regexp 0 "expected.$name.status"; then
            echo "$name fails under glibc too:" >&2
            cat "expected.$name.err" >&2
            exit 1
        fi
    done
}

mkdir --parents "$2"
cd "$2"
scratch=$(mktemp --directory)
readonly scratch
trap 'rm --recursive --force "$scratch"' EXIT
"$1" "${@:3}"
