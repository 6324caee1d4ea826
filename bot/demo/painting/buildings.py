"""Buildings and vessels, one unit high, standing on the ground."""

import math

from bot.demo.painting.colour import Colour, darker, lighter, mix
from bot.demo.painting.looks import Look
from bot.demo.painting.pen import Pen, Point

_WHITE: Colour = (246, 242, 232)


def lighthouse(pen: Pen, look: Look) -> None:
    """A banded tower with a keeper's house."""
    band = look.accent
    pen.box(0.08, 0.0, 0.34, 0.13, darker(_WHITE, 0.06))
    pen.poly("5,13 37,13 30,21 12,21", darker(band, 0.25))
    for x in (0.15, 0.25):
        pen.box(x, 0.05, x + 0.04, 0.1, look.window)
        if look.lit:
            pen.lamp(x + 0.02, 0.075, 0.06, look.glow)
    low, high, foot, top = 0.125, 0.078, 0.0, 0.76
    bands = 5
    for index in range(bands):
        y0, y1 = (foot + (top - foot) * (index + part) / bands for part in (0, 1))
        w0, w1 = (low + (high - low) * (index + part) / bands for part in (0, 1))
        tone = band if index % 2 == 0 else _WHITE
        pen.poly([(-w0, y0), (w0, y0), (w1, y1), (-w1, y1)], tone)
        dim = darker(tone, 0.24)
        pen.poly([(w0 * 0.25, y0), (w0, y0), (w1, y1), (w1 * 0.25, y1)], dim)
    for y in (0.2, 0.38, 0.56):
        pen.box(-0.035, y, -0.005, y + 0.05, look.window, 0.012)
    pen.box(-0.05, 0.0, 0.03, 0.1, darker(band, 0.55), 0.02)
    pen.box(-0.115, 0.755, 0.115, 0.785, look.dark)
    for step in range(7):
        x = -0.105 + step * 0.035
        pen.line([(x, 0.785), (x, 0.825)], 0.006, look.dark)
    pen.line("-10.5,82.5 10.5,82.5", 0.008, look.dark)
    pen.box(-0.06, 0.785, 0.06, 0.9, lighter(look.glow, 0.35))
    for x in (-0.06, 0.0, 0.06):
        pen.line([(x, 0.785), (x, 0.9)], 0.008, look.dark)
    pen.shape(
        "-8.5,89.5 -5,95 0,97.5 5,95 8.5,89.5",
        darker(band, 0.3),
    )
    pen.line("0,97 0,102", 0.01, look.dark)
    pen.lamp(0, 0.845, 0.3, look.glow)


def house(pen: Pen, look: Look) -> None:
    """A cottage with a chimney and lit windows."""
    wall = look.coat or look.rng.choice(((242, 226, 200), (226, 214, 202), (214, 180, 146)))
    roof = look.accent if look.coat is None else darker(look.coat, 0.5)
    side = darker(wall, 0.22)
    pen.box(0.2, 0.66, 0.3, 0.98, darker(roof, 0.35))
    pen.box(0.185, 0.95, 0.315, 1.0, darker(roof, 0.5))
    pen.poly("-46,0 -46,42 -20,78 6,42 6,0", wall)
    pen.poly("6,0 6,46 46,46 46,0", side)
    pen.poly("-22,84 36,84 53,42 5,42", roof)
    pen.poly(
        "-22,84 -53,39 -47,37 -20,75 5,40 8,44",
        darker(roof, 0.3),
    )
    if look.detail:
        for row in range(1, 5):
            at = row / 5
            pen.line(
                [(-0.22 + 0.27 * at, 0.84 - 0.42 * at), (0.36 + 0.17 * at, 0.84 - 0.42 * at)],
                0.008,
                darker(roof, 0.18),
            )
    pen.box(-0.1, 0.0, 0.01, 0.26, darker(roof, 0.55), 0.015)
    for x, y, size in (
        (-0.36, 0.16, 0.12),
        (-0.26, 0.46, 0.1),
        (0.13, 0.17, 0.11),
        (0.29, 0.17, 0.11),
    ):
        pen.box(x - 0.012, y - 0.012, x + size + 0.012, y + size + 0.012, lighter(wall, 0.5))
        pen.box(x, y, x + size, y + size, look.window)
        pen.line([(x + size / 2, y), (x + size / 2, y + size)], 0.01, lighter(wall, 0.5))
        pen.line([(x, y + size / 2), (x + size, y + size / 2)], 0.01, lighter(wall, 0.5))
        if look.lit:
            pen.lamp(x + size / 2, y + size / 2, 0.17, look.glow)


