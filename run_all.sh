#!/usr/bin/env bash
# run_all.sh -- from a bare Debian machine to answers: install, build, measure, report.
#
#   ./run_all.sh            the quick form of every experiment (about 6 minutes on 2 cores)
#   ./run_all.sh --full     the publishable form (an hour; leave the machine alone meanwhile)
#   ./run_all.sh --setup    only install what is missing
#
# Exit status: 0, also when a run was VOID (the report says so); 2 when something could not be set
# up; slablab's own otherwise.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")"

packages=(
    gcc libc6-dev make git   # to build, and to say which commit was measured
    libpfm4-dev              # names of perf events
    libdw-dev libelf-dev     # build-ids and symbols
    libiberty-dev            # names of C++ and Rust
    zlib1g-dev nettle-dev    # checksums of records, digests of files
    libyaml-dev # experiments
    libjansson-dev           # records
    valgrind                 # instructions, where a gate decides by them
    libcmocka-dev            # tests in C
    python3 python3-pandas python3-numpy python3-scipy python3-matplotlib python3-jinja2
    python3-fonttools python3-pytest python3-pytest-xdist python3-yaml
    sqlite3 perl g++ xz-utils redis-tools z3 jq # real programs that every allocator must carry
)
mapfile -t peers < <(sed -n 's/^ *package: *//p' allocators/peers.yaml)
packages+=("${peers[@]}")

give_up() {
    printf 'run_all.sh: %s\n  try: %s\n' "$1" "$2" >&2
    exit 2
}

missing() {
    local package
    for package in "${packages[@]}"; do
        dpkg-query --show --showformat='${db:Status-Status}\n' "$package" 2>/dev/null |
            grep --quiet --line-regexp installed || printf '%s\n' "$package"
    done
}

setup() {
    local needed said as_root=()
    command -v dpkg-query >/dev/null || give_up \
        "this is no Debian; nothing was changed. Needed, by their Debian names: ${packages[*]}" \
        "install their equivalents, then: make && build/slablab run experiments/smoke.yaml"
    mapfile -t needed < <(missing)
    [ "${#needed[@]}" -gt 0 ] || return 0
    command -v apt-get >/dev/null || give_up \
        "no apt here; nothing was changed. Missing: ${needed[*]}" "install them another way"
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || give_up \
            "not root and no sudo; nothing was changed. Missing: ${needed[*]}" \
            "as root: apt-get install ${needed[*]}"
        as_root=(sudo)
    fi
    printf 'run_all.sh: installing %s\n' "${needed[*]}"
    if ! said=$("${as_root[@]}" apt-get update --quiet=2 2>&1 &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install --yes --quiet=2 --no-install-recommends "${needed[@]}" 2>&1); then
        printf '%s\n' "$said" >&2
        give_up "apt did not install: ${needed[*]}" "what apt says above; is the network there?"
    fi
}

# COMMAND EXPERIMENT: a void run is a result too, and the report says so. The terminal shows how
# far it is; what each run found cell by cell is in $summaries.
measure() {
    local status=0
    build/slablab "$1" "experiments/$2.yaml" "${form[@]}" >>"$summaries" || status=$?
    [ "$status" -eq 0 ] || [ "$status" -eq 4 ] || exit "$status"
}

# The run that ended last: what was just measured, or what a resumed command finished.
newest_run() {
    find "results/$1" -name outcome.json -size +0 -printf '%T@ %h\n' | sort --numeric-sort |
        tail -n 1 | cut -d ' ' -f 2-
}

form=(--quick)
case "${1-}" in
    "") ;;
    --full) form=() ;;
    --setup) setup; exit 0 ;;
    *) give_up "unknown argument '$1'" "./run_all.sh [--full | --setup]" ;;
esac

summaries=results/run_all.txt

setup
make --silent all
build/slablab doctor
: >"$summaries"
runs=()
for experiment in smoke null phase17 toggle phase18 regime peers eager start_up cold_start prewarm
do
    measure run "$experiment"
    runs+=("$(newest_run "$experiment")")
done
looked=()
for instrument in profile faults; do
    measure "$instrument" where_17-2
    looked+=("$(newest_run where_17-2)")
done
python=$(make --silent print-python)
report=results/report
printf 'drawing the report (a minute or two)\n'
mkdir -p "$report"
"$python" -m analysis claims "${runs[@]}" "${looked[@]}" --out "$report" >/dev/null
"$python" -m analysis profile "${looked[@]}" --out "$report" >"$report/profile.txt"
"$python" -m analysis table --brief "${runs[@]}" >"$report/tables.txt"
"$python" -m analysis answer --long "${runs[@]}" >"$report/answers.txt"
# Last: its manifest has a digest of every file that is there by then.
"$python" -m analysis report "${runs[@]}" "${looked[@]}" --out "$report" >/dev/null
printf '\n'
"$python" -m analysis answer "${runs[@]:1}" # without smoke, which decides nothing
printf '%-22s %s\n' "report:" "$report/report.html" \
    "these, with intervals:" "$report/answers.txt" \
    "tables:" "$report/tables.txt, $summaries" \
    "the source's claims:" "$report/claims.md" \
    "where time goes:" "$report/profile.txt, $report/flames/"
