#!/usr/bin/env bash
# files.sh -- puts slablab below a PREFIX, and takes away what it has put there.
#
#   files.sh install BUILD ROOT     ROOT is DESTDIR and PREFIX
#   files.sh uninstall ROOT
#
# ROOT/lib/slablab is laid out as this repository is, with build/ for what was built, so that
# slablab finds what it is made of. ROOT/lib/slablab/installed lists what is there because of this,
# files and folders (which end in /), below ROOT.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
readonly home=lib/slablab listed=lib/slablab/installed

give_up() {
    printf 'files.sh: %s\n  try: %s\n' "$1" "$2" >&2
    exit 2
}

# note PATH: below ROOT, made by this.
note() {
    printf '%s\n' "$1" >&3
}

# folder PATH: below ROOT, with those above it.
folder() {
    [ ! -d "$root/$1" ] || return 0
    [ "$(dirname "$1")" = . ] || folder "$(dirname "$1")"
    mkdir --mode=755 "$root/$1"
    note "$1/"
}

# put MODE FILE PATH
put() {
    folder "$(dirname "$3")"
    install --mode="$1" "$2" "$root/$3"
    note "$3"
}

put_built() {
    local file
    while read -r file; do
        put 755 "$build/$file" "$home/build/$file"
    done < <(cd "$build" &&
        find slablab lib*.so observe/*.so programs/launcher programs/witness.so &&
        find workloads -maxdepth 1 -type f -executable)
    put 644 "$build/workloads/runtime.a" "$home/build/workloads/runtime.a"
}

put_sources() {
    local file mode
    while read -r file; do
        mode=644
        [ ! -x "$file" ] || mode=755
        put "$mode" "$file" "$home/$file"
    done < <(find VERSION LICENSE packages allocators/peers.yaml allocators/core allocators/parts \
        allocators/phases experiments \
        workloads/*.h workloads/data/*.txt workloads/programs docs/ci analysis \
        results/reference/certify/certificate.json -type f \
        -not -path 'analysis/tests/*' -not -name '*.pyc' -not -name README.md)
}

# Man pages and completion, of the table that slablab has.
put_generated() {
    local page
    "$build/slablab" manual --all "$made"
    for page in "$made"/*.1; do
        put 644 "$page" "share/man/man1/$(basename "$page")"
    done
    "$build/slablab" completion bash >"$made/bash"
    put 644 "$made/bash" share/bash-completion/completions/slablab
    "$build/slablab" completion zsh >"$made/zsh"
    put 644 "$made/zsh" share/zsh/site-functions/_slablab
    "$build/slablab" completion fish >"$made/fish"
    put 644 "$made/fish" share/fish/vendor_completions.d/slablab.fish
}

uninstall() {
    local path
    while read -r path; do
        case $path in
            */) [ ! -d "$root/$path" ] || rmdir --ignore-fail-on-non-empty "$root/$path" ;;
            *) rm --force "$root/$path" ;;
        esac
    done < <(tac "$root/$listed")
}

install_all() {
    [ -x "$build/slablab" ] || give_up "$build/slablab is not there" make
    [ ! -e "$root/$listed" ] || uninstall
    made=$(mktemp --directory)
    trap 'rm -rf "$made"' EXIT
    mkdir --parents "$root"
    exec 3>"$made/installed"
    folder "$home"
    note "$listed"
    put_built
    put_sources
    put_generated
    folder bin
    ln --symbolic "../$home/build/slablab" "$root/bin/slablab"
    note bin/slablab
    install --mode=644 "$made/installed" "$root/$listed"
}

case ${1-} in
    install)
        build=$2 root=$3
        install_all
        ;;
    uninstall)
        root=$2
        [ -e "$root/$listed" ] || give_up "$root/$listed is not there: nothing was installed" \
            'the PREFIX that make install had'
        uninstall
        ;;
    *) give_up "unknown word '${1-}'" 'make install PREFIX=/usr/local' ;;
esac
