# problems.awk -- prints problems for an SMT solver: pigeons, queens, and clauses drawn by a seed.
#
# SPDX-License-Identifier: MIT
# The minimal standard generator, exact in doubles: the awks do not agree on rand.
function draw(n) {
    seed = seed * 16807 % 2147483647
    return seed % n
}
function pigeons(n, i, j, k) {
    for (i = 0; i <= n; i++)
        for (j = 0; j < n; j++)
            printf "(declare-const p_%d_%d Bool)\n", i, j
    for (i = 0; i <= n; i++) {
        printf "(assert (or"
        for (j = 0; j < n; j++)
            printf " p_%d_%d", i, j
        print "))"
    }
    for (j = 0; j < n; j++)
        for (i = 0; i <= n; i++)
            for (k = i + 1; k <= n; k++)
                printf "(assert (or (not p_%d_%d) (not p_%d_%d)))\n", i, j, k, j
}
function queens(n, i, j) {
    for (i = 0; i < n; i++)
        printf "(declare-const q%d Int)\n(assert (and (<= 0 q%d) (< q%d %d)))\n", i, i, i, n
    for (i = 0; i < n; i++)
        for (j = i + 1; j < n; j++)
            printf "(assert (and (not (= q%d q%d)) (not (= (- q%d q%d) %d)) " \
                "(not (= (- q%d q%d) %d))))\n", i, j, i, j, j - i, j, i, j - i
}
function clauses(variables, count, i, j) {
    for (i = 0; i < variables; i++)
        printf "(declare-const v%d Bool)\n", i
    for (i = 0; i < count; i++) {
        printf "(assert (or"
        for (j = 0; j < 3; j++)
            printf((draw(2) ? " v%d" : " (not v%d)"), draw(variables))
        print "))"
    }
}
BEGIN {
    seed = 1
    pigeons(7)
    print "(check-sat)\n(reset)"
    queens(8)
    print "(check-sat)\n(reset)"
    for (round = 0; round < 20; round++) {
        clauses(150, 640)
        print "(check-sat)\n(reset)"
    }
}
