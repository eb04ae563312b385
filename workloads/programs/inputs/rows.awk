# rows.awk -- prints 25,000 objects of JSON, one a line, with texts and lists of many lengths.
#
# SPDX-License-Identifier: MIT
# The minimal standard generator, exact in doubles: the awks do not agree on rand.
function draw(n) {
    seed = seed * 16807 % 2147483647
    return seed % n
}
BEGIN {
    seed = 1
    for (i = 0; i < 25000; i++) {
        printf "{\"id\": %d, \"group\": \"g%d\", \"weight\": %d, \"tags\": [", i, draw(97),
            draw(1000)
        tags = draw(8)
        for (j = 0; j < tags; j++)
            printf("%s\"t%d\"", (j > 0 ? ", " : ""), draw(500))
        text = ""
        for (j = draw(12); j > 0; j--)
            text = text "abcdefgh"
        printf "], \"text\": \"%s\"}\n", text
    }
}
