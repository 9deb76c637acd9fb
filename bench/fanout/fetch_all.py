"""What the Python contenders share: the calls to make, the check of what comes back, the report."""

import json
import sys
import time

COUNT = int(sys.argv[1])
URLS = sys.argv[2]


def url_of(index):
    return URLS.replace("{}", str(index))


def check(index, body):
    item = json.loads(body)
    if item["id"] != str(index):
        raise ValueError(f"Expected item {index}, got {item['id']}")
    return index


class Timer:
    def __enter__(self):
        self.began = time.perf_counter()
        return self

    def __exit__(self, *_):
        self.elapsed_ms = (time.perf_counter() - self.began) * 1000


def report(timer, answered):
    print(json.dumps({"elapsedMs": timer.elapsed_ms, "answered": answered}))
