#!/usr/bin/env bash
# variants.sh -- phases with other constants: named, refused, built once, measured. Usage: [BUILD]
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(realpath "${1:-build}")
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
export SLABLAB_LOCK=$work/lock
slablab=$build/slablab
failures=0

failed() {
    printf 'FAILED: %s\n' "$*"
    failures=$((failures + 1))
}

# expect STATUS TEXT WORD...: slablab WORD... exits with STATUS and prints TEXT somewhere.
expect() {
    local status=0
    "$slablab" "${@:3}" >"$work/all" 2>&1 || status=$?
    if [[ $status -ne $1 ]] || ! grep --quiet --fixed-strings -- "$2" "$work/all"; then
        failed "slablab ${*:3}: status $status, wanted $1 and '$2'; it printed:"
        cat "$work/all"
    fi
}

# experiment BASELINE ARM: in arms.yaml, the arm on its third line.
experiment() {
    cat >"$work/arms.yaml" <<END
question: What does a constant do?
baseline: $1
arms: ['$2']
workloads:
  - {run: fixed_random size=256 slots=400 operations=20000, start: cold}
stop: {blocks_max: 1}
END
}

# of_plan PROGRAM: what jq's PROGRAM says of the plan of arms.yaml.
of_plan() {
    rm -rf "$work/plan"
    "$slablab" run "$work/arms.yaml" --out "$work/plan" >"$work/all" 2>&1 || cat "$work/all"
    jq --raw-output "$1" "$work"/plan/arms/*/plan.json
}

# equal WHAT WANTED FOUND
equal() {
    [[ $2 == "$3" ]] || failed "$1: '$3', wanted '$2'"
}

"$slablab" list allocators >"$work/list"
for line in '+batch=16/12/8 ' '+batch *blocks that a refill takes (1 to 255)' \
    '+drain *frees of a class until its list is drained (1 to 65536)'; do
    grep --quiet -- "$line" "$work/list" || failed "no line '$line' in slablab list allocators"
done
equal 'constants of bump' '+reserve=0' "$(sed -n '/^bump/{n;s/^  *//p}' "$work/list")"

# What is refused, in an experiment with its line.
while IFS='|' read -r arm problem hint; do
    experiment baseline "$arm"
    expect 2 "arms.yaml:3: $problem" plan "$work/arms.yaml"
    grep --quiet --fixed-strings -- "try: $hint" "$work/all" ||
        failed "$arm: no hint '$hint' but $(tail -n 1 "$work/all")"
done <<'END'
phase17-2+bach=3|phase17-2+bach=3: phase17-2 has no constant 'bach'|batch; phase17-2 has batch
bump+batch=2|bump+batch=2: bump has no constant 'batch'|bump has reserve (0 to 100)
phase17-2+batch=0|phase17-2+batch=0: batch=0 is out of its range|batch: blocks that a refill
baseline+drain=65537|baseline+drain=65537: drain=65537 is out of its range|drain: frees
baseline+drain=x|baseline+drain=x: drain: 'x' is not a number|drain: frees
baseline+drain=64,|baseline+drain=: drain: '' is not a number|drain: frees
baseline+drain|baseline+drain: '+drain' sets nothing|baseline+drain=1024
baseline+drain=1+drain=2|baseline+drain=1+drain=2: drain is set twice|one value for each
glibc+drain=1|glibc+drain=1: glibc is no phase, and has no constants|
baselin+drain=1|unknown allocator 'baselin+drain=1'|
phase17-2+batch=17|phase17-2+batch=17: the code refuses it: a refill would not fit|other values; the
outband+slab=32|outband+slab=32: the code refuses it: the pagemap has a code for 64 KB|other values
END
experiment baseline+drain=64,256 baseline
expect 2 "arms.yaml:2: baseline+drain=64,256: drain: '64,256' is a list, and one arm is wanted" \
    plan "$work/arms.yaml"
expect 2 "batch: '1,2' is a list" gate experiments/gate.yaml --base baseline \
    --head baseline+batch=1,2

expect 2 "is built with constants of its own, and 'baseline+drain=64' sets others" \
    gate experiments/gate.yaml --base baseline --head HEAD:baseline+drain=64

# A list is an arm for each, the last constant varying fastest; of the phase's own values it is the
# same build, of others not.
experiment baseline 'baseline+batch=8,16+drain=64,1024'
equal 'arms of two lists' "baseline control baseline+batch=8+drain=64 baseline+batch=8+drain=1024 \
baseline+batch=16+drain=64 baseline+batch=16+drain=1024" "$(of_plan '[.arms[].id] | join(" ")')"
equal 'what the plan says of a variant' 'baseline batch 8 16 blocks, drain 64 1024 frees' \
    "$(jq --raw-output '.arms[2] | .phase + " " + ([.constants[] |
        "\(.name) \(.value) \(.standard) \(.unit)"] | join(", "))' "$work"/plan/arms/*/plan.json)"
equal 'builds of their own' 4 \
    "$(jq '[.arms[].object_build_id] | unique | length' "$work"/plan/arms/*/plan.json)"
equal 'the phase by its own values' true \
    "$(jq '.arms[5].object_build_id == .arms[0].object_build_id' "$work"/plan/arms/*/plan.json)"
