#!/usr/bin/env bash
# gate.sh -- gates every phase against the commit in .ci/landed by counts, and shows its time.
#
# .ci/landed is moved in a commit of its own, which says why more is meant to be taken.
#
#   gate.sh BUILD OUT
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/.."
readonly build=$1 out=$2
git=(git -c safe.directory='*')
landed=$(cut --characters=1-12 .ci/landed)
status=0

for source in allocators/phases/*.c; do
    phase=$(basename "$source" .c)
    if ! "${git[@]}" cat-file -e "$landed:$source" 2>/dev/null; then
        echo "gate: $phase is new since $landed, or that commit is not here: not gated"
        continue
    fi
    "$build/slablab" gate experiments/landing.yaml --base "$landed:$phase" --head "$phase" \
        --out "$out" --fresh || status=$?
done
exit "$status"
