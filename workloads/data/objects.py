"""objects.py -- the program behind python.txt: texts taken apart, counted and put together again.

SPDX-License-Identifier: MIT"""

import json
import re

WORDS = [f"{prefix}{number}" for number in range(400) for prefix in ("size", "slot", "owner")]


def main() -> None:
    """Deterministic, and of no input but this file's."""
    counts: dict[str, int] = {}
    kept = []
    for turn in range(60):
        text = " ".join(WORDS[turn:] + WORDS[:turn])
        for word in re.findall(r"[a-z]+(\d+)", text):
            counts[word] = counts.get(word, 0) + 1
        record = {"turn": turn, "words": text.split()[: turn * 10], "counts": dict(counts)}
        kept.append(json.loads(json.dumps(record)))
        if turn % 3 == 2:
            kept = kept[len(kept) // 2 :]
    print(sum(len(record["words"]) for record in kept), sum(counts.values()))


main()
