#!/usr/bin/env bash
# deb.sh -- Debian packages of what is built: slablab, and slablab-report with tables and reports.
#
#   deb.sh BUILD OUT     writes slablab_VERSION_ARCHITECTURE.deb and slablab-report_VERSION_all.deb
#
# Who makes a package says so in DEBFULLNAME and DEBEMAIL, as for Debian's own tools.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/.."
umask 022
readonly build=$1 out=$2 home=usr/lib/slablab
version=$(cat VERSION)
released=$(sed -n 's/^date-released: //p' CITATION.cff)
readonly version released
readonly maintainer="${DEBFULLNAME:-The Slablab authors} <${DEBEMAIL:-authors@slablab.invalid}>"
SOURCE_DATE_EPOCH=$(date --utc --date "$released" +%s)
export SOURCE_DATE_EPOCH

made=$(mktemp --directory)
readonly trees=$made/debian # where dpkg-shlibdeps looks for them
trap 'rm -rf "$made"' EXIT

for tool in dpkg-deb dpkg-shlibdeps; do
    command -v "$tool" >/dev/null || {
        printf 'deb.sh: %s is not there\n  try: apt-get install dpkg-dev\n' "$tool" >&2
        exit 2
    }
done

# names PURPOSE: of the file `packages`, with commas between them.
names() {
    local all
    # shellcheck disable=SC2046 # a line is several names
    printf -v all '%s, ' $(sed -n "s/^$1 \([^#]*\).*/\1/p" packages)
    printf '%s' "${all%, }"
}

peers() {
    sed -n 's/^ *package: *//p' allocators/peers.yaml | grep --invert-match --line-regexp libc6 |
        paste --serial --delimiters , | sed 's/,/, /g'
}

# Of everything that runs, as dpkg-shlibdeps finds them.
libraries() {
    printf 'Source: slablab\n\nPackage: slablab\nArchitecture: any\n' >"$trees/control"
    mkdir --parents "$trees/slablab/DEBIAN"
    (cd "$made" && find "debian/slablab/$home/build" -type f -executable \
        -not -name launcher -exec dpkg-shlibdeps -O {} +) | sed 's/^shlibs:Depends=//'
}

# document PACKAGE: its copyright and changelog.
document() {
    local folder=$trees/$1/usr/share/doc/$1
    mkdir --parents "$folder"
    install --mode=644 LICENSE "$folder/copyright"
    printf '%s (%s) unstable; urgency=medium\n\n  * Release %s.\n\n -- %s  %s\n' "$1" "$version" \
        "$version" "$maintainer" "$(date --utc --rfc-email --date "$released")" |
        gzip -9 --no-name >"$folder/changelog.gz"
}

# control PACKAGE FIELD... -- the fields that all have, then those given; the last one is long.
control() {
    local -r tree=$trees/$1
    mkdir --parents "$tree/DEBIAN"
    {
        printf 'Package: %s\nVersion: %s\nMaintainer: %s\n' "$1" "$version" "$maintainer"
        printf 'Section: devel\nPriority: optional\nInstalled-Size: %s\n' \
            "$(du --apparent-size --block-size=1024 --summarize "$tree/usr" | cut --fields=1)"
        printf '%s\n' "${@:2}"
    } >"$tree/DEBIAN/control"
    (cd "$tree" && find usr -type f -printf '%P\0' | sort --zero-terminated |
        sed --null-data 's,^,usr/,' | xargs --null md5sum) >"$tree/DEBIAN/md5sums"
    dpkg-deb --root-owner-group --build "$tree" "$out" >/dev/null
}

# overrides PACKAGE: of lintian; the file says why.
overrides() {
    mkdir --parents "$trees/$1/usr/share/lintian/overrides"
    install --mode=644 "install/$1.lintian-overrides" "$trees/$1/usr/share/lintian/overrides/$1"
}

place_files() {
    install/files.sh install "$build" "$trees/slablab/usr"
    # dpkg lists the files, and the license is the package's `copyright`.
    rm "$trees/slablab/$home/installed" "$trees/slablab/$home/LICENSE"
    gzip -9 --no-name "$trees/slablab"/usr/share/man/man1/*.1
    mkdir --parents "$trees/slablab-report/$home"
    mv "$trees/slablab/usr/share/zsh"/{site-functions,vendor-completions}
    mv "$trees/slablab/$home/analysis" "$trees/slablab-report/$home/analysis"
    mkdir "$trees/slablab/$home/analysis"
    mv {"$trees/slablab-report","$trees/slablab"}/"$home/analysis/commands.json"
    strip --strip-unneeded "$trees/slablab/$home/build/slablab" \
        "$trees/slablab/$home/build/programs/launcher"
}

place_files
overrides slablab
for package in slablab slablab-report; do
    document "$package"
done
mkdir --parents "$out"
control slablab "Architecture: $(dpkg --print-architecture)" "Depends: $(libraries)" \
    "Suggests: slablab-report, $(names gate), $(names revisions), $(peers)" \
    'Description: benchmarks of memory allocators, and a gate for changes to one' \
    ' slablab measures any drop-in malloc in shuffled blocks of fresh processes,' \
    ' beside a hidden copy of its baseline, and says by how much one is better than' \
    ' another, or that it cannot tell. Its gate decides whether a change pays.'
control slablab-report 'Architecture: all' "Depends: slablab (= $version), $(names report)" \
    'Description: tables, figures and reports of what slablab measured' \
    ' Adds the commands of slablab that read a run: tables for a terminal, Markdown' \
    ' or LaTeX, a page with figures, flame graphs, every verdict derived again.'
for package in slablab slablab-report; do
    printf '%s\n' "$out/${package}_${version}"_*.deb
done
