"""Charts of what a server drew and paid: light on dark, as Discord is to most people."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from bot.core.bookkeeping import Chart, Series
from bot.core.pricing import MILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BACKGROUND = "#1e1f22"
PANEL = "#2b2d31"
TEXT = "#f2f3f5"
FAINT = "#80848e"

COLOURS = ("#56b4e9", "#e69f00", "#2fc08a", "#f0e442", "#e57fb4", "#b8bcc6")
"""Okabe and Ito's, which colour-blind people tell apart; made lighter for a dark ground."""

INCHES = (10.0, 6.25)
DPI = 120

ROOM = {"left": 0.1, "right": 0.985, "top": 0.81, "bottom": 0.065, "hspace": 0.08}
"""Where the panels are, as parts of the whole; above them are the title and the legend."""

HALF = 0.4
"""Of the width of a bar, where the next one is 1 away."""

MOST_TICKS = 10
"""Names of days that fit beside each other."""


def draw_chart(chart: Chart) -> bytes:
    """A PNG of 1200 × 750 pixels: pictures above, dollars below, stacked by series."""
    # Imported when the first chart is drawn: it takes half a second and 50 MB.
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=INCHES, dpi=DPI, facecolor=BACKGROUND)
    FigureCanvasAgg(figure)
    upper, lower = figure.subplots(2, 1, sharex=True, gridspec_kw=ROOM)
    figure.suptitle(_plain(chart.title), color=TEXT, fontsize=16, x=0.012, y=0.975, ha="left")
    _panel(upper, chart, [each.pictures for each in chart.series], "pictures")
    _panel(lower, chart, [[micro / MILLION for micro in s.micro] for s in chart.series], "dollars")
    lower.yaxis.set_major_formatter(_dollars)
    upper.yaxis.get_major_locator().set_params(integer=True)
    _name_ticks(lower, chart.ticks)
    if chart.series:
        _legend(upper, chart.series)
    file = BytesIO()
    figure.savefig(file, format="png", facecolor=BACKGROUND)
    return file.getvalue()


def _panel(axes: Axes, chart: Chart, values: Sequence[Sequence[float]], unit: str) -> None:
    """Bars that stand on each other, and nothing else that could be looked at."""
    from matplotlib.collections import PolyCollection  # noqa: PLC0415 -- as above

    axes.set_facecolor(PANEL)
    places = range(len(chart.ticks))
    below = [0.0] * len(chart.ticks)
    for each, colour in zip(values, COLOURS, strict=False):
        above = [a + b for a, b in zip(below, each, strict=True)]
        bars = [
            ((x - HALF, low), (x - HALF, high), (x + HALF, high), (x + HALF, low))
            for x, low, high in zip(places, below, above, strict=True)
        ]
        # One shape for all bars of a colour: as many shapes as bars take five times as long.
        axes.add_collection(PolyCollection(bars, facecolor=colour, linewidth=0))
        below = above
    axes.set_ylim(0, max(below, default=0) * 1.08 or 1)
    axes.set_xlim(-0.6, len(chart.ticks) - 0.4)
    axes.set_ylabel(unit, color=TEXT, fontsize=13)
    axes.yaxis.set_label_coords(-0.085, 0.5)
    axes.tick_params(colors=TEXT, labelsize=12, length=0)
    axes.tick_params(axis="x", pad=8)
    axes.grid(axis="y", color=FAINT, alpha=0.35)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _name_ticks(axes: Axes, ticks: Sequence[str]) -> None:
    step = -(-len(ticks) // MOST_TICKS)
    places = list(range(0, len(ticks), step)) if ticks else []
    axes.set_xticks(places, [ticks[place] for place in places])


def _legend(axes: Axes, series: Sequence[Series]) -> None:
    axes.legend(
        axes.collections,
        [_plain(each.name) for each in series],
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=3,
        frameon=False,
        labelcolor=TEXT,
        fontsize=12,
    )


def _dollars(value: float, _place: object) -> str:
    """A round number of an axis, with as many digits as it takes."""
    whole, _, part = f"{value:,.6f}".rstrip("0").partition(".")
    return f"${whole}.{part.ljust(2, '0')}" if part else f"${whole}"


def _plain(text: str) -> str:
    """Dollar signs are no formulas."""
    return text.replace("$", r"\$")
