"""Remove what nobody will ask for any more: files that no request names."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.jobs import Job, State
from bot.core.ports import Clock, Vault
from bot.core.stores import Store

EVERY = timedelta(hours=1)

KEEP_INPUTS = timedelta(days=30)
"""How long a request that was drawn from pictures can be repeated."""

KEEP_RESULTS = timedelta(days=30)
"""How long pictures that could not be posted anywhere are offered to their author."""


class Sweep:
    """Goes round once an hour."""

    def __init__(self, *, store: Store, vault: Vault, clock: Clock) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            await self.once()
            await self._clock.sleep_until(self._clock.now() + EVERY)

    async def once(self) -> int:
        """Remove every file that is not needed; answers how many."""
        now = self._clock.now()
        in_use = await self._store.files_in_use(now - KEEP_INPUTS, now - KEEP_RESULTS)
        strays = await self._vault.stray(in_use, now)
        for name in strays:
            await self._vault.drop(name)
        return len(strays)


def kept_until(job: Job, now: datetime) -> datetime | None:
    """When the pictures of a request that could not be posted are let go of; None if not kept."""
    if job.state is not State.KEPT or job.finished_at is None:
        return None
    until = job.finished_at + KEEP_RESULTS
    return until if until > now else None
