#!/usr/bin/env bash
# arenas.sh -- ledgers of allocators whose memory comes from all that Linux has. Usage: [BUILD]
#
# arena_kinds.h has a table of them: files in memory, huge pages, memory that is locked or filled.
# Every ledger must add up to getrusage's count, and call the memory the allocator's.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:-build}
fixtures=harness/tests/fixtures
pages=/proc/sys/vm/nr_hugepages
output=$(mktemp --directory)
reserved=$(cat $pages 2>/dev/null || echo 0)

if [ "$(id -u)" -ne 0 ]; then
    echo "skipped: a user that may not record the kernel cannot see every fault"
    exit 0
fi

# Two of the usual 2 MiB for each of a process's two chunks.
clean_up() {
    [ ! -w $pages ] || echo "$reserved" >$pages
    rm -rf "$output"
}
trap clean_up EXIT
if [ -w $pages ] && [ "$reserved" -lt 8 ]; then
    echo 8 >$pages
fi
huge=yes
if [ "$(cat $pages 2>/dev/null || echo 0)" -lt 8 ]; then
    echo "not tested: this kernel reserves no huge pages, so arenas of huge_ have usual ones"
    huge=no
fi

gcc -O1 -g -Wall -Wextra -fPIC -shared -fno-omit-frame-pointer -fno-builtin \
    -o "$output/libarenas.so" $fixtures/arenas.c
mapfile -t kinds < <(sed -n 's/^    {"\([a-z_0-9]*\)", .*/\1/p' $fixtures/arena_kinds.h)
{
    echo "question: Whose memory is it?"
    echo "baseline: baseline"
    echo "arms:"
    for kind in "${kinds[@]}"; do
        [[ $huge = yes || $kind != memfd_huge* ]] || continue # it has no other pages
        echo "  - $output/libarenas.so ARENA=$kind"
    done
    echo "workloads:"
    echo "  - run: sawtooth size=512 objects=1024 order=2 operations=5000"
} >"$output/arenas.yaml"
"$build/slablab" faults "$output/arenas.yaml" --blocks 1 --out "$output" >"$output/log" 2>&1 ||
    grep --quiet 'the control arm differs' "$output/log" || { cat "$output/log" && exit 1; }
python3 harness/tests/check_arenas.py "$output" $huge