def castle(pen: Pen, look: Look) -> None:
    """A castle of many towers, pennants flying."""
    stone = look.coat or mix((196, 182, 172), look.dark, 0.12)
    roof = look.accent
    towers = (
        (-0.42, 0.09, 0.46),
        (0.42, 0.09, 0.5),
        (-0.2, 0.085, 0.66),
        (0.22, 0.09, 0.7),
        (0.0, 0.115, 0.82),
    )
    pen.box(-0.44, 0.0, 0.44, 0.32, darker(stone, 0.14))
    _battlements(pen, -0.44, 0.44, 0.32, darker(stone, 0.14))
    for x, half, top in towers:
        body = top - 0.16
        pen.box(x - half, 0.0, x + half, body, stone)
        pen.box(x + half * 0.2, 0.0, x + half, body, darker(stone, 0.2))
        pen.box(x - half * 1.15, body - 0.045, x + half * 1.15, body, lighter(stone, 0.12))
        peak = top + 0.1
        pen.poly([(x - half * 1.3, body), (x + half * 1.3, body), (x, peak)], roof)
        pen.poly([(x + half * 0.15, body), (x + half * 1.3, body), (x, peak)], darker(roof, 0.28))
        pen.line([(x, peak), (x, peak + 0.07)], 0.008, look.dark)
        pen.poly(
            [(x, peak + 0.075), (x - 0.075, peak + 0.052), (x, peak + 0.03)],
            lighter(look.accent, 0.3),
        )
        for level in (0.72, 0.42):
            y = body * level
            pen.box(x - 0.02, y, x + 0.02, y + 0.06, look.window, 0.02)
            if look.lit:
                pen.lamp(x, y + 0.03, 0.07, look.glow)
    pen.box(-0.07, 0.0, 0.07, 0.15, darker(stone, 0.65), 0.06)
    pen.box(-0.07, 0.0, 0.07, 0.08, darker(stone, 0.65))


def _battlements(pen: Pen, left: float, right: float, level: float, tone: Colour) -> None:
    x = left
    while x < right:
        pen.box(x, level - 0.01, x + 0.035, level + 0.035, tone)
        x += 0.065


def boat(pen: Pen, look: Look) -> None:
    """A sailing boat with a crew of one lantern."""
    sail = look.coat or look.rng.choice((_WHITE, lighter(look.accent, 0.1), (250, 226, 190)))
    hull = look.accent if sail == _WHITE else mix(look.dark, (124, 66, 44), 0.6)
    shade = darker(sail, 0.16)
    pen.line("2,10 2,98", 0.018, mix(look.dark, (96, 66, 48), 0.5))
    pen.shape("4.5,20 5,50 4.5,95 22,62 36,24 20,20", sail)
    pen.within("20,70 40,24 20,20 26,40", shade)
    pen.poly("-0.5,86 -0.5,22 -10,22 -34,25 -16,52", shade)
    if look.detail:
        for at in (0.36, 0.52, 0.68):
            pen.line(
                [(0.05, at), (0.06 + (0.95 - at) * 0.36, at - 0.02)], 0.005, darker(sail, 0.25)
            )
    pen.shape(
        "-42,17 -20,14.5 20,14.5 42,19 36,6 26,0 -24,0 -34,5",
        hull,
    )
    pen.within("-50,5 50,5 40,-3 -40,-3", darker(hull, 0.35))
    pen.within("-46,20 46,20 46,14.5 0,11.8 -46,13", lighter(hull, 0.35))
    if look.lit:
        pen.disc(-0.28, 0.22, 0.022, look.glow)
        pen.lamp(-0.28, 0.22, 0.2, look.glow)


