"""A crawler as a tutorial on asyncio writes one: a queue, some workers, a set of what was seen, robots.txt.

Usage: aiohttp_crawler.py <start URL> <connections> <file for results>. Prints how many pages there are, and the time.
"""
import asyncio
import json
import re
import sys
import time
from urllib.parse import urldefrag, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import aiohttp

LINK = re.compile(r'<a\s[^>]*href="([^"]*)"', re.IGNORECASE)
TITLE = re.compile(r"<title>(.*?)</title>", re.IGNORECASE | re.DOTALL)


async def crawl(start, connections, results):
    queue, seen, pages = asyncio.Queue(), {start}, []
    host = urlsplit(start).netloc
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections)) as session:
        robots = RobotFileParser()
        async with session.get(urljoin(start, "/robots.txt")) as response:
            robots.parse((await response.text()).splitlines() if response.status == 200 else [])

        async def work():
            while True:
                url = await queue.get()
                try:
                    async with session.get(url) as response:
                        text = await response.text()
                        title = TITLE.search(text)
                        links = [urldefrag(urljoin(url, href))[0] for href in LINK.findall(text)]
                        pages.append(url)
                        row = {"url": url, "status": response.status, "title": title and title[1], "links": len(links)}
                        results.write(json.dumps(row) + "\n")
                    for link in links:
                        if link in seen or urlsplit(link).netloc != host or not robots.can_fetch("bench", link):
                            continue
                        seen.add(link)
                        queue.put_nowait(link)
                finally:
                    queue.task_done()

        queue.put_nowait(start)
        workers = [asyncio.create_task(work()) for _ in range(connections)]
        await queue.join()
        for worker in workers:
            worker.cancel()
    return len(pages)


def main():
    start, connections, file = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    began = time.perf_counter()
    with open(file, "w") as results:
        pages = asyncio.run(crawl(start, connections, results))
    print(json.dumps({"pages": pages, "elapsedMs": (time.perf_counter() - began) * 1000}))


main()
