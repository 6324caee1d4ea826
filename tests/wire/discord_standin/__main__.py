"""Run the stand-in by itself: prints one JSON line with its addresses, then serves."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys

from tests.wire.discord_standin.model import Settings
from tests.wire.discord_standin.server import Server


async def serve(port: int, settings: Settings, *, tied: bool) -> None:
    """Serve until somebody says stop; tied ends with standard input, and so with the parent."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    if tied:
        # Nobody writes into this pipe: it turns readable when its other end dies.
        loop.add_reader(sys.stdin, stopped.set)
    server = Server(settings)
    await server.start(port)
    sys.stdout.write(json.dumps(server.addresses) + "\n")
    sys.stdout.flush()
    await stopped.wait()
    if tied:
        loop.remove_reader(sys.stdin)
    await server.close()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--settings", default="{}", help="fields of Settings, as JSON")
    parser.add_argument("--tied", action="store_true", help="end when standard input ends")
    given = parser.parse_args()
    asyncio.run(serve(given.port, Settings(**json.loads(given.settings)), tied=given.tied))


if __name__ == "__main__":
    main()