def rocket(pen: Pen, look: Look) -> None:
    """A rocket on a flame."""
    body, shade = look.coat or _WHITE, look.accent
    for tone, long, wide in (
        ((255, 120, 50), 0.0, 0.12),
        ((255, 190, 70), 0.07, 0.085),
        ((255, 244, 200), 0.13, 0.05),
    ):
        pen.shape(
            [(-wide, 0.27), (-wide * 0.8, 0.18), (0.0, long), (wide * 0.8, 0.18), (wide, 0.27)],
            tone,
        )
    pen.lamp(0, 0.16, 0.42, (255, 170, 80))
    for side in (-1, 1):
        pen.shape(
            [
                (side * 0.1, 0.52),
                (side * 0.22, 0.4),
                (side * 0.27, 0.2),
                (side * 0.17, 0.27),
                (side * 0.08, 0.3),
            ],
            shade if side < 0 else darker(shade, 0.3),
        )
    pen.box(-0.08, 0.24, 0.08, 0.3, darker(shade, 0.5), 0.02)
    pen.shape(
        "0,100 -10,88 -16,68 -15,45 -10,28 10,28 15,45 16,68 10,88",
        body,
    )
    pen.within(
        "2,105 30,90 30,20 6,24 9,50 8,80",
        darker(body, 0.2),
    )
    pen.within("-30,110 30,110 30,86 0,83 -30,86", shade)
    pen.within("-30,36 30,36 30,33 -30,33", shade)
    for y, size in ((0.68, 0.072), (0.48, 0.045)):
        pen.disc(0, y, size, darker(shade, 0.35))
        pen.disc(0, y, size * 0.76, (150, 206, 226))
        pen.disc(-size * 0.22, y + size * 0.25, size * 0.24, (240, 250, 255))


def balloon(pen: Pen, look: Look) -> None:
    """A hot-air balloon in gores of two colours."""
    first = look.accent
    second = look.coat if look.coat and look.coat != first else lighter(look.glow, 0.35)
    rope = mix(look.dark, (96, 70, 52), 0.5)
    for x0, x1 in ((-0.13, -0.065), (0.13, 0.065), (-0.04, -0.02), (0.04, 0.02)):
        pen.line([(x0, 0.34), (x1, 0.13)], 0.006, rope)
    pen.shape(
        "0,100 -20,96 -34,80 -35,64 -25,46 -12,33 12,33 25,46 35,64 34,80 20,96",
        first,
    )
    gores = 8
    for index in range(gores):
        left = -math.cos(index / gores * math.pi)
        right = -math.cos((index + 1) / gores * math.pi)
        tone = first if index % 2 else second
        outline: list[Point] = [
            (left * 0.06, 1.02),
            (left * 0.36, 0.78),
            (left * 0.28, 0.5),
            (left * 0.14, 0.32),
            (right * 0.14, 0.32),
            (right * 0.28, 0.5),
            (right * 0.36, 0.78),
            (right * 0.06, 1.02),
        ]
        pen.within(outline, darker(tone, 0.05 + 0.26 * max(0.0, right)))
    pen.shape("-12,34.5 12,34.5 9,31 -9,31", darker(first, 0.35))
    pen.box(-0.075, 0.0, 0.075, 0.13, (150, 98, 60), 0.02)
    pen.box(-0.085, 0.11, 0.085, 0.145, (112, 70, 46), 0.015)
    if look.lit:
        pen.lamp(0, 0.36, 0.4, look.glow)
