"""Pictures of nothing in particular, for prompts that name nothing the painter knows."""

import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from bot.demo.painting.colour import Colour, darker, evenly, lighter, lightness, mix
from bot.demo.painting.pen import Point
from bot.demo.painting.ridges import profile
from bot.demo.painting.stage import Stage
from bot.demo.painting.texture import curve, fractal, gradient, light_up, shade


def abstract(stage: Stage) -> None:
    """Choose one manner by the prompt's seed and paint it over the whole stage."""
    rng = stage.dice("abstract")
    rng.choice((_waves, _bauhaus, _flow, _orbits, _strata))(stage, rng)


def _inks(stage: Stage) -> list[Colour]:
    palette = stage.palette
    return [*palette.sky, palette.accent, palette.light, palette.far, palette.near]


def _waves(stage: Stage, rng: random.Random) -> None:
    """Folded silk: slanting bands of a gradient, each with a lit edge and a soft shadow above."""
    palette = stage.palette
    inks = [palette.near, *palette.sky, palette.accent, palette.light]
    if rng.random() < 0.5:
        inks.reverse()
    turn = rng.randrange(len(inks))
    inks = [*inks[turn:], *inks[:turn]]
    width, height = stage.width, stage.height
    stage.image.paste(inks[0], (0, 0, width, height))
    slope = rng.choice((-1, 1)) * rng.uniform(0.25, 0.7) * min(1.0, height / width) * width
    count = 11 + stage.detail
    shape = rng.uniform(0.7, 1.3)
    for index in range(count):
        at = index / (count - 1)
        line = profile(
            stage, rng, -0.2 + 1.35 * at, rng.uniform(0.06, 0.15), waves=shape, octaves=2
        )
        line = [(x, y + (x / width - 0.5) * slope) for x, y in line]
        _cast_shadow(stage, line)
        place = at * (len(inks) - 1)
        after = min(len(inks) - 1, int(place) + 1)
        tone = mix(inks[int(place)], inks[after], place - int(place))
        top = min(0.94, max(0.0, min(y for _, y in line) / height))
        body = [
            (0.0, lighter(tone, 0.22)),
            (top + 0.01, lighter(tone, 0.22)),
            (min(0.99, top + 0.42), darker(tone, 0.16)),
            (1.0, tone),
        ]
        stage.fill(
            [[*line, (width, height + 900), (0, height + 900)]], gradient(width, height, body)
        )


def _cast_shadow(stage: Stage, line: list[Point]) -> None:
    """The soft shadow a fold throws on the one above it."""
    small = stage.width // 4, stage.height // 4
    lift = stage.unit * 0.012
    mask = Image.new("L", small, 0)
    outline = [(x / 4, (y - lift) / 4) for x, y in line]
    ImageDraw.Draw(mask).polygon([*outline, (small[0], 9999), (0, 9999)], fill=255)
    mask = mask.filter(ImageFilter.GaussianBlur(stage.unit / 190)).resize(stage.image.size)
    shade(stage.image, mask, darker(stage.palette.near, 0.5), 0.5)


def _bauhaus(stage: Stage, rng: random.Random) -> None:
    """A grid of quarter circles, half circles, dots and stripes."""
    inks = sorted(set(_inks(stage)), key=lightness)
    paper = lighter(inks[-1], 0.3)
    stage.image.paste(paper, (0, 0, stage.width, stage.height))
    cells = rng.choice((4, 5, 6))
    cell = min(stage.image.size) / cells
    over = 2
    sheet = stage.image.resize((stage.width * over, stage.height * over), Image.Resampling.NEAREST)
    draw = ImageDraw.Draw(sheet)
    size = cell * over
    for row in range(math.ceil(stage.height / cell)):
        for column in range(math.ceil(stage.width / cell)):
            box = column * size, row * size, (column + 1) * size, (row + 1) * size
            ground, figure, spot = rng.sample([*inks, paper], 3)
            draw.rectangle(box, fill=ground)
            _tile(rng, draw, box, figure, spot)
    stage.image.paste(sheet.reduce(over), (0, 0))
    noise = fractal(stage.width, stage.height, rng, cells=7, octaves=5)
    shade(stage.image, noise.point(curve(lambda value: max(0.0, value - 0.45))), paper, 0.28)


