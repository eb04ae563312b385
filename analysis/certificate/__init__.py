"""How often the gate was right where the truth was planted.

SPDX-License-Identifier: MIT"""
