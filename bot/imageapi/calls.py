"""What a dialect and the client say to each other: calls, answers, and the dialect itself."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from bot.core.images import ImageRequest
    from bot.core.models import Model
    from bot.core.ports import Inputs
    from bot.core.pricing import Usage
    from bot.imageapi.providers import Provider
    from bot.imageapi.sse import Event


PIECE = 2**18
"""Bytes that are handed to a socket at once: as much as may be held twice."""


class Body:
    """What is sent: it can be taken once, piece by piece, and what was taken is let go.

    A drawing takes minutes, and the pictures that it starts from are needed for the first second.

    Args:
        chunks: To be sent one after the other. None is copied.
    """

    def __init__(self, *chunks: bytes) -> None:
        self.size = self._left = sum(map(len, chunks))
        self._chunks = deque(chunks)

    @property
    def taken(self) -> bool:
        """Whether its last piece was handed over. Until then, nobody can have all of it."""
        return not self._left

    def __iter__(self) -> Iterator[memoryview]:
        while self._chunks:
            chunk = memoryview(self._chunks.popleft())
            for start in range(0, len(chunk), PIECE):
                piece = chunk[start : start + PIECE]
                self._left -= len(piece)
                yield piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a service is asked for: all that a dialect needs to write a call and to read its answer.

    Attributes:
        provider: Whose fields, paths and names for models are used.
        model: What draws, as the provider sells it.
        request: What is drawn; its count is that of this one call.
        stream: Whether to ask for partial pictures.
        author: What services know by whom it is asked for; empty where nobody is named.
    """

    provider: Provider
    model: Model
    request: ImageRequest
    stream: bool = False
    author: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP request, but for the host and the key, which the provider's file gives.

    Attributes:
        path: What follows the base URL, with its slash. After the first call also a whole address
            that the service gave: the client checks where it leads.
        body: Ready to be sent, whatever `Content-Type` says it is.
        watch: What to ask beside this call while it is under way, where that shows how it goes.
        cancel: What to send if nobody wants its answer any more; it is tried once.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=lambda: {"Accept": "application/json"})
    body: Body = field(default_factory=Body, repr=False)
    watch: Pending | None = None
    cancel: Call | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Where a picture can be fetched; written by the provider, so not to be trusted."""

    url: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a service gave: at least one picture.

    Attributes:
        pictures: Bytes of picture files, or links to them.
    """

    pictures: tuple[bytes | Link, ...] = field(repr=False)
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class Partial:
    """A picture on its way, never to be taken for the result."""

    picture: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One event of those that are an answer only together.

    Attributes:
        data: JSON. Once the stream is done, `answer` is given the list of all of them.
        progress: Percent, 0 to 100, where it is told.
        last: Whether nothing of the answer follows.
    """

    data: bytes = field(repr=False)
    progress: int | None = None
    last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """The service took the order and has not drawn it yet.

    Attributes:
        call: What to ask next; None is what was asked last. A GET is free: it is tried again
            whatever becomes of it, until the provider's time-out. Anything else is sent once.
        after: Seconds to wait before.
        progress: Percent, 0 to 100, where it is told.
        picture: A partial picture, where there is one.
        usage: What it takes, where that is told before the drawing is.
    """

    call: Call | None = None
    after: float = 2
    progress: int | None = None
    picture: bytes | None = field(default=None, repr=False)
    usage: Usage | None = None


class Dialect(Protocol):
    """A language that image services speak, as functions without I/O: a module implements it."""

    @property
    def PATHS(self) -> Mapping[str, str]:  # noqa: N802 - a constant of the module
        """Its paths, by what is done there; `{model}` stands for the provider's name of the model.

        A provider's file may give others for the same things. `models` is the list of models that
        `easel check` asks for; without one it asks for `/`.
        """
        ...

    @property
    def FIELDS(self) -> frozenset[str]:  # noqa: N802 - a constant of the module
        """Every field that it can send to have a picture drawn from words."""
        ...

    @property
    def EDIT_FIELDS(self) -> frozenset[str]:  # noqa: N802 - a constant of the module
        """Every field that it can send beside pictures that are edited; empty if it cannot."""
        ...

    def request(self, order: Order, inputs: Inputs) -> Call:
        """The order in the service's words, with fields that the provider's file lists.

        One with sources is an edit; the provider must have said how it takes them.
        """
        ...

    def answer(
        self,
        order: Order,
        status: int,
        headers: Mapping[str, str],
        body: bytes | bytearray,
        *,
        now: datetime,
    ) -> Answer | Pending:
        """Understand a complete body: of the call, of what was asked next, or of its watch.

        What was asked next tells whether the drawing failed, or only the asking: `TooFast`,
        `Unreachable` and `OutcomeUnknown` are the asking, and it is asked again.

        Raises:
            DrawingFailed: One of the tree in `core.errors`.
        """
        ...

    def event(
        self, order: Order, event: Event, headers: Mapping[str, str], *, now: datetime
    ) -> Partial | Piece | Answer | None:
        """Understand one event of a stream; None is one that says nothing about a picture.

        Raises:
            DrawingFailed: The stream told of a failure.
        """
        ...
