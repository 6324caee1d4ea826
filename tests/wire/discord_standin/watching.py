"""Looking into the stand-in, and waiting for what happens there."""

from __future__ import annotations

import io
import json
import time
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from tests.wire.discord_standin.handles import (
    DEADLINE_S,
    Attachment,
    Channel,
    Entry,
    Message,
    StandinError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import aiohttp

    from tests.wire.discord_standin.model import Json


class Watching:
    """Every wait ends in what was waited for, or in StandinError when its deadline has passed."""

    def __init__(self, session: aiohttp.ClientSession, addresses: Json) -> None:
        """Look into the stand-in at these addresses."""
        self._session = session
        self._control_url: str = addresses["control_url"]
        self.api_url: str = addresses["api_url"]
        self.gateway_url: str = addresses["gateway_url"]
        self.cdn_url: str = addresses["cdn_url"]
        self.token: str = addresses["token"]

    async def ready(self, times: int = 1, deadline: float = DEADLINE_S) -> Entry:
        """Wait until a bot has become ready that often, restarts included."""
        return await self.event("READY", times, deadline)

    async def event(self, name: str, times: int = 1, deadline: float = DEADLINE_S) -> Entry:
        """Wait for the nth gateway event of a name: READY, RESUMED, IDENTIFY, DISCONNECTED."""
        return await self.entry(f"event:{name}", lambda _: True, number=times, deadline=deadline)

    async def request(
        self, method: str, route: str, times: int = 1, deadline: float = DEADLINE_S
    ) -> Entry:
        """Wait for the nth answered REST request that fits (* crosses slashes)."""
        return await self.entry("rest", _fits(method, route), number=times, deadline=deadline)

    async def requests(self, method: str = "*", route: str = "*") -> list[Entry]:
        """The REST requests so far that fit."""
        return [each for each in await self.entries("rest") if _fits(method, route)(each)]

    async def message(
        self,
        channel: Channel,
        until: Callable[[Message], bool] | None = None,
        after: Message | None = None,
        deadline: float = DEADLINE_S,
    ) -> Message:
        """The first state of a bot's message in a channel (after another) that until accepts."""
        accepts = until or (lambda each: not each.loading and not each.deleted)
        past = after.revision if after else 0
        return await self.state(f"channel:{channel.id}", accepts, after=past, deadline=deadline)

    async def messages(self, channel: Channel) -> list[Message]:
        """How every message of a channel looks now, private and deleted ones included."""
        held = await self.control("messages", channel=channel.id)
        return [Message(each) for each in held["messages"]]

    async def look(self, message: Message) -> Message:
        """How a message looks now."""
        return Message(await self.control("look", message=message.id))

    async def download(self, file: Attachment | str) -> bytes:
        """The bytes behind an attachment or a link; StandinError where Discord says no."""
        url = file if isinstance(file, str) else file.url
        async with self._session.get(url) as response:
            if not response.ok:
                raise StandinError(f"GET {url} answered {response.status}")
            return await response.read()

    async def transcript(self) -> list[Entry]:
        """Every REST request and gateway event so far, in order."""
        return await self.entries("transcript")

    async def violations(self, *, forgive: bool = False) -> list[str]:
        """What no correct bot does, in sentences; forgive forgets it."""
        found = [_sentence(each) for each in await self.entries("violation")]
        if forgive:
            await self.control("forget", topic="violation")
        return found

    async def commands(self) -> Json:
        """The registered commands by scope, with counts of creates and overwrites."""
        return await self.control("commands")

    async def entries(self, topic: str) -> list[Entry]:
        """Everything so far under a topic of the journal."""
        return await self._since(topic, 0, 0)

    async def entry(
        self,
        topic: str,
        until: Callable[[Entry], bool],
        *,
        number: int = 1,
        after: int = 0,
        deadline: float = DEADLINE_S,
    ) -> Entry:
        """Wait for the nth line under a topic that until accepts."""
        ends = time.monotonic() + deadline
        seen: list[Entry] = []
        found = 0
        while True:
            left = ends - time.monotonic()
            for entry in await self._since(topic, after, max(left, 0)):
                after = entry.number
                seen = [*seen[-4:], entry]
                found += until(entry)
                if found == number:
                    return entry
            if left <= 0:
                lines = "".join(f"\n  {each.kind} {each.data}"[:600] for each in seen)
                broken = "".join(f"\n  {each}" for each in await self.violations())
                raise StandinError(
                    f"not within {deadline} s under {topic!r}; last were:{lines or ' nothing'}"
                    f"\nviolations:{broken or ' none'}"
                )

    async def state(
        self,
        topic: str,
        until: Callable[[Message], bool],
        *,
        after: int = 0,
        deadline: float = DEADLINE_S,
    ) -> Message:
        """Wait for a bot's message under a topic to look as until wants."""

        def fits(entry: Entry) -> bool:
            return entry.kind == "message" and entry.by_bot and until(_state(entry))

        return _state(await self.entry(topic, fits, after=after, deadline=deadline))

    async def latest(self, topic: str) -> list[Message]:
        """The last state of each message under a topic."""
        states = [_state(each) for each in await self.entries(topic) if each.kind == "message"]
        return list({each.id: each for each in states}.values())

    async def control(self, verb: str, /, **wish: object) -> Json:
        """Call the control API."""
        # As a stream: aiohttp warns of large bodies given as bytes, and files are large.
        body = io.BytesIO(json.dumps(wish).encode())
        async with self._session.post(f"{self._control_url}/{verb}", data=body) as response:
            answer: Json = await response.json()
        if not response.ok:
            raise StandinError(answer["error"])
        return answer

    async def _since(self, topic: str, after: int, seconds: float) -> list[Entry]:
        answer = await self.control("entries", topic=topic, after=after, seconds=seconds)
        return [Entry(**each) for each in answer["entries"]]


def _state(entry: Entry) -> Message:
    return Message(entry.data, entry.number)


def _fits(method: str, route: str) -> Callable[[Entry], bool]:
    return lambda each: fnmatchcase(each.method, method) and fnmatchcase(each.path, route)


def _sentence(entry: Entry) -> str:
    where = " ".join(str(entry.data[key]) for key in ("method", "path") if key in entry.data)
    return f"{where}: {entry.sentence}" if where else str(entry.sentence)
