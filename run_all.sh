#!/usr/bin/env bash
# run_all.sh -- from a bare Debian machine to tables: install what is missing, build, measure, report.
#
#   ./run_all.sh            the quick form of every experiment (under 6 minutes on 2 cores)
#   ./run_all.sh --full     the publishable form (about two hours)
#   ./run_all.sh --setup    only install what is missing
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")"

packages=(
    gcc make git             # to build, and to say which commit was measured
    libpfm4-dev              # names of perf events
    libdw-dev libelf-dev     # build-ids and symbols
    libcyaml-dev libyaml-dev # experiments
    libjansson-dev           # records
    libcmocka-dev            # tests in C
    python3 python3-pandas python3-numpy python3-scipy python3-matplotlib python3-jinja2 python3-pytest
    sqlite3 perl             # real programs that every allocator must carry
)
mapfile -t peers < <(sed -n 's/^ *package: *//p' allocators/peers.yaml)
packages+=("${peers[@]}")

missing() {
    local package
    for package in "${packages[@]}"; do
        [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            printf '%s\n' "$package"
    done
}

give_up() {
    printf 'run_all.sh: %s\n  try: %s\n' "$1" "$2" >&2
    exit 2
}

setup() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        give_up "no apt on this machine; nothing was changed. Needed, by their Debian names: ${packages[*]}" \
            "install their equivalents, then: make && build/slablab run experiments/smoke.yaml"
    fi
    local needed as_root=()
    mapfile -t needed < <(missing)
    [ "${#needed[@]}" -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || give_up \
            "not root and no sudo; nothing was changed. Missing: ${needed[*]}" \
            "as root: apt-get install ${needed[*]}"
        as_root=(sudo)
    fi
    printf 'run_all.sh: installing %s\n' "${needed[*]}"
    "${as_root[@]}" apt-get update --quiet=2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --quiet=2 --no-install-recommends "${needed[@]}"
}

form=(--quick)
case "${1-}" in
    "") ;;
    --full) form=() ;;
    --setup) setup; exit 0 ;;
    *) give_up "unknown argument '$1'" "./run_all.sh [--full | --setup]" ;;
esac

setup
make --silent all
build/slablab doctor
runs=()
for experiment in null smoke phase17 toggle phase18 regime peers; do
    status=0
    build/slablab run "experiments/$experiment.yaml" "${form[@]}" || status=$?
    # A VOID run (4) is a result, and the report says so; anything else that fails ends here.
    [ "$status" -eq 0 ] || [ "$status" -eq 4 ] || exit "$status"
    runs+=("$(find "results/$experiment" -mindepth 1 -maxdepth 1 -type d | sort | tail -n 1)")
done
python=$(make --silent print-python)
"$python" -m analysis table "${runs[@]}"
"$python" -m analysis report "${runs[@]}" --out results/report
printf '\nreport: %s\n' "$PWD/results/report/report.html"
