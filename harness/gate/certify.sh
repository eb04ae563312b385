#!/usr/bin/env bash
# certify.sh -- asks the gate some hundred times about planted changes, and keeps its answers.
#
#   certify.sh BUILD OUT SEED [FROM]
#
# First a run of fixed length, which says how large the planted changes of time are. Then gates of
# the lines of certify.tsv, in an order drawn from SEED, so that all share the weather and the first
# gates are a fair part of all. CERTIFY_MOST limits those of a line, and CERTIFY_ONLY='null time+2'
# asks these lines alone. With CERTIFY_AT_ONCE=2 two gates run at a time, each on a CPU of its own
# and so beside the other; those of a line that has neighbours of its own follow, one at a time.
# Each appends one line to OUT/gates.jsonl when it has ended: its line of the table, the machine,
# the exit status, the seconds and gate.json. Samples of the first 20 gates of a line, and of each
# one that broke its promise, are kept in OUT/samples/ without weather and objects, about 190 bytes
# a block (27 once `make certificate` has packed them); the rest of its folder is dropped. Started
# again, it goes on where it stopped: a gate is in the file or not.
# FROM is a stored certificate, whose gates are the first of a new OUT.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(realpath "$1")
mkdir --parents "$2/samples"
out=$(realpath "$2")
readonly build out seed=$3 from=${4:-} most=${CERTIFY_MOST:-1000000}
readonly lines=$out/gates.jsonl at_once=${CERTIFY_AT_ONCE:-1} only=${CERTIFY_ONLY:-}
python=$(make --silent print-python)
commit=$(git -c safe.directory='*' describe --always --dirty --abbrev=40 --exclude='*')
readonly python commit

# The table without its comments.
variants() {
    sed '/^#/d' harness/gate/certify.tsv
}

for name in $only; do
    variants | grep --quiet "^$name"$'\t' || {
        echo "certify: CERTIFY_ONLY: no line is called '$name'; they are:" >&2
        variants | cut --fields=1 | paste --serial --delimiters=' ' >&2
        exit 2
    }
done

# One line of the table for each gate, in the order that SEED gives.
schedule() {
    variants | awk -F '\t' -v most="$most" -v seed="$seed" '
        BEGIN { srand(seed) }
        { for (i = $2 < most ? $2 : most; i > 0; i--) printf "%.9f\t%s\n", rand(), $0 }' |
        sort --numeric-sort | cut --fields=2-
}

# spec NAME -- what a gate calls it: a planted library by its path, else an allocator by its name.
spec() {
    if [[ -e allocators/planted/$1.c ]]; then
        echo "$build/planted/lib$1.so"
    else
        echo "$1"
    fi
}

