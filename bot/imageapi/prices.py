"""Reads what pictures cost, from `models.toml` and from the files of providers alike.

Tokens:    { text_in = 5_000_000, image_in = 8_000_000, image_out = 30_000_000, text_out = 0 }
Flat:      { picture = 40_000 }
A table:   { pictures.medium = 20_000, pictures.high = { 1024x1024 = 40_000, 2048x2048 = 80_000 } }

A size that a table does not name costs what the next larger one does that it names. `source` is the
price of each picture that is sent along where pictures are what is paid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.errors import InvalidRequest
from bot.core.images import Quality, Size
from bot.core.models import ANY_SIZE, Prices, Steps

if TYPE_CHECKING:
    from bot.imageapi.reading import Table


def read_prices(table: Table) -> Prices:
    """The prices in a table, in micro-dollars."""
    if table.has("picture"):
        prices = Prices(
            pictures=Prices.flat(table.whole("picture")).pictures, source=table.whole("source", 0)
        )
    elif table.has("pictures"):
        prices = Prices(
            pictures=_by_quality(table.table("pictures")), source=table.whole("source", 0)
        )
        if not prices.pictures:
            table.complain("pictures", "must have at least one quality")
    else:
        prices = Prices(
            text_in=table.whole("text_in"),
            image_in=table.whole("image_in"),
            image_out=table.whole("image_out", least=1),
            text_out=table.whole("text_out", 0),
        )
    table.no_more()
    return prices


def read_size(text: str, key: str, table: Table) -> Size:
    """A size that stands in a file."""
    try:
        return Size.parse(text)
    except InvalidRequest:
        table.complain(key, f"has “{text}”, which is not a size like 1024x1024")
        return Size(0, 0)


def _by_quality(table: Table) -> dict[Quality, Steps]:
    return {table.quality(word): _steps(word, table) for word in table.entries()}


def _steps(word: str, table: Table) -> Steps:
    if not table.holds_table(word):
        return ((ANY_SIZE, table.whole(word)),)
    by_size = table.table(word)
    return tuple(
        sorted(
            (read_size(text, text, by_size).pixels, by_size.whole(text))
            for text in by_size.entries()
        )
    )
