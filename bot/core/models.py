"""What each model can do and what it costs.

The models themselves are data (`bot/imageapi/models.toml`); this file only says what the data
means. A model that its vendor has shut down stays in the list, so that whoever asks for it is
told when it ended and what to use instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from bot.core.errors import ModelGone, UnknownModel
from bot.core.images import COUNT_LIMIT, Background, Format, Quality, Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Which sizes a model draws: those it lists, and any other within its bounds if it has some.

    Attributes:
        offered: Sizes worth proposing, the default first.
        free: Whether others are taken too, within the bounds below.
        step: Both edges are multiples of this many pixels.
        max_edge: Pixels of the longer edge.
        max_ratio: Longer edge over shorter edge.
        min_pixels: Width times height at least.
        max_pixels: Width times height at most.
    """

    offered: tuple[Size, ...]
    free: bool = False
    step: int = 16
    max_edge: int = 3840
    max_ratio: int = 3
    min_pixels: int = 655_360
    max_pixels: int = 8_294_400

    def problem(self, size: Size) -> str | None:
        """Why the size cannot be drawn, in words, or None when it can."""
        if size in self.offered:
            return None
        if not self.free:
            return "it draws " + listed(str(each) for each in self.offered)
        longer, shorter = max(size.width, size.height), min(size.width, size.height)
        if longer > self.max_edge:
            return f"no edge may be longer than {self.max_edge} pixels"
        if size.width % self.step or size.height % self.step:
            return f"width and height must be multiples of {self.step}"
        if longer > shorter * self.max_ratio:
            return f"one edge may be at most {self.max_ratio} times the other"
        if size.pixels < self.min_pixels:
            return f"it must have at least {self.min_pixels:,} pixels, such as 1024x640"
        if size.pixels > self.max_pixels:
            return f"it may have at most {self.max_pixels:,} pixels, such as 3840x2160"
        return None


Steps = tuple[tuple[int, int], ...]
"""Prices that grow with the picture: (pixels at most, micro-dollars), the smallest first."""

