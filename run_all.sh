#!/usr/bin/env bash
# run_all.sh -- from a bare Debian machine to answers: install, build, measure, report.
#
#   ./run_all.sh            the quick form of every experiment (about 6 minutes on 2 cores)
#   ./run_all.sh --full     the publishable form (an hour; leave the machine alone meanwhile)
#   ./run_all.sh --setup [PURPOSE...]
#                           only install what is missing, for all of it or for what is named: build,
#                           gate, revisions, report, test, peers. `build gate` is what a gate of two
#                           files needs.
#
# Exit status: 0, also when a run was VOID (the report says so); 2 when something could not be set
# up; slablab's own otherwise.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")"

# packages_for PURPOSE...: the names behind it in the file `packages`.
packages_for() {
    local purpose
    for purpose; do
        # shellcheck disable=SC2046 # a line is several names
        printf '%s\n' $(sed -n "s/^$purpose \([^#]*\).*/\1/p" packages)
    done
}

give_up() {
    printf 'run_all.sh: %s\n  try: %s\n' "$1" "$2" >&2
    exit 2
}

# choose [PURPOSE...]: sets `packages`, to all of them where no purpose is named.
choose() {
    local purpose purposes=(build gate revisions report test peers)
    for purpose; do
        [[ " ${purposes[*]} " == *" $purpose "* ]] ||
            give_up "unknown purpose '$purpose'" "one of ${purposes[*]}"
    done
    [ "$#" -gt 0 ] || set -- "${purposes[@]}"
    mapfile -t packages < <(packages_for "$@")
    if [[ " $* " == *" peers "* ]]; then
        mapfile -t peers < <(sed -n 's/^ *package: *//p' allocators/peers.yaml)
        packages+=("${peers[@]}")
    fi
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
    --setup) choose "${@:2}"; setup; exit 0 ;;
    *) give_up "unknown argument '$1'" "./run_all.sh [--full | --setup [PURPOSE...]]" ;;
esac

summaries=results/run_all.txt

choose
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
report=results/report
printf 'drawing the report (a minute or two)\n'
mkdir -p "$report"
build/slablab claims "${runs[@]}" "${looked[@]}" --out "$report" >/dev/null
build/slablab where "${looked[@]}" --out "$report" >"$report/profile.txt"
build/slablab table --brief "${runs[@]}" >"$report/tables.txt"
build/slablab answer --long "${runs[@]}" >"$report/answers.txt"
# Last: its manifest has a digest of every file that is there by then.
build/slablab report "${runs[@]}" "${looked[@]}" --out "$report" >/dev/null
printf '\n'
build/slablab answer "${runs[@]:1}" # without smoke, which decides nothing
printf '%-22s %s\n' "report:" "$report/report.html" \
    "these, with intervals:" "$report/answers.txt" \
    "tables:" "$report/tables.txt, $summaries" \
    "the source's claims:" "$report/claims.md" \
    "where time goes:" "$report/profile.txt, $report/flames/"
