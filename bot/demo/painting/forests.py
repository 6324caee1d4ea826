"""Inside a wood."""

import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from bot.demo.painting.colour import darker, lighter, mix
from bot.demo.painting.pen import Point, smooth
from bot.demo.painting.ridges import Profile, ground, pines, profile
from bot.demo.painting.stage import Stage
from bot.demo.painting.texture import curve, light_up, shine


def forest(stage: Stage) -> Profile:
    """Rows of firs in ever thinner air, shafts of light, dark trunks framing the clearing."""
    rng = stage.dice("forest")
    palette = stage.palette
    line: Profile = []
    rows = 4 + min(2, stage.detail)
    snowy = "snow" in stage.theme.weather
    for row in range(rows):
        near = row / (rows - 1)
        colour = mix(mix(palette.haze, palette.far, 0.35), palette.near, 0.08 + 0.85 * near**1.3)
        level = stage.horizon - 0.06 + 0.26 * near**1.4
        line = profile(stage, rng, level, 0.03, waves=1.2, octaves=3)
        size = 0.25 + 0.28 * near
        if row < rows - 1:
            # The middle stays open where the subject stands and the light comes in.
            trees = [
                tree
                for tree in pines(stage, rng, line, size, 0.55 + 0.25 * (1 - near))
                if near < 0.45 or abs(tree[0][0] / stage.width - 0.5) > 0.22 * near + 0.04
            ]
            if trees:
                stage.fill(trees, mix(colour, palette.near, 0.18))
        soil = mix(lighter(palette.haze, 0.45), palette.far, 0.45 * near) if snowy else colour
        ground(stage, line, soil, mix(soil, palette.haze, 0.2 * (1 - near)), 0.2)
        if row == rows // 2 and stage.detail:
            _shafts(stage, rng)
    if stage.time in {"night", "sunset"} and not snowy:
        _fireflies(stage, rng)
    _trunks(stage, rng)
    return line


def _shafts(stage: Stage, rng: random.Random) -> None:
    mask = Image.new("L", stage.image.size, 0)
    draw = ImageDraw.Draw(mask)
    x, y = stage.light[0] * stage.width, stage.light[1] * stage.height - stage.unit * 0.3
    for _ in range(7):
        lean = rng.uniform(-0.9, 0.9)
        wide = rng.uniform(0.03, 0.09)
        far = stage.height * 1.3
        draw.polygon(
            [(x, y), (x + (lean - wide) * far, y + far), (x + (lean + wide) * far, y + far)],
            fill=round(rng.uniform(26, 62)),
        )
    mask = mask.reduce(4).filter(ImageFilter.GaussianBlur(stage.unit / 200)).resize(mask.size)
    fade = Image.linear_gradient("L").resize(mask.size).point(curve(lambda value: 1 - value))
    shine(
        stage.image,
        ImageChops.multiply(mask, fade),
        mix(stage.palette.light, stage.palette.sky[-1], 0.4),
    )


def _trunks(stage: Stage, rng: random.Random) -> None:
    """Old trunks close to the eye, at one or both edges."""
    outlines: list[list[Point]] = []
    for side in rng.choice(((0.0,), (1.0,), (0.0, 1.0))):
        inward = 1 if side == 0 else -1
        for index in range(rng.randint(1, 2)):
            x = (side + inward * (0.03 + 0.13 * index * rng.uniform(0.7, 1.3))) * stage.width
            wide = stage.unit * rng.uniform(0.026, 0.05) * (1 - index * 0.4)
            lean = rng.uniform(-0.05, 0.05) * stage.width
            foot = stage.height * (1.02 - index * 0.05)
            bows = [rng.uniform(-0.5, 0.5) * wide for _ in range(5)]
            spine = [
                (x + lean * (1 - at) ** 1.5 + bows[step], foot * at)
                for step, at in enumerate((0.0, 0.25, 0.5, 0.75, 0.93))
            ]
            reach = [0.72, 0.8, 0.9, 1.02, 1.3]
            left = [(px - wide * part, py) for (px, py), part in zip(spine, reach, strict=True)]
            right = [(px + wide * part, py) for (px, py), part in zip(spine, reach, strict=True)]
            flare = [(x + wide * 2.6, foot + 4), (x - wide * 2.6, foot + 4)]
            outlines.append(
                [*smooth(right, closed=False), *flare, *reversed(smooth(left, closed=False))]
            )
            for _ in range(3):
                y = stage.height * rng.uniform(0.04, 0.45)
                long = stage.unit * rng.uniform(0.1, 0.24) * rng.choice((inward, inward, -inward))
                outlines.append(
                    smooth(
                        [
                            (x, y + wide),
                            (x + long * 0.5, y - abs(long) * 0.12),
                            (x + long, y - abs(long) * 0.5),
                            (x + long * 0.45, y - abs(long) * 0.24),
                            (x, y - wide * 0.2),
                        ],
                        closed=True,
                    )
                )
    stage.fill(outlines, darker(stage.palette.near, 0.35))


def _fireflies(stage: Stage, rng: random.Random) -> None:
    for _ in range(10 + 8 * stage.detail):
        x = rng.random() * stage.width
        y = stage.height * rng.uniform(stage.horizon - 0.12, 0.95)
        reach = stage.unit * rng.uniform(0.003, 0.008)
        light_up(stage.image, (x, y), reach * 4, (255, 226, 130), 0.55, 2.2)
        light_up(stage.image, (x, y), reach, (255, 250, 220), 0.9, 1.2)
