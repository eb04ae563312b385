#!/usr/bin/env bash
# conformance.sh -- runs every check of the malloc API on the peers, a process for each.
#
#   conformance.sh BUILD          peers must deviate where conformance.peers says, and nowhere else
#   conformance.sh BUILD table    phases too, which must not deviate at all; prints who fails what
#
# Without `table` the phases are left to run.sh, which runs the same suites.
#
# SPDX-License-Identifier: MIT
set -euo pipefail

here=$(dirname "$(realpath "$0")")
build=$(realpath "${1:-build}")
readonly here build form=${2:-}
export build
# shellcheck disable=SC1091 # checked as a file of its own
source "$here/programs/settings.sh"

readonly suites=(conformance alignment misuse)
readonly deviations=$here/conformance.peers
results=$(mktemp)
readonly results
trap 'rm --force "$results"' EXIT

# check SUBJECT SUITE CHECK [NAME=value ...] -- prints "SUBJECT CHECK ok|fails|skipped".
check() {
    local output outcome=ok
    if ! output=$(timeout 600 env "${@:4}" "$build/allocators/tests/$2" "$3" 2>&1); then
        outcome=fails
    elif [[ $output == *SKIPPED* ]]; then
        outcome=skipped
    fi
    printf '%s %s %s\n' "$1" "$3" "$outcome"
}
export -f check

# The installed peers: "NAME PACKAGE OBJECT", the last absent for the C library.
peers() {
    local name package object
    awk '/^- name:/ { if (name) print name, package, object; name = $3; package = object = "" }
        /^ *package:/ { package = $2 } /^ *object:/ { object = $2 }
        END { print name, package, object }' "$here/../peers.yaml" |
        while read -r name package object; do
            [ -z "$object" ] || object=$(ldconfig -p | sed -n "s/^\t$object .*=> //p" | head -n 1)
            if [ -n "$object" ] || [ "$name" = glibc ]; then
                echo "$name $package $object"
            else
                echo "skip  conformance of $name: not installed; try: ./run_all.sh --setup" >&2
            fi
        done
}

cases() {
    local path phase settings name object suite check
    for suite in "${suites[@]}"; do
        for check in $("$build/allocators/tests/$suite" list); do
            for path in "$here"/../phases/*.c; do
                [ "$form" = table ] || break
                phase=$(basename "$path" .c)
                settings_of "$phase" | while read -r settings; do
                    echo "$phase $suite $check LD_PRELOAD=$build/lib$phase.so $settings"
                done
            done
            peers | while read -r name _ object; do
                echo "$name $suite $check LD_PRELOAD=$object SLABLAB_PEER=1"
            done
        done
    done
}

# A phase that fails under any of its settings fails.
table() {
    awk '{
        if (!($1 in column)) { column[$1] = ++columns; subject[columns] = $1 }
        if (!($2 in row)) { row[$2] = ++rows; name[rows] = $2 }
        if (cell[$2, $1] != "fails") cell[$2, $1] = $3
    }
    END {
        mark["ok"] = "+"; mark["fails"] = "FAILS"; mark["skipped"] = "-"
        printf "%-54s", "+ holds   - makes no such promise"
        for (i = 1; i <= columns; i++) printf " %s", subject[i]
        print ""
        for (r = 1; r <= rows; r++) {
            printf "%-54s", name[r]
            for (i = 1; i <= columns; i++)
                printf " %-*s", length(subject[i]), mark[cell[name[r], subject[i]]]
            print ""
        }
    }' "$results"
}

# The checks of what is defined: what comes of a broken rule is a peer's chance from run to run, so
# it is written down and shown, and not judged.
defined() {
    grep --invert-match --line-regexp --fixed-strings \
        --file=<("$build/allocators/tests/misuse" list) | sort
}

# What was written down of a peer is of one version of it; of another it is only said.
judge_peer() {
    local -r name=$1 package=$2
    local version known expected found
    version=$(dpkg-query --show --showformat='${Version}' "$package" 2>/dev/null || echo unknown)
    known=$(awk -v name="$name" '$1 == "version" && $2 == name { print $3 }' "$deviations")
    expected=$(awk -v name="$name" '$1 == name { print $2 }' "$deviations" | defined)
    found=$(awk -v name="$name" '$1 == name && $3 == "fails" { print $2 }' "$results" | defined)
    [ "$expected" != "$found" ] || return 0
    diff <(echo "$expected") <(echo "$found") |
        sed -n "s/^</$name no longer deviates:/p; s/^>/$name deviates:/p"
    if [ "$version" = "$known" ]; then
        printf '  try: write it down in %s, with the reason\n' "$deviations"
        return 1
    fi
    printf 'skip  %s is %s, and what is written down is of %s\n' "$name" "$version" "$known"
}

cases | xargs --delimiter='\n' --max-procs=2 --replace={} bash -c 'check {}' | sort --stable \
    --key=1,1 > "$results.unsorted"
# Columns in the order of peers.yaml and of the phases, rows in the order of the suites.
cases | awk '!seen[$1, $3]++ { print $1, $3 }' |
    awk 'NR == FNR { lines[$1, $2] = lines[$1, $2] $0 "\n"; next }
        { printf "%s", lines[$1, $2] }' "$results.unsorted" - > "$results"
rm "$results.unsorted"

[ "$form" != table ] || table
status=0
if grep ' fails$' "$results" | grep --invert-match --extended-regexp \
    "^($(peers | cut -d ' ' -f 1 | paste --serial --delimiters='|')) "; then
    echo '  try: the check alone, LD_PRELOAD=... build/allocators/tests/SUITE CHECK'
    status=1
fi
while read -r name package _; do
    judge_peer "$name" "$package" || status=1
done < <(peers)
if [ "$status" -ne 0 ]; then
    exit 1
fi
printf 'ok    conformance: %d allocators, %d checks, %d fail as written down\n' \
    "$(cut -d ' ' -f 1 "$results" | sort --unique | wc --lines)" \
    "$(cut -d ' ' -f 2 "$results" | sort --unique | wc --lines)" \
    "$(grep --count ' fails$' "$results")"
