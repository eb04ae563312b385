"""Tables and pages before any format, and the formats that turn them into text.

SPDX-License-Identifier: MIT"""