if [[ $(of_plan '.arms | length') -ne 6 ]] || grep 'building' "$work/all"; then
    failed 'what was built is built again'
fi

# The code has them: 10,000 blocks of 256 bytes are taken in more refills of fewer.
counter() {
    jq --arg arm "$1" --arg name "$2" '.cells[0].arms[] | select(.arm == $arm) | .tiers[$name]' \
        "$work"/plan/arms/*/attestation.json
}
for arm in baseline baseline+batch=8+drain=64; do
    echo "$arm $(counter "$arm" refills) $(counter "$arm" drains)"
done >"$work/counts"
[[ $(awk '{ r[NR] = $2; d[NR] = $3 } END { print (r[2] > r[1] && d[2] > d[1] * 15) }' \
    "$work/counts") -eq 1 ]] || failed "constants without effect: $(cat "$work/counts")"

# On the command line, where the first value of a list is the baseline.
expect 0 'verdict: complete' run --blocks 1 --out "$work/words" -- \
    ss-reuse+drain=1024,64 phase17-2+batch=4 SLABLAB_SMALLMID=1 null operations=1
equal 'arms of words' 'ss-reuse+drain=1024 control ss-reuse+drain=64 phase17-2+batch=4' \
    "$(jq --raw-output '[.arms[].id] | join(" ")' "$work"/words/command_line/*/plan.json)"

# A gate of one, which shows that drained blocks are lost (allocators/parts/shared_pool.h).
cat >"$work/gate.yaml" <<'END'
question: Is a gate of a variant one of any phase?
baseline: baseline
workloads: [{run: fixed_random size=256 slots=400 operations=20000, start: cold}]
gate: {decides: [page_faults 5%]}
END
expect 1 'verdict: FAIL' gate "$work/gate.yaml" --base baseline --head baseline+drain=64 \
    --out "$work/gates"

# Units of a share are of what was built where it was scattered.
experiment baseline baseline+drain=64
expect 0 'units of' scatter "$work/arms.yaml" --dir "$work/share" --units 1
[[ ! -e $work/share/allocators/phases ]] || failed 'a share has sources'
if ! "$work/share/bin/slablab" work "$work/share" >"$work/all" 2>&1; then
    failed 'work:' && cat "$work/all"
fi
expect 0 'gathered: 1 of 1 units' gather "$work/share"
equal 'what a share measures' \
    'bin/variants/libbaseline+drain=64.so' \
    "$(jq --raw-output '.arms[2].object' "$work/share/run/plan.json")"

# It is linked as often as its phase.
experiment baseline baseline+drain=64
echo 'layouts: 2' >>"$work/arms.yaml"
equal 'links of each arm' '2 2 2' "$(of_plan '[.arms[].links | length | tostring] | join(" ")')"

# Its huge pages begin where it says.
experiment aligned aligned+small=4
LD_PRELOAD=$(of_plan '.arms[2].object') FIRST_4_MB_ARE_SMALL=1 "$build/allocators/tests/huge" \
    >"$work/all" 2>&1 || { failed 'aligned+small=4: huge:' && cat "$work/all"; }

# Where the sources change, it is built anew.
home=$work/home
mkdir "$home"
install/files.sh install "$build" "$home"
experiment baseline baseline+drain=64
for step in first changed; do
    [[ $step = first ]] || echo '/* changed */' >>"$home/lib/slablab/allocators/parts/tiny.h"
    (cd "$work" && "$home/bin/slablab" plan "$work/arms.yaml") >"$work/all" 2>&1 || cat "$work/all"
    grep 'building: baseline+drain=64' "$work/all" >/dev/null || failed "$step: not built"
done
equal 'builds of changed sources' 2 \
    "$(find "$home" -path '*/observe/libbaseline+drain=64.so' | wc -l)"

# The malloc API at both ends of each constant's range.
# holds NAME PHASE LOWEST HIGHEST: of that phase, with all of them at an end
holds() {
    local arm test
    for arm in "$2$3" "$2$4"; do
        experiment "$2" "$arm"
        object=$(of_plan '.arms[2].object')
        for test in conformance alignment model exhaustion; do
            LD_PRELOAD=$object ${1:+env "$1"} "$build/allocators/tests/$test" >"$work/all" 2>&1 ||
                { failed "$arm: $test:" && cat "$work/all"; }
        done
    done
}
holds SLABLAB_SMALLMID=1 phase17-2 +batch=1+held=1+drain=1+slab=32+cache=0 \
    +batch=255+held=255+drain=65536+slab=512+cache=65536
least=+held=32+batch=1+grown=0+transfer=0+decay=0+colors=1+mapped=1+slab=64
most=+held=4096+batch=1024+grown=65536+transfer=65536+decay=3600000+colors=64+mapped=2+slab=512
holds '' aligned "$least+kept=0+reserve=0+small=2+tick=0" \
    "$most+kept=65536+reserve=100+small=4096+tick=1048576"
holds '' transfer +held=4096 +slab=512 # a room that is larger than a slab, and a larger slab
[[ $failures -eq 0 ]] && echo 'variants: all as expected'
