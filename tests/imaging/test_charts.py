"""Charts: light on dark, quick, and whatever the numbers are."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from PIL import Image

from bot.core.bookkeeping import By, Chart, Series, Span, Spent, bits, draw_up
from bot.imaging.charts import BACKGROUND, COLOURS, draw_chart
from bot.imaging.pillow import PillowImaging

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

Rgb = tuple[int, int, int]


def rgb(colour: str) -> Rgb:
    """The colour of that code."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def opened(data: bytes) -> Image.Image:
    """A picture, decoded."""
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB")


def ten_thousand() -> list[Spent]:
    """So many requests in thirty days."""
    marks = bits(Span.THIRTY_DAYS, NOW, UTC)
    return [
        Spent(
            starts_at=marks[n * n % 30],
            member_id=n % 41,
            model=f"model-{n % 9}",
            requests=1,
            pictures=1 + n % 4,
            micro=n * 7919 % 90_001,
        )
        for n in range(10_000)
    ]


def thirty_days() -> Chart:
    """Their chart."""
    marks = bits(Span.THIRTY_DAYS, NOW, UTC)
    return draw_up(ten_thousand(), marks, By.MODEL, "Last 30 days: $5", UTC)


def test_a_chart_is_dark_with_a_colour_for_each_series() -> None:
    """Given a month of six models, when it is drawn, then each colour covers something."""
    image = opened(draw_chart(thirty_days()))
    colours = {colour: count for count, colour in image.getcolors(2**24) or []}

    assert image.size == (1200, 750)
    assert image.getpixel((2, 2)) == rgb(BACKGROUND)
    for colour in COLOURS:
        assert colours[rgb(colour)] > 1_000


def test_ten_thousand_requests_are_drawn_in_less_than_a_second() -> None:
    """Given ten thousand requests, when they are drawn up and drawn, then nobody waits long.

    In seconds of this thread's own work, since others work on the machine as well.
    """
    draw_chart(thirty_days())
    began = time.thread_time()

    draw_chart(thirty_days())

    assert time.thread_time() - began < 1


@pytest.mark.parametrize(
    "chart",
    [
        Chart(title="nothing", ticks=("1 Nov",), series=()),
        Chart(title="no time", ticks=(), series=()),
        Chart(
            title="for nothing", ticks=("a",), series=(Series(name="m", pictures=(3,), micro=(0,)),)
        ),
        Chart(
            title="much",
            ticks=("a", "b"),
            series=(Series(name="$_$", pictures=(10**6, 0), micro=(10**13, 1)),),
        ),
    ],
    ids=lambda chart: chart.title,
)
def test_odd_numbers_make_a_chart_too(chart: Chart) -> None:
    """Given nothing, or more than anybody spends, when it is drawn, then it is a picture."""
    assert opened(draw_chart(chart)).size == (1200, 750)


async def test_charts_are_drawn_beside_the_loop() -> None:
    """Given the imaging of the app, when a chart is asked for, then a PNG comes."""
    imaging = PillowImaging()
    try:
        assert (await imaging.chart(thirty_days())).startswith(b"\x89PNG")
    finally:
        await imaging.close()


def test_matplotlib_is_loaded_with_the_first_chart() -> None:
    """Given the whole app, when it is imported, then matplotlib is not."""
    code = "import sys, bot.app; sys.exit('matplotlib' in sys.modules or 'numpy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
