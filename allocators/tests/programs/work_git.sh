#!/bin/sh
# work_git.sh -- the files of a commit as loose objects of a new repository, which git gc packs.
#
#   work_git.sh REPOSITORY COMMIT
#
# SPDX-License-Identifier: MIT
set -eu

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_AUTHOR_DATE='1700000000 +0000'
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b GIT_COMMITTER_DATE='1700000000 +0000'

git init --quiet --bare "$directory/new"
git -c safe.directory='*' -C "$1" rev-list --objects "$2^{tree}" -- allocators |
    git -c safe.directory='*' -C "$1" pack-objects --quiet --stdout |
    git -C "$directory/new" unpack-objects -q
tree=$(git -c safe.directory='*' -C "$1" rev-parse "$2:allocators")
commit=$(git -C "$directory/new" commit-tree "$tree" -m all)
git -C "$directory/new" update-ref HEAD "$commit"
git -C "$directory/new" -c pack.threads=2 gc --quiet --prune=now
git -C "$directory/new" fsck --strict --no-progress
git -C "$directory/new" rev-list --all --objects
git -C "$directory/new" count-objects -v | grep --extended-regexp '^(count|packs|garbage):'
