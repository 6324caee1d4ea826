"""Models and a catalogue to decide about: small, invented, and close to real ones."""

from __future__ import annotations

from datetime import date

from bot.core.images import Background, Format, Quality, Size
from bot.core.models import Catalogue, Model, Prices, Sizes, Tokens

TODAY = date(2026, 11, 20)

SQUARE, TALL, WIDE = Size(1024, 1024), Size(1024, 1536), Size(1536, 1024)

PRICES = Prices(text_in=5_000_000, image_in=8_000_000, image_out=30_000_000)

# Any size, three qualities, tokens by the formula.
PAINTER = Model(
    id="painter-2",
    name="Painter 2",
    aliases=("painter",),
    sizes=Sizes(offered=(SQUARE, TALL, WIDE), free=True),
    qualities=(Quality.LOW, Quality.MEDIUM, Quality.HIGH),
    default_quality=Quality.MEDIUM,
    prices=PRICES,
    tokens=Tokens(detail={Quality.LOW: 16, Quality.MEDIUM: 48, Quality.HIGH: 96}),
)

# The same with five qualities and see-through backgrounds.
FLARE = Model(
    id="painter-2.5",
    name="Painter 2.5",
    sizes=Sizes(offered=(SQUARE, TALL, WIDE), free=True),
    qualities=tuple(Quality),
    default_quality=Quality.HIGH,
    backgrounds=tuple(Background),
    prices=PRICES,
    tokens=Tokens(detail=dict(zip(Quality, (16, 24, 48, 64, 96), strict=True))),
)

# A few sizes only, tokens from a table, few pictures, JPEG first, short prompts.
SKETCHER = Model(
    id="sketcher-1",
    name="Sketcher 1",
    sizes=Sizes(offered=(SQUARE, TALL)),
    qualities=(Quality.LOW, Quality.HIGH),
    default_quality=Quality.LOW,
    formats=(Format.JPEG, Format.PNG),
    backgrounds=tuple(Background),
    max_count=4,
    max_prompt=100,
    shutdown=date(2027, 1, 1),
    successor="painter-2",
    prices=Prices(text_in=2_000_000, image_in=2_500_000, image_out=8_000_000),
    tokens=Tokens(
        table={
            (Quality.LOW, SQUARE): 272,
            (Quality.LOW, TALL): 408,
            (Quality.HIGH, SQUARE): 4160,
            (Quality.HIGH, TALL): 6240,
        }
    ),
)


def ended(name: str, successor: str | None, shutdown: date = date(2026, 10, 23)) -> Model:
    """A model that was shut down."""
    return Model(
        id=name,
        name=name.title(),
        shutdown=shutdown,
        successor=successor,
        sizes=Sizes(offered=(SQUARE,)),
        qualities=(Quality.LOW,),
        default_quality=Quality.LOW,
        prices=PRICES,
        tokens=Tokens(table={(Quality.LOW, SQUARE): 272}),
    )


CATALOGUE = Catalogue((PAINTER, FLARE, SKETCHER, ended("painter-1", "painter-2")))
