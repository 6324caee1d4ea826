"""Skies: gradient, sun and moon with their glow, stars, clouds, aurora and weather."""

import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from bot.demo.painting.colour import Colour, darker, evenly, lighter, mix
from bot.demo.painting.stage import Stage
from bot.demo.painting.texture import (
    coloured,
    curve,
    fractal,
    gradient,
    light_up,
    shade,
    shine,
)


def sky(stage: Stage) -> None:
    """Paint the whole sky, down to the horizon and below it."""
    colours = stage.palette.sky
    reach = round(stage.height * min(1.0, stage.horizon + 0.06))
    backdrop = gradient(stage.width, reach, evenly(colours))
    stage.image.paste(colours[-1], (0, 0, stage.width, stage.height))
    stage.image.paste(backdrop, (0, 0))
    if stage.time == "night":
        _stars(stage)
    if "aurora" in stage.theme.weather:
        _aurora(stage)
    if stage.time == "night" or "moon" in stage.theme.weather:
        _moon(stage)
    elif stage.time != "grey" or "sun" in stage.theme.weather:
        _sun(stage)
    if stage.detail:
        _clouds(stage)
    if "storm" in stage.theme.weather:
        _lightning(stage)


def night_sky(stage: Stage) -> None:
    """Stars and a moon over a picture that has its own sky already."""
    _stars(stage)
    _moon(stage)


def weather(stage: Stage) -> None:
    """Lay rain, snow or mist over the finished scene."""
    words = stage.theme.weather
    if "rain" in words or "storm" in words:
        _rain(stage)
    if "snow" in words:
        _snowfall(stage)
    if "fog" in words:
        mist(stage, 0.62, 0.55)


def mist(stage: Stage, level: float, strength: float) -> None:
    """A bank of mist around one level (fraction of the height)."""
    rng = stage.dice(f"mist{level:.2f}")
    noise = fractal(stage.width, stage.height, rng, cells=4, octaves=3, stretch=5)
    band = Image.new("L", (1, 64))
    band.putdata([round(255 * math.exp(-(((row / 63 - level) / 0.2) ** 2))) for row in range(64)])
    mask = ImageChops.multiply(band.resize(stage.image.size, Image.Resampling.BICUBIC), noise)
    shade(stage.image, mask, lighter(stage.palette.haze, 0.25), strength * 1.5)


def _sun(stage: Stage) -> None:
    centre = stage.light[0] * stage.width, stage.light[1] * stage.height
    low = stage.time in {"sunset", "dawn"}
    radius = stage.unit * stage.dice("sun").uniform(0.075, 0.115) * (1.25 if low else 0.8)
    colour = stage.palette.light
    warm = mix(colour, stage.palette.sky[-2], 0.55)
    light_up(stage.image, centre, radius * 8, warm, 0.5, 1.7)
    light_up(stage.image, centre, radius * 3, warm, 0.6, 1.9)
    _disc(stage, centre, radius, colour)
    light_up(stage.image, centre, radius * 1.5, colour, 0.35, 1.2)


