"""People and those like them, one unit high."""

import math

from bot.demo.painting.colour import Colour, darker, lighter, mix
from bot.demo.painting.looks import Look
from bot.demo.painting.pen import Pen


def person(pen: Pen, look: Look) -> None:
    """Head and shoulders of anyone."""
    _bust(pen, look, long_hair=look.rng.random() < 0.6)


def woman(pen: Pen, look: Look) -> None:
    """Head and shoulders of a woman."""
    _bust(pen, look, long_hair=True)


def man(pen: Pen, look: Look) -> None:
    """Head and shoulders of a man."""
    _bust(pen, look, long_hair=False)


def _bust(pen: Pen, look: Look, *, long_hair: bool) -> None:
    """In the manner of a travel poster."""
    rng = look.rng
    skin = rng.choice(((246, 205, 172), (224, 168, 128), (172, 116, 82), (112, 72, 54)))
    hair = look.coat or rng.choice(((46, 32, 36), (112, 62, 38), (206, 150, 74), (150, 52, 38)))
    deep, coat = darker(skin, 0.16), look.accent
    if long_hair:
        pen.shape(
            "0,100 -22,93 -29,72 -30,45 -34,26 0,20 34,26 30,45 29,72 22,93",
            hair,
        )
    pen.shape(
        "-10,36 -24,30 -42,22 -50,8 -52,-4 52,-4 50,8 42,22 24,30 10,36",
        coat,
    )
    pen.within(
        "8,40 30,30 60,10 60,-10 20,-10 16,20",
        darker(coat, 0.22),
    )
    pen.shape("-9,48 -10,34 0,24 10,34 9,48", deep)
    pen.shape(
        "0,93 -15,88 -20,72 -18.5,58 -11,45 0,40 11,45 18.5,58 20,72 15,88",
        skin,
    )
    pen.within(
        "3,96 25,90 25,50 5,38 10,52 5,60 4.5,70",
        deep,
    )
    fringe = "-21,66 -24,86 -12,99 4,101 18,95 25,80 21.5,64 17,79 5,85 -7,84 -16,78"
    pen.shape(fringe, hair)
    pen.line("-13,90 -5,94.5 5,95", 0.022, lighter(hair, 0.22), taper=0.4)
    for side in (-1, 1):
        pen.line(
            [(side * 0.135, 0.72), (side * 0.09, 0.735), (side * 0.05, 0.72)],
            0.014,
            darker(hair, 0.3),
        )
        eye(pen, side * 0.09, 0.67, 0.02, (38, 30, 36), look)
    pen.line("1.2,66 2.6,58.5 -0.5,57", 0.01, darker(deep, 0.2))
    pen.line("-5.5,50.7 0,49.5 5.5,51", 0.022, mix(deep, (196, 54, 64), 0.6))
    if rng.random() < 0.4:
        pen.line("-15,31 0,26 15,31", 0.07, mix(coat, look.glow, 0.6))


def robot(pen: Pen, look: Look) -> None:
    """A friendly robot with a glowing face."""
    body, shade, light = look.fur((206, 214, 216))
    joint = mix(look.dark, (70, 78, 92), 0.6)
    face: Colour = (22, 28, 44)
    glow = lighter(look.glow, 0.1) if look.coat is None else lighter(look.coat, 0.55)
    pen.line("0,92 0,100", 0.018, joint)
    pen.disc(0, 1.0, 0.036, look.accent)
    for side in (-1, 1):
        pen.line([(side * 0.24, 0.46), (side * 0.37, 0.36), (side * 0.35, 0.2)], 0.06, joint)
        pen.disc(side * 0.35, 0.18, 0.055, body)
        pen.box(side * 0.12 - 0.045, 0.04, side * 0.12 + 0.045, 0.2, joint)
        pen.box(side * 0.12 - 0.085, 0.0, side * 0.12 + 0.085, 0.07, body, 0.03)
        pen.disc(side * 0.25, 0.48, 0.06, shade)
        pen.box(side * 0.33 - 0.035, 0.66, side * 0.33 + 0.035, 0.8, look.accent, 0.03)
    pen.box(-0.22, 0.14, 0.22, 0.53, body, 0.09)
    pen.within("10,60 30,60 30,10 6,10 12,30", shade)
    pen.box(-0.11, 0.25, 0.11, 0.43, shade, 0.03)
    for index, lit in enumerate((look.accent, glow, light)):
        pen.disc(-0.06 + index * 0.06, 0.38, 0.02, lit)
    pen.line("-7,30 7,30", 0.014, joint)
    pen.box(-0.07, 0.52, 0.07, 0.58, joint)
    pen.box(-0.31, 0.56, 0.31, 0.91, body, 0.12)
    pen.within("16,95 40,90 40,50 14,52 22,70", shade)
    pen.box(-0.245, 0.62, 0.245, 0.85, face, 0.085)
    for side in (-1, 1):
        pen.oval(side * 0.11, 0.75, 0.042, 0.05, glow)
        pen.lamp(side * 0.11, 0.75, 0.16, glow)
    smile = [
        (math.sin(turn) * 0.07, 0.69 - math.cos(turn) * 0.025)
        for turn in (-1.2, -0.6, 0.0, 0.6, 1.2)
    ]
    pen.line(smile, 0.014, glow)


def eye(pen: Pen, x: float, y: float, size: float, dark: Colour, look: Look) -> None:
    """A round eye with a glint."""
    pen.oval(x, y, size, size * 1.15, dark)
    if look.detail:
        pen.disc(x - size * 0.3, y + size * 0.4, size * 0.34, (255, 255, 255))
