#!/usr/bin/env bash
# gate.sh -- gates every phase against the commit in .ci/landed by counts, and shows its time.
#
# .ci/landed is moved in a commit of its own, which says why more is meant to be taken. A gate that
# is VOID, by chance once in a hundred, is held once more.
#
#   gate.sh BUILD OUT
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/.."
readonly build=$1 out=$2
git=(git -c safe.directory='*')
landed=$(cut --characters=1-12 .ci/landed)
worst=0

# hold PHASE -- exits as its gate does.
hold() {
    "$build/slablab" gate experiments/landing.yaml --base "$landed:$1" --head "$1" \
        --out "$out" --fresh
}

if ! "${git[@]}" cat-file -e "$landed^{commit}"; then
    echo "gate: commit $landed of .ci/landed is not here, so nothing can be gated" >&2
    echo "  try: a clone with its history (git fetch --unshallow)" >&2
    exit 2
fi
for source in allocators/phases/*.c; do
    phase=$(basename "$source" .c)
    if ! "${git[@]}" cat-file -e "$landed:$source" 2>/dev/null; then
        echo "gate: $phase is new since $landed: not gated"
        continue
    fi
    status=0
    hold "$phase" || status=$?
    if [[ $status -eq 4 ]]; then
        status=0
        hold "$phase" || status=$?
    fi
    [[ $status -eq 0 || $worst -eq 1 ]] || worst=$status
done
exit "$worst"
