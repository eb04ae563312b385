#!/usr/bin/env bash
# compare.sh -- holds what real programs print against what they print under glibc's malloc.
#
#   compare.sh expect DIRECTORY       makes the inputs, and the outputs under glibc
#   compare.sh programs DIRECTORY     the programs that are installed, a line each
#   compare.sh compare DIRECTORY PROGRAM OBJECT [NAME=value]   a program with OBJECT preloaded
#
# Standard output must be the same to the byte, the exit status the same, and the dynamic linker
# must have given the program OBJECT's malloc. The environment is built from nothing. A program that
# is not installed is left out, and said to be.
#
# SPDX-License-Identifier: MIT
set -euo pipefail

# NAME=EXECUTABLE: whose malloc is looked at; of gcc's processes it is cc1 that does the work.
declare -Ar executables=([python]=python3 [threads]=python3 [sqlite]=sqlite3 [gcc]=cc1
    [templates]=cc1plus [perl]=perl [sort]=sort [log]=git [gc]=git [xz]=xz [node]=node
    [redis]=redis-server)
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
    local -r clean=(timeout 600 env --ignore-environment
        PATH=/usr/bin:/bin LC_ALL=C.UTF-8 "HOME=$PWD" "${@:2}")
    case $1 in
        python) "${clean[@]}" PYTHONMALLOC=malloc /usr/bin/python3 "$here/work.py" ;;
        threads) "${clean[@]}" PYTHONMALLOC=malloc /usr/bin/python3 "$here/work_threads.py" ;;
        sqlite) "${clean[@]}" sqlite3 :memory: ".read '$here/work.sql'" ;;
        gcc) "${clean[@]}" gcc -O2 -S -o - large.c ;;
        templates) "${clean[@]}" g++ -std=c++17 -O1 -S -o - "$here/work_templates.cpp" ;;
        perl) "${clean[@]}" perl "$here/work.pl" ;;
        sort) "${clean[@]}" sort --parallel=2 --buffer-size=4M --temporary-directory="$PWD" \
            --key=5 --reverse lines.txt ;;
        log) "${clean[@]}" git -c safe.directory='*' -C "$repository" --no-pager \
            log -p --no-color --max-count=60 "$(< commit)" ;;
        gc) "${clean[@]}" "$here/work_git.sh" "$repository" "$(< commit)" ;;
        xz) "${clean[@]}" xz --threads=2 --block-size=1MiB -1 --stdout lines.txt ;;
        node) "${clean[@]}" node "$here/work.js" ;;
        redis) "${clean[@]}" "$here/work_redis.sh" ;;
    esac
}

# record PREFIX NAME [VARIABLE=value ...] -- what it printed, and its exit status.
record() {
    local status=0
    run "${@:2}" > "$1.$2.out" 2> "$1.$2.err" || status=$?
    echo "$status" > "$1.$2.status"
}

# The programs that are here. Those that come with a compiler are where gcc is.
programs() {
    local name
    for name in "${!executables[@]}"; do
        case $name in
            gcc | templates) command -v "${name/templates/g++}" ;;
            redis) command -v redis-check-rdb ;; # see work_redis.sh
            *) command -v "${executables[$name]}" ;;
        esac > /dev/null && echo "$name"
    done | sort
}

# The dynamic linker's own word.
assert_served() {
    local -r executable=${executables[$1]} object=$2
    local -r binding="${executable}[0-9.]* \[0\] to $object \[0\]: normal symbol \`malloc'"
    grep --quiet "binding file [^ ]*$binding" "$scratch/$1".bindings.* && return
    echo "$executable did not get malloc from $object" >&2
    exit 1
}

compare() {
    local -r name=$1 object=$2
    record "$scratch/now" "$name" LD_PRELOAD="$object" "${@:3}" \
        LD_DEBUG=bindings LD_DEBUG_OUTPUT="$scratch/$name.bindings"
    if ! cmp "expected.$name.status" "$scratch/now.$name.status" ||
        ! cmp "expected.$name.out" "$scratch/now.$name.out"; then
        echo "$name: other output or exit status than under glibc; its stderr:" >&2
        head --lines=20 "$scratch/now.$name.err" >&2
        exit 1
    fi
    assert_served "$name" "$object"
}

expect() {
    local name
    make_inputs
    for name in "${!executables[@]}"; do
        if ! programs | grep --quiet --line-regexp "$name"; then
            printf 'skip  %s is not installed; try: ./run_all.sh --setup\n' "$name" >&2
        fi
    done
    for name in $(programs); do
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
