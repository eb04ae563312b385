"""A gate's verdict derived again from its samples, and the history of many gates.

SPDX-License-Identifier: MIT"""
