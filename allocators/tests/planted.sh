#!/usr/bin/env bash
# planted.sh -- tests that every planted change is a malloc, and that what was planted is there.
#
#   planted.sh BUILD       the folder that `make planted` and the test programs were built into
#
# Counts only, and no time: page faults of the region, pages resident at most, mmap and munmap, by
# two blocks of a small experiment; instructions by disassembly and under callgrind; how processes
# end; and the CPU time of one that is to take 20 ms at least.
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
    [[ $variant != crash-* ]] || continue
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

# products VARIANT -- how many multiplications stand in malloc.
products() {
    objdump --disassemble=malloc --no-show-raw-insn "$build/planted/lib$1.so" |
        grep --count --word-regexp imul || true
}
[[ $(products lottery+27) -gt $(products same) ]] || {
    echo "planted: $(products same) products in same, $(products lottery+27) in lottery+27"
    exit 1
}

# crashes VARIANT -- of 120 processes. None of them has a chance of 1e-7 where 1 in 8 aborts.
crashes() {
    local count=0
    for ((i = 0; i < 120; i++)); do
        LD_PRELOAD="$build/planted/lib$1.so" "$build/workloads/fixed_random" operations=100 \
            >"$output/log" 2>&1 || count=$((count + 1))
    done
    echo "$count"
}
few=$(crashes crash-1-in-50 2>/dev/null)
many=$(crashes crash-1-in-8 2>/dev/null)
[[ $many -gt 0 && $many -lt 60 && $few -lt 30 && $(crashes same) -eq 0 ]] || {
    echo "planted: of 120 processes $many crashed under crash-1-in-8, $few under crash-1-in-50"
    exit 1
}

# instructions VARIANT -- counted in four processes, one a line.
instructions() {
    for ((i = 0; i < 4; i++)); do
        LD_PRELOAD="$build/planted/lib$1.so" valgrind --tool=callgrind \
            --callgrind-out-file=/dev/null "$build/workloads/fixed_random" operations=1000 2>&1 |
            sed --silent 's/.*Collected : //p'
    done
}
# Without jitter some ten instructions differ; four draws within 300 of 20,100: a chance of 1e-5.
spread=$(instructions jitter | sort --numeric-sort | sed --silent '1p;$p' | paste --serial)
[[ $((${spread#*$'\t'} - ${spread%$'\t'*})) -gt 300 ]] || {
    echo "planted: under jitter, instructions are between $spread"
    exit 1
}

python3 allocators/tests/planted.py --process "$build/planted/libexit-time.so" \
    "$build/workloads/null"

{
    echo 'question: Are the planted counts there?'
    echo "baseline: $build/planted/libsame.so"
    echo 'arms:'
    for variant in "${variants[@]}"; do
        [[ $variant = same || $variant = crash-* ]] || echo "  - $build/planted/lib$variant.so"
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
