# lines.awk -- prints 250,000 lines of numbers in no order.
#
# SPDX-License-Identifier: MIT
BEGIN {
    for (i = 1; i <= 250000; i++)
        print i * 7919 % 1000003, "line", i, "of", i * 31 % 977
}
