"""Draws usage.png, a month that never was: `python docs/pictures/usage.py`."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

from bot.core.bookkeeping import By, Span, Spent, bits, draw_up, total
from bot.core.pricing import dollars
from bot.imaging.charts import draw_chart

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MODELS = {"gpt-image-2.5-flare": 53_000, "gpt-image-2": 41_000, "flux-2-pro": 30_000}


def main() -> None:
    """Make up a month and draw it."""
    chance = random.Random(7)  # noqa: S311 -- a pretend month is no secret
    marks = bits(Span.THIRTY_DAYS, NOW, UTC)
    spent = [
        Spent(
            starts_at=start,
            member_id=1,
            model=model,
            requests=pictures,
            pictures=pictures,
            micro=pictures * price,
        )
        for start in marks[:-1]
        for model, price in MODELS.items()
        if (pictures := chance.randrange(price // 3_000) + 3 * (start.weekday() > 4))
    ]
    drawn = total(spent)
    title = f"Last 30 days: {drawn.pictures:,} pictures, {dollars(drawn.micro)}"
    chart = draw_up(spent, marks, By.MODEL, title, UTC)
    Path(__file__).with_suffix(".png").write_bytes(draw_chart(chart))


if __name__ == "__main__":
    main()
