"""Intervals, tests and change points of arrays that know no run.

SPDX-License-Identifier: MIT"""
