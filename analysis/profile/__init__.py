"""Where time and page faults go: profiles and ledgers as tables, flame graphs, figures.

SPDX-License-Identifier: MIT"""
