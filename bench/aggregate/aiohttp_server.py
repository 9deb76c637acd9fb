"""The endpoints of endpoints.json on aiohttp: python3 aiohttp_server.py <endpoints.json> <upstream> <port>."""

import asyncio
import json
import sys

from aiohttp import ClientSession, ClientTimeout, TCPConnector, web

ENDPOINTS_FILE, UPSTREAM, PORT = sys.argv[1:]

with open(ENDPOINTS_FILE) as file:
    ENDPOINTS = json.load(file)

SESSION = web.AppKey("session", ClientSession) if hasattr(web, "AppKey") else "session"


async def get(session, branch, item_id):
    url = UPSTREAM + branch["path"].replace(":id", item_id)
    timeout = ClientTimeout(total=branch["timeoutMs"] / 1000)
    async with session.get(url, timeout=timeout, raise_for_status=True) as response:
        return await response.json()


async def answer(request):
    branches = ENDPOINTS[request.match_info["name"]]
    item_id = request.match_info["id"]
    calls = (get(request.app[SESSION], branch, item_id) for branch in branches)
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    return web.json_response(
        {
            branch["name"]: outcome
            for branch, outcome in zip(branches, outcomes)
            if not isinstance(outcome, BaseException)
        }
    )


async def keep_session(app):
    async with ClientSession(
        connector=TCPConnector(limit=0), headers={"Accept": "application/json"}
    ) as session:
        app[SESSION] = session
        yield


app = web.Application()
app.cleanup_ctx.append(keep_session)
app.router.add_get("/api/{name}/{id}", answer)
web.run_app(app, host="127.0.0.1", port=int(PORT), access_log=None, print=None, backlog=4096)
