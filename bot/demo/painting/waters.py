"""Water that mirrors what stands behind it, and the world beneath its surface."""

import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from bot.demo.painting.colour import Colour, darker, lighter, mix
from bot.demo.painting.pen import Point
from bot.demo.painting.ridges import Profile, ground, profile
from bot.demo.painting.stage import Stage
from bot.demo.painting.texture import curve, gradient, light_up, shine


def water(stage: Stage, level: float) -> None:
    """Fill everything below ``level`` (fraction of the height) with water that mirrors the rest."""
    rng = stage.dice("water")
    top = round(level * stage.height)
    deep = stage.height - top
    if deep < 4:
        return
    above = stage.image.crop((0, max(0, top - round(deep * 1.25)), stage.width, top))
    mirror = above.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    mirror = mirror.resize((stage.width, deep), Image.Resampling.BILINEAR)
    mirror = mirror.filter(ImageFilter.BoxBlur(stage.unit / 300))
    mirror = _rippled(stage, rng, mirror)
    palette = stage.palette
    tint = gradient(
        stage.width,
        deep,
        [
            (0, mix(palette.sky[-1], palette.water, 0.35)),
            (0.35, palette.water),
            (1, darker(palette.water, 0.25)),
        ],
    )
    depth = Image.new("L", (1, 32))
    depth.putdata([round(255 * (0.3 + 0.45 * (row / 31) ** 0.7)) for row in range(32)])
    mirror = Image.composite(
        tint, mirror, depth.resize((stage.width, deep), Image.Resampling.BICUBIC)
    )
    stage.image.paste(mirror, (0, top))
    if stage.detail:
        _wavelets(stage, rng, top, deep)
    if stage.time != "grey":
        _glitter(stage, rng, top, deep)


def _rippled(stage: Stage, rng: random.Random, mirror: Image.Image) -> Image.Image:
    """Shift the rows of a mirror image sideways, more the nearer they are."""
    deep = mirror.height
    result = mirror.copy()
    row, phase = 0, rng.uniform(0, 6)
    while row < deep:
        near = row / deep
        high = max(1, round(stage.unit / 420 * (0.6 + 2.6 * near)))
        shift = math.sin(row * 0.9 + phase) * stage.unit * (0.0015 + 0.014 * near)
        shift += rng.uniform(-1, 1) * stage.unit * 0.006 * near
        strip = mirror.crop((0, row, mirror.width, min(deep, row + high)))
        result.paste(strip, (round(shift), row))
        row += high
    return result


def _wavelets(stage: Stage, rng: random.Random, top: int, deep: int) -> None:
    light = Image.new("L", (stage.width, deep), 0)
    dark = Image.new("L", (stage.width, deep), 0)
    brushes = ImageDraw.Draw(light), ImageDraw.Draw(dark)
    for _ in range(90 + 70 * stage.detail):
        near = rng.random() ** 1.6
        y = near * deep
        long = stage.unit * rng.uniform(0.008, 0.05) * (0.4 + 1.6 * near)
        high = max(1.0, stage.unit * 0.0022 * (0.3 + 1.6 * near))
        x = rng.uniform(-0.05, 1.0) * stage.width
        strong = round(rng.uniform(18, 70))
        rng.choice(brushes).ellipse((x, y, x + long, y + high), fill=strong)
    part = stage.image.crop((0, top, stage.width, stage.height))
    part.paste(lighter(stage.palette.sky[-1], 0.3), (0, 0), light)
    part.paste(darker(stage.palette.water, 0.5), (0, 0), dark)
    stage.image.paste(part, (0, top))


def _glitter(stage: Stage, rng: random.Random, top: int, deep: int) -> None:
    """The broken path of light under the sun or the moon."""
    path = Image.new("L", (stage.width, deep), 0)
    draw = ImageDraw.Draw(path)
    middle = stage.light[0] * stage.width
    low = 1.0 if stage.light[1] > 0.3 else 0.55
    for _ in range(150 + 60 * stage.detail):
        near = rng.random() ** 1.25
        spread = stage.unit * (0.045 + 0.13 * near)
        x = middle + rng.gauss(0, 0.5) * spread
        y = near * deep
        long = stage.unit * rng.uniform(0.012, 0.045) * (0.5 + near)
        high = max(1.0, stage.unit * 0.003 * (0.35 + 1.5 * near))
        fill = round(rng.uniform(90, 230) * (1 - 0.55 * near) * low)
        draw.ellipse((x - long, y, x + long, y + high), fill=fill)
    part = stage.image.crop((0, top, stage.width, stage.height))
    shine(part, path, mix(stage.palette.light, stage.palette.sky[-1], 0.3))
    light_up(part, (middle, 0), deep * 0.7, stage.palette.sky[-1], 0.3 * low, 2)
    stage.image.paste(part, (0, top))


