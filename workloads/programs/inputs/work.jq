# work.jq -- groups, joins and sums rows.
#
# SPDX-License-Identifier: MIT
group_by(.group)
| map({
    group: .[0].group,
    rows: length,
    weight: (map(.weight) | add),
    tags: (map(.tags[]) | unique | length),
    text: (map(.text) | join("") | length)
  })