def _moon(stage: Stage) -> None:
    rng = stage.dice("moon")
    centre = stage.light[0] * stage.width, stage.light[1] * stage.height
    radius = stage.unit * rng.uniform(0.075, 0.12)
    colour = stage.palette.light
    air = mix(colour, stage.palette.sky[-1], 0.6)
    light_up(stage.image, centre, radius * 7, air, 0.42, 1.9)
    light_up(stage.image, centre, radius * 2.6, air, 0.5, 1.6)
    side = round(radius * 2)
    face = Image.new("RGB", (side, side), colour)
    if stage.detail:
        seas = fractal(side, side, rng, cells=3, octaves=3).point(
            curve(lambda value: max(0.0, value - 0.48) * 1.3)
        )
        face.paste(mix(colour, stage.palette.sky[-2], 0.55), (0, 0), seas)
    mask = Image.new("L", (side * 3, side * 3), 0)
    draw = ImageDraw.Draw(mask)
    draw.ellipse((0, 0, side * 3 - 1, side * 3 - 1), fill=255)
    if rng.random() < 0.35:
        shift = round(side * 3 * rng.uniform(0.25, 0.42))
        edge = side * 3 - 1
        draw.ellipse((shift, -shift // 3, edge + shift, edge - shift // 3), fill=0)
    stage.image.paste(face, (round(centre[0] - radius), round(centre[1] - radius)), mask.reduce(3))


def _disc(stage: Stage, centre: tuple[float, float], radius: float, colour: Colour) -> None:
    side = round(radius * 2)
    mask = Image.new("L", (side * 3, side * 3), 0)
    ImageDraw.Draw(mask).ellipse((0, 0, side * 3 - 1, side * 3 - 1), fill=255)
    corner = round(centre[0] - radius), round(centre[1] - radius)
    stage.image.paste(colour, corner, mask.reduce(3))


def _stars(stage: Stage) -> None:
    rng = stage.dice("stars")
    if stage.detail > 1:
        _milky_way(stage)
    layer = Image.new("L", stage.image.size, 0)
    draw = ImageDraw.Draw(layer)
    size = max(1.0, stage.unit / 900)
    for _ in range(90 + 70 * stage.detail):
        x = rng.random() * stage.width
        y = rng.random() ** 1.35 * stage.horizon * stage.height
        bright = rng.random() ** 2.2
        reach = size * (0.35 + bright)
        draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=round(90 + 165 * bright))
        if bright > 0.86 and stage.detail:
            light_up(stage.image, (x, y), reach * 9, stage.palette.light, 0.5, 2.4)
    shine(stage.image, layer, lighter(stage.palette.sky[-1], 0.75))


def _milky_way(stage: Stage) -> None:
    rng = stage.dice("milky way")
    side = round(math.hypot(*stage.image.size))
    noise = fractal(side, side, rng, cells=6, octaves=5)
    band = Image.new("L", (1, 64))
    band.putdata([round(255 * math.exp(-(((row - 32) / 9) ** 2))) for row in range(64)])
    streak = ImageChops.multiply(band.resize((side, side), Image.Resampling.BICUBIC), noise)
    streak = streak.rotate(rng.choice((1, -1)) * rng.uniform(25, 60))
    left, top = (side - stage.width) // 2, (side - stage.height) // 2
    streak = streak.crop((left, top, left + stage.width, top + stage.height))
    shine(stage.image, streak.point(curve(lambda value: value * 0.42)), stage.palette.sky[-1])


def _clouds(stage: Stage) -> None:
    rng = stage.dice("clouds")
    heavy = "cloud" in stage.theme.weather or "storm" in stage.theme.weather
    style = rng.random()
    if stage.time == "night" and not heavy and style < 0.5:
        return
    if stage.time == "day" and style < 0.65 and not heavy:
        _cumulus(stage, rng)
        return
    cover = 0.42 if heavy else rng.uniform(0.5, 0.62)
    noise = fractal(
        stage.width,
        stage.height,
        rng,
        cells=rng.uniform(3, 5),
        octaves=5,
        stretch=rng.uniform(3, 6),
    )
    mask = noise.point(curve(lambda value: max(0.0, (value - cover) * 2.4)))
    fade = Image.new("L", (1, 64))
    fade.putdata(
        [
            round(255 * math.sin(math.pi * min(1.0, row / 63 / stage.horizon)) ** 0.7)
            if row / 63 < stage.horizon
            else 0
            for row in range(64)
        ]
    )
    mask = ImageChops.multiply(mask, fade.resize(mask.size, Image.Resampling.BICUBIC))
    below = mix(stage.palette.sky[-1], stage.palette.light, 0.5)
    if stage.time in {"night", "grey"}:
        below = mix(stage.palette.sky[-1], stage.palette.sky[1], 0.4)
    shade(stage.image, mask, below, 0.85)
    # The upper side lies in the colour of the high sky: clouds get a body.
    body = ImageChops.subtract(mask, ImageChops.offset(mask, 0, round(stage.unit * 0.018)))
    shade(stage.image, body, darker(stage.palette.sky[1], 0.15), 0.5)


def _cumulus(stage: Stage, rng: random.Random) -> None:
    over = 2
    for index in range(rng.randint(3, 5)):
        wide = stage.unit * rng.uniform(0.22, 0.5) * (1 - index * 0.08)
        high = wide * rng.uniform(0.3, 0.42)
        x = rng.uniform(-0.1, 0.95) * stage.width
        y = stage.height * stage.horizon * rng.uniform(0.12, 0.75)
        size = round(wide * over), round(high * over)
        mask = Image.new("L", size, 0)
        draw = ImageDraw.Draw(mask)
        count = rng.randint(6, 9)
        for lump in range(count):
            at = (lump + 0.5) / count
            reach = size[1] * (0.2 + 0.3 * math.sin(math.pi * at)) * rng.uniform(0.8, 1.15)
            cx = size[0] * (0.12 + 0.76 * at)
            cy = size[1] * 0.86 - reach * rng.uniform(0.55, 0.9)
            draw.ellipse((cx - reach, cy - reach, cx + reach, cy + reach), fill=255)
        base = size[1] * 0.8
        draw.rounded_rectangle(
            (size[0] * 0.06, size[1] * 0.62, size[0] * 0.94, base), size[1] * 0.1, 255
        )
        draw.rectangle((0, base, size[0], size[1]), fill=0)
        mask = mask.reduce(over)
        tone = Image.new("L", (1, 32))
        tone.putdata([round(255 * (1 - row / 31) ** 0.8) for row in range(32)])
        colour = Image.composite(
            Image.new("RGB", mask.size, lighter(stage.palette.sky[-1], 0.85)),
            Image.new("RGB", mask.size, mix(stage.palette.sky[-1], stage.palette.sky[1], 0.35)),
            tone.resize(mask.size, Image.Resampling.BICUBIC),
        )
        solid = mask.point(curve(lambda value: value * 0.94))
        stage.image.paste(colour, (round(x - wide / 2), round(y - high)), solid)


def _aurora(stage: Stage) -> None:
    rng = stage.dice("aurora")
    width, height = stage.width // 4, max(8, round(stage.height * stage.horizon) // 4)
    for colour in (stage.palette.accent, (64, 240, 160), (150, 90, 240)):
        mask = Image.new("L", (width, height), 0)
        draw = ImageDraw.Draw(mask)
        level, swing, phase = rng.uniform(0.35, 0.7), rng.uniform(0.06, 0.16), rng.uniform(0, 6)
        for x in range(width):
            wave = math.sin(x / width * 7 + phase) * swing
            wave += math.sin(x / width * 17 + phase * 2) * swing * 0.3
            foot = (level + wave) * height
            tall = height * (0.35 + 0.12 * math.sin(x / width * 29 + phase))
            for part in range(12):
                top = foot - tall * part / 12
                draw.line((x, top, x, top - tall / 12), fill=round(150 * (1 - part / 12) ** 1.5))
        blurred = mask.filter(ImageFilter.GaussianBlur(width / 160)).resize(
            (stage.width, height * 4), Image.Resampling.BICUBIC
        )
        region = stage.image.crop((0, 0, stage.width, height * 4))
        lit = ImageChops.screen(region, coloured(blurred, lighter(colour, 0.15)))
        stage.image.paste(lit, (0, 0))


def _lightning(stage: Stage) -> None:
    rng = stage.dice("lightning")
    x, y = stage.width * rng.uniform(0.15, 0.85), 0.0
    bolt = Image.new("L", stage.image.size, 0)
    draw = ImageDraw.Draw(bolt)
    wide = stage.unit / 170
    foot = stage.horizon * stage.height
    while y < foot:
        step = stage.unit * rng.uniform(0.02, 0.06)
        side = x + rng.uniform(-0.8, 0.8) * step
        draw.line((x, y, side, y + step), fill=255, width=max(1, round(wide)))
        if rng.random() < 0.3:
            branch = rng.choice((-1, 1)) * step * 1.6
            thin = max(1, round(wide / 2))
            draw.line((side, y + step, side + branch, y + step * 2.4), fill=170, width=thin)
        x, y = side, y + step
    glow = bolt.reduce(4).filter(ImageFilter.GaussianBlur(stage.unit / 90)).resize(bolt.size)
    shine(stage.image, glow.point(curve(lambda value: value * 3)), stage.palette.sky[-1])
    shine(stage.image, bolt, lighter(stage.palette.sky[-1], 0.8))


def _rain(stage: Stage) -> None:
    rng = stage.dice("rain")
    layer = Image.new("L", stage.image.size, 0)
    draw = ImageDraw.Draw(layer)
    for _ in range(260 + 130 * stage.detail):
        x, y = rng.random() * stage.width * 1.2, rng.random() * stage.height
        long = stage.unit * rng.uniform(0.02, 0.07)
        wide = max(1, round(stage.unit / 800 * rng.uniform(0.6, 1.8)))
        draw.line((x, y, x - long * 0.22, y + long), fill=round(rng.uniform(30, 120)), width=wide)
    shine(stage.image, layer, lighter(stage.palette.haze, 0.5))
    mist(stage, 0.75, 0.3)


def _snowfall(stage: Stage) -> None:
    rng = stage.dice("snowfall")
    near = Image.new("L", stage.image.size, 0)
    far = Image.new("L", stage.image.size, 0)
    brush, speck = ImageDraw.Draw(near), ImageDraw.Draw(far)
    for _ in range(160 + 90 * stage.detail):
        x, y = rng.random() * stage.width, rng.random() * stage.height
        reach = stage.unit * rng.uniform(0.0008, 0.0026)
        speck.ellipse(
            (x - reach, y - reach, x + reach, y + reach), fill=round(rng.uniform(90, 230))
        )
    for _ in range(26):
        x, y = rng.random() * stage.width, rng.random() * stage.height
        reach = stage.unit * rng.uniform(0.003, 0.008)
        brush.ellipse(
            (x - reach, y - reach, x + reach, y + reach), fill=round(rng.uniform(60, 150))
        )
    soft = near.filter(ImageFilter.GaussianBlur(stage.unit / 420))
    shine(stage.image, ImageChops.lighter(far, soft), (244, 248, 255))
