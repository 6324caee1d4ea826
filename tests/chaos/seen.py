"""What can be seen in Discord: every message of the bot's, how it looks, and how it looked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.wire.discord_standin import Entry, Message, Standin

BUTTON = re.compile(r"(?P<action>[a-z]+):(?P<job>\d+):\d+(?::\d+)?")
FILE = re.compile(r"(?:SPOILER_)?easel-(?P<job>\d+)-(?P<number>\d+)\.\w+")

LONGEST_POLL_S = 5.0


@dataclass
class Sight:
    """One message.

    Attributes:
        now: How it looks.
        jobs: Requests that it has ever had buttons of.
        asked: The interaction that it answers, if any.
        states: When it changed, in seconds since 1970, and to what.
    """

    now: Message
    asked: str = ""
    jobs: set[int] = field(default_factory=set)
    states: list[tuple[float, str]] = field(default_factory=list)

    @property
    def files(self) -> list[tuple[int, int, str]]:
        """Pictures in it: the request, the number of the picture, the link."""
        found = ((FILE.fullmatch(file.filename), file.url) for file in self.now.attachments)
        return [(int(match["job"]), int(match["number"]), url) for match, url in found if match]

    @property
    def is_open(self) -> bool:
        """Whether it says that a request waits or is drawn."""
        return not self.now.deleted and any(
            action == "cancel" for action, _, _ in buttons(self.now)
        )


class Seen:
    """Follows all messages while a run lasts."""

    def __init__(self, discord: Standin) -> None:
        self._discord = discord
        self._after = 0
        self.sights: dict[str, Sight] = {}

    async def follow(self) -> None:
        """Take in whatever changes, until cancelled."""
        while True:
            await self.catch_up(LONGEST_POLL_S)

    async def catch_up(self, seconds: float = 0.0) -> None:
        """Take in what has changed, after waiting for a change for so long."""
        answer = await self._discord.control(
            "entries", topic="message", after=self._after, seconds=seconds
        )
        for raw in answer["entries"]:
            entry = Entry(**raw)
            self._after = max(self._after, entry.number)
            if entry.by_bot:
                self._take_in(entry)

    def _take_in(self, entry: Entry) -> None:
        message = Message(entry.data, entry.number)
        sight = self.sights.setdefault(message.id, Sight(message))
        sight.now = message
        sight.asked = sight.asked or entry.interaction_id
        sight.jobs |= {job for _, job, _ in buttons(message)}
        sight.jobs |= {job for job, _, _ in sight.files}
        sight.states.append((entry.time, _described(message)))

    def pressable(self, *actions: str, private: bool = False) -> list[tuple[Message, str, int]]:
        """Buttons with these actions in standing messages: message, custom id, request."""
        return [
            (sight.now, custom_id, job)
            for sight in self.sights.values()
            if not sight.now.deleted and sight.now.ephemeral == private
            for action, job, custom_id in buttons(sight.now)
            if action in actions
        ]


def buttons(message: Message) -> Iterator[tuple[str, int, str]]:
    """What can be pressed under a message: the action, the request, the custom id."""
    for each in message.components:
        custom_id = each.get("custom_id") or ""
        found = BUTTON.fullmatch(custom_id)
        if found and not each.get("disabled"):
            yield found["action"], int(found["job"]), custom_id


def _described(message: Message) -> str:
    flags = [
        name
        for name, given in (
            ("deleted", message.deleted),
            ("private", message.ephemeral),
            ("thinking", message.loading),
        )
        if given
    ]
    files = [file.filename for file in message.attachments]
    words = " / ".join(message.text.split("\n"))[:160]
    return f"message {message.id} {' '.join(flags)} {words!r} {files} {message.buttons}"
