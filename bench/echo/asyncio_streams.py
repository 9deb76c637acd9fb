"""The echo with asyncio's streams, as one writes it: read, write, drain. `python3 asyncio_streams.py <port>`."""

import asyncio
import sys


async def serve(reader, writer):
    try:
        while data := await reader.read(1024):
            writer.write(b"Echo: " + data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), backlog=4096)
    await server.serve_forever()


asyncio.run(main())
