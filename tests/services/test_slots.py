"""Slots bound how many pictures are drawn at once."""

from __future__ import annotations

import asyncio

from bot.services.slots import Slots


async def test_slots_let_as_many_pass_as_there_are() -> None:
    """Four slots are taken at once; the fifth waits until one is given back."""
    slots = Slots(4)
    await slots.take(4)
    async with asyncio.TaskGroup() as group:
        fifth = group.create_task(slots.take(1))
        await asyncio.sleep(0)
        assert not fifth.done()

        await slots.give(1)

    assert fifth.done()


async def test_a_request_for_more_pictures_than_slots_gets_all_of_them() -> None:
    """Ten pictures on four slots occupy four, or they could never be drawn."""
    slots = Slots(4)

    assert slots.share(10) == 4
    assert slots.share(3) == 3


async def test_slots_are_idle_once_everything_is_given_back() -> None:
    """Nothing leaks over many turns."""
    slots = Slots(3)

    for wanted in (1, 2, 3, 1):
        await slots.take(wanted)
        await slots.give(wanted)

    assert slots.idle


async def test_a_waiter_that_is_cancelled_takes_nothing() -> None:
    """A stop while waiting for a slot leaves the slots whole."""
    slots = Slots(1)
    await slots.take(1)
    async with asyncio.TaskGroup() as group:
        waiter = group.create_task(slots.take(1))
        await asyncio.sleep(0)
        waiter.cancel()

    await slots.give(1)

    assert slots.idle
