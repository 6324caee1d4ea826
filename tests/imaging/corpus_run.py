"""A process that takes in every file of a folder at once, and tells what that cost.

Run as `python -m tests.imaging.corpus_run folder`; it prints one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from pathlib import Path

from bot.core.errors import BadPicture
from bot.imaging.pillow import PillowImaging
from tests.imaging.cases import MAX_BYTES, MAX_EDGE

BEAT = 0.002
"""Seconds between two looks at the clock."""


def most_memory() -> float:
    """MiB that this process has had at most."""
    status = Path("/proc/self/status")
    if status.exists():
        # Where there is this file, what `resource` says begins with what the parent had.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / 1024**2 if sys.platform == "darwin" else used / 1024


class Heart:
    """Beats in the event loop, and knows the longest time that it was kept from it.

    A gap counts as far as this process worked in it: what a busy machine did to us all is not
    our fault.
    """

    def __init__(self) -> None:
        self.longest = 0.0
        self.beats = 0
        self._loop = asyncio.get_running_loop()
        self._last = time.perf_counter(), time.process_time()
        self._next = self._loop.call_later(BEAT, self._beat)

    def _beat(self) -> None:
        now = time.perf_counter(), time.process_time()
        gap = min(now[0] - self._last[0], now[1] - self._last[1])
        self.longest = max(self.longest, gap)
        self.beats += 1
        self._last = now
        self._next = self._loop.call_later(BEAT, self._beat)

    def stop(self) -> None:
        """Beat no more."""
        self._next.cancel()


async def outcome(imaging: PillowImaging, file: Path) -> list[object]:
    """Format and size of what came out, or what its owner reads."""
    try:
        done = await imaging.prepare(file.read_bytes(), max_edge=MAX_EDGE, max_bytes=MAX_BYTES)
    except BadPicture as refusal:
        return [refusal.say()]
    return [done.format.value, done.size.width, done.size.height, len(done.data)]


async def main(folder: Path) -> None:
    """Take in all files at once."""
    imaging = PillowImaging()
    files = sorted(folder.iterdir())
    await outcome(imaging, files[0])
    before = most_memory()
    heart = Heart()
    async with asyncio.TaskGroup() as group:
        tasks = {file.name: group.create_task(outcome(imaging, file)) for file in files}
    heart.stop()
    await imaging.close()
    result = {
        "outcomes": {name: task.result() for name, task in tasks.items()},
        "grown": most_memory() - before,
        "longest": heart.longest,
        "beats": heart.beats,
    }
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