def underwater(stage: Stage) -> None:
    """Light falling through water, weeds, corals and bubbles."""
    rng = stage.dice("underwater")
    palette = stage.palette
    sea = mix(palette.water, (16, 120, 150), 0.55)
    stops = [
        (0.0, mix(lighter(sea, 0.62), palette.sky[-1], 0.3)),
        (0.3, lighter(sea, 0.22)),
        (0.7, sea),
        (1.0, darker(sea, 0.5)),
    ]
    stage.image.paste(gradient(stage.width, stage.height, stops), (0, 0))
    rays = Image.new("L", stage.image.size, 0)
    draw = ImageDraw.Draw(rays)
    x = stage.light[0] * stage.width
    for _ in range(11):
        lean, wide = rng.uniform(-0.7, 0.7), rng.uniform(0.02, 0.07)
        far = stage.height * 1.1
        start = x + lean * stage.width * 0.4
        draw.polygon(
            [
                (start - wide * far * 0.3, 0),
                (start + wide * far * 0.3, 0),
                (start + (lean + wide) * far, far),
                (start + (lean - wide) * far, far),
            ],
            fill=round(rng.uniform(22, 60)),
        )
    rays = rays.reduce(4).filter(ImageFilter.GaussianBlur(stage.unit / 180)).resize(rays.size)
    fade = (
        Image.linear_gradient("L").resize(rays.size).point(curve(lambda value: (1 - value) ** 1.2))
    )
    shine(stage.image, ImageChops.multiply(rays, fade), lighter(sea, 0.8))
    if stage.detail:
        _school(stage, rng, mix(sea, darker(sea, 0.6), 0.35))
    for layer in range(3):
        near = layer / 2
        tone = mix(mix(sea, palette.far, 0.2), darker(sea, 0.75), 0.25 + 0.65 * near)
        line = profile(stage, rng, 0.84 + 0.08 * near, 0.07, waves=2.2, octaves=4)
        ground(stage, line, tone, darker(tone, 0.3), 0.2)
        _weeds(stage, rng, line, tone, near)
    _bubbles(stage, rng)


def _school(stage: Stage, rng: random.Random, tone: Colour) -> None:
    """A far school of fish turning together."""
    outlines: list[list[Point]] = []
    x, y = stage.width * rng.uniform(0.15, 0.85), stage.height * rng.uniform(0.2, 0.4)
    heading = rng.choice((-1, 1))
    for _ in range(26 + 10 * stage.detail):
        px = x + rng.gauss(0, 0.13) * stage.unit
        py = y + rng.gauss(0, 0.05) * stage.unit
        long = stage.unit * rng.uniform(0.008, 0.018)
        nose, tail = px + heading * long, px - heading * long
        outlines.append(
            [
                (nose, py),
                (px, py - long * 0.32),
                (tail + heading * long * 0.4, py),
                (tail, py - long * 0.35),
                (tail, py + long * 0.35),
                (tail + heading * long * 0.4, py),
                (px, py + long * 0.32),
            ]
        )
    stage.fill(outlines, tone)


def _weeds(stage: Stage, rng: random.Random, line: Profile, tone: Colour, near: float) -> None:
    blades: list[list[Point]] = []
    for _ in range(round(5 + 4 * stage.detail)):
        foot, y = line[rng.randrange(len(line))]
        tall = stage.unit * rng.uniform(0.08, 0.3) * (0.6 + 0.5 * near)
        sway, phase = stage.unit * rng.uniform(0.008, 0.022), rng.uniform(0, 6)
        wide = tall * 0.05
        left, right = [], []
        for step in range(15):
            at = step / 14
            middle = foot + math.sin(at * 6 + phase) * sway * (0.3 + at)
            reach = wide * (1 - at) ** 0.7 * (1 + 0.35 * math.sin(at * 22))
            left.append((middle - reach, y + 6 - tall * at))
            right.append((middle + reach, y + 6 - tall * at))
        blades.append([*left, *reversed(right)])
    stage.fill(
        blades,
        mix(
            tone,
            rng.choice(((46, 160, 120), (232, 96, 110), (120, 170, 70), (240, 150, 80))),
            0.22 + 0.2 * near,
        ),
    )


def _bubbles(stage: Stage, rng: random.Random) -> None:
    layer = Image.new("L", (stage.width * 2, stage.height * 2), 0)
    draw = ImageDraw.Draw(layer)
    for _ in range(4):
        x, y = rng.random() * stage.width * 2, stage.height * rng.uniform(1.2, 1.8)
        for _ in range(rng.randint(4, 9)):
            reach = stage.unit * rng.uniform(0.004, 0.016)
            draw.ellipse(
                (x - reach, y - reach, x + reach, y + reach),
                outline=150,
                width=max(1, round(stage.unit / 400)),
            )
            draw.ellipse(
                (x - reach * 0.55, y - reach * 0.6, x - reach * 0.15, y - reach * 0.2), fill=220
            )
            x += stage.unit * rng.uniform(-0.03, 0.03)
            y -= stage.unit * rng.uniform(0.05, 0.14)
    shine(stage.image, layer.reduce(2), (226, 250, 255))


def islands(stage: Stage) -> None:
    """Far land along the horizon of a sea, fading into the air."""
    rng = stage.dice("islands")
    palette = stage.palette
    for layer in range(1 + min(2, stage.detail)):
        colour = mix(palette.haze, palette.far, 0.35 + 0.3 * layer)
        line = profile(
            stage,
            rng,
            stage.horizon + 0.02,
            0.085 - 0.02 * layer,
            waves=0.9 + layer,
            octaves=5,
            sharp=0.4,
        )
        # Only what rises above the sea is seen; the rest lets the horizon stay straight.
        ground(stage, line, colour, mix(colour, palette.haze, 0.6), 0.16)
