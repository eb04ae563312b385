# large_c.awk -- prints a large C file, functions that call one another, for a compiler to read.
#
# SPDX-License-Identifier: MIT
BEGIN {
    print "struct pair { long first, second; };"
    for (i = 0; i < 250; i++) {
        printf "long f%d(long n, struct pair *p)\n{\n    long sum = %d;\n", i, i
        print "    for (long i = 0; i < n; i++) {"
        printf "        if (p[i].first %% %d == 0)\n", i + 2
        printf "            sum += p[i].second * %d;\n", i * 3 + 1
        print "        else\n            p[i].first ^= sum >> 3;\n    }"
        print i == 0 ? "    return sum;\n}" : "    return sum + f" i - 1 "(n / 2, p);\n}"
    }
}
