# settings.sh -- the environments that each phase is tested in; to be sourced, with $build set.
#
# shellcheck shell=bash
# SPDX-License-Identifier: MIT

reads() {
    grep --quiet --text "$2" "${build:?}/lib$1.so"
}

# What a phase is tested with: nothing set, and each mechanism that it reads a variable for.
settings_of() {
    echo
    if reads "$1" SLABLAB_SMALLMID; then
        echo SLABLAB_SMALLMID=1
    fi
    if reads "$1" SLABLAB_PREWARM; then
        printf 'SLABLAB_PREWARM=2 SLABLAB_PREWARM_METHOD=%s\n' "${methods[@]}"
    fi
}

# The methods of prewarming that this kernel can serve.
methods=(touch populate hugepage)
if ! grep --quiet --extended-regexp '\[(always|madvise)\]' \
    /sys/kernel/mm/transparent_hugepage/enabled; then
    methods=(touch populate)
    echo 'skip  SLABLAB_PREWARM_METHOD=hugepage: transparent_hugepage/enabled is never' >&2
fi
readonly methods
