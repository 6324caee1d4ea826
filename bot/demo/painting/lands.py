"""Land under an open sky: mountains, hills, the edge of a wood, a headland."""

import math
import random
from itertools import pairwise

from PIL import Image, ImageChops, ImageDraw

from bot.demo.painting.colour import Colour, darker, lighter, mix
from bot.demo.painting.pen import Point
from bot.demo.painting.ridges import Profile, ground, height_at, pines, profile
from bot.demo.painting.stage import Stage
from bot.demo.painting.texture import curve, fractal, shade

_MEADOWS: tuple[Colour, ...] = (
    (112, 168, 78),
    (150, 172, 74),
    (74, 148, 104),
    (186, 168, 86),
    (140, 124, 176),
)


def mountains(stage: Stage) -> None:
    """Ranges one behind the other; the great one carries snow and shaded faces."""
    rng = stage.dice("mountains")
    palette = stage.palette
    snowy = rng.random() < 0.75 or "snow" in stage.theme.weather
    far = mix(palette.haze, palette.far, 0.45)
    line = profile(stage, rng, stage.horizon - 0.13, 0.09, waves=1.7, octaves=5, sharp=0.5)
    ground(stage, line, far, mix(far, palette.haze, 0.7), 0.25)
    great = mix(palette.far, palette.near, 0.16)
    _massif(stage, rng, great, snowy=snowy)
    for layer in range(1 + min(2, stage.detail)):
        near = (layer + 1) / 3
        colour = mix(palette.far, palette.near, 0.2 + 0.62 * near)
        level = stage.horizon - 0.02 + 0.1 * near
        line = profile(stage, rng, level, 0.075, waves=1.4 + near, octaves=5, sharp=0.25)
        if stage.detail:
            _bank(stage, level - 0.02)
            trees = pines(stage, rng, line, 0.022 + 0.025 * near, 0.8)
            stage.fill(trees, colour)
        ground(stage, line, colour, mix(colour, palette.haze, 0.5 - 0.3 * near), 0.2)


def _massif(stage: Stage, rng: random.Random, colour: Colour, *, snowy: bool) -> None:
    """One great range: peaks and saddles joined by rough slopes, each peak with a lit face."""
    knots: list[Point] = []
    x = -rng.uniform(0.0, 0.2) * stage.unit
    middle = stage.width * (1 - stage.light[0])
    while x < stage.width + stage.unit * 0.3:
        near = max(0.0, 1 - abs(x - middle) / (stage.width * 0.6))
        tall = stage.unit * (0.12 + 0.27 * near * rng.uniform(0.6, 1.15) + rng.uniform(0, 0.07))
        gap = stage.unit * rng.uniform(0.16, 0.36)
        foot = stage.horizon * stage.height
        knots += [
            (x, foot - tall),
            (x + gap * rng.uniform(0.4, 0.65), foot - tall * rng.uniform(0.3, 0.6)),
        ]
        x += gap
    count = 7
    line: Profile = []
    places: list[int] = []
    for index, ((x0, y0), (x1, y1)) in enumerate(pairwise(knots)):
        if index % 2 == 0:
            places.append(len(line))
        drift = 0.0
        for step in range(count):
            at = step / count
            drift = 0.0 if step == 0 else drift * 0.5 + rng.uniform(-1, 1) * abs(y1 - y0) * 0.09
            line.append((x0 + (x1 - x0) * at, y0 + (y1 - y0) * at + drift))
    line.append(knots[-1])
    palette = stage.palette
    ground(
        stage,
        line,
        lighter(mix(colour, palette.light, 0.14), 0.03),
        mix(colour, palette.haze, 0.75),
        0.4,
    )
    if snowy:
        _snow(stage, rng, line, colour)
    if stage.detail or snowy:
        _faces(stage, rng, line, places, count, colour)


def _bank(stage: Stage, level: float) -> None:
    """A thin veil of haze lying in a valley."""
    veil = Image.new("L", (1, 64))
    veil.putdata([round(150 * math.exp(-(((row / 63 - level) / 0.05) ** 2))) for row in range(64)])
    shade(
        stage.image,
        veil.resize(stage.image.size, Image.Resampling.BICUBIC),
        stage.palette.haze,
        0.6,
    )


