"""Work waits its turn, leaves when it is not wanted, and never holds up the loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from bot.imaging.threads import Threads


class Gate:
    """Work that says when it begins, and goes on when it is let through."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self._open = threading.Event()
        self._loop = asyncio.get_running_loop()

    def work(self, result: str = "done") -> str:
        """What a thread does."""
        self._loop.call_soon_threadsafe(self.begun.set)
        if not self._open.wait(timeout=30):
            raise AssertionError("nobody opened the gate")
        return result

    def open(self) -> None:
        """Let the work go on."""
        self._open.set()


@pytest.fixture
async def threads() -> AsyncIterator[Threads]:
    """Two threads, closed in the end."""
    pool = Threads(2)
    yield pool
    await pool.close()


async def test_work_is_done_and_answered(threads: Threads) -> None:
    """Given some work, when it is run, then its result comes back, from another thread."""
    assert await threads.run(divmod, 7, 2) == (3, 1)
    assert await threads.run(threading.get_ident) != threading.get_ident()


async def test_a_failure_comes_back_too(threads: Threads) -> None:
    """Given work that fails, when it is run, then its error is raised, and a thread is free."""
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await threads.run(divmod, 1, 0)

    assert await threads.run(divmod, 7, 2) == (3, 1)


async def test_two_work_at_once_and_the_third_waits(threads: Threads) -> None:
    """Given three pieces of work, when two are under way, then the third begins after one."""
    gates = [Gate(), Gate(), Gate()]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(threads.run(gate.work)) for gate in gates]
        await gates[0].begun.wait()
        await gates[1].begun.wait()
        assert not gates[2].begun.is_set()

        gates[0].open()
        await gates[2].begun.wait()
        assert tasks[0].done()
        assert not tasks[1].done()
        gates[1].open()
        gates[2].open()


async def test_work_is_begun_in_the_order_of_asking() -> None:
    """Given one thread, when several ask, then they are served first come, first served."""
    pool, gate, order = Threads(1), Gate(), list[int]()
    async with asyncio.TaskGroup() as group:
        group.create_task(pool.run(gate.work))
        await gate.begun.wait()
        for number in range(5):
            group.create_task(pool.run(order.append, number))
        gate.open()

    assert order == [0, 1, 2, 3, 4]
    await pool.close()


async def test_who_is_cancelled_while_waiting_is_never_begun() -> None:
    """Given a caller that waits, when it is cancelled, then its work is not done at all."""
    pool, gate, done = Threads(1), Gate(), list[int]()
    async with asyncio.TaskGroup() as group:
        group.create_task(pool.run(gate.work))
        await gate.begun.wait()
        unwanted = group.create_task(pool.run(done.append, 1))
        wanted = group.create_task(pool.run(done.append, 2))
        await asyncio.sleep(0)
        unwanted.cancel()
        gate.open()
        await wanted

    assert done == [2]
    await pool.close()


async def test_who_is_cancelled_while_working_still_holds_its_thread() -> None:
    """Given a caller cancelled mid-way, when its thread still works, then no other begins."""
    pool, gate, next_gate = Threads(1), Gate(), Gate()
    async with asyncio.TaskGroup() as group:
        cancelled = group.create_task(pool.run(gate.work))
        await gate.begun.wait()
        following = group.create_task(pool.run(next_gate.work))
        cancelled.cancel()
        await asyncio.wait([cancelled])
        assert cancelled.cancelled()
        assert not next_gate.begun.is_set()

        gate.open()
        await next_gate.begun.wait()
        next_gate.open()
        assert await following == "done"
    await pool.close()


async def test_closing_waits_for_what_was_asked_for() -> None:
    """Given work under way and work waiting, when closed, then both are finished first."""
    pool, gate, done = Threads(1), Gate(), list[int]()
    async with asyncio.TaskGroup() as group:
        group.create_task(pool.run(gate.work))
        await gate.begun.wait()
        group.create_task(pool.run(done.append, 1))
        await asyncio.sleep(0)
        closing = group.create_task(pool.close())
        await asyncio.sleep(0)
        assert not closing.done()
        gate.open()
        await closing

        assert done == [1]


async def test_closing_waits_for_work_whose_caller_left() -> None:
    """Given a caller cancelled mid-way, when closed, then its thread is waited for all the same."""
    pool, gate = Threads(1), Gate()
    async with asyncio.TaskGroup() as group:
        cancelled = group.create_task(pool.run(gate.work))
        await gate.begun.wait()
        cancelled.cancel()
        await asyncio.wait([cancelled])
        closing = group.create_task(pool.close())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not closing.done()
        gate.open()


async def test_closed_threads_take_no_work() -> None:
    """Given closed threads, when work is asked for, then it is refused; closing again is fine."""
    pool = Threads()
    await pool.close()
    await pool.close()

    with pytest.raises(RuntimeError, match="after its threads were closed"):
        await pool.run(divmod, 7, 2)


async def test_the_loop_goes_on_while_threads_work(threads: Threads) -> None:
    """Given work that waits for the loop, when it is run, then the loop is there to let it on."""
    gate = Gate()
    async with asyncio.TaskGroup() as group:
        working = group.create_task(threads.run(gate.work, "through"))
        await gate.begun.wait()
        gate.open()

        assert await working == "through"
