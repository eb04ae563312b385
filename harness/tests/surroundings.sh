#!/usr/bin/env bash
# surroundings.sh -- slablab under limits, signals and mounts that a parent left. Usage: [BUILD]
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(realpath "${1:-build}")
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
export SLABLAB_LOCK=$work/lock
failures=0

cat >"$work/small.yaml" <<END
question: Does it run at all?
baseline: baseline
workloads: [{run: fixed_random size=256 slots=400 operations=20000, start: cold}]
stop: {blocks_max: 2}
END
run=("$build/slablab" run "$work/small.yaml" --fresh --out "$work/results")

# expect STATUS TEXT WORD...: WORD... exits with STATUS and prints TEXT somewhere.
expect() {
    local status=0
    "${@:3}" >"$work/all" 2>&1 || status=$?
    if [[ $status -ne $1 ]] || ! grep --quiet --fixed-strings -- "$2" "$work/all"; then
        echo "FAILED: ${*:3}: status $status, wanted $1 and '$2'; it printed:"
        cat "$work/all"
        failures=$((failures + 1))
    fi
}

limited() { (ulimit "$1" "$2" && exec "${@:3}"); }
expect 2 'try: ulimit -f unlimited' limited -f 4 "${run[@]}"
expect 2 'File too large' limited -f 4 "${run[@]}"

# python3 gives what the shell cannot: its own disposition of signals, and its mask.
cat >"$work/signals.py" <<END
import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP})
os.execv(sys.argv[1], sys.argv[1:])
END
expect 0 'verdict: complete' python3 "$work/signals.py" "${run[@]}"

# A blocked SIGTERM would not arrive.
sed 's/blocks_max: 2/blocks_max: 100000/' "$work/small.yaml" >"$work/long.yaml"
: >"$work/blocked"
python3 "$work/signals.py" "$build/slablab" run "$work/long.yaml" --fresh --out "$work/results" \
    >"$work/blocked" 2>&1 &
until grep --quiet 'new run' "$work/blocked"; do
    sleep 0.1
done
kill -TERM "$!"
status=0
wait "$!" || status=$?
if [[ $status -ne 130 ]]; then
    echo "FAILED: SIGTERM to a process that had it blocked: status $status; it printed:"
    cat "$work/blocked"
    failures=$((failures + 1))
fi

if [[ $(id -u) -eq 0 ]]; then
    # A user id without processes of its own: the limit of one is reached by the shell.
    as_one() {
        setpriv --reuid 64321 --regid 64321 --clear-groups bash -c 'ulimit -u 1; exec "$@"' . "$@"
    }
    expect 2 'try: ulimit -u' as_one "$build/slablab" plan "$work/small.yaml"
    if unshare --mount true 2>/dev/null; then
        expect 2 'try: mount -t proc proc /proc' unshare --mount sh -c \
            'umount --lazy /proc && exec "$@"' . "$build/slablab" plan "$work/small.yaml"
    fi
fi
[[ $failures -eq 0 ]] && echo "surroundings: all as expected"
