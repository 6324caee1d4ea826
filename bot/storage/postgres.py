"""The store on PostgreSQL: one database for as many processes as like.

The transactions are those of SQLite, run on threads. Where SQLite has one writer, rows are locked:
claims wait for the one row of `sched`, what belongs to a server for its lane.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TypeVar

from bot.core.stores import Recovered
from bot.storage.postgres_pool import Pool
from bot.storage.transaction import Transaction
from bot.storage.transactional import TransactionalStore
from bot.storage.transactions import lanes, recover

Result = TypeVar("Result")


class PostgresStore(TransactionalStore):
    """`core.stores.Store` on a server.

    Args:
        pool: The database; the store opens it and closes it.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    alone = False

    async def open(self) -> None:
        """Bring the schema up to date and connect.

        Raises:
            Misconfigured: The database cannot be used; the sentence says why.
        """
        await self._pool.open()

    async def close(self) -> None:
        """Finish what was handed over and disconnect; safe to call twice."""
        await self._pool.close()

    def described(self) -> str:
        """Where it is, and which release of PostgreSQL."""
        return self._pool.described()

    async def listen(self, changed: Callable[[], None]) -> None:
        """Call it whenever some process changed what others may wait for.

        Raises:
            Unavailable: The connection is lost, or cannot be had.
        """
        await self._pool.listen(changed)

    async def scrub(self) -> None:
        """The server overwrites what was deleted when it cleans up, which it does by itself."""

    async def recover(
        self, now: datetime, *, repeat: bool, held: Collection[int] | None = None
    ) -> Recovered:
        """As `core.stores.Queue` says; a job is left alone while its lease lasts.

        Other processes may be drawing: which of them are gone is told by nothing else.
        """
        recovered = await self._write(recover.recover, now, repeat=repeat, held=held or ())
        if held is None:
            await self._write(lanes.rederive)
        return recovered

    async def _run(
        self, name: str, body: Callable[[Transaction], Result], *, write: bool
    ) -> Result:
        return await self._pool.run(name, body, write=write)
