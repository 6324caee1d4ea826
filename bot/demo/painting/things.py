"""Plants and other things, one unit high, standing on the ground."""

import math

from bot.demo.painting.colour import Colour, darker, lighter, mix
from bot.demo.painting.looks import Look
from bot.demo.painting.pen import Pen, Point, traced

_WHITE: Colour = (246, 242, 232)


def tree(pen: Pen, look: Look) -> None:
    """A broad tree with clouds of leaves."""
    leaf, shade, _ = look.fur((86, 132, 66))
    light = lighter(leaf, 0.13)
    bark = mix(look.dark, (92, 62, 46), 0.7)
    pen.line("0,0 2,20 -1,45 0,60", 0.11, bark, taper=0.5)
    for tip in ((-0.22, 0.58), (0.24, 0.6), (0.1, 0.72)):
        pen.line([(0.0, 0.32), (tip[0] * 0.5, 0.45), tip], 0.05, bark, taper=0.4)
    rng = look.rng
    for tone, shift, size, count in (
        (shade, -0.02, 0.17, 12),
        (leaf, 0.02, 0.145, 13),
        (light, 0.07, 0.07, 11),
    ):
        for index in range(count):
            turn = index / count * math.tau + rng.uniform(-0.2, 0.2)
            away = rng.uniform(0.35, 1.0)
            x = math.cos(turn) * 0.3 * away - shift * 1.5
            y = 0.68 + math.sin(turn) * 0.18 * away + shift
            pen.disc(x, y, size * rng.uniform(0.75, 1.1), tone)


def cactus(pen: Pen, look: Look) -> None:
    """A saguaro with raised arms and a flower."""
    body, shade, light = look.fur((70, 128, 84))
    for path in (
        [(0.0, 0.4), (0.26, 0.36), (0.3, 0.5), (0.3, 0.72)],
        [(0.0, 0.3), (-0.24, 0.28), (-0.28, 0.4), (-0.28, 0.6)],
    ):
        pen.line(path, 0.13, body)
        pen.line([(x + 0.03, y) for x, y in path[1:]], 0.03, shade)
    pen.line("0,0 0,88", 0.2, body)
    for x, tone in ((-0.045, light), (0.015, shade), (0.065, shade)):
        pen.line([(x, 0.02), (x, 0.9 - abs(x))], 0.016, tone)
    for x, y in ((0.0, 0.985), (0.3, 0.79), (-0.28, 0.67)):
        for turn in range(5):
            angle = turn / 5 * math.tau
            pen.disc(x + math.cos(angle) * 0.03, y + math.sin(angle) * 0.026, 0.028, look.accent)
        pen.disc(x, y, 0.02, (252, 224, 130))


def flower(pen: Pen, look: Look) -> None:
    """One tall bloom with leaves, petals in two rings."""
    petal, shade, light = look.fur(look.accent)
    stem: Colour = (70, 120, 74)
    kind = look.rng.choice(("daisy", "poppy", "lotus"))
    pen.line("0,0 -3,20 2,42 0,66", 0.03, stem)
    for side, y in ((-1, 0.2), (1, 0.3)):
        blade = [
            (0.0, y - 0.04),
            (side * 0.12, y + 0.04),
            (side * 0.3, y + 0.16),
            (side * 0.22, y + 0.02),
            (side * 0.1, y - 0.06),
        ]
        pen.shape(blade, lighter(stem, 0.08) if side > 0 else darker(stem, 0.12))
    rings = {
        "daisy": ((18, 0.33, 0.1, shade), (18, 0.28, 0.1, petal), (14, 0.19, 0.08, light)),
        "poppy": ((5, 0.33, 0.3, shade), (5, 0.27, 0.28, petal), (5, 0.15, 0.16, light)),
        "lotus": ((10, 0.34, 0.16, shade), (10, 0.28, 0.15, petal), (8, 0.18, 0.12, light)),
    }[kind]
    for ring, (count, long, wide, tone) in enumerate(rings):
        for index in range(count):
            turn = (index + ring * 0.5) / count * math.tau + 0.3
            pen.shape(_petal(0.0, 0.66, turn, long, wide), mix(tone, shade, 0.12 * (index % 2)))
    heart = (84, 52, 40) if kind == "poppy" else (246, 196, 74)
    pen.disc(0.0, 0.66, 0.085, darker(heart, 0.2))
    pen.disc(-0.008, 0.668, 0.068, heart)
    for index in range(22 if look.detail else 8):
        turn, away = index * 2.4, 0.062 * math.sqrt(index / 22)
        pen.disc(math.cos(turn) * away, 0.665 + math.sin(turn) * away, 0.008, darker(heart, 0.35))


