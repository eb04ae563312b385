#!/usr/bin/env bash
# setup.sh -- run_all.sh on machines that lack something: what it says, and that it changes nothing.
#
# Each machine is a PATH of its own: what is linked or stubbed there is all that there is.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
machine=$(mktemp -d)
trap 'rm -rf "$machine"' EXIT

for tool in bash dirname sed grep; do
    ln -s "$(command -v "$tool")" "$machine/$tool"
done

# stub NAME LINE: a program that does LINE
stub() {
    printf '#!%s\n%s\n' "$(command -v bash)" "$2" > "$machine/$1"
    chmod +x "$machine/$1"
}

# expect STATUS PATTERN ARGUMENT...: run_all.sh ends so, and says so
expect() {
    local wanted=$1 pattern=$2 status=0 said
    shift 2
    said=$(PATH=$machine "$root/run_all.sh" "$@" 2>&1) || status=$?
    if [ "$status" -ne "$wanted" ] || ! grep --quiet --extended-regexp "$pattern" <<< "$said"; then
        printf 'run_all.sh %s: exit %s, wanted %s; it said:\n%s\n' "$*" "$status" "$wanted" \
            "$said" >&2
        exit 1
    fi
    printf 'ok: run_all.sh %s: exit %s, %s\n' "$*" "$status" "$pattern"
}

expect 2 "unknown argument '--fast'" --fast
expect 2 'no Debian; nothing was changed. Needed.* libpfm4-dev .*libjemalloc2' --setup
# shellcheck disable=SC2016 # expanded where the stub runs
stub dpkg-query 'for package; do :; done; [ "$package" = libpfm4-dev ] || echo installed'
expect 2 'no apt here; nothing was changed. Missing: libpfm4-dev$' --setup
expect 0 '^$' --setup gate report
expect 2 "unknown purpose 'gates'" --setup gates
expect 2 'Missing: libpfm4-dev$' --setup build gate
stub apt-get 'echo "apt-get was called" >&2; exit 1'
stub id 'echo 1000'
expect 2 'not root and no sudo; nothing was changed. Missing: libpfm4-dev$' --setup
stub id 'echo 0'
expect 2 'apt-get was called' --setup
stub dpkg-query 'echo installed'
rm "$machine/apt-get" "$machine/id"
expect 0 '^$' --setup
