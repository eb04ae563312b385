"""What figures are drawn with: panels, colours, rows of values, their provenance.

SPDX-License-Identifier: MIT"""
