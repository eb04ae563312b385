#!/usr/bin/env bash
# install.sh -- slablab below a PREFIX that cannot be written, for a user without rights, elsewhere.
#
# Usage: [BUILD]
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(realpath "${1:-build}")
work=$(mktemp --directory)
trap 'chmod --recursive u+w "$work" && rm -rf "$work"' EXIT
chmod 755 "$work"
readonly prefix="$work/it's" empty=$work/empty
export SLABLAB_LOCK=$empty/lock
failures=0

failed() {
    printf 'FAILED: %s\n' "$*"
    failures=$((failures + 1))
}

as_user=()
[[ $(id -u) -ne 0 ]] || as_user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
mkdir --mode=777 "$empty"

# user COMMAND...: in the empty folder, without rights, with a home of its own.
user() {
    (cd "$empty" && HOME=$empty "${as_user[@]}" "$@")
}

# expect STATUS TEXT COMMAND...: ends with STATUS and prints TEXT somewhere.
expect() {
    local status=0
    user "${@:3}" >"$work/all" 2>&1 || status=$?
    if [[ $status -ne $1 ]] || ! grep --quiet --fixed-strings -- "$2" "$work/all"; then
        failed "${*:3}: status $status, wanted $1 and '$2'; it printed:"
        cat "$work/all"
    fi
}

install/files.sh install "$build" "$prefix"
install/files.sh install "$build" "$prefix" # again, over itself
cp "$build/libbaseline.so" "$empty/old.so"
cp "$build/libbump.so" "$empty/new.so"
if grep --recursive --quiet "$work" "$prefix/lib/slablab/installed"; then
    failed 'what is installed tells of the folder that it was made in'
fi
chmod --recursive a-w "$prefix"
slablab=$prefix/bin/slablab

cat >"$empty/counts.yaml" <<END
question: Does a gate work away from home?
baseline: baseline
workloads: [{run: fixed_random size=256 slots=400 operations=20000, start: cold}]
gate: {decides: [page_faults 5%], reports: [time 2%]}
END
expect 0 "slablab $(cat VERSION)" "$slablab" --version
expect 0 "slablab $(cat VERSION)" "$prefix/lib/slablab/build/slablab" --version
expect 0 'baseline' "$slablab" list allocators
expect 0 'fixed_random' "$slablab" list workloads
expect 0 'phase17' "$slablab" list experiments
expect 0 'sqlite3' "$slablab" list programs
expect 1 'verdict: FAIL' "$slablab" gate counts.yaml --base ./old.so --head ./new.so
# pasted LABEL: the command behind it in what was printed last.
pasted() {
    sed -n "s/^$1: //p" "$work/all" | tail -n 1
}

# What it prints works when it is pasted, by its path and by its name, beside an `analysis` that is
# another's.
mkdir "$empty/analysis"
echo 'raise SystemExit("the wrong analysis")' >"$empty/analysis/__init__.py"
python=$(make --silent print-python)
[[ -n $python ]] || echo 'skip: no python3 has what tables are made with'
next=$(pasted next)
[[ $next == \'* ]] || failed "the next command is not by the path: $next"
[[ -z $python ]] || expect 0 'every row is what its samples give' bash -c "$next"
expect 0 'verdict: complete' env PATH="$prefix/bin:$PATH" slablab run --blocks 2 -- baseline null
next=$(pasted next)
[[ $next == 'slablab table '* ]] || failed "the next command is not by the name: $next"
run=${next#slablab table }
if [[ -n $python ]]; then
    expect 0 'command_line' env PATH="$prefix/bin:$PATH" bash -c "$next"
    expect 2 "try: slablab table" env PATH="$prefix/bin:$PATH" slablab where "$run"
    expect 2 "/lib/slablab/build/slablab' table" "$slablab" where "$run"
fi
# A workload of one's own, compiled with what is installed.
sed 's/"null"/"mine"/' workloads/null.c >"$empty/mine.c"
expect 2 'try: gcc -I ' "$slablab" run --blocks 2 -- baseline "$empty/mine"
user bash -c "$(pasted '  try')"
expect 0 'verdict: complete' "$slablab" run --blocks 2 -- baseline "$empty/mine"

# A phase with another constant is built in the user's cache, since home cannot be written.
expect 0 'building: baseline+drain=64' "$slablab" run --blocks 1 -- baseline baseline+drain=64 null
[[ -s $(echo "$empty"/.cache/slablab/variants/*/observe/libbaseline+drain=64.so) ]] ||
    failed 'no build of baseline+drain=64 in the cache'

expect 0 "\"slablab $(cat VERSION)\"" "$slablab" manual gate
expect 0 'usage: slablab table' "$slablab" table --help

# Completion, by bash itself.
completion=$prefix/share/bash-completion/completions/slablab
# completes WANTED WORD...: the last word is the one that is being typed
completes() {
    local words
    # shellcheck disable=SC2016 # expanded there
    words=$(bash -c 'set -eu; source "$1"; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _slablab
        echo "${COMPREPLY[*]-}"' _ "$completion" "${@:2}")
    [[ $words == "$1" ]] || failed "completion of '${*:2}': '$words', wanted '$1'"
}
completes 'gate gather' slablab ga
completes '--help --version' slablab --
completes '--record' slablab gate --rec
completes 'bash zsh fish' slablab completion ''
completes 'markdown' slablab table --format mark
completes '' slablab gate ''
for shell in zsh fish; do
    command -v "$shell" >/dev/null || continue
    "$shell" -n <("$slablab" completion "$shell") || failed "completion for $shell: its syntax"
done

readonly said=$work/pages
for page in "$prefix"/share/man/man1/*.1; do
    ! command -v man >/dev/null || man --warnings --local-file "$page" >/dev/null 2>>"$said"
    ! command -v mandoc >/dev/null || mandoc -T lint -W error "$page" >>"$said" || true
done
[[ ! -s $said ]] || failed "man pages: $(cat "$said")"
pages=("$prefix"/share/man/man1/slablab-*.1)
commands=$("$slablab" --help | grep --count '^  [a-z]')
[[ ${#pages[@]} -eq $commands ]] || failed "${#pages[@]} pages, and $commands commands"

chmod --recursive u+w "$prefix"
touch "$prefix/bin/another"
install/files.sh uninstall "$prefix"
left=$(cd "$prefix" && find . -mindepth 1)
[[ $left == $'./bin\n./bin/another' ]] || failed "left behind: $left"
[[ $failures -eq 0 ]] && echo 'install: all as expected'
