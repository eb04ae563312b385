"""Tables, figures and reports from results/, the folder it reads and nothing else.

SPDX-License-Identifier: MIT"""