def _petal(x: float, y: float, turn: float, long: float, wide: float) -> list[Point]:
    along, across = (math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))
    outline = ((0.05, 0.0), (0.45, 0.42), (0.85, 0.36), (1.0, 0.0), (0.85, -0.36), (0.45, -0.42))
    return [
        (
            x + along[0] * part * long + across[0] * side * wide,
            y + along[1] * part * long + across[1] * side * wide,
        )
        for part, side in outline
    ]


def mushroom(pen: Pen, look: Look) -> None:
    """A spotted toadstool and its child."""
    cap, shade, light = look.fur(look.accent)
    for x, size in ((0.24, 0.45), (-0.06, 1.0)):

        def at(points: list[Point], x: float = x, size: float = size) -> list[Point]:
            return [(x + px * size, py * size) for px, py in points]

        pen.shape(
            traced("-10,0 -8,30 -7,55 7,55 9,30 13,0", x=x, size=size),
            (244, 232, 212),
        )
        pen.shape(
            traced("3,0 4,30 5,54 8,50 10,30 13,0", x=x, size=size),
            (214, 196, 174),
        )
        pen.shape(
            traced("-12,42 0,37 13,42 10,48 -10,48", x=x, size=size),
            (230, 214, 190),
        )
        pen.shape(
            traced("-40,50 -34,74 -16,93 4,97 24,88 37,70 41,50 20,45 0,44 -20,45", x=x, size=size),
            cap,
        )
        pen.within(traced("16,95 30,80 50,60 45,40 10,40 26,60", x=x, size=size), shade)
        for spot in (
            (-0.2, 0.7, 0.06),
            (0.02, 0.8, 0.075),
            (0.22, 0.66, 0.05),
            (-0.05, 0.58, 0.04),
            (-0.3, 0.56, 0.03),
            (0.33, 0.54, 0.025),
        ):
            pen.oval(
                x + spot[0] * size,
                spot[1] * size,
                spot[2] * size,
                spot[2] * size * 0.8,
                lighter(light, 0.75),
            )


def cup(pen: Pen, look: Look) -> None:
    """A steaming cup on its saucer."""
    body, shade, light = look.fur(look.accent)
    drink = (86, 52, 36)
    pen.oval(0.0, 0.06, 0.46, 0.06, darker(body, 0.35))
    pen.oval(0.0, 0.08, 0.45, 0.055, lighter(body, 0.45))
    pen.oval(0.0, 0.085, 0.3, 0.03, shade)
    pen.line("28,46 42,47 46,36 38,24 24,22", 0.05, shade)
    pen.shape(
        "-32,54 -31,36 -25,20 -14,9 14,9 25,20 31,36 32,54",
        body,
    )
    pen.within("12,60 36,60 34,10 6,6 18,26", shade)
    pen.within("-24,50 -20,50 -17,24 -21,26", light)
    pen.oval(0.0, 0.54, 0.32, 0.07, lighter(body, 0.5))
    pen.oval(0.0, 0.535, 0.285, 0.052, drink)
    pen.oval(-0.05, 0.54, 0.16, 0.026, lighter(drink, 0.22))
    for x, lean in ((-0.12, 1), (0.02, -1), (0.15, 1)):
        pen.line(
            [(x, 0.62), (x + 0.05 * lean, 0.72), (x - 0.04 * lean, 0.84), (x + 0.03 * lean, 0.96)],
            0.026,
            mix(_WHITE, look.dark, 0.06),
            taper=0.2,
        )


def planet(pen: Pen, look: Look) -> None:
    """A banded planet with a ring."""
    body, _, light = look.fur(look.accent)
    ring = lighter(mix(body, look.glow, 0.5), 0.25)
    pen.shape(_ring(0.54, 0.13, 0.0, math.tau), ring)
    pen.shape(_ring(0.44, 0.095, 0.0, math.tau), darker(ring, 0.5))
    pen.disc(0.0, 0.5, 0.31, body)
    for y, tone in (
        (0.68, light),
        (0.58, darker(body, 0.16)),
        (0.47, lighter(body, 0.14)),
        (0.36, darker(body, 0.24)),
    ):
        pen.within([(-0.4, y + 0.08), (0.4, y + 0.02), (0.4, y - 0.04), (-0.4, y + 0.01)], tone)
    pen.within("10,85 40,70 40,20 0,15 20,40", darker(body, 0.5))
    front = _ring(0.54, 0.13, math.pi, math.tau)
    pen.poly([*front, *reversed(_ring(0.44, 0.095, math.pi, math.tau))], ring)


def _ring(rx: float, ry: float, start: float, end: float) -> list[Point]:
    tilt = 0.28
    points: list[Point] = []
    for step in range(33):
        turn = start + (end - start) * step / 32
        x, y = math.cos(turn) * rx, math.sin(turn) * ry
        points.append((x, 0.5 + y - x * tilt))
    return points
