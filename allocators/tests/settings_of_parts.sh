#!/usr/bin/env bash
# settings_of_parts.sh -- each constant of parts/ that a page may set, set by one. Usage: [BUILD]
#
# A page that sets a constant (SET_TO) and then is a phase that has it must find the value there; it
# is compiled, and not built. Not every value fits: those that do are named below.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
failures=0

# compiles PAGE VALUE NAME EXPRESSION -- a page over PAGE in which EXPRESSION is VALUE
compiles() {
    printf '#define SET_%s SET_TO(%s)\n#include "phases/%s.c"\n' "$3" "$2" "$1" >"$work/page.c"
    printf '_Static_assert(%s == %s, "not what was set");\n' "$4" "$2" >>"$work/page.c"
    gcc -std=gnu11 -O2 -Iallocators -fno-builtin-malloc -fsyntax-only "$work/page.c" 2>"$work/log"
}

names=$(grep --no-filename --only-matching 'SETTING([A-Z_0-9]*, ' allocators/parts/*.h \
    allocators/core/size_class.h | sed 's/SETTING(//; s/, $//')
for name in $names; do
    phase=ss-reuse-prewarm
    value=7
    case $name in
        SMALLMID_* | TINY_CLASSES) value=16 ;;
        SLOT_BYTES) phase=dense value=0 ;;
        MAGAZINE_GROWN_*) phase=outband value=1024 ;;
        MAGAZINE_*) phase=outband value=64 ;;
        TRANSFER_*) phase=bitmap value=64 ;;
        BITMAP_WORDS) phase=bitmap value=45 ;;
        BITMAP_COLORS) phase=bitmap value=4 ;;
        BITMAP_MAPPED) phase=bitmap value=2 ;;
    esac
    standard=$(grep --no-filename --only-matching "SETTING($name, [^)]*)" allocators/parts/*.h \
        allocators/core/size_class.h | sed 's/.*, //; s/)$//')
    if ! compiles "$phase" "$value" "$name" "SETTING($name, $standard)" ||
        ! compiles "$phase" "$standard" OTHER "SETTING($name, $standard)"; then
        echo "FAILED: $name:"
        cat "$work/log"
        failures=$((failures + 1))
    fi
    if [[ $name != SMALLMID_* ]] && ! compiles "$phase" "$value" "$name" "(int)$name"; then
        echo "FAILED: $name is not what the page has set:"
        cat "$work/log"
        failures=$((failures + 1))
    fi
done
# An enum in parts/ is a constant that a page may set, unless it names kinds or a hardware's size.
if grep --line-number '^ *\(enum {.*\)\?[A-Z_]* = [0-9]' allocators/parts/*.h |
    grep --invert-match 'COLOR_BYTES'; then
    echo 'FAILED: a constant of parts/ that no page can set'
    failures=$((failures + 1))
fi
[[ $failures -eq 0 ]] && echo "settings: $(wc --words <<<"$names") constants, each set by a page"
