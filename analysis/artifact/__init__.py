"""What a reviewer gets of all this: claims to measure again, and one tar of everything.

SPDX-License-Identifier: MIT"""
