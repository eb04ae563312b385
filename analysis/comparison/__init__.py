"""Timed runs compared: estimates, verdicts, cautions, and the tables that say them.

SPDX-License-Identifier: MIT"""