ANY_SIZE = 2**62
"""Pixels at most, where the size makes no difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What a model costs: by the token, or by the picture where `pictures` has anything.

    Attributes:
        text_in: Micro-dollars per million tokens, as vendors publish them: $5 is 5,000,000.
        image_in: Likewise, as the others below.
        pictures: Micro-dollars per finished picture, by quality; 0 is drawn for nothing.
        source: Micro-dollars for each picture that is sent along, beside `pictures`.
    """

    text_in: int = 0
    image_in: int = 0
    image_out: int = 0
    text_out: int = 0
    pictures: Mapping[Quality, Steps] = field(default_factory=dict)
    source: int = 0

    @classmethod
    def flat(cls, picture: int) -> Prices:
        """Every picture costs so many micro-dollars."""
        return cls(pictures=dict.fromkeys(Quality, ((ANY_SIZE, picture),)))

    def picture(self, quality: Quality, size: Size) -> int | None:
        """Micro-dollars for such a picture; None where nobody says."""
        steps = self.pictures.get(quality, ())
        return next((price for most, price in steps if size.pixels <= most), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """How many output tokens a picture takes, where tokens are what is paid.

    Either a table by quality and size, or a formula by quality: with `detail` L and S = round(L ×
    shorter ÷ longer), ceil(L × S × (2,000,000 + pixels) ÷ 4,000,000). The formula reproduces all
    156 published prices of gpt-image-2 and later.

    Attributes:
        detail: L for each quality; empty where the table holds.
        table: (quality, size) to tokens; empty where the formula holds.
        partial: Tokens that each partial picture adds.
        input_image: Tokens that each input picture takes at most.
    """

    detail: dict[Quality, int] = field(default_factory=dict)
    table: dict[tuple[Quality, Size], int] = field(default_factory=dict)
    partial: int = 100
    input_image: int = 1521


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One image model: what it takes, what it costs, how long it lives.

    Attributes:
        id: As the vendor's API names it.
        name: For people.
        shutdown: The day it ends or ended, if one is announced.
        successor: The id to use instead.
        max_count: Pictures in one request.
        per_call: Pictures that one call draws. A request for more is several calls, and each of
            them pays for the words and pictures that are sent.
        seconds: About how long a picture takes, by quality; only ever shown as "about".
        note: What to know about its pictures, where they are not what people expect: a sentence
            for whoever asked for one.
    """

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    shutdown: date | None = None
    successor: str | None = None
    sizes: Sizes
    qualities: tuple[Quality, ...]
    default_quality: Quality
    formats: tuple[Format, ...] = (Format.PNG, Format.JPEG, Format.WEBP)
    backgrounds: tuple[Background, ...] = (Background.AUTO, Background.OPAQUE)
    max_count: int = COUNT_LIMIT
    per_call: int = COUNT_LIMIT
    max_prompt: int = 32_000
    max_references: int = 16
    mask: bool = True
    streaming: bool = True
    prices: Prices
    tokens: Tokens = field(default_factory=Tokens)
    seconds: dict[Quality, int] = field(default_factory=dict)
    note: str = ""

    def ended(self, today: date) -> bool:
        """Whether the vendor has shut it down by that day."""
        return self.shutdown is not None and self.shutdown <= today


def together(sold: Sequence[Model]) -> Model:
    """One model as several providers sell it: what any of them can do with it.

    Args:
        sold: The same model, at least once, as each sells it.
    """
    return replace(
        sold[0],
        formats=tuple(dict.fromkeys(each for model in sold for each in model.formats)),
        backgrounds=tuple(dict.fromkeys(each for model in sold for each in model.backgrounds)),
        max_references=max(model.max_references for model in sold),
        mask=any(model.mask for model in sold),
        streaming=any(model.streaming for model in sold),
    )


class DeadModels(StrEnum):
    """What becomes of a request for a model that was shut down."""

    REFUSE = "refuse"  #: Its author is told when it ended and what to use instead.
    REPLACE = "replace"  #: What follows it draws, and the result says so.


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All models that are known, by id and alias."""

    models: tuple[Model, ...]

    def __iter__(self) -> Iterator[Model]:
        return iter(self.models)

    def find(self, name: str) -> Model | None:
        """The model of that id or alias, living or not."""
        wanted = name.strip().lower()
        return next((m for m in self.models if wanted == m.id or wanted in m.aliases), None)

    def living(self, today: date) -> tuple[Model, ...]:
        """The models that can be drawn with on that day."""
        return tuple(model for model in self.models if not model.ended(today))

    def successor(
        self, model: Model, today: date, offered: Sequence[Model] | None = None
    ) -> Model | None:
        """The first living model that follows it; of those offered, if that is given."""
        seen: set[str] = set()
        following: Model | None = model
        while following and following.ended(today) and following.id not in seen:
            seen.add(following.id)
            following = self.find(following.successor) if following.successor else None
        if following is None or following.ended(today):
            following = None
        if offered is not None and following not in offered:
            return next(iter(offered), None)
        return following

    def choose(self, name: str, today: date, offered: Sequence[Model] | None = None) -> Model:
        """The living model of that name.

        Args:
            name: An id or an alias.
            today: The day on which it lives.
            offered: What may be proposed instead, the best first; all that live, if left out.

        Raises:
            UnknownModel: There is none of that name.
            ModelGone: There was one.
        """
        model = self.find(name)
        if model is None:
            known = listed(
                f"`{each.id}`" for each in (self.living(today) if offered is None else offered)
            )
            raise UnknownModel(f"I know no model named “{name[:60]}”. There is {known}.")
        if model.ended(today):
            following = self.successor(model, today, offered)
            advice = f"; use {following.id} instead" if following else ""
            raise ModelGone(f"{model.id} was shut down on {model.shutdown}{advice}.")
        return model


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a member typed: everything but the prompt may be left out."""

    prompt: str
    model: str | None = None
    size: str | None = None
    quality: str | None = None
    count: int | None = None
    format: str | None = None
    background: str | None = None
    style: str | None = None
    avoid: str | None = None
    spoiler: bool = False


def listed(words: Iterable[str], last: str = "or") -> str:
    """`a, b or c`."""
    every = list(words)
    if len(every) < 2:
        return "".join(every)
    return f"{', '.join(every[:-1])} {last} {every[-1]}"
