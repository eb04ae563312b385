"""What figures are drawn with: panels, colours, pages, rows of cells, axes, their provenance.

SPDX-License-Identifier: MIT"""
