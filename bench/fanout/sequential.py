"""One call after the other: python3 sequential.py <count> <url with {} for the index>."""

from urllib.request import urlopen

from fetch_all import COUNT, Timer, check, report, url_of

answered = []
with Timer() as timer:
    for index in range(COUNT):
        with urlopen(url_of(index)) as response:
            answered.append(check(index, response.read()))
report(timer, answered)