def _faces(
    stage: Stage, rng: random.Random, line: Profile, peaks: list[int], reach: int, colour: Colour
) -> None:
    """Shade the side of every peak that looks away from the light, along a ragged spur."""
    away = 1 if stage.light[0] < 0.5 else -1
    foot = (stage.horizon + 0.04) * stage.height
    shaded: list[list[Point]] = []
    for index in peaks:
        x, y = line[index]
        ends = min(len(line) - 1, max(0, index + away * reach))
        slope = line[index : ends + 1] if away > 0 else line[ends : index + 1][::-1]
        if len(slope) < 3 or foot <= y:
            continue
        deep = foot - y
        spur: list[Point] = []
        for step in range(1, 8):
            at = step / 8
            drift = (
                away * deep * 0.1 * at
                + (rng.uniform(0.2, 1) * (-1) ** step) * deep * 0.075 * at**0.5
            )
            spur.append((x + drift, y + deep * at))
        shaded.append([*slope, (slope[-1][0] + away * deep * 0.35, foot), *reversed(spur)])
    if not shaded:
        return
    below = [*line, (stage.width, stage.height), (0, stage.height)]
    faces = ImageChops.multiply(stage.mask(shaded), stage.mask([below]))
    fade = Image.new("L", (1, 64))
    top = min(y for _, y in line) / stage.height
    span = max(0.05, (stage.horizon + 0.04 - top) * 0.9)
    fade.putdata(
        [round(255 * min(1.0, max(0.0, 1 - (row / 63 - top) / span)) ** 0.9) for row in range(64)]
    )
    faces = ImageChops.multiply(faces, fade.resize(faces.size, Image.Resampling.BICUBIC))
    shade(stage.image, faces, darker(mix(colour, stage.palette.near, 0.45), 0.1), 0.62)


def _snow(stage: Stage, rng: random.Random, line: Profile, colour: Colour) -> None:
    lowest, highest = max(y for _, y in line), min(y for _, y in line)
    snowline = highest + (lowest - highest) * rng.uniform(0.55, 0.75)
    ragged: list[Point] = []
    for index, (x, y) in enumerate(line):
        if y >= snowline:
            ragged.append((x, y))
            continue
        deep = (snowline - y) * (rng.uniform(0.75, 1.05) if index % 2 else rng.uniform(0.3, 0.55))
        ragged.append((x, y + deep))
    bright = mix(lighter(stage.palette.light, 0.35), colour, 0.1 + 0.45 * stage.palette.gloom)
    stage.fill([[*line, *reversed(ragged)]], bright)


def wood_edge(stage: Stage) -> None:
    """Dark firs in the lower corners, leaving the middle open."""
    rng = stage.dice("wood edge")
    colour = darker(stage.palette.near, 0.15)
    line = profile(stage, rng, 0.99, 0.03, waves=1.0, octaves=2)
    trees: list[list[Point]] = []
    for tree in sorted(pines(stage, rng, line, 0.2, 1.1), key=lambda tree: tree[0][1]):
        out = abs(tree[0][0] / stage.width - 0.5) * 2
        if out > rng.uniform(0.5, 0.85):
            foot = max(y for _, y in tree)
            grow = 0.55 + 0.75 * out
            trees.append([(x, foot - (foot - y) * grow) for x, y in tree])
    if trees:
        stage.fill(trees, colour)
    ground(stage, line, colour, darker(colour, 0.3), 0.1)


def hills(stage: Stage, *, layers: int = 4, first: float = 0.0, swing: float = 0.05) -> Profile:
    """Rolling hills down to the bottom edge; gives back the line of the nearest."""
    rng = stage.dice("hills")
    palette = stage.palette
    grass = mix(palette.near, rng.choice(_MEADOWS), 0.62 - 0.5 * palette.gloom)
    if "snow" in stage.theme.weather:
        grass = mix(lighter(palette.haze, 0.5), palette.far, 0.3)
    line: Profile = []
    for layer in range(layers):
        near = layer / max(1, layers - 1)
        colour = mix(mix(palette.haze, palette.far, 0.5), grass, 0.25 + 0.75 * near)
        level = stage.horizon + first + (0.9 - stage.horizon - first) * near**1.1 * 0.85
        line = profile(stage, rng, level, swing * (1 - 0.3 * near), waves=1.1, octaves=3)
        lit = lighter(mix(colour, palette.light, 0.2 * (1 - palette.gloom)), 0.05)
        ground(stage, line, lit, darker(colour, 0.12 + 0.2 * near), 0.26)
        if stage.detail and layer < layers - 1:
            trees = pines(stage, rng, line, 0.03 + 0.05 * near, rng.uniform(0.15, 0.6))
            copse = rng.random()
            trees = [tree for tree in trees if abs(tree[0][0] / stage.width - copse) < 0.24]
            if trees:
                stage.fill(trees, darker(colour, 0.32))
    if stage.detail and "snow" not in stage.theme.weather:
        _grasses(stage, rng, line, grass)
    return line


