"""work_threads.py -- threads that allocate while one forks and one opens and closes libraries.

SPDX-License-Identifier: MIT
"""

import ctypes
import hashlib
import json
import os
import threading
import zlib

import _ctypes

THREADS = 8
FORKS = 10
LIBRARIES = ["libm.so.6", "libz.so.1", "libexpat.so.1"]

results: dict[int, str] = {}


def work(number: int) -> None:
    """zlib and hashlib let go of the interpreter's lock, so that threads meet in malloc."""
    digest = hashlib.sha256()
    for i in range(60):
        rows = [{"id": j, "text": "ab" * (j % 97 + number)} for j in range(200)]
        packed = zlib.compress(json.dumps(rows).encode(), 1)
        assert json.loads(zlib.decompress(packed)) == rows
        digest.update(packed + bytes([i]))
    results[number] = digest.hexdigest()


def fork_now_and_then() -> None:
    for i in range(FORKS):
        child = os.fork()
        if child == 0:
            kept = [bytes(k % 3000) for k in range(5000)]
            os._exit(0 if sum(map(len, kept[::2])) > 0 else 1)
        _, status = os.waitpid(child, 0)
        assert status == 0, f"fork {i}: status {status}"


def open_and_close_libraries() -> None:
    for i in range(60):
        library = ctypes.CDLL(LIBRARIES[i % len(LIBRARIES)])
        _ctypes.dlclose(library._handle)


threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
threads += [threading.Thread(target=fork_now_and_then)]
threads += [threading.Thread(target=open_and_close_libraries)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for number in range(THREADS):
    print(number, results[number])
