"""Tell the log channel of each server what ended in it, and who changed what.

Lines are gathered for a few seconds and posted together. What was gathered when the process ends is
not posted any more: the log is for people to read along, and the audit and the ledger are what can
be relied on.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.delivery import Route
from bot.core.errors import Busy, Gone, InvalidRequest, PostingFailed, Unavailable
from bot.core.events import Cancelled, Delivered, Event, Events, Happening, Kept
from bot.core.jobs import DIRECT, State
from bot.core.logbook import Ended, Line, Logbook
from bot.core.ports import Clock
from bot.core.stores import Store

EVERY = timedelta(seconds=5)

MESSAGES = 5
"""For one server in one round; Discord takes about one a second in a channel."""

MOST_WAITING = 500
"""Lines of one server that wait to be posted; older ones are left out."""

LEFT_ALONE = timedelta(minutes=10)
"""How long a channel that cannot be written to is not tried again."""

READ = 200
"""Changes that are read at once."""

FOLLOWED = "tell_log.audit"
"""The fact that says which change was told last."""

GREETING = "Each request that ends, and each change of limits and settings, leaves a line here."


class TellLog:
    """Listens to what happens, and follows the audit.

    Args:
        book: The channels.
        report: Told once of each channel that cannot be written to.
    """

    def __init__(
        self,
        *,
        store: Store,
        book: Logbook,
        clock: Clock,
        events: Events,
        report: Callable[[str, BaseException], None],
    ) -> None:
        self._store = store
        self._book = book
        self._clock = clock
        self._report = report
        self._ended: list[Event] = []
        self._lines: dict[int, deque[Line]] = defaultdict(lambda: deque(maxlen=MOST_WAITING))
        self._closed: dict[int, tuple[int, datetime]] = {}
        events.listen(self._heard)

    async def run(self) -> None:
        """Post until cancelled."""
        while True:
            try:
                await self.once()
            except Unavailable as locked:
                self._report("log channels", locked)
            await self._clock.sleep_until(self._clock.now() + EVERY)

    async def once(self) -> None:
        """One round: what was heard, and what was changed since the last one."""
        await self._gather_changes()
        ended, self._ended = self._ended, []
        for event in ended:
            await self._gather(event)
        for guild_id in tuple(self._lines):
            await self._post(guild_id)

    def trouble(self, guild_id: int, channel_id: int) -> bool:
        """Whether the log channel of a server could not be written to when that was tried last."""
        return guild_id in self._closed and self._closed[guild_id][0] == channel_id

    async def greet(self, guild_id: int, channel_id: int) -> None:
        """Write into a channel that is to be the log, to see whether that can be done.

        Raises:
            InvalidRequest: It cannot.
        """
        try:
            await self._book.log(guild_id, channel_id, [GREETING])
        except Busy as busy:
            raise InvalidRequest("Discord did not answer. Please try again in a moment.") from busy
        except PostingFailed as refused:
            raise InvalidRequest(
                f"I may not write in <#{channel_id}>: I need the permissions “View Channel” and "
                "“Send Messages” there. Nothing was changed."
            ) from refused
        self._closed.pop(guild_id, None)

    def _heard(self, event: Happening) -> None:
        if isinstance(event, Delivered | Kept | Cancelled) and event.guild_id != DIRECT:
            self._ended.append(event)

    async def _gather_changes(self) -> None:
        followed = await self._store.recall(FOLLOWED)
        number = None if followed is None else int(followed)
        changes = await self._store.audit_after(number, READ)
        if changes or number is None:
            # Written down first: a line is rather missing than there twice.
            await self._store.remember(FOLLOWED, str(changes[-1].id if changes else 0))
        for change in changes if number is not None else ():
            self._lines[change.guild_id].append(change)

    async def _gather(self, event: Event) -> None:
        job = await self._store.job(event.job_id)
        if job is None:
            return
        if job.state is State.CANCELLED and not isinstance(event, Cancelled):
            return  # said when it was cancelled
        place = None
        if isinstance(event, Delivered):
            if event.route != Route.DIRECT:
                place = replace(job.place, message_id=event.message_id)
        elif isinstance(event, Cancelled) and job.place.message_id is not None:
            place = job.place
        public = place is not None and job.state is State.DELIVERED
        self._lines[event.guild_id].append(Ended(job=job, seen_at=place, public=public))

    async def _post(self, guild_id: int) -> None:
        lines = self._lines[guild_id]
        channel_id = (await self._store.policy(guild_id)).chosen.log_channel
        if channel_id is None or self._is_closed(guild_id, channel_id):
            del self._lines[guild_id]
            return
        try:
            for _ in range(MESSAGES):
                if not lines:
                    break
                for _ in range(await self._book.log(guild_id, channel_id, tuple(lines))):
                    lines.popleft()
        except Busy:
            return  # the next round may have better luck
        except PostingFailed as refused:
            self._close(guild_id, channel_id, refused)
        else:
            self._closed.pop(guild_id, None)
        if not lines:
            del self._lines[guild_id]

    def _is_closed(self, guild_id: int, channel_id: int) -> bool:
        known, until = self._closed.get(guild_id, (channel_id, self._clock.now()))
        return known == channel_id and until > self._clock.now()

    def _close(self, guild_id: int, channel_id: int, refused: PostingFailed) -> None:
        if not self.trouble(guild_id, channel_id):
            why = "is gone" if isinstance(refused, Gone) else "may not be written to"
            told = Unavailable(f"the log channel {channel_id} of server {guild_id} {why}")
            self._report("log channel", told)
        self._closed[guild_id] = (channel_id, self._clock.now() + LEFT_ALONE)
        self._lines[guild_id].clear()
