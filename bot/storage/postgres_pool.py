"""Connections to one PostgreSQL database, and the threads on which whole functions run on them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import psycopg
from psycopg import errors
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from bot.core.errors import Unavailable
from bot.storage import postgres_migrate, statements
from bot.storage.postgres_connection import READ, WRITE, Connection, Cut, address, perform, set_up
from bot.storage.postgres_refusals import place, said, unusable
from bot.storage.transaction import Transaction

Result = TypeVar("Result")

SIZE = 4
"""Transactions at once in one process; claims wait for each other anyway."""

WAIT_S = 2.0
"""How long to wait for a connection. Members are answered within three seconds."""

TRIES = SIZE + 1
"""How often a transaction is tried that was undone for the sake of another one.

After a restart of the server that is a new connection, even if all others were lost.
"""

OURS = (psycopg.IntegrityError, psycopg.ProgrammingError, psycopg.DataError)
"""Mistakes of ours, to be seen as such; what else psycopg raises is trouble with the server."""

AGAIN = (errors.DeadlockDetected, errors.SerializationFailure, Cut)


class Pool:
    """One database, for as many processes as like.

    A function that was handed over runs to its end, whether or not its caller still waits.

    Args:
        url: The address, as libpq takes it.
        setting: The setting that chose it: sentences for the operator name it.
    """

    def __init__(self, url: str, *, setting: str = "DATABASE_URL") -> None:
        self._url = url
        self._setting = setting
        self._statements = statements.for_postgres()
        self._release = ""
        self._connections: ConnectionPool[Connection] | None = None
        self._threads: ThreadPoolExecutor | None = None

    async def open(self) -> None:
        """Bring the schema up to date and connect; does nothing where that was done.

        Raises:
            Misconfigured: The database cannot be used; the sentence says why.
        """
        if self._connections is not None:
            return
        threads = ThreadPoolExecutor(SIZE, thread_name_prefix="postgres")
        loop = asyncio.get_running_loop()
        try:
            self._connections = await loop.run_in_executor(threads, self._connect)
        except BaseException:
            threads.shutdown(wait=False)
            raise
        self._threads = threads

    async def close(self) -> None:
        """Finish what was handed over, then disconnect; safe to call twice."""
        threads, self._threads = self._threads, None
        if threads is not None:
            await asyncio.to_thread(threads.shutdown)
        connections, self._connections = self._connections, None
        if connections is not None:
            await asyncio.to_thread(connections.close)

    async def run(self, name: str, body: Callable[[Transaction], Result], *, write: bool) -> Result:
        """Run one transaction on a thread of its own.

        Args:
            name: What is called, for the sentence of an error.
            body: Commits by returning, rolls back by raising; run again after a deadlock.
            write: Otherwise it can change nothing.

        Raises:
            Unavailable: The server cannot be used now.
        """
        if self._threads is None:
            raise Unavailable(f"{name}: the store is not open")
        loop = asyncio.get_running_loop()
        # Shielded: a caller that is cancelled would take back what no thread has begun yet.
        return await asyncio.shield(
            loop.run_in_executor(self._threads, self._perform, name, body, write)
        )

    def described(self) -> str:
        """Where it is, and which release of PostgreSQL; of an open one."""
        return f"{place(self._url)} can be written, PostgreSQL {self._release}"

    async def listen(self, changed: Callable[[], None]) -> None:
        """Call it whenever some process changed what others may wait for; ends only by raising.

        Raises:
            Unavailable: The connection is lost, or cannot be had.
        """
        try:
            connection = await psycopg.AsyncConnection.connect(
                **address(self._url), autocommit=True
            )
            async with connection:
                await connection.execute("LISTEN easel")
                changed()  # whatever happened before, nobody heard
                async for _ in connection.notifies():
                    changed()
        except psycopg.Error as problem:
            raise Unavailable(f"listening: {said(problem, self._url)}") from None
        raise Unavailable("listening: the connection was closed")

    def _connect(self) -> ConnectionPool[Connection]:
        postgres_migrate.apply(self._url, setting=self._setting)
        connections = ConnectionPool(
            kwargs={**address(self._url), "autocommit": True, "row_factory": dict_row},
            connection_class=psycopg.Connection,
            configure=set_up,
            min_size=1,
            max_size=SIZE,
            timeout=WAIT_S,
            name="easel",
            open=False,
        )
        try:
            connections.open(wait=True, timeout=WAIT_S)
            with connections.connection() as connection:
                perform(connection, {}, WRITE, lambda _: None)
                self._release = connection.info.parameter_status("server_version") or ""
        except psycopg.Error as problem:
            connections.close()
            raise unusable(problem, self._url, self._setting) from None
        return connections

    def _perform(self, name: str, body: Callable[[Transaction], Result], write: bool) -> Result:
        try:
            for _ in range(TRIES - 1):
                try:
                    return self._once(body, write)
                except AGAIN:
                    continue
            return self._once(body, write)
        except OURS as bug:
            # Not with the detail: it shows the row, and with it prompts and tokens.
            raise type(bug)(f"{name}: {bug.diag.message_primary or type(bug).__name__}") from None
        except psycopg.Error as problem:
            raise Unavailable(f"{name}: {said(problem, self._url)}") from None

    def _once(self, body: Callable[[Transaction], Result], write: bool) -> Result:
        assert self._connections is not None
        with self._connections.connection() as connection:
            return perform(connection, self._statements, WRITE if write else READ, body)
