"""What each model can do and what it costs, and whether a request fits it.

The models themselves are data (`bot/imageapi/models.toml`); this file only says what the data
means. A model that its vendor has shut down stays in the list, so that whoever asks for it is
told when it ended and what to use instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

from bot.core.errors import InvalidRequest, ModelGone, UnknownModel
from bot.core.images import (
    COUNT_LIMIT,
    Background,
    Format,
    ImageRequest,
    Quality,
    Size,
    Source,
    Style,
    clean_avoid,
    clean_prompt,
)

Option = TypeVar("Option", bound=StrEnum)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Micro-dollars per million tokens, as vendors publish them: $5 is 5,000,000."""

    text_in: int
    image_in: int
    image_out: int
    text_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """How many output tokens a picture takes.

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
        seconds: About how long a picture takes, by quality; only ever shown as "about".
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
    max_prompt: int = 32_000
    max_references: int = 16
    mask: bool = True
    streaming: bool = True
    prices: Prices
    tokens: Tokens
    seconds: dict[Quality, int] = field(default_factory=dict)

    def ended(self, today: date) -> bool:
        """Whether the vendor has shut it down by that day."""
        return self.shutdown is not None and self.shutdown <= today


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

    def successor(self, model: Model, today: date) -> Model | None:
        """The first living model that follows it."""
        seen: set[str] = set()
        following: Model | None = model
        while following and following.ended(today) and following.id not in seen:
            seen.add(following.id)
            following = self.find(following.successor) if following.successor else None
        return following if following and not following.ended(today) else None

    def choose(self, name: str, today: date) -> Model:
        """The living model of that name.

        Raises:
            UnknownModel: There is none of that name.
            ModelGone: There was one.
        """
        model = self.find(name)
        if model is None:
            known = listed(f"`{each.id}`" for each in self.living(today))
            raise UnknownModel(f"I know no model named “{name[:60]}”. There is {known}.")
        if model.ended(today):
            following = self.successor(model, today)
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


def complete(
    wish: Wish,
    model: Model,
    *,
    sources: tuple[Source, ...] = (),
    mask: str | None = None,
    size: Size | None = None,
) -> ImageRequest:
    """The request that is drawn: what was left out filled in, the rest checked.

    Args:
        wish: What was typed.
        model: What draws it.
        sources: Pictures to draw from.
        mask: The hash of a mask for the first of them.
        size: What to draw where the wish names no size; the model's default if it is left out.

    Raises:
        InvalidRequest: An option is not what the model can do; the sentence says what it can.
    """
    request = ImageRequest(
        prompt=clean_prompt(wish.prompt),
        model=model.id,
        size=_size(wish.size, model) if wish.size or size is None else size,
        quality=_choice("quality", wish.quality, model.qualities, model) or model.default_quality,
        count=1 if wish.count is None else wish.count,
        background=_choice("background", wish.background, model.backgrounds, model)
        or Background.AUTO,
        format=_choice("format", wish.format, model.formats, model) or model.formats[0],
        style=_choice("style", wish.style, tuple(Style), model),
        avoid=clean_avoid(wish.avoid or ""),
        spoiler=wish.spoiler,
        sources=sources,
        mask=mask,
    )
    _check_inputs(request, model)
    most = min(model.max_count, COUNT_LIMIT)
    if not 1 <= request.count <= most:
        raise InvalidRequest(
            f"Choose between 1 and {most} pictures."
            if most > 1
            else f"{model.name} draws one picture at a time."
        )
    if request.background is Background.TRANSPARENT and request.format is Format.JPEG:
        if wish.format:
            raise InvalidRequest(
                "JPEG pictures cannot be transparent. Choose the format png or webp."
            )
        request = replace(request, format=Format.PNG)
    clean_prompt(request.full_prompt, limit=model.max_prompt)
    return request


def _check_inputs(request: ImageRequest, model: Model) -> None:
    most = model.max_references
    if request.sources and not most:
        raise InvalidRequest(f"{model.name} cannot edit pictures. Choose another model.")
    if len(request.sources) > most:
        raise InvalidRequest(f"{model.name} takes at most {most} pictures at a time.")
    if request.mask and not model.mask:
        raise InvalidRequest(
            f"{model.name} takes no mask. Choose another model, or leave the mask out."
        )


def _size(text: str | None, model: Model) -> Size:
    if not text:
        return model.sizes.offered[0]
    size = Size.parse(text)
    problem = model.sizes.problem(size)
    if problem:
        raise InvalidRequest(f"{model.name} cannot draw {size}: {problem}.")
    return size


def _choice(
    what: str, text: str | None, offered: tuple[Option, ...], model: Model
) -> Option | None:
    if not text:
        return None
    for option in offered:
        if text.strip().lower() == option.value:
            return option
    raise InvalidRequest(
        f"{model.name} does not know the {what} “{text[:40]}”. "
        f"Choose {listed(each.value for each in offered)}."
    )


def listed(words: Iterable[str], last: str = "or") -> str:
    """`a, b or c`."""
    every = list(words)
    if len(every) < 2:
        return "".join(every)
    return f"{', '.join(every[:-1])} {last} {every[-1]}"
