#!/usr/bin/env bash
# settings_of_parts.sh -- each constant of parts/ that a page or a user may set, set. Usage: [BUILD]
#
# A page that sets a constant (SET_TO) and then is a phase that has it must find the value there,
# and what a user sets (OVERRIDE_) in its stead; it is compiled, and not built. Not every value
# fits: those that do are named below.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
failures=0

# compiles PAGE VALUE NAME EXPRESSION [OPTION SET] -- a page over PAGE that sets NAME to SET, or to
# VALUE, and in which EXPRESSION is VALUE
compiles() {
    printf '#define SET_%s SET_TO(%s)\n' "$3" "${6:-$2}" >"$work/page.c"
    printf '#include "phases/%s.c"\n' "$1" >>"$work/page.c"
    printf '_Static_assert(%s == %s, "not what was set");\n' "$4" "$2" >>"$work/page.c"
    gcc -std=gnu11 -O2 -Iallocators -fno-builtin-malloc -fsyntax-only ${5:+"$5"} \
        "$work/page.c" 2>"$work/log"
}

names=$(grep --no-filename --only-matching '\(SETTING\|CONSTANT\)([A-Z_0-9]*, ' \
    allocators/parts/*.h allocators/core/s[iu]*.h | sed 's/.*(//; s/, $//')
for name in $names; do
    phase=ss-reuse-prewarm
    value=7
    case $name in
        TINY_CLASSES) value=16 ;;
        SMALLMID_*) phase=phase17-2 value=16 ;;
        SLAB_KB) value=128 ;;
        SLOT_BYTES) phase=dense value=0 ;;
        MAGAZINE_GROWN_*) phase=outband value=1024 ;;
        MAGAZINE_*) phase=outband value=64 ;;
        LARGE_KEPT_MB) phase=outband value=64 ;;
        LARGE_HEADER_BYTES) phase=large value=128 ;;
        LARGE_LOOKED_AT | LARGE_MAPPED_MAX | LARGE_COPIED_MAX) phase=large ;;
        TRANSFER_*) phase=bitmap value=64 ;;
        BITMAP_WORDS) phase=bitmap value=45 ;;
        BITMAP_COLORS) phase=bitmap value=4 ;;
        BITMAP_MAPPED) phase=bitmap value=2 ;;
        BITMAP_SMALL_MB | BITMAP_PACE_US | BITMAP_DISCARDS_MOST) phase=bitmap ;;
    esac
    standard=$(grep --no-filename --only-matching "\(SETTING\|CONSTANT\)($name, [^,)]*" \
        allocators/parts/*.h allocators/core/s[iu]*.h | sed 's/.*, //')
    if ! compiles "$phase" "$value" "$name" "SETTING($name, $standard)" ||
        ! compiles "$phase" "$standard" OTHER "SETTING($name, $standard)"; then
        echo "FAILED: $name:"
        cat "$work/log"
        failures=$((failures + 1))
    fi
    if ! compiles "$phase" "$value" "$name" "(int)$name" ||
        ! compiles "$phase" "$value" "$name" "(int)$name" "-DOVERRIDE_$name=SET_TO($value)" \
            "$standard"; then
        echo "FAILED: $name is not what the page, or the user, has set:"
        cat "$work/log"
        failures=$((failures + 1))
    fi
done
# The lengths of the source's lists and of its refills (docs/hakmem.md).
while read -r name value; do
    if ! compiles phase17-2 "$value" OTHER "(int)SMALLMID_$name"; then
        echo "FAILED: SMALLMID_$name is not $value"
        failures=$((failures + 1))
    fi
done <<'SOURCE'
HELD_256 32
HELD_512 24
HELD_1024 16
REFILL_256 16
REFILL_512 12
REFILL_1024 8
SOURCE
# An enum in parts/ is a constant that a page may set, unless it names kinds or a hardware's size.
if grep --line-number '^ *\(enum {.*\)\?[A-Z_]* = [0-9]' allocators/parts/*.h |
    grep --invert-match 'COLOR_BYTES'; then
    echo 'FAILED: a constant of parts/ that no page can set'
    failures=$((failures + 1))
fi
[[ $failures -eq 0 ]] &&
    echo "settings: $(wc --words <<<"$names") constants, each set by a page and by a user"
