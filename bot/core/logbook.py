"""What stands in the log channel of a server, and the port that it is posted through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.guilds import Change
from bot.core.jobs import Job, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A request that came to its end.

    Attributes:
        seen_at: The message that shows the outcome to the server; None where there is none.
        public: Whether that message shows the prompt.
    """

    job: Job
    seen_at: Place | None
    public: bool


Line = Ended | Change | str
"""A string is said as it is."""


class Logbook(Protocol):
    """The log channels of servers."""

    async def log(self, guild_id: int, channel_id: int, lines: Sequence[Line]) -> int:
        """Post one message with the first of the lines, which calls nobody.

        Returns:
            How many of them it holds; at least one.

        Raises:
            PostingFailed: It is not posted.
        """
        ...
