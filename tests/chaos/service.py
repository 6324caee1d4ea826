"""The pretend image service in many moods, with a bill for each call, a print of each picture."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from weakref import WeakKeyDictionary

from PIL import Image

from bot.demo import painter
from bot.demo.pretend_answers import Picture
from bot.demo.pretend_api import PretendApi
from bot.demo.pretend_faults import (
    Cut,
    Fault,
    HalfJson,
    Hang,
    Html,
    Huge,
    Moderation,
    RateLimited,
    ServerError,
    UrlAnswer,
)
from bot.demo.pretend_log import Ledger, Received
from bot.demo.pretend_models import Usage
from bot.demo.pretend_service import Service, Visit
from bot.ops.clock import SystemClock
from tests.chaos.wishes import Wishes

SECONDS = 0.25
"""How long a picture takes."""

REFUSED = "!moderation"
"""In a prompt, it makes the service refuse it."""

MOODS: tuple[tuple[str, int, Callable[[Random], Fault | None]], ...] = (
    ("none", 62, lambda _: None),
    ("429", 7, lambda dice: RateLimited(dice.uniform(0.1, 1.5))),
    ("500 with a reason", 4, lambda _: ServerError()),
    ("503 without a word", 3, lambda _: ServerError(body=False, status=503)),
    ("cut before the answer", 4, lambda _: Cut("before")),
    ("cut in the answer", 4, lambda _: Cut("midway")),
    ("half of the answer", 2, lambda _: HalfJson()),
    ("prompt refused", 2, lambda _: Moderation("input")),
    ("picture refused", 2, lambda _: Moderation("output")),
    ("slow", 5, lambda dice: Hang(dice.uniform(1, 5))),
    ("HTML", 2, lambda _: Html()),
    ("a link", 6, lambda _: UrlAnswer()),
    ("12 MB", 1, lambda _: Huge()),
)
"""Their names, how often of a hundred times, and what they do."""

PRINT = (12, 12)


@dataclass
class Call:
    """One request as the service saw it.

    Attributes:
        came: When, in seconds since 1970; `ended` likewise.
        mood: What was to go wrong.
        billed: Micro-dollars.
    """

    prompt: str
    came: float
    mood: str = "none"
    outcome: str = "waiting"
    ended: float | None = None
    billed: int = 0


@dataclass(frozen=True)
class Print:
    """What is remembered of a picture that was answered: its hash and its coarse looks."""

    sha256: str
    looks: bytes


def looks(picture: bytes) -> bytes:
    """A few pixels that stay much the same when a picture is written anew, or smaller."""
    with Image.open(io.BytesIO(picture)) as opened:
        return opened.convert("RGB").resize(PRINT, Image.Resampling.BOX).tobytes()


def alike(one: bytes, other: bytes) -> bool:
    """Whether two pictures' looks are those of the same picture."""
    difference = sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)
    return difference < 10


def paint(
    prompt: str, width: int, height: int, *, quality: str, transparent: bool, variation: int
) -> Image.Image:
    """Tiles that no other prompt has; some are grainy, and so large as files."""
    dice = Random(f"{prompt}/{variation}")
    tiles = Image.frombytes("RGB", (8, 8), dice.randbytes(8 * 8 * 3))
    image = tiles.resize((width, height), Image.Resampling.NEAREST)
    if dice.random() < 0.3:
        grain = Image.effect_noise((width // 2, height // 2), 60).resize((width, height))
        image = Image.blend(image, grain.convert("RGB"), 0.3)
    return image


class Books(Ledger):
    """A bill for each call. Each is answered by a task of its own."""

    def __init__(self) -> None:
        super().__init__(None)
        self.calls: list[Call] = []
        self._clock = SystemClock()
        self._answering: WeakKeyDictionary[asyncio.Task[object], Call] = WeakKeyDictionary()

    async def enter(self, request: Received) -> int:
        call = Call(request.prompt, self._clock.now().timestamp())
        self.calls.append(call)
        self._answering[_task()] = call
        return await super().enter(request)

    def bill(self, usage: Usage) -> None:
        super().bill(usage)
        self.current.billed += usage.microdollars

    def end(self, number: int, outcome: str) -> None:
        super().end(number, outcome)
        self.current.outcome = outcome
        self.current.ended = self._clock.now().timestamp()

    @property
    def current(self) -> Call:
        """The call that is being answered."""
        return self._answering[_task()]


@dataclass(kw_only=True)
class Press(Service):
    """Remembers every picture that it hands over, by its prompt."""

    prints: defaultdict[str, list[Print]] = field(default_factory=lambda: defaultdict(list))

    def _picture(self, content: bytes, visit: Visit) -> Picture:
        digest = hashlib.sha256(content).hexdigest()
        self.prints[visit.order.prompt].append(Print(digest, looks(content)))
        return super()._picture(content, visit)


class MoodyService(PretendApi):
    """Fails as the seed says, until it is told to be calm."""

    def __init__(self, wishes: Wishes) -> None:
        super().__init__(seconds=SECONDS, paint=paint, blur=painter.coarse)
        self.books = self._ledger = Books()
        usual = self._service
        self._service = self.press = Press(
            key=usual.key,
            seconds=usual.seconds,
            paint=usual.paint,
            blur=usual.blur,
            clock=usual.clock,
            pool=usual.pool,
            ledger=self.books,
            faults=self._faults,
        )
        self.calm = False
        self._wishes = wishes
        self._seen: Counter[str] = Counter()
        self.rule(self._mood)

    def _mood(self, request: Received) -> Fault | None:
        self._seen[request.prompt] += 1
        if self.calm or REFUSED in request.prompt:
            return None
        dice = self._wishes.dice("service", request.prompt, self._seen[request.prompt])
        [(name, _, fault)] = dice.choices(MOODS, [share for _, share, _ in MOODS])
        self.books.current.mood = name
        return fault(dice)


def _task() -> asyncio.Task[object]:
    task = asyncio.current_task()
    assert task is not None
    return task
