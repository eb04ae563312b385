#!/usr/bin/env bash
# planted.sh -- tests that every planted change is a malloc, and that what was planted is there.
#
#   planted.sh BUILD       the folder that `make planted` and the test programs were built into
#
# Counts only, and no time: page faults of the region, pages resident at most, mmap and munmap, by
# two blocks of a small experiment; instructions of malloc by disassembly.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(realpath "${1:-build}")
output=$(mktemp --directory)
trap 'rm --recursive --force "$output"' EXIT
readonly build output
variants=(allocators/planted/*.c)
variants=("${variants[@]##*/}")
variants=("${variants[@]%.c}")

for variant in "${variants[@]}"; do
    LD_PRELOAD="$build/planted/lib$variant.so" "$build/allocators/tests/conformance" \
        >"$output/log" 2>&1 || {
        echo "planted: conformance under $variant:"
        cat "$output/log"
        exit 1
    }
done

# code LIBRARY -- its functions without addresses and without malloc's complaints, which name it.
code() {
    objdump --disassemble --no-addresses --no-show-raw-insn "$1" |
        sed --silent '/^<\(malloc\|free\|calloc\|realloc\|tiny_refill\|tiny_drain\)/,/^$/p' |
        sed 's/# .*//; s/[-0-9a-fx]*(%rip)/(%rip)/; s/[0-9a-f]* <\([^>]*\)>/\1/'
}
code "$build/libbaseline.so" >"$output/baseline.code"
code "$build/planted/libsame.so" >"$output/same.code"
grep --quiet '<malloc>' "$output/same.code"
cmp "$output/baseline.code" "$output/same.code"

# nops VARIANT -- how many stand in malloc before its end.
nops() {
    objdump --disassemble=malloc --no-show-raw-insn "$build/planted/lib$1.so" |
        sed '/ret/q' | grep --count --word-regexp 'nop$' || true
}
[[ $(nops same) -eq 0 && $(nops instructions+1) -eq 1 ]] || {
    echo "planted: $(nops same) nops in same, $(nops instructions+1) in instructions+1"
    exit 1
}

{
    echo 'question: Are the planted counts there?'
    echo "baseline: $build/planted/libsame.so"
    echo 'arms:'
    for variant in "${variants[@]}"; do
        [[ $variant = same ]] || echo "  - $build/planted/lib$variant.so"
    done
    cat <<'YAML'
workloads:
  - run: fixed_random size=256 slots=65536 operations=50000
    start: cold
events: ["syscalls:sys_enter_mmap", "syscalls:sys_enter_munmap"]
stop: {blocks_max: 2}
YAML
} >"$output/counts.yaml"
"$build/slablab" run "$output/counts.yaml" --out "$output" --fresh >"$output/log" 2>&1 || {
    cat "$output/log"
    exit 1
}
python3 allocators/tests/planted.py "$output"/counts/*/samples.jsonl
