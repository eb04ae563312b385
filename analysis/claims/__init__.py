"""What a document claims, judged by stored runs.

SPDX-License-Identifier: MIT"""
