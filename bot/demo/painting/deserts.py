"""Dunes."""

import random

from PIL import ImageChops

from bot.demo.painting.colour import Colour, darker, lighter, mix
from bot.demo.painting.pen import Point, smooth
from bot.demo.painting.ridges import Profile, ground, profile
from bot.demo.painting.stage import Stage
from bot.demo.painting.texture import curve, fractal, gradient, shade


def dunes(stage: Stage) -> Profile:
    """Dunes one behind the other, each with a lit and a shaded side along a winding crest."""
    rng = stage.dice("dunes")
    palette = stage.palette
    sand = mix(mix(palette.far, (236, 170, 96), 0.75 - 0.65 * palette.gloom), palette.sky[-2], 0.2)
    floor = profile(stage, rng, stage.horizon + 0.015, 0.02, waves=0.8, octaves=2)
    ground(stage, floor, mix(sand, palette.haze, 0.6), mix(sand, palette.haze, 0.3), 0.2)
    side = rng.choice((-1, 1))
    for layer in range(5):
        near = layer / 4
        lit = mix(lighter(sand, 0.1), palette.haze, 0.5 * (1 - near))
        dark = mix(darker(lit, 0.32), palette.near, 0.25 + 0.3 * near)
        at = 0.5 + side * rng.uniform(0.1, 0.42)
        side = -side
        rise = rng.uniform(0.08, 0.13) * (0.7 + 0.5 * near)
        top = at * stage.width, (stage.horizon + 0.06 + 0.29 * near**1.2) * stage.height
        _dune(stage, rng, (top[0], top[1] - rise * stage.unit), rise * stage.unit, (lit, dark))
    line = profile(stage, rng, 0.95, 0.02, waves=0.7, octaves=2)
    ground(stage, line, mix(sand, palette.near, 0.2), mix(sand, palette.near, 0.45), 0.1)
    if stage.detail:
        _ripples(stage, rng, line)
    return line


def _dune(
    stage: Stage, rng: random.Random, top: Point, rise: float, tones: tuple[Colour, Colour]
) -> None:
    lit, dark = tones
    away = 1 if stage.light[0] < 0.5 else -1
    x, y = top
    flanks: dict[int, list[Point]] = {}
    for side in (-1, 1):
        reach = side * rise * rng.uniform(4.2, 6.4)
        flanks[side] = smooth(
            [
                (x, y),
                (x + reach * 0.3, y + rise * rng.uniform(0.4, 0.55)),
                (x + reach * 0.7, y + rise),
                (x + reach * 1.3, y + rise * 1.35),
                (x + reach * 2.4, y + rise * 1.6),
            ],
            closed=False,
        )
    low = stage.height + 2.0
    ends = flanks[-1][-1][0], flanks[1][-1][0]
    outline = [*reversed(flanks[-1]), *flanks[1], (ends[1], low), (ends[0], low)]
    start, end = y / stage.height, min(1.0, (y + rise * 3.4) / stage.height)
    body = [
        (0.0, lit),
        (max(0.001, min(0.98, start)), lit),
        (max(0.01, end), mix(lit, dark, 0.4)),
        (1.0, mix(lit, dark, 0.5)),
    ]
    stage.fill([outline], gradient(stage.width, stage.height, body))
    bend = rng.uniform(0.7, 1.3)
    crest = smooth(
        [
            (x, y),
            (x + away * rise * 0.75 * bend, y + rise * 0.4),
            (x + away * rise * 0.5, y + rise * 0.95),
            (x + away * rise * 1.5 * bend, y + rise * 1.6),
            (x + away * rise * 1.4, y + rise * 2.6),
            (x + away * rise * 3.2, y + rise * 4.2),
        ],
        closed=False,
    )
    face = [*flanks[away], (flanks[away][-1][0], crest[-1][1]), *reversed(crest)]
    fade = [
        (0.0, dark),
        (max(0.001, min(0.98, start)), dark),
        (max(0.01, end), mix(dark, lit, 0.5)),
        (1.0, mix(dark, lit, 0.5)),
    ]
    stage.fill([face], gradient(stage.width, stage.height, fade))


def _ripples(stage: Stage, rng: random.Random, line: Profile) -> None:
    """Wind ripples over the nearest sand."""
    noise = fractal(stage.width, stage.height, rng, cells=60, octaves=2, stretch=14)
    below = stage.mask([[*line, (stage.width, stage.height), (0, stage.height)]])
    marks = noise.point(curve(lambda value: max(0.0, value - 0.5)))
    shade(stage.image, ImageChops.multiply(marks, below), stage.palette.near, 0.5)
