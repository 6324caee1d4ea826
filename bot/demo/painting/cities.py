"""Rows of towers with their windows."""

import random

from PIL import ImageDraw

from bot.demo.painting.colour import Colour, darker, lighter, mix
from bot.demo.painting.stage import Stage
from bot.demo.painting.texture import gradient, shade


def city(stage: Stage) -> None:
    """Rows of towers with their windows, and wet pavement or water in front."""
    rng = stage.dice("city")
    palette = stage.palette
    dusk = stage.time in {"night", "sunset"}
    rows = 3 + (stage.detail > 1)
    for row in range(rows):
        near = row / (rows - 1)
        wall = mix(mix(palette.haze, palette.far, 0.5), palette.near, 0.1 + 0.8 * near)
        _skyline(stage, rng, near, wall, lit=dusk)
        veil = gradient(
            1,
            stage.height,
            [
                (0, (0, 0, 0)),
                (stage.horizon - 0.2, (0, 0, 0)),
                (stage.horizon, (150, 150, 150)),
                (1, (150, 150, 150)),
            ],
        )
        if row < rows - 1:
            haze = veil.convert("L").resize(stage.image.size)
            shade(stage.image, haze, palette.haze, 0.5)


def _skyline(stage: Stage, rng: random.Random, near: float, wall: Colour, *, lit: bool) -> None:
    draw = ImageDraw.Draw(stage.image)
    unit, foot = stage.unit, stage.horizon * stage.height
    x = -unit * 0.05
    lamps = ((255, 214, 130), (255, 236, 190), lighter(stage.palette.accent, 0.2), (170, 220, 255))
    while x < stage.width:
        wide = unit * rng.uniform(0.045, 0.1) * (0.7 + 0.6 * near)
        tall = unit * (0.1 + 0.36 * rng.random() ** 1.5) * (1.05 - 0.3 * near)
        middle = abs(x / stage.width - (1 - stage.light[0]))
        tall *= 1.25 - 0.5 * middle
        box = x, foot - tall, x + wide, foot + unit * 0.02
        draw.rectangle(box, fill=wall)
        sunny = stage.light[0] * stage.width < x
        edge = (
            (x, foot - tall, x + wide * 0.3, foot)
            if not sunny
            else (x + wide * 0.7, foot - tall, x + wide, foot)
        )
        draw.rectangle(edge, fill=darker(wall, 0.14))
        _roof(stage, rng, draw, box, wall)
        if near > 0.2 and stage.detail:
            _windows(
                stage,
                rng,
                draw,
                box,
                wall,
                lamps if lit else (lighter(wall, 0.22), darker(wall, 0.16)),
            )
        x += wide + unit * rng.choice((0.0, 0.004, 0.012))


def _roof(
    stage: Stage,
    rng: random.Random,
    draw: ImageDraw.ImageDraw,
    box: tuple[float, float, float, float],
    wall: Colour,
) -> None:
    left, top, right, _ = box
    wide = right - left
    style = rng.random()
    if style < 0.2:
        draw.polygon(
            [(left, top), (right, top), (right, top - wide * rng.uniform(0.2, 0.5))], fill=wall
        )
    elif style < 0.4:
        draw.rectangle((left + wide * 0.2, top - wide * 0.25, right - wide * 0.2, top), fill=wall)
        draw.rectangle((left + wide * 0.36, top - wide * 0.5, right - wide * 0.36, top), fill=wall)
    elif style < 0.55:
        draw.polygon([(left, top), (right, top), ((left + right) / 2, top - wide * 0.8)], fill=wall)
    if style < 0.62:
        mast = (left + right) / 2
        tip = top - wide * rng.uniform(0.8, 1.4)
        draw.line((mast, top, mast, tip), fill=wall, width=max(1, round(stage.unit / 400)))


def _windows(
    stage: Stage,
    rng: random.Random,
    draw: ImageDraw.ImageDraw,
    box: tuple[float, float, float, float],
    wall: Colour,
    panes: tuple[Colour, ...],
) -> None:
    left, top, right, bottom = box
    step = max(4.0, stage.unit * rng.uniform(0.0095, 0.014))
    pane = max(1.5, step * rng.uniform(0.4, 0.6))
    share = rng.uniform(0.25, 0.75)
    own = rng.choice(panes)
    y = top + step
    while y < bottom - step * 1.5:
        x = left + step * 0.6
        while x < right - pane:
            if rng.random() < share:
                tone = own if rng.random() < 0.8 else rng.choice(panes)
                draw.rectangle(
                    (x, y, x + pane, y + pane * 1.2), fill=mix(tone, wall, rng.random() * 0.5)
                )
            x += step
        y += step * 1.35


def street(stage: Stage) -> None:
    """A quay in the foreground, for whoever stands before a city."""
    top = stage.height * 0.9
    tone = darker(stage.palette.near, 0.2)
    stage.fill(
        [[(0, top), (stage.width, top), (stage.width, stage.height + 2), (0, stage.height + 2)]],
        tone,
    )
    edge = max(2.0, stage.unit * 0.006)
    stage.fill(
        [[(0, top), (stage.width, top), (stage.width, top + edge), (0, top + edge)]],
        mix(tone, stage.palette.sky[-1], 0.35),
    )
