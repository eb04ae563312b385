"""work.py -- json and re work for a Python whose objects come from malloc.

SPDX-License-Identifier: MIT
"""

import json
import re

rows = [
    {
        "id": i,
        "name": f"row {i * 7919 % 10007}",
        "tags": [f"t{j}" for j in range(i % 9)],
        "nested": {"x": i / 7, "text": "ab" * (i % 300)},
    }
    for i in range(12000)
]
text = json.dumps(rows, indent=1)
assert json.loads(text) == rows
words = re.findall(r"row (\d+)", text)
short = re.sub(r"(ab){3,}", lambda match: f"<{len(match.group())}>", text)
print(len(text), len(words), sum(map(int, words)), sorted(set(words))[:50])
print(len(short), short[:2000])