def _tile(
    rng: random.Random,
    draw: ImageDraw.ImageDraw,
    box: tuple[float, float, float, float],
    figure: Colour,
    spot: Colour,
) -> None:
    left, top, right, bottom = box
    size = right - left
    style = rng.randrange(7)
    corner_x, corner_y = rng.choice((left, right)), rng.choice((top, bottom))
    if style in {0, 1}:
        for share, tone in ((1.0, figure), (0.5, spot)) if style else ((1.0, figure),):
            reach = size * share
            # Four quarter circles could spill over; the clipping cell is drawn by its own start.
            start = {(left, top): 0, (right, top): 90, (right, bottom): 180, (left, bottom): 270}
            draw.pieslice(
                (corner_x - reach, corner_y - reach, corner_x + reach, corner_y + reach),
                start[corner_x, corner_y],
                start[corner_x, corner_y] + 90,
                fill=tone,
            )
    elif style == 2:
        turn = rng.choice((0, 90, 180, 270))
        draw.pieslice(box, turn, turn + 180, fill=figure)
    elif style == 3:
        draw.polygon(
            [
                (corner_x, corner_y),
                (left + right - corner_x, corner_y),
                (corner_x, top + bottom - corner_y),
            ],
            fill=figure,
        )
    elif style == 4:
        for stripe in range(0, 6, 2):
            draw.rectangle(
                (left, top + size * stripe / 6, right, top + size * (stripe + 1) / 6), figure
            )
    elif style == 5:
        inset = size * 0.14
        draw.ellipse((left + inset, top + inset, right - inset, bottom - inset), fill=figure)
        inset = size * 0.34
        draw.ellipse((left + inset, top + inset, right - inset, bottom - inset), fill=spot)
    else:
        for x in range(3):
            for y in range(3):
                cx, cy, reach = (
                    left + size * (x + 0.5) / 3,
                    top + size * (y + 0.5) / 3,
                    size * 0.085,
                )
                draw.ellipse((cx - reach, cy - reach, cx + reach, cy + reach), fill=figure)


def _flow(stage: Stage, rng: random.Random) -> None:
    """Strokes that follow an invisible current."""
    palette = stage.palette
    stage.image.paste(
        gradient(stage.width, stage.height, [(0, darker(palette.near, 0.3)), (1, palette.near)]),
        (0, 0),
    )
    inks = [*palette.sky[1:], palette.accent, palette.accent, palette.light, palette.far]
    field = fractal(256, 256, rng, cells=rng.uniform(1.6, 2.6), octaves=2)
    angles = field.load()
    over = 2
    sheet = stage.image.resize((stage.width * over, stage.height * over))
    draw = ImageDraw.Draw(sheet)
    turn = rng.uniform(0, math.tau)
    step = stage.unit * over * 0.011
    for index in range(420 + 240 * stage.detail):
        x, y = rng.random() * sheet.width, rng.random() * sheet.height
        tone = rng.choice(inks)
        wide = stage.unit * over * rng.choice((0.0022, 0.0035, 0.006, 0.011))
        path: list[Point] = []
        for _ in range(rng.randint(14, 46)):
            path.append((x, y))
            column = min(255, max(0, int(x / sheet.width * 255)))
            row = min(255, max(0, int(y / sheet.height * 255)))
            value = angles[column, row] if angles is not None else 0
            angle = turn + (float(value) if isinstance(value, int | float) else 0.0) / 255 * 7.5
            x, y = x + math.cos(angle) * step, y + math.sin(angle) * step
        fade = 0.35 * (1 - index / (420 + 240 * stage.detail))
        draw.line(
            path, fill=mix(tone, palette.near, fade), width=max(1, round(wide)), joint="curve"
        )
        for end in (path[0], path[-1]):
            reach = wide / 2
            draw.ellipse(
                (end[0] - reach, end[1] - reach, end[0] + reach, end[1] + reach),
                fill=mix(tone, palette.near, fade),
            )
    stage.image.paste(sheet.reduce(over), (0, 0))


