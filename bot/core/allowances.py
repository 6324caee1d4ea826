"""What may be asked for, apart from how much: models, quality, size, count, edits.

What the server allows always holds. Beside it, for each of the five, a member's own allowance
counts; else that of their roles, of which the most generous counts; else that of everyone. Whoever
says nothing about one of them leaves it to the next in this line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from math import isqrt
from typing import Any

from bot.core.canvas import nearest
from bot.core.errors import NotAllowed
from bot.core.images import ImageRequest, Quality, Size
from bot.core.models import Model, Sizes, Wish, listed
from bot.core.quotas import Subject

QUALITIES = tuple(Quality)
"""From the lowest to the highest."""

SHAPES = ((1, 1), (2, 3), (3, 4), (9, 16))
"""Usual ones, width before height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What may be asked for; None is whatever the model can do.

    Attributes:
        models: Ids.
        quality: The best one.
        pixels: Of the largest picture.
        count: Pictures of one request.
        edits: Whether pictures may be handed in to be edited.
    """

    models: frozenset[str] | None = None
    quality: Quality | None = None
    pixels: int | None = None
    count: int | None = None
    edits: bool | None = None

    @property
    def says_nothing(self) -> bool:
        """Whether it allows everything, by saying nothing about it."""
        return self == Allowance()


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """What one subject of one server is allowed.

    Attributes:
        subject_id: The role or the member; 0 for the server and for everyone.
    """

    guild_id: int
    subject: Subject
    subject_id: int = 0
    allowance: Allowance
    set_by: int
    set_at: datetime


def holding(permits: Iterable[Permit], member_id: int, roles: Collection[int]) -> Allowance:
    """What a member may ask for, all in all. The order of `permits` makes no difference."""
    every = tuple(permits)
    mine = Allowance(
        **{
            each.name: _first(each.name, _line(every, member_id, roles, each.name))
            for each in fields(Allowance)
        }
    )
    for permit in every:
        if permit.subject is Subject.SERVER:
            mine = _both(mine, permit.allowance)
    return mine


def reasons(
    permits: Iterable[Permit], member_id: int, roles: Collection[int]
) -> dict[str, tuple[Permit, ...]]:
    """Whose word `holding` goes by, for each of the five of which anything is said."""
    every = tuple(permits)
    held = holding(every, member_id, roles)
    found: dict[str, tuple[Permit, ...]] = {}
    for each in fields(Allowance):
        value = getattr(held, each.name)
        if value is None:
            continue
        heard = [p for p in every if p.subject is Subject.SERVER and _says(p, each.name)]
        heard += next((said for said in _line(every, member_id, roles, each.name) if said), [])
        exact = [permit for permit in heard if getattr(permit.allowance, each.name) == value]
        found[each.name] = tuple(exact or heard)
    return found


def _says(permit: Permit, name: str) -> bool:
    return getattr(permit.allowance, name) is not None


def _line(
    every: Iterable[Permit], member_id: int, roles: Collection[int], name: str
) -> Iterable[list[Permit]]:
    """Who says something about a field, from whoever is heard first."""
    said = [permit for permit in every if _says(permit, name)]
    yield [p for p in said if p.subject is Subject.MEMBER and p.subject_id == member_id]
    yield [p for p in said if p.subject is Subject.ROLE and p.subject_id in roles]
    yield [p for p in said if p.subject is Subject.EVERYONE]


def _first(name: str, line: Iterable[list[Permit]]) -> Any:
    """What the first in the line says who says anything; among several, the most generous."""
    heard = next((permits for permits in line if permits), None)
    return _most(name, [getattr(each.allowance, name) for each in heard]) if heard else None


def _most(name: str, said: list[Any]) -> Any:
    if name == "models":
        return frozenset[str]().union(*said)
    return max(said, key=QUALITIES.index) if name == "quality" else max(said)


def _least(name: str, said: list[Any]) -> Any:
    if name == "models":
        return frozenset.intersection(*said)
    return min(said, key=QUALITIES.index) if name == "quality" else min(said)


def _both(one: Allowance, other: Allowance) -> Allowance:
    """What both allow."""
    values: dict[str, Any] = {}
    for each in fields(Allowance):
        said = [getattr(a, each.name) for a in (one, other) if getattr(a, each.name) is not None]
        values[each.name] = _least(each.name, said) if said else None
    return Allowance(**values)


def within(wish: Wish, model: Model, allowed: Allowance) -> Wish:
    """The wish with what it leaves open chosen so that it is allowed, where anything is."""
    if wish.quality is None and allowed.quality is not None:
        default = QUALITIES.index(model.default_quality)
        if default > QUALITIES.index(allowed.quality):
            fitting = [q for q in model.qualities if _no_better(q, allowed.quality)]
            wish = replace(wish, quality=fitting[-1] if fitting else None)
    if wish.size is None and allowed.pixels is not None:
        usual, sizes = model.sizes.offered[0], sizes_within(model.sizes, allowed)
        if usual.pixels > allowed.pixels and sizes.offered != model.sizes.offered:
            wish = replace(wish, size=str(max(sizes.offered, key=lambda size: size.pixels)))
        elif usual.pixels > allowed.pixels and sizes.max_pixels == allowed.pixels:
            wish = replace(wish, size=str(nearest(usual, sizes, asked=True)))
    return wish


def sizes_within(sizes: Sizes, allowed: Allowance) -> Sizes:
    """Those of a model's sizes that are allowed, or all where none is."""
    most = allowed.pixels
    if most is None:
        return sizes
    free = sizes.free and sizes.min_pixels <= most
    fitting = tuple(size for size in sizes.offered if size.pixels <= most)
    if not fitting:
        # What is left is drawn between the sizes that are offered, if at all.
        return replace(sizes, max_pixels=most) if free else sizes
    return replace(sizes, offered=fitting, free=free, max_pixels=min(sizes.max_pixels, most))


