"""A loop that is held up is seen to be."""

from __future__ import annotations

import asyncio

from bot.ops.looplag import LoopLag


class Seen:
    """What was measured, to be waited for."""

    def __init__(self) -> None:
        self.lags: asyncio.Queue[float] = asyncio.Queue()

    def __call__(self, lag: float) -> None:
        self.lags.put_nowait(lag)


def block(seconds: float) -> None:
    """Hold the loop up, as a long computation would."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end:
        pass


async def test_a_lag_is_measured_again_and_again() -> None:
    """Given a loop at work, when it is watched, then each measurement is told, none negative."""
    seen = Seen()
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(LoopLag(seen, every=0.001).run())
        lags = [await seen.lags.get() for _ in range(5)]
        watching.cancel()

    assert all(lag >= 0 for lag in lags)


async def test_a_loop_that_was_held_up_is_told_by_how_much() -> None:
    """Given a loop held up past a measurement, when it is free, then the lag is that long."""
    seen = Seen()
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(LoopLag(seen, every=0.001).run())
        await seen.lags.get()
        await asyncio.sleep(0)
        block(0.08)
        while (lag := await seen.lags.get()) < 0.05:
            pass
        watching.cancel()

    assert lag >= 0.05


async def test_it_stops_when_it_is_cancelled() -> None:
    """Given a loop that is watched, when the watching is cancelled, then it ends at once."""
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(LoopLag(lambda _: None, every=3600).run())
        await asyncio.sleep(0)
        watching.cancel()

    assert watching.cancelled()