# file_of SPEC -- the shared object: a path itself, a phase's, or one that the loader's cache knows.
file_of() {
    local soname
    [[ $1 != */* ]] || { echo "$1" && return; }
    [[ ! -e $build/lib$1.so ]] || { echo "$build/lib$1.so" && return; }
    soname=$(sed --silent "/^- name: $1\$/,/^- name/s/^  object: //p" allocators/peers.yaml)
    ldconfig -p | sed --silent "s|^\s*${soname:-none} .*x86-64.* => ||p" | head --lines=1
}

# again COMMAND... -- one process after another, until it is ended by a signal.
again() {
    local child
    trap 'kill "$child" 2>/dev/null; exit' TERM
    while :; do
        "$@" >/dev/null 2>&1 &
        child=$!
        wait "$child" || true
    done
}

# beside NAME -- starts what runs beside a gate, as the processes $neighbours.
neighbours=()
beside() {
    case $1 in
        -) return ;;
        hog)
            again "$build/workloads/fixed_random" size=4096 slots=65536 operations=1000000 &
            neighbours+=($!)
            ;;
        dirt)
            again dd if=/dev/zero "of=$out/dirt" bs=1M count=256 &
            neighbours+=($!)
            ;;
        loops) for ((i = 0; i < 4; i++)); do
            again "$build/workloads/fixed_random" size=16 slots=16 operations=1000000000000 &
            neighbours+=($!)
        done ;;
        *) echo "certify: no neighbour is called '$1'" >&2 && exit 2 ;;
    esac
}

gate= # the process of the one that runs
alone_again() {
    [[ -z $gate ]] || kill "$gate" 2>/dev/null || true
    if [[ ${#neighbours[@]} -gt 0 ]]; then
        kill "${neighbours[@]}" 2>/dev/null || true
        wait "${neighbours[@]}" || true
    fi
    neighbours=()
    rm --force "$out/dirt"
}
trap alone_again EXIT

# A crash may have left the beginning of a line.
drop_torn_line() {
    touch "$lines"
    if [[ -s $lines && $(tail --bytes=1 "$lines" | wc --lines) -eq 0 ]]; then
        sed --in-place '$d' "$lines"
    fi
}

# machine_of FILE -- of machine.json, what tells a kind of machine from another.
machine_of() {
    "$python" - "$1" <<'PYTHON'
import json, sys

keys = ("cpu_model", "cpu_version", "kernel_release", "hypervisor")
with open(sys.argv[1], encoding="utf-8") as file:
    machine = json.load(file)
print(json.dumps({key: machine.get(key) for key in keys}))
PYTHON
}

# are_wanted STATUS -- are the samples of that gate of $variant to be kept?
are_wanted() {
    local -r have=("$out/samples/$variant"-[0-9]*.csv)
    case $promise-$1 in nothing-1 | caught-[034] | seen-0) return 0 ;; esac
    [[ ${#have[@]} -lt 20 ]]
}

# one SEED: a gate of the line in $variant ... $planted, and its line. $cpu is the one that it has
# to itself, or empty.
one() {
    local status=0 folder kept base_spec head_spec file
    local -r scratch=$out/unfinished$cpu said=$out/last_gate$cpu.txt
    local -r command=(${cpu:+taskset --cpu-list "$cpu"} "$build/slablab" gate)
    local -r began_us=${EPOCHREALTIME/[^0-9]/}
    rm --recursive --force "$scratch"
    mkdir --parents "$scratch/copy of another length"
    base_spec=$(spec "$base")
    head_spec=$(spec "$head")
    if [[ $head = copy ]]; then
        head_spec="$scratch/copy of another length/lib$base.so"
        cp "$(file_of "$base_spec")" "$head_spec" || {
            echo "certify: $variant: no file of '$base'; try: make setup" >&2 && exit 2
        }
    fi
    if [[ $head = link ]]; then
        head_spec=$("$build/slablab" layouts "$base_spec" --links $(($1 % 300 + 2)) | tail -n 1)
    fi
    beside "$company"
    file=$experiment.yaml
    [[ $experiment = */* ]] || file=experiments/$file
    "${command[@]}" "$file" --wait --base "$base_spec" \
        --head "$head_spec" --out "$scratch" --fresh --seed "$1" \
        >"$said" 2>&1 &
    gate=$!
    wait "$gate" || status=$?
    gate=
    alone_again
    if [[ ! $status =~ ^[0134]$ ]]; then
        cat "$said" >&2
        echo "certify: the gate of $variant ended with status $status, and is not kept" >&2
        echo "  try: the same command resumes with the next gate" >&2
        exit "$status"
    fi
    local -r milliseconds=$(((${EPOCHREALTIME/[^0-9]/} - began_us) / 1000))
    folder=$(echo "$scratch/${experiment##*/}"/*-gate)
    kept=null
    if are_wanted "$status"; then
        "$python" -m analysis.gate.compact "$folder" "$out/samples/$variant-$1.csv"
        kept="\"samples/$variant-$1.csv\""
    fi
    {
        printf '{"schema": "slablab-certified/2", "variant": "%s", "base": "%s", "head": "%s", ' \
            "$variant" "$base" "$head"
        printf '"experiment": "%s", "beside": "%s", "promise": "%s", "planted": "%s", ' \
            "$experiment" "$company" "$promise" "$planted"
        printf '"seed": %d, "commit": "%s", "machine": %s, "status": %d, "wall_ms": %d, ' \
            "$1" "$commit" "$(machine_of "$folder/machine.json")" "$status" "$milliseconds"
        printf '"at_once": %d, "samples": %s, ' $((${#cpu} ? at_once : 1)) "$kept"
        printf '"gate": %s}\n' "$(tr --delete '\n' <"$folder/gate.json")"
    } >"$scratch/line"
    cat "$scratch/line" >>"$lines" # one write
    sync "$lines"
    rm --recursive --force "$scratch"
    printf '%-16s %6d  status %d  %7d ms\n' "$variant" "$1" "$status" "$milliseconds"
}

if [[ -n $from && ! -e $lines ]]; then
    xz --decompress --stdout "$from/gates.jsonl.xz" >"$lines"
    tar --extract --file="$from/samples.tar.xz" --directory="$out"
    cp --recursive "$from/planted_changes" "$out"
fi
if ! compgen -G "$out/planted_changes/*/outcome.json" >/dev/null; then
    "$build/slablab" run experiments/planted_changes.yaml --seed "$seed" --out "$out"
fi
drop_torn_line

# The lines of the schedule, each behind the seed of its gate.
seeded() {
    schedule | awk -v seed="$seed" '{ printf "%d\t%s\n", seed * 10000 + NR, $0 }'
}

# Those whose gates are missing: of a variant with k gates in the file, k lines are left out, first
# those whose seeds are in the file.
missing() {
    declare -A left has
    local gate_seed variant rest
    while read -r variant gate_seed; do
        left[$variant]=$((${left[$variant]:-0} + 1))
        has["$variant $gate_seed"]=1
    done < <(sed 's/.*"variant": "\([^"]*\)".*"seed": \([0-9]*\), "commit".*/\1 \2/' "$lines")
    while IFS=$'\t' read -r gate_seed variant rest; do
        [[ -z ${has["$variant $gate_seed"]:-} ]] || left[$variant]=$((left[$variant] - 1))
    done < <(seeded)
    while IFS=$'\t' read -r gate_seed variant rest; do
        if [[ -n ${has["$variant $gate_seed"]:-} ]]; then
            continue
        elif [[ -n $only && " $only " != *" $variant "* ]]; then
            continue
        elif [[ ${left[$variant]:-0} -gt 0 ]]; then
            left[$variant]=$((left[$variant] - 1))
        else
            printf '%d\t%s\t%s\n' "$gate_seed" "$variant" "$rest"
        fi
    done < <(seeded)
}

# work WORKER KIND -- the gates of a KIND of line (alone, beside, all) that are still to be run: all
# of them, or where WORKER is not empty its share, on its CPU and with a lock of its own.
work() {
    local -r cpu=${1:+${cpus[$1]}}
    local gate_seed kind position=0
    trap 'alone_again; exit 1' TERM
    [[ -z $cpu ]] || export SLABLAB_LOCK=$out/lock$cpu
    while IFS=$'\t' read -r gate_seed variant _ base head experiment company promise planted; do
        kind=alone
        [[ $company = - ]] || kind=beside
        [[ $2 = all || $2 = "$kind" ]] || continue
        position=$((position + 1))
        [[ -z $1 || $((position % at_once)) -eq $1 ]] || continue
        one "$gate_seed"
    done <"$out/missing"
}

missing >"$out/missing"
if [[ $at_once -eq 1 ]]; then
    work '' all
else
    mapfile -t cpus < <("$python" -c 'import os; print(*os.sched_getaffinity(0), sep="\n")')
    [[ ${#cpus[@]} -ge $at_once ]] || {
        echo "certify: $at_once gates at a time take as many CPUs, and here are ${#cpus[@]}" >&2
        exit 2
    }
    workers=()
    trap 'kill "${workers[@]}" 2>/dev/null || true; alone_again' EXIT
    for ((i = 0; i < at_once; i++)); do
        work "$i" alone &
        workers+=($!)
    done
    for process in "${workers[@]}"; do wait "$process"; done
    trap alone_again EXIT
    work '' beside
fi
rm "$out/missing"
echo "certify: all gates are in $lines"
