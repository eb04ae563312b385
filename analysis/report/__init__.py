"""A report's folder and README's tables, put together from every kind of run.

SPDX-License-Identifier: MIT"""