def _orbits(stage: Stage, rng: random.Random) -> None:
    """Discs, rings and arcs printed over each other in three transparent inks."""
    palette = stage.palette
    paper = lighter(mix(palette.sky[-1], (250, 244, 230), 0.6), 0.2)
    stage.image.paste(paper, (0, 0, stage.width, stage.height))
    inks = [lighter(ink, 0.12) for ink in (palette.accent, palette.sky[1], palette.sky[2])]
    over = 2
    size = stage.width * over, stage.height * over
    for ink in inks:
        layer = Image.new("L", size, 0)
        draw = ImageDraw.Draw(layer)
        for share in (0.36, 0.2, 0.13, 0.08, 0.05)[: 3 + stage.detail]:
            reach = stage.unit * over * share * rng.uniform(0.75, 1.15)
            x = size[0] * (0.5 + rng.gauss(0, 0.2))
            y = size[1] * (0.5 + rng.gauss(0, 0.2))
            _figure(rng, draw, x, y, reach)
        plate = Image.composite(
            Image.new("RGB", stage.image.size, ink),
            Image.new("RGB", stage.image.size, (255, 255, 255)),
            layer.reduce(over),
        )
        stage.image.paste(ImageChops.multiply(stage.image, plate), (0, 0))
    fine = stage.unit * 0.0016
    lines = []
    for _ in range(rng.randint(2, 5)):
        x, far = rng.random() * stage.width, rng.random() * stage.width
        low = stage.height + 2
        lines.append([(x - fine, -2), (x + fine, -2), (far + fine, low), (far - fine, low)])
    stage.fill(lines, darker(palette.near, 0.2))
    noise = fractal(stage.width, stage.height, rng, cells=9, octaves=5)
    shade(stage.image, noise.point(curve(lambda value: max(0.0, value - 0.5))), paper, 0.45)


def _figure(
    rng: random.Random, draw: ImageDraw.ImageDraw, x: float, y: float, reach: float
) -> None:
    box = x - reach, y - reach, x + reach, y + reach
    style = rng.random()
    if style < 0.5:
        draw.ellipse(box, fill=255)
    elif style < 0.72:
        for ring in range(4):
            inner = reach * (1 - ring * 0.24)
            draw.ellipse(
                (x - inner, y - inner, x + inner, y + inner),
                outline=255,
                width=max(2, round(reach * 0.1)),
            )
    elif style < 0.88:
        start = rng.choice((0, 45, 90, 180, 270))
        draw.pieslice(box, start, start + 180, fill=255)
    else:
        for stripe in range(7):
            level = y - reach + reach * 2 * stripe / 7
            draw.rectangle((x - reach, level, x + reach, level + reach / 7), fill=255)


def _strata(stage: Stage, rng: random.Random) -> None:
    """A dream of land: layers of colour under a huge disc."""
    palette = stage.palette
    stage.image.paste(gradient(stage.width, stage.height, evenly(palette.sky)), (0, 0))
    x, y = stage.width * rng.uniform(0.3, 0.7), stage.height * rng.uniform(0.28, 0.42)
    radius = stage.unit * rng.uniform(0.18, 0.27)
    light_up(stage.image, (x, y), radius * 3, palette.light, 0.5, 1.6)
    steps = 48
    circle = [
        (
            x + math.cos(step / steps * math.tau) * radius,
            y + math.sin(step / steps * math.tau) * radius,
        )
        for step in range(steps)
    ]
    stage.fill([circle], mix(palette.light, palette.accent, 0.25))
    inks = [palette.sky[1], palette.far, palette.accent, palette.water, palette.near]
    count = 7 + stage.detail
    for index in range(count):
        at = index / (count - 1)
        line = profile(stage, rng, 0.46 + 0.5 * at, 0.07, waves=0.7, octaves=2)
        tone = mix(rng.choice(inks), palette.near, 0.2 + 0.4 * at)
        edge = [(px, py - stage.unit * 0.004) for px, py in line]
        stage.fill(
            [[*edge, (stage.width, stage.height + 2.0), (0, stage.height + 2.0)]],
            lighter(mix(tone, palette.light, 0.3), 0.1),
        )
        top = min(py for _, py in line) / stage.height
        body = gradient(
            stage.width,
            stage.height,
            [
                (0, tone),
                (max(0.001, top), tone),
                (min(1.0, top + 0.2), darker(tone, 0.2)),
                (1, darker(tone, 0.2)),
            ],
        )
        stage.fill([[*line, (stage.width, stage.height + 2.0), (0, stage.height + 2.0)]], body)