def _grasses(stage: Stage, rng: random.Random, line: Profile, grass: Colour) -> None:
    """Blades and small flowers over the nearest hill."""
    blades: list[list[Point]] = []
    palette = stage.palette
    draw = ImageDraw.Draw(stage.image)
    inks = (palette.accent, lighter(palette.accent, 0.45), palette.light)
    for _ in range(90 + 90 * stage.detail):
        x = rng.random() * stage.width
        top = height_at(line, x)
        near = rng.random() ** 0.8
        y = top + (stage.height * 1.02 - top) * near
        tall = stage.unit * rng.uniform(0.008, 0.02) * (0.4 + 1.3 * near)
        lean = tall * rng.uniform(-0.4, 0.4)
        blades.append([(x - tall * 0.07, y), (x + lean, y - tall), (x + tall * 0.07, y)])
        if rng.random() < 0.3:
            reach = stage.unit * 0.0028 * (0.4 + 1.2 * near)
            box = x + lean - reach, y - tall - reach, x + lean + reach, y - tall + reach
            draw.ellipse(box, fill=mix(rng.choice(inks), grass, 0.25 + 0.4 * palette.gloom))
    stage.fill(blades, mix(lighter(grass, 0.12), palette.light, 0.14))


def headland(stage: Stage, side: int, level: float, reach: float) -> Point:
    """A rocky point reaching in from one side (-1 left, 1 right); gives the spot on top of it."""
    rng = stage.dice("headland")
    unit, palette = stage.unit, stage.palette
    edge = 0.0 if side < 0 else float(stage.width)
    tip = edge - side * reach * stage.width
    foot = (level + 0.1) * stage.height
    crown = level * stage.height - unit * rng.uniform(0.05, 0.09)
    steps = 26
    line: Profile = []
    for step in range(steps + 1):
        at = step / steps
        rise = min(1.0, (1 - at) * 3.6) ** 0.9
        rough = rng.uniform(-1, 1) * unit * 0.014 * (1.15 - rise)
        line.append((edge + (tip - edge) * at, foot - (foot - crown) * rise + rough))
    rock = mix(palette.near, palette.far, 0.16)
    outline = [(edge, foot + unit * 0.03), *line, (tip, foot + unit * 0.012)]
    stage.fill([outline], rock)
    lit = stage.mask([[(x, y + unit * 0.004) for x, y in outline]])
    rim = ImageChops.subtract(stage.mask([outline]), lit)
    shade(stage.image, rim, mix(palette.light, palette.sky[-1], 0.4), 0.7)
    if stage.detail:
        noise = fractal(stage.width, stage.height, rng, cells=26, octaves=3, stretch=2.4)
        cracks = noise.point(curve(lambda value: 1.0 if value > 0.62 else max(0, value - 0.4)))
        shade(
            stage.image,
            ImageChops.multiply(cracks, stage.mask([outline])),
            darker(rock, 0.55),
            0.5,
        )
    _foam(stage, rng, (edge, foot + unit * 0.03), (tip, foot + unit * 0.012))
    spot = edge - side * reach * stage.width * 0.42
    return spot, height_at(line if side < 0 else line[::-1], spot)


def _foam(stage: Stage, rng: random.Random, start: Point, end: Point) -> None:
    """White water where a rock meets the sea."""
    layer = Image.new("L", stage.image.size, 0)
    draw = ImageDraw.Draw(layer)
    for _ in range(70):
        at = rng.random() * 1.06
        x = start[0] + (end[0] - start[0]) * at
        y = start[1] + (end[1] - start[1]) * at + stage.unit * rng.gauss(0.002, 0.004)
        long = stage.unit * rng.uniform(0.008, 0.035)
        high = stage.unit * rng.uniform(0.001, 0.0035)
        draw.ellipse((x - long, y - high, x + long, y + high), fill=round(rng.uniform(60, 190)))
    shade(stage.image, layer, lighter(stage.palette.sky[-1], 0.35), 0.75)
