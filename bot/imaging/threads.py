"""Threads for work on pixels, apart from the loop's own, which it shares with name look-ups.

Pillow lets go of the interpreter while it decodes, scales and encodes, so that two threads keep
two cores busy and the event loop free; processes were slower, for all the bytes that they copy.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Threads:
    """A few threads with a queue in front, so that what waits holds no thread and can leave.

    Args:
        count: How many pieces of work are under way at once.
    """

    def __init__(self, count: int = 2) -> None:
        self._count = count
        self._free = asyncio.Semaphore(count)
        self._executor = ThreadPoolExecutor(count, thread_name_prefix="pixels")
        self._closed = False

    async def run(
        self, work: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs
    ) -> Result:
        """Do the work in a thread, in the order of asking, and answer its result.

        A caller that is cancelled while it waits leaves the queue. One that is cancelled later
        returns at once, and its thread counts as busy until the work is really over.

        Raises:
            RuntimeError: The threads are closed.
        """
        if self._closed:
            raise RuntimeError("work on a picture was asked for after its threads were closed")
        loop = asyncio.get_running_loop()
        await self._free.acquire()
        try:
            begun = self._executor.submit(work, *args, **kwargs)
        except BaseException:
            self._free.release()
            raise

        def over(_: Future[Result]) -> None:
            # A loop that was closed without closing us has nobody left to tell.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._free.release)

        begun.add_done_callback(over)
        return await asyncio.wrap_future(begun)

    async def close(self) -> None:
        """Take no more work, and return when what was taken is over; safe to call twice."""
        self._closed = True
        taken = 0
        try:
            while taken < self._count:
                await self._free.acquire()
                taken += 1
        finally:
            self._executor.shutdown(wait=False)
            for _ in range(taken):
                self._free.release()
