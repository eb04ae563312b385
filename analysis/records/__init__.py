"""What a run left behind, checked and loaded as columns.

SPDX-License-Identifier: MIT"""
