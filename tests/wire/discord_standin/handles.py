"""What tests hold in their hands: people, places, messages, interactions and faults."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.wire.discord_standin import components
from tests.wire.discord_standin import rules_components as kinds
from tests.wire.discord_standin.model import Flag, Json

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.wire.discord_standin.client import Standin

DEADLINE_S = 60.0


class StandinError(AssertionError):
    """The stand-in cannot do what the test asks, or what the test waits for did not happen."""


class Thing:
    """Anything with an id; equal things have equal ids."""

    def __init__(self, thing_id: str) -> None:
        """Hold the id."""
        self.id = thing_id

    def __eq__(self, other: object) -> bool:
        """Whether it is the same thing."""
        return isinstance(other, type(self)) and other.id == self.id

    def __hash__(self) -> int:
        """By id."""
        return hash(self.id)

    def __repr__(self) -> str:
        """For messages of failing tests."""
        return f"<{type(self).__name__} {self.id}>"


class User(Thing):
    """A person."""

    @property
    def mention(self) -> str:
        """How messages ping them."""
        return f"<@{self.id}>"


class Guild(Thing):
    """A server."""


class Channel(Thing):
    """A channel of a guild, or a direct one."""


class Role(Thing):
    """A role of a guild."""


@dataclass(frozen=True)
class File:
    """A file to give to a command, a modal or a message."""

    filename: str
    data: bytes
    content_type: str | None = None


@dataclass(frozen=True)
class Attachment:
    """A posted file; url is a signed link that expires."""

    id: str
    filename: str
    size: int
    url: str
    content_type: str | None
    width: int | None
    height: int | None
    description: str | None
    spoiler: bool


class Message(Thing):
    """A message as it looked at one moment; revision orders such moments."""

    def __init__(self, snapshot: Json, revision: int = 0) -> None:
        """Take what the control API tells."""
        self.raw: Json = snapshot["message"]
        self.deleted: bool = snapshot["deleted"]
        self.by_bot: bool = snapshot["by_bot"]
        self.revision = revision
        super().__init__(self.raw["id"])

    @property
    def channel(self) -> Channel:
        """Where it is."""
        return Channel(self.raw["channel_id"])

    @property
    def content(self) -> str:
        """The content field alone."""
        return str(self.raw["content"])

    @property
    def text(self) -> str:
        """Every word in it: content, text displays, embeds."""
        embeds = [(each.get("title"), each.get("description")) for each in self.raw["embeds"]]
        parts = [self.content, components.words(self.raw["components"])]
        parts += [part for pair in embeds for part in pair if part]
        return "\n".join(part for part in parts if part)

    @property
    def flags(self) -> Flag:
        """Message flags."""
        return Flag(self.raw["flags"])

    @property
    def ephemeral(self) -> bool:
        """Only the person who asked sees it."""
        return Flag.EPHEMERAL in self.flags

    @property
    def loading(self) -> bool:
        """Still the bot's "is thinking"."""
        return Flag.LOADING in self.flags

    @property
    def components(self) -> list[Json]:
        """Every component, however deep."""
        return list(components.walk(self.raw["components"]))

    @property
    def buttons(self) -> list[str]:
        """The labels of its buttons (custom_id where there is no label)."""
        found = [each for each in self.components if each["type"] == kinds.BUTTON]
        return [each.get("label") or each.get("custom_id", "") for each in found]

    @property
    def pictures(self) -> list[Json]:
        """The media of its galleries and thumbnails, resolved."""
        galleries = [item for each in self.components for item in each.get("items", [])]
        return [each["media"] for each in [*galleries, *self.components] if "media" in each]

    @property
    def attachments(self) -> list[Attachment]:
        """The files it holds."""
        return [_attachment(each) for each in self.raw["attachments"]]

    @property
    def pings(self) -> list[str]:
        """The ids of users and roles it pings, and "everyone"."""
        everyone = ["everyone"] if self.raw["mention_everyone"] else []
        users = [str(each["id"]) for each in self.raw["mentions"]]
        return [*users, *self.raw["mention_roles"], *everyone]


@dataclass(frozen=True)
class Acknowledgement:
    """The first answer to an interaction; ms is counted from its dispatch."""

    type: int
    ms: float
    data: Json

    @property
    def ephemeral(self) -> bool:
        """Whether the answer is private."""
        return bool((self.data.get("flags") or 0) & Flag.EPHEMERAL)


@dataclass(frozen=True)
class Entry:
    """One line of the transcript: kind is rest, cdn, gateway, fault, message, ack or violation."""

    number: int
    time: float
    kind: str
    data: Json = field(repr=False)

    def __getattr__(self, name: str) -> Any:
        """The fields of the line: entry.method, entry.status, and so on."""
        try:
            return self.data[name]
        except KeyError:
            raise AttributeError(name) from None


class Interaction(Thing):
    """One act of a person."""

    def __init__(self, standin: Standin, raw: Json) -> None:
        """Follow it through standin."""
        super().__init__(raw["id"])
        self._standin = standin
        self.token: str = raw["token"]
        self.payload: Json = raw["payload"]

    async def acknowledged(self, deadline: float = DEADLINE_S) -> Acknowledgement:
        """The first answer, once it has come."""
        entry = await self._standin.entry(
            f"interaction:{self.id}", lambda each: each.kind == "ack", deadline=deadline
        )
        return Acknowledgement(entry.type, entry.ms, entry.data["data"])

    async def choices(self, deadline: float = DEADLINE_S) -> list[Json]:
        """What autocomplete proposes."""
        answer = await self.acknowledged(deadline)
        return list(answer.data["choices"])

    async def message(
        self,
        until: Callable[[Message], bool] | None = None,
        deadline: float = DEADLINE_S,
    ) -> Message:
        """The first state of any of its messages that until accepts.

        Without until: the first that is there and no longer loading.
        """
        accepts = until or (lambda each: not each.loading and not each.deleted)
        return await self._standin.state(f"interaction:{self.id}", accepts, deadline=deadline)

    async def messages(self) -> list[Message]:
        """How its messages look now, oldest first."""
        return await self._standin.latest(f"interaction:{self.id}")

    async def submit(self, values: dict[str, object]) -> Interaction:
        """Fill in the modal it was answered with; keys are custom ids or labels."""
        return await self._standin.submit_modal(self, values)


class Fault(Thing):
    """A rule that makes trouble."""

    def __init__(self, standin: Standin, fault_id: int) -> None:
        """Follow it through standin."""
        super().__init__(str(fault_id))
        self._standin = standin

    async def struck(self, times: int = 1, deadline: float = DEADLINE_S) -> None:
        """Return once it has struck that often; a held request is held by then."""
        topic = f"fault:{self.id}"
        await self._standin.entry(topic, lambda _: True, number=times, deadline=deadline)

    async def release(self) -> None:
        """Let the held requests go on, and drop the rule."""
        await self._standin.control("release", id=int(self.id))


def _attachment(raw: Json) -> Attachment:
    return Attachment(
        id=raw["id"],
        filename=raw["filename"],
        size=raw["size"],
        url=raw["url"],
        content_type=raw.get("content_type"),
        width=raw.get("width"),
        height=raw.get("height"),
        description=raw.get("description"),
        spoiler=bool(raw.get("flags", 0) & 8),
    )
