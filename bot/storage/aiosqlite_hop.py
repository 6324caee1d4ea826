"""A SQLite connection with a thread of its own, on which whole functions run in one hop.

aiosqlite owns the connection and the thread. What it documents is one hop for each statement; to
run a function there, this file, and no other, uses one name that it does not document. It makes
sure of it when a connection opens, so that a release without it fails with one sentence.
"""

from __future__ import annotations

import inspect
import sqlite3
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import aiosqlite

from bot.core.errors import Misconfigured

Result = TypeVar("Result")

UNDOCUMENTED = "_execute"


class Hop:
    """One connection and its thread.

    A function that was handed over runs to its end, whether or not its caller still waits.
    """

    def __init__(self, connection: aiosqlite.Connection, raw: sqlite3.Connection) -> None:
        self._connection = connection
        self._raw = raw

    @classmethod
    async def open(cls, connect: Callable[[], sqlite3.Connection]) -> Hop:
        """Connect on a new thread.

        Raises:
            Misconfigured: This release of aiosqlite cannot be used.
            sqlite3.Error: What `connect` raised.
        """
        _check_name()
        opener = _Opener(connect)
        connection = await aiosqlite.Connection(opener, iter_chunk_size=1)
        hop = cls(connection, opener.connection)
        try:
            await hop._check(opener)
        except BaseException:
            await hop.close()
            raise
        return hop

    async def run(self, function: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run it on the connection's thread; answers or raises what it does.

        Raises:
            ValueError: The connection is closed.
        """
        execute: Any = getattr(self._connection, UNDOCUMENTED)
        result: Result = await execute(function, self._raw)
        return result

    async def _check(self, opener: _Opener) -> None:
        if opener.problem is not None:
            raise opener.problem
        if await self.run(lambda _: threading.get_ident()) != opener.thread:
            raise Misconfigured((_sentence(),))

    async def close(self) -> None:
        """Run what was handed over, then disconnect; safe to call twice."""
        await self._connection.close()


class _Opener:
    """Connects on the thread it is called on, and remembers what came of it.

    It never raises: aiosqlite leaves a thread behind that nobody waits for when connecting fails,
    and a program that then ends prints that thread's traceback.
    """

    connection: sqlite3.Connection
    thread: int
    problem: sqlite3.Error | None = None

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect

    def __call__(self) -> sqlite3.Connection:
        self.thread = threading.get_ident()
        try:
            self.connection = self._connect()
        except sqlite3.Error as problem:
            self.problem = problem
            self.connection = sqlite3.connect(":memory:")
        return self.connection


def _check_name() -> None:
    if not inspect.iscoroutinefunction(getattr(aiosqlite.Connection, UNDOCUMENTED, None)):
        raise Misconfigured((_sentence(),))


def _sentence() -> str:
    return (
        f"aiosqlite {aiosqlite.__version__} does not run functions through "
        f"Connection.{UNDOCUMENTED} as version 0.22 does; install the version that "
        "requirements.lock names."
    )
