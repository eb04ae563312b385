"""Tests of the analysis, on small runs that synthetic.py writes.

SPDX-License-Identifier: MIT"""
