"""A poster's backdrop for one subject."""

import math
import random

from PIL import Image, ImageDraw

from bot.demo.painting.colour import Colour, darker, lighter, lightness, mix
from bot.demo.painting.pen import Point
from bot.demo.painting.stage import Stage
from bot.demo.painting.texture import curve, fractal, gradient, shade


def studio(stage: Stage) -> None:
    """A poster's backdrop: calm colour, one large disc, a few quiet shapes."""
    rng = stage.dice("studio")
    palette = stage.palette
    back = rng.choice(
        (palette.sky[-1], mix(palette.sky[-1], palette.accent, 0.35), palette.sky[-2])
    )
    if stage.time == "night":
        back = palette.sky[1]
    elif lightness(back) > 0.93:
        back = mix(back, palette.sky[1], 0.3)
    stage.image.paste(
        gradient(stage.width, stage.height, [(0, lighter(back, 0.16)), (1, darker(back, 0.12))]),
        (0, 0),
    )
    disc = mix(palette.light, palette.sky[-2], 0.3)
    if stage.time != "night":
        disc = rng.choice((lighter(back, 0.5), mix(palette.sky[1], back, 0.25), palette.light))
    if abs(lightness(disc) - lightness(back)) < 0.07:
        disc = mix(back, palette.sky[0], 0.3)
    x, y = stage.width * 0.5, stage.height * 0.47
    radius = stage.unit * rng.uniform(0.33, 0.39)
    manner = rng.choice(("rays", "rings", "leaves", "plain"))
    if manner == "rays":
        _sunburst(stage, rng, (x, y), lighter(back, 0.22))
    elif manner == "rings":
        for step in range(4, 0, -1):
            _circle(
                stage, x, y, radius * (1 + step * 0.17), mix(back, disc, 0.14 + 0.1 * (4 - step))
            )
    _circle(stage, x, y, radius, disc)
    if manner == "leaves":
        _leaves(stage, rng, (x, y), radius, mix(palette.far, back, 0.2))
    if stage.detail:
        noise = fractal(stage.width, stage.height, rng, cells=5, octaves=5)
        shade(
            stage.image,
            noise.point(curve(lambda value: max(0.0, value - 0.5))),
            lighter(back, 0.5),
            0.22,
        )


def _circle(stage: Stage, x: float, y: float, radius: float, colour: Colour) -> None:
    side = max(2, round(radius * 2))
    mask = Image.new("L", (side * 2, side * 2), 0)
    ImageDraw.Draw(mask).ellipse((0, 0, side * 2 - 1, side * 2 - 1), fill=255)
    stage.image.paste(colour, (round(x - radius), round(y - radius)), mask.reduce(2))


def _sunburst(stage: Stage, rng: random.Random, centre: Point, colour: Colour) -> None:
    count = rng.choice((12, 16, 20))
    turn = rng.random()
    reach = math.hypot(*stage.image.size)
    wedges = []
    for index in range(count):
        start, end = ((index + turn + part) / count * math.tau for part in (0, 0.5))
        wedges.append(
            [centre]
            + [
                (centre[0] + math.cos(angle) * reach, centre[1] + math.sin(angle) * reach)
                for angle in (start, end)
            ]
        )
    stage.fill(wedges, colour)


def _leaves(stage: Stage, rng: random.Random, centre: Point, radius: float, colour: Colour) -> None:
    leaves: list[list[Point]] = []
    for side in (-1, 1):
        for index in range(7):
            angle = math.pi / 2 - side * (0.35 + index * 0.26) * rng.uniform(0.95, 1.05)
            x = centre[0] + math.cos(angle) * radius * 1.07
            y = centre[1] + math.sin(angle) * radius * 1.07
            long = radius * rng.uniform(0.24, 0.36)
            out = angle - side * 0.75
            tip = x + math.cos(out) * long, y + math.sin(out) * long
            across = -math.sin(out) * long * 0.2, math.cos(out) * long * 0.2
            middle = (x + tip[0]) / 2, (y + tip[1]) / 2
            leaves.append(
                [
                    (x, y),
                    (middle[0] + across[0], middle[1] + across[1]),
                    tip,
                    (middle[0] - across[0], middle[1] - across[1]),
                ]
            )
    stage.fill(leaves, colour)
