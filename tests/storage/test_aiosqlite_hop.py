"""Whole functions on the connection's own thread."""

from __future__ import annotations

import asyncio
import sqlite3
import threading

import aiosqlite
import pytest

from bot.core.errors import Misconfigured
from bot.storage.aiosqlite_hop import UNDOCUMENTED, Hop


def connect() -> sqlite3.Connection:
    """A database in memory with a table of numbers."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE number (n INTEGER)")
    return connection


def count(connection: sqlite3.Connection) -> int:
    """How many numbers there are."""
    return int(connection.execute("SELECT count(*) FROM number").fetchone()[0])


async def test_functions_run_on_one_thread_that_is_not_ours() -> None:
    """SQLite's connections belong to the thread that opened them."""
    hop = await Hop.open(connect)

    threads = {await hop.run(lambda _: threading.get_ident()) for _ in range(3)}

    assert len(threads) == 1
    assert threads != {threading.get_ident()}
    await hop.close()


async def test_what_a_function_raises_reaches_its_caller() -> None:
    """And the thread goes on."""
    hop = await Hop.open(connect)

    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await hop.run(lambda connection: connection.execute("SELECT * FROM nowhere"))

    assert await hop.run(count) == 0
    await hop.close()


async def test_a_function_whose_caller_is_gone_runs_to_its_end() -> None:
    """What it began is there for the next one."""
    hop = await Hop.open(connect)
    may_go_on = threading.Event()

    def slow(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO number VALUES (1)")
        may_go_on.wait()
        connection.execute("INSERT INTO number VALUES (2)")

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await hop.run(slow)
    may_go_on.set()

    assert await hop.run(count) == 2
    await hop.close()


async def test_closing_waits_for_what_was_handed_over() -> None:
    """Nothing is cut off, and closing twice is closing once."""
    hop = await Hop.open(connect)
    done: list[int] = []
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await hop.run(lambda _: done.append(1))

    await hop.close()
    await hop.close()

    assert done == [1]
    with pytest.raises(ValueError, match="closed"):
        await hop.run(count)


def test_a_connection_that_cannot_be_opened_leaves_no_thread() -> None:
    """The error is the one that opening raised, and a program that ends with it ends quietly."""
    before = set(threading.enumerate())

    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        asyncio.run(Hop.open(lambda: sqlite3.connect("/nowhere/at/all.db")))

    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=10)
        assert not thread.is_alive()


async def test_a_release_without_the_name_fails_with_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before anything is opened."""
    monkeypatch.delattr(aiosqlite.Connection, UNDOCUMENTED)

    with pytest.raises(Misconfigured, match=r"^aiosqlite .* install the version"):
        await Hop.open(connect)


async def test_a_release_that_runs_functions_elsewhere_fails_with_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The name is there and means something else."""

    async def here(self: object, function: object, *args: object) -> object:
        assert callable(function)
        return function(*args)

    monkeypatch.setattr(aiosqlite.Connection, UNDOCUMENTED, here)

    with pytest.raises(Misconfigured, match=r"^aiosqlite .* install the version"):
        await Hop.open(lambda: sqlite3.connect(":memory:", check_same_thread=False))