def loosened(wish: Wish, allowed: Allowance) -> Wish:
    """Options that come of another request, less those that are not allowed to whoever asks now."""
    if wish.model is not None and not _may_draw_with(wish.model, allowed):
        wish = replace(wish, model=None)
    if wish.quality is not None and allowed.quality is not None:
        known = [quality for quality in Quality if quality == wish.quality]
        if not all(_no_better(quality, allowed.quality) for quality in known):
            wish = replace(wish, quality=None)
    return wish


def choose_model(allowed: Allowance, default: str, offered: Iterable[Model]) -> str:
    """The id that draws where none was named: the default, or else the first that is allowed."""
    if _may_draw_with(default, allowed):
        return default
    return next((each.id for each in offered if _may_draw_with(each.id, allowed)), default)


def _may_draw_with(model: str, allowed: Allowance) -> bool:
    return allowed.models is None or model in allowed.models


def _no_better(quality: Quality, best: Quality) -> bool:
    return QUALITIES.index(quality) <= QUALITIES.index(best)


def check(request: ImageRequest, allowed: Allowance) -> None:
    """Let a request pass only if all of it is allowed.

    Raises:
        NotAllowed: The sentence says what is allowed instead.
    """
    if not _may_draw_with(request.model, allowed):
        instead = listed(f"`{model}`" for model in sorted(allowed.models or ()))
        raise NotAllowed(
            f"You may not draw with {request.model} here. Choose {instead}."
            if instead
            else "You may not draw here."
        )
    if allowed.quality is not None and not _no_better(request.quality, allowed.quality):
        raise NotAllowed(f"The best quality that you may choose here is {allowed.quality}.")
    if allowed.pixels is not None and request.size.pixels > allowed.pixels:
        raise NotAllowed(
            f"{_said(request.size)} is larger than you may draw here. The most is "
            f"{allowed.pixels:,} pixels, such as {such_as(allowed.pixels)}."
        )
    if allowed.count is not None and request.count > allowed.count:
        most = "1 picture" if allowed.count == 1 else f"{allowed.count} pictures"
        raise NotAllowed(f"You may ask for {most} at a time here.")
    if request.sources and allowed.edits is False:
        raise NotAllowed("You may not edit pictures here. /generate draws new ones.")


def _said(size: Size) -> str:
    return f"{size.width} × {size.height}"


def such_as(pixels: int) -> str:
    """A size of so many pixels, or not many fewer: `1024 × 1536`."""
    for across, down in SHAPES:
        unit = isqrt(pixels // (across * down))
        if unit * unit * across * down == pixels:
            return _said(Size(unit * across, unit * down))
    edge = max(16, isqrt(pixels) // 16 * 16)
    return _said(Size(edge, edge))


def say_allowance(allowed: Allowance | None) -> str:
    """What is allowed, for people; nothing where nothing is said."""
    if allowed is None:
        return ""
    parts = []
    if allowed.models is not None:
        parts.append(listed(sorted(allowed.models), last="and") or "no model")
    if allowed.quality is not None:
        parts.append(f"quality up to {allowed.quality}")
    if allowed.pixels is not None:
        parts.append(f"size up to {allowed.pixels:,} pixels")
    if allowed.count is not None:
        parts.append(f"{allowed.count} at a time")
    if allowed.edits is not None:
        parts.append("edits" if allowed.edits else "no edits")
    return ", ".join(parts)
