"""What a dialect and the client say to each other: calls, answers, and the dialect itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.core.images import ImageRequest
    from bot.core.models import Model
    from bot.core.pricing import Usage
    from bot.imageapi.providers import Provider
    from bot.imageapi.sse import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP request, but for the address and the key, which the provider's file gives.

    Attributes:
        path: What follows the base URL, with its slash.
        body: Ready to be sent, whatever `Content-Type` says it is.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


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


class Dialect(Protocol):
    """A language that image services speak, as functions without I/O: a module implements it."""

    @property
    def FIELDS(self) -> frozenset[str]:  # noqa: N802 - a constant of the module
        """Every field that it can send."""
        ...

    def request(
        self, provider: Provider, model: Model, request: ImageRequest, *, stream: bool
    ) -> Call:
        """The request in the service's words, with fields that the provider's file lists."""
        ...

    def answer(
        self, status: int, headers: Mapping[str, str], body: bytes | bytearray, *, now: datetime
    ) -> Answer:
        """Understand a complete body.

        Raises:
            DrawingFailed: One of the tree in `core.errors`.
        """
        ...

    def event(
        self, event: Event, headers: Mapping[str, str], *, now: datetime
    ) -> Partial | Answer | None:
        """Understand one event of a stream; None is one that says nothing about a picture.

        Raises:
            DrawingFailed: The stream told of a failure.
        """
        ...
