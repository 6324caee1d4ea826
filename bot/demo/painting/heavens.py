"""Space: stars, glowing gas, the curve of a world."""

import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from bot.demo.painting.colour import darker, evenly, lighter, mix
from bot.demo.painting.stage import Stage
from bot.demo.painting.texture import (
    coloured,
    curve,
    enlarged,
    fractal,
    gradient,
    light_up,
    shade,
    shine,
)


def space(stage: Stage) -> None:
    """Stars, glowing clouds of gas, and a world far or near."""
    rng = stage.dice("space")
    palette = stage.palette
    deep = [darker(palette.sky[0], 0.55), darker(palette.sky[1], 0.45), darker(palette.sky[0], 0.7)]
    # Gas is soft: half the size is enough.
    small = stage.width // 2, stage.height // 2
    backdrop = gradient(*small, evenly(deep))
    gas = (palette.sky[-1], palette.accent, palette.sky[2])
    for index, colour in enumerate(gas[: 2 + (stage.detail > 0)]):
        noise = fractal(*small, rng, cells=2.4 + index, octaves=6)
        lean = fractal(*small, rng, cells=1.5, octaves=2)
        noise = ImageChops.multiply(noise, lean)
        cloud = noise.point(curve(lambda value: max(0.0, value - 0.16) ** 1.5 * 1.35))
        shine(backdrop, cloud, mix(colour, palette.sky[2], 0.25))
    stage.image.paste(enlarged(backdrop, *stage.image.size), (0, 0))
    layer = Image.new("L", stage.image.size, 0)
    draw = ImageDraw.Draw(layer)
    for _ in range(240 + 160 * stage.detail):
        x, y = rng.random() * stage.width, rng.random() * stage.height
        bright = rng.random() ** 3
        reach = stage.unit / 1000 * (0.4 + 1.4 * bright)
        draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=round(70 + 185 * bright))
        if bright > 0.7 and stage.detail:
            light_up(stage.image, (x, y), reach * 9, palette.light, 0.55, 2.4)
    shine(stage.image, layer, (255, 250, 240))
    _world(stage, rng)


def _world(stage: Stage, rng: random.Random) -> None:
    """The curve of a world at the lower edge, its air glowing."""
    radius = stage.unit * rng.uniform(0.75, 1.1)
    x = stage.width * rng.uniform(0.2, 0.8)
    y = stage.height + radius * rng.uniform(0.5, 0.66)
    side = round(radius * 2)
    air = mix(stage.palette.sky[-1], stage.palette.light, 0.2)
    light_up(stage.image, (x, y), radius * 1.22, air, 0.95, 0.75)
    mask = Image.new("L", (side, side), 0)
    ImageDraw.Draw(mask).ellipse((0, 0, side - 1, side - 1), fill=255)
    body = gradient(
        side, side, [(0, stage.palette.far), (0.35, stage.palette.near), (1, (4, 5, 12))]
    )
    if stage.detail:
        bands = fractal(side, side, rng, cells=9, octaves=4, stretch=5)
        shade(
            body, bands.point(curve(lambda value: max(0, value - 0.4))), stage.palette.accent, 0.4
        )
    body = Image.composite(
        body,
        Image.new("RGB", body.size, (3, 4, 10)),
        Image.linear_gradient("L")
        .resize(body.size)
        .point(curve(lambda value: max(0.0, 1 - value * 2.6))),
    )
    rim = ImageChops.subtract(mask, ImageChops.offset(mask, 0, max(2, side // 90)))
    rim = rim.filter(ImageFilter.GaussianBlur(side / 260))
    body = ImageChops.screen(body, coloured(rim, lighter(air, 0.3)))
    stage.image.paste(body, (round(x - radius), round(y - radius)), mask)
