"""All at once on one event loop: python3 aiohttp_all.py <count> <url with {} for the index>."""

import asyncio

from aiohttp import ClientSession, TCPConnector

from fetch_all import COUNT, Timer, check, report, url_of


async def fetch(session, index):
    async with session.get(url_of(index)) as response:
        return check(index, await response.read())


async def main():
    with Timer() as timer:
        async with ClientSession(connector=TCPConnector(limit=0)) as session:
            answered = await asyncio.gather(*(fetch(session, index) for index in range(COUNT)))
    report(timer, answered)


asyncio.run(main())
