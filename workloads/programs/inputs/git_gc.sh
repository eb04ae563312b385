#!/bin/sh
# git_gc.sh -- packs a repository, checks it, and prints what it holds.
#
# SPDX-License-Identifier: MIT
set -eu

git -C repository -c pack.threads=2 gc --quiet --prune=now
git -C repository fsck --strict --no-progress
git -C repository rev-list --all --objects
git -C repository count-objects -v | grep --extended-regexp '^(count|packs|garbage):'
