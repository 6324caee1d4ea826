"""What the services need from the edges; each Protocol is implemented once, at the edge it names.

The database has a file of its own: `core.stores`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.core.bookkeeping import Chart
from bot.core.canvas import Canvas
from bot.core.delivery import Delivery, Posted, Route
from bot.core.fitting import Rung
from bot.core.images import Format, ImageRequest, Size
from bot.core.jobs import Job
from bot.core.models import Catalogue, Model
from bot.core.pricing import Usage
from bot.core.regions import Box


class Clock(Protocol):
    """Time as a value; tests pass one that they move."""

    def now(self) -> datetime:
        """The time, in UTC and aware of it."""
        ...

    async def sleep_until(self, moment: datetime) -> None:
        """Return at that time, at once if it is past."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A provider's answer: pictures that were decoded, and what it counted."""

    pictures: tuple[bytes, ...]
    usage: Usage | None
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A provider's answer on its way to the disk; with it another process can go on.

    Attributes:
        pictures: The hashes of all its pictures, in order; some may not be kept yet.
    """

    job_id: int
    attempt: int
    provider: str
    pictures: tuple[str, ...]
    usage: Usage | None


class Vault(Protocol):
    """Picture bytes on disk, named by their content."""

    async def put(self, data: bytes, sha256: str | None = None) -> str:
        """Keep the bytes so that they survive a power cut; answers their SHA-256.

        Args:
            data: What to keep.
            sha256: Their hash, where it is known already.
        """
        ...

    async def get(self, sha256: str) -> bytes:
        """The bytes.

        Raises:
            FileNotFoundError: They are not kept any more.
        """
        ...

    async def has(self, sha256: str) -> bool:
        """Whether they are kept."""
        ...

    async def drop(self, sha256: str) -> None:
        """Let go of them; nothing happens if they are gone."""
        ...

    async def stray(self, named: Collection[str], now: datetime) -> tuple[str, ...]:
        """Files that are old enough not to be in somebody's hands, and that nothing names."""
        ...

    async def announce(self, job: Job, provider: str, drawing: Drawing) -> Answer:
        """Write down what is about to be put, so that a crash cannot hide a paid picture."""
        ...

    async def announced(self) -> tuple[Answer, ...]:
        """What was announced, by whatever process, and not withdrawn."""
        ...

    async def withdraw(self, answer: Answer) -> None:
        """Forget what was announced: its job has ended, one way or the other."""
        ...


class MaskShape(StrEnum):
    """What a provider takes a mask to be; inside Easel, white is edited."""

    ALPHA = "alpha"  #: A PNG whose transparent pixels are edited.
    WHITE = "white"  #: A greyscale PNG whose white pixels are edited.
    BLACK = "black"  #: A greyscale PNG whose black pixels are edited.


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The bytes that go with a request.

    Attributes:
        sources: Files of the request's sources, in order, with their formats.
        mask: In the shape that the provider takes.
    """

    sources: tuple[tuple[Format, bytes], ...] = ()
    mask: bytes | None = None


OnPartial = Callable[[int, bytes], None]
"""Called with the picture's index and the bytes of a partial picture."""


OnProgress = Callable[[int], None]
"""Called with the percentage of the drawing that is done."""


class ImageApi(Protocol):
    """The image services that are configured."""

    @property
    def catalogue(self) -> Catalogue:
        """Every model that is known, living or not."""
        ...

    def providers(self, model: Model) -> tuple[str, ...]:
        """Who serves the model, in the order to try."""
        ...

    def offered(self, now: datetime) -> tuple[Model, ...]:
        """The living models that some configured provider serves."""
        ...

    def sold(self, provider: str, model: Model) -> Model:
        """The model as that provider sells it: its prices, and what cannot be had from it."""
        ...

    def partials(self, provider: str, model: Model, request: ImageRequest) -> int:
        """How many partial pictures are asked for per picture; each adds to the cost."""
        ...

    async def turn(self, provider: str, pictures: int) -> None:
        """Wait until the provider's pace lets that many pictures pass."""
        ...

    def mask_shape(self, provider: str) -> MaskShape:
        """How the provider wants a mask."""
        ...

    def interruptible(self, provider: str) -> bool:
        """Whether a drawing can be stopped there, and costs nothing then."""
        ...

    async def draw(
        self,
        provider: str,
        model: Model,
        request: ImageRequest,
        inputs: Inputs,
        on_partial: OnPartial | None,
        on_progress: OnProgress | None = None,
        *,
        member_id: int | None = None,
    ) -> Drawing:
        """Draw; nothing that is paid is sent twice.

        Args:
            provider: Who draws.
            model: With what.
            request: What.
            inputs: The bytes that the request's sources and mask name.
            on_partial: Told of partial pictures.
            on_progress: Told how far it is, where the provider says so.
            member_id: Who asked for it; no provider is told the id itself.

        Raises:
            DrawingFailed: One of the tree in `core.errors`.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What the bytes of a picture really are."""

    format: Format
    width: int
    height: int
    transparent: bool


