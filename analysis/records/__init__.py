"""A run's records, checked and loaded as columns.

SPDX-License-Identifier: MIT"""
