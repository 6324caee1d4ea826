"""Fits what a member wished to what a model can do: filled in, adjusted with a note, or refused.

What is adjusted is what nobody pays more for, or is left without. Decided option by option:

    size         the nearest that is drawn, in the same orientation where there is one
    quality      the nearest below, or the lowest: never a dearer one
    format       one that the model writes, and that can be transparent if that was asked for
    background   opaque becomes auto; transparent is refused, since a picture without it is another
    count        refused: fewer pictures, or several requests, are for their author to choose
    mask         refused: without it, what it protects would be changed
    sources      refused, for the same reason

A word that no model knows is a slip of the pen: it is refused, and what can be chosen is named.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

from bot.core.canvas import nearest
from bot.core.errors import InvalidRequest
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
from bot.core.models import Model, Wish, listed

Option = TypeVar("Option", bound=StrEnum)
Value = TypeVar("Value")

ORDER = tuple(Quality)


@dataclass(slots=True)
class Fitting:
    """One model, and what had to be changed for it so far.

    Attributes:
        notes: Sentences for the author.
    """

    model: Model
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.model.note:
            self.notes.append(self.model.note)

    def size(self, wanted: Size) -> Size:
        """The nearest size that the model draws.

        Raises:
            InvalidRequest: It has no pixels at all.
        """
        if not wanted.pixels:
            raise InvalidRequest("A picture needs at least one pixel in each direction.")
        if self.model.sizes.problem(wanted) is None:
            return wanted
        drawn = nearest(wanted, self.model.sizes, asked=True)
        return self._noted(drawn, f"draws no {_shown(wanted)}, so this is {_shown(drawn)}")

    def quality(self, wanted: Quality) -> Quality:
        """The nearest quality that costs no more, or the lowest there is."""
        if wanted in self.model.qualities:
            return wanted
        known = sorted(self.model.qualities, key=ORDER.index)
        below = [each for each in known if ORDER.index(each) < ORDER.index(wanted)]
        drawn = below[-1] if below else known[0]
        if len(known) == 1:
            return self._noted(drawn, "has no choice of quality, so that was left out")
        return self._noted(drawn, f"has no quality {wanted}, so this is {drawn}")

    def format(self, wanted: Format, background: Background) -> Format:
        """The format, or one that the model writes and that can hold the background."""
        if wanted in self.model.formats:
            return wanted
        drawn = self.default_format(background)
        return self._noted(drawn, f"writes no {wanted}, so this is {drawn}")

    def default_format(self, background: Background) -> Format:
        """The first that can hold the background."""
        clear = background is Background.TRANSPARENT
        fitting = [each for each in self.model.formats if not (clear and each is Format.JPEG)]
        return fitting[0] if fitting else Format.PNG

    def background(self, wanted: Background) -> Background:
        """The background, or auto.

        Raises:
            InvalidRequest: It was to be transparent, and the model cannot.
        """
        if wanted in self.model.backgrounds or wanted is Background.AUTO:
            return wanted
        if wanted is Background.TRANSPARENT:
            raise InvalidRequest(
                f"{self.model.name} draws no transparent background. Choose another model, or "
                "leave the background out."
            )
        return self._noted(
            Background.AUTO, f"takes no background {wanted}, so that was left to the model"
        )

    def _noted(self, drawn: Value, happened: str) -> Value:
        self.notes.append(f"{self.model.name} {happened}.")
        return drawn


def complete(
    wish: Wish,
    model: Model,
    *,
    sources: tuple[Source, ...] = (),
    mask: str | None = None,
    size: Size | None = None,
) -> ImageRequest:
    """The request that is drawn: what was left out filled in, the rest fitted to the model.

    Args:
        wish: What was typed.
        model: What draws it.
        sources: Pictures to draw from.
        mask: The hash of a mask for the first of them.
        size: What to draw where the wish names no size; the model's default if it is left out.

    Raises:
        InvalidRequest: An option is not what the model can do, and none that is near would do; the
            sentence says what it can.
    """
    fitting = Fitting(model)
    wanted = _read("background", wish.background, Background, model.backgrounds, model)
    background = fitting.background(wanted or Background.AUTO)
    format_ = _read("format", wish.format, Format, model.formats, model)
    quality = _read("quality", wish.quality, Quality, model.qualities, model)
    if background is Background.TRANSPARENT and format_ is Format.JPEG:
        raise InvalidRequest("JPEG pictures cannot be transparent. Choose the format png or webp.")
    request = ImageRequest(
        prompt=clean_prompt(wish.prompt),
        model=model.id,
        size=fitting.size(Size.parse(wish.size)) if wish.size else size or model.sizes.offered[0],
        quality=fitting.quality(quality) if quality else model.default_quality,
        count=1 if wish.count is None else wish.count,
        background=background,
        format=fitting.format(format_, background)
        if format_
        else fitting.default_format(background),
        style=_read("style", wish.style, Style, tuple(Style), model),
        avoid=clean_avoid(wish.avoid or ""),
        spoiler=wish.spoiler,
        sources=sources,
        mask=mask,
        notes=tuple(fitting.notes),
    )
    _check(request, model)
    return request


def moved(request: ImageRequest, model: Model) -> ImageRequest:
    """A request that was drawn before, fitted to another model.

    Raises:
        InvalidRequest: The other model cannot do what matters about it.
    """
    fitting = Fitting(model)
    background = fitting.background(request.background)
    fitted = replace(
        request,
        model=model.id,
        size=fitting.size(request.size),
        quality=fitting.quality(request.quality),
        background=background,
        format=fitting.format(request.format, background),
        notes=tuple(fitting.notes),
    )
    _check(fitted, model)
    return fitted


def able(request: ImageRequest, model: Model) -> bool:
    """Whether a provider that sells the model like this can draw the request."""
    return (
        len(request.sources) <= model.max_references
        and (model.mask or request.mask is None)
        and request.format in model.formats
        and (request.background in model.backgrounds or request.background is Background.AUTO)
    )


def _check(request: ImageRequest, model: Model) -> None:
    """Refuse what cannot be adjusted."""
    _check_inputs(request, model)
    most = min(model.max_count, COUNT_LIMIT)
    if not 1 <= request.count <= most:
        raise InvalidRequest(
            f"Choose between 1 and {most} pictures."
            if most > 1
            else f"{model.name} draws one picture at a time."
        )
    clean_prompt(request.full_prompt, limit=model.max_prompt)


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


def _read(
    what: str, text: str | None, known: type[Option], offered: tuple[Option, ...], model: Model
) -> Option | None:
    """The option of that name, whether or not the model has it.

    Raises:
        InvalidRequest: No model has it.
    """
    if not text:
        return None
    word = text.strip().lower()
    if word in set(known):
        return known(word)
    raise InvalidRequest(
        f"{model.name} does not know the {what} “{text[:40]}”. "
        f"Choose {listed(each.value for each in offered)}."
    )


def _shown(size: Size) -> str:
    return f"{size.width} × {size.height}"
