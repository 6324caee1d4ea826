"""A request for more pictures than one call draws: taken apart, and put together again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.errors import DrawingFailed
from bot.core.ports import Drawing
from bot.core.pricing import Usage
from bot.core.retry import ELSEWHERE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def split(count: int, most: int) -> tuple[int, ...]:
    """How many pictures each call draws: `split(10, 4)` is (4, 4, 2)."""
    whole, rest = divmod(count, most)
    return (most,) * whole + ((rest,) if rest else ())


def joined(outcomes: Sequence[Drawing | DrawingFailed]) -> Drawing:
    """All pictures that came. A call that failed, even one that may be paid, does not spoil them.

    Raises:
        DrawingFailed: None came. If any of the calls may have been paid, it is one that says so;
            then one that drawing elsewhere would not cure.
    """
    drawn = [each for each in outcomes if isinstance(each, Drawing)]
    if not drawn:
        failed = [each for each in outcomes if isinstance(each, DrawingFailed)]
        raise max(failed, key=lambda each: (each.may_be_paid, not isinstance(each, ELSEWHERE)))
    return Drawing(
        pictures=tuple(picture for each in drawn for picture in each.pictures),
        usage=_added([each.usage for each in drawn]),
        request_id=next((each.request_id for each in drawn if each.request_id), None),
    )


def _added(counts: Sequence[Usage | None]) -> Usage | None:
    """What was counted in all; None where one call did not count."""
    known = [each for each in counts if each is not None]
    if len(known) < len(counts):
        return None
    charges = [each.charge for each in known if each.charge is not None]
    return Usage(
        text_in=sum(each.text_in for each in known),
        image_in=sum(each.image_in for each in known),
        image_out=sum(each.image_out for each in known),
        text_out=sum(each.text_out for each in known),
        charge=sum(charges) if len(charges) == len(known) else None,
    )


class Percents:
    """How far several calls are, as one percentage that is told when it grows.

    Args:
        calls: How many there are.
        tell: Told of the whole.
    """

    def __init__(self, calls: int, tell: Callable[[int], None]) -> None:
        self._each = [0] * calls
        self._told = 0
        self._tell = tell

    def reached(self, call: int, percent: int) -> None:
        """One of them is that far."""
        self._each[call] = max(self._each[call], percent)
        whole = sum(self._each) // len(self._each)
        if whole > self._told:
            self._told = whole
            self._tell(whole)
