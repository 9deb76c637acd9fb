"""Fifty threads, a call at a time each: python3 threads.py <count> <url with {} for the index>."""

from concurrent.futures import ThreadPoolExecutor
from urllib.request import urlopen

from fetch_all import COUNT, Timer, check, report, url_of

THREADS = 50


def fetch(index):
    with urlopen(url_of(index)) as response:
        return check(index, response.read())


with Timer() as timer:
    with ThreadPoolExecutor(THREADS) as pool:
        answered = list(pool.map(fetch, range(COUNT)))
report(timer, answered)