class Incoming(Protocol):
    """A file that a member handed in and that is not fetched yet."""

    @property
    def name(self) -> str:
        """For sentences; what it says about the type is not believed."""
        ...

    @property
    def spoiler(self) -> bool:
        """Whether whoever posted it hid it until it is clicked."""
        ...

    async def read(self, limit: int) -> bytes:
        """Fetch all of it.

        Raises:
            BadPicture: It has more than `limit` bytes, or is not there any more.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A picture that was handed in, fit to be kept and sent: upright, one frame, no metadata."""

    data: bytes
    format: Format
    size: Size


class Imaging(Protocol):
    """Work on pixels, off the event loop."""

    async def prepare(self, data: bytes, *, max_edge: int, max_bytes: int) -> Prepared:
        """Check a picture that a member handed in and make it fit to be sent.

        Raises:
            BadPicture: It is no picture, broken, or too large; the sentence says which.
        """
        ...

    async def mask(self, data: bytes, size: Size) -> bytes:
        """An uploaded mask as Easel keeps it: a greyscale PNG of that size, white is edited.

        It may be transparent where it is to be edited, or black and white, or grey.

        Raises:
            BadPicture: It cannot be read, or marks nothing, or everything.
        """
        ...

    async def mask_box(self, box: Box, size: Size) -> bytes:
        """A mask for a picture of that size that marks a box."""
        ...

    async def shape_mask(self, mask: bytes, shape: MaskShape) -> bytes:
        """A mask as a provider takes it, under 4 MB."""
        ...

    async def pad(self, data: bytes, canvas: Canvas) -> tuple[bytes, bytes]:
        """The picture on a larger canvas, and the mask that marks what is new, both PNG."""
        ...

    async def show_mask(self, data: bytes, mask: bytes) -> bytes:
        """The picture with what is edited tinted, as a JPEG for people."""
        ...

    async def kept(self, before: bytes, after: bytes, mask: bytes) -> bool:
        """Whether what the mask protects looks the same before and after."""
        ...

    async def inspect(self, data: bytes) -> Inspected:
        """Read format and size from the bytes, and make sure that they decode.

        Raises:
            BadAnswer: They are no picture that we can read.
        """
        ...

    async def rewrite(self, data: bytes, rung: Rung) -> bytes:
        """The same picture written another way."""
        ...

    async def sketch(self, data: bytes) -> bytes:
        """A small JPEG of a partial picture, fit for an edit of a message."""
        ...

    async def chart(self, chart: Chart) -> bytes:
        """A chart as a PNG for people."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file on its way into a message.

    Attributes:
        index: The picture's number within its job, from 0.
    """

    index: int
    name: str
    data: bytes
    alt: str
    spoiler: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a card shows while a job is not finished.

    Attributes:
        ahead: Requests that start before this one, while it waits.
        expected_s: About how long until it is finished.
        since: When drawing began.
        until: When the provider lets us go on, while it makes us wait.
        asked: Whether it asked for that; else it did not answer, and is asked again then.
        silent: Whether no provider answers, so that everything waits.
        paused: Whether the server has its queue wait.
        sketch: A partial picture to show.
        percent: How much of the drawing is done, where the provider says so.
    """

    job: Job
    ahead: int | None = None
    expected_s: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    asked: bool = True
    silent: bool = False
    paused: bool = False
    sketch: bytes | None = None
    percent: int | None = None


class Messenger(Protocol):
    """Discord, as far as services speak to it. Each call raises one of `PostingFailed`."""

    async def progress(self, progress: Progress) -> None:
        """Show on the job's card how it stands."""
        ...

    async def deliver(
        self, delivery: Delivery, route: Route, files: Sequence[Upload], *, part: int, parts: int
    ) -> Posted:
        """Show an outcome: pictures, or the notice that there are none.

        Args:
            delivery: What to show.
            route: Where.
            files: The pictures of this part.
            part: Which part, from 0; each is its own message.
            parts: How many there are.
        """
        ...

    async def find(
        self, delivery: Delivery, route: Route, part: int, since: datetime
    ) -> Posted | None:
        """A part that was posted as a new message by that route, and whose answer was lost.

        Args:
            delivery: Whose part.
            route: Where it was to be shown.
            part: Which part, from 0.
            since: When it was first asked for.

        Returns:
            None where it is not there, or where the bot may not look.
        """
        ...
