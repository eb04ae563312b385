#!/usr/bin/env bash
# paths.sh -- holds the instructions on each phase's straight path against golden_paths.
#
#   paths.sh BUILD           fails where a number is another
#   paths.sh BUILD accept    writes them down (make golden): a change is a decision
#
# SPDX-License-Identifier: MIT
set -euo pipefail

here=$(dirname "$(realpath "$0")")
build=$(realpath "${1:-build}")
readonly here build golden=$here/golden_paths
# shellcheck disable=SC1091 # checked as a file of its own
source "$here/programs/settings.sh"

# As the objects say: the compiler that built them need not be the one of today.
compiler=$(readelf --string-dump=.comment "$build/libbaseline.so" |
    sed -n 's/^ *\[ *[0-9a-f]*\]  //p' | paste --serial --delimiters=,)
readonly compiler

counted() {
    local path phase setting assignment
    for path in "$here"/../phases/*.c; do
        phase=$(basename "$path" .c)
        for setting in SLABLAB_SMALLMID=0 SLABLAB_SMALLMID=1; do
            [ "$setting" = SLABLAB_SMALLMID=0 ] || reads "$phase" SLABLAB_SMALLMID || continue
            assignment=("$setting")
            reads "$phase" SLABLAB_SMALLMID || assignment=() # as if it were 0
            env LD_PRELOAD="$build/lib$phase.so" "${assignment[@]}" \
                "$build/allocators/tests/paths" "$phase $setting" || return
        done
    done
}

status=0
found=$(counted) || status=$?
if [ "$status" -eq 77 ]; then
    printf 'skip  %s\n' "$found"
    exit 0
elif [ "$status" -ne 0 ]; then
    exit 1
fi
if [ "${2:-}" = accept ]; then
    cat > "$golden" <<END
# golden_paths -- instructions from the call of malloc or free to its return, lists warm.
#
# PHASE SETTING FUNCTION BYTES INSTRUCTIONS; written by \`make golden\`, in a commit of its own.
#
# SPDX-License-Identifier: MIT
compiler $compiler
$found
END
    echo "golden_paths: $(wc --lines <<< "$found") paths, by $compiler"
    exit 0
fi

known=$(sed -n 's/^compiler //p' "$golden")
if [ "$compiler" != "$known" ]; then
    echo "skip  paths: golden_paths is of '$known', this is '$compiler'"
    exit 0
fi
if ! diff --unified=0 <(sed '/^\(#\|compiler \)/d' "$golden") <(echo "$found"); then
    echo 'FAIL  paths: the straight paths are not what golden_paths says'
    echo '  try: make golden, if that is meant, and a commit of its own for its numbers'
    exit 1
fi
printf 'ok    paths: %d straight paths, as in golden_paths\n' "$(wc --lines <<< "$found")"
