"""Animals, one unit high, standing on the ground and looking to the left."""

from bot.demo.painting.colour import Colour, lighter, mix
from bot.demo.painting.figures import eye
from bot.demo.painting.looks import Look
from bot.demo.painting.pen import Pen, traced

_CREAM: Colour = (250, 240, 224)


def fox(pen: Pen, look: Look) -> None:
    """A sitting fox with its brush around it."""
    body, shade, light = look.fur((226, 104, 38))
    dark = mix(look.dark, (52, 28, 30), 0.5)
    tail = "10,5 30,0 50,8 55,25 47,42 40,47 39,36 36,24 24,17"
    pen.shape(tail, body)
    pen.within("30,0 50,6 56,26 50,20 40,9", shade)
    pen.within("36,50 60,50 56,33 46,36 40,33", _CREAM)
    pen.shape(
        "-17,0 -19,22 -16,42 -8,58 10,58 20,42 28,22 25,3 10,0",
        body,
    )
    pen.within("12,62 24,40 30,10 20,-2 13,10 16,30", shade)
    pen.shape(
        "-13,50 -16,36 -10,16 -3,10 4,20 8,38 5,54",
        _CREAM,
    )
    for x in (-0.1, 0.06):
        pen.shape(
            traced("-5.5,30 5,30 4,5 3,0 -7,0 -6,6", x=x),
            body,
        )
        pen.within(traced("-8,10 6,10 5,-2 -9,-2", x=x), dark)
    for side in (-1, 1):
        ear = traced("6,78 15,100 22,70", side=side, x=-0.02)
        pen.poly(ear, body)
        pen.poly(traced("10,79 15.2,93 19,74", side=side, x=-0.02), dark)
    head = "-2,86 -17,82 -26,68 -30,60 -17,53 -6,46 -2,45 2,46 13,53 26,60 22,68 13,82"
    pen.shape(head, body)
    for side in (-1, 1):
        pen.shape(
            traced("1.5,56 10,66 20,66 27.5,60 16,53 5,46 0,45.5", side=side, x=-0.02),
            _CREAM,
        )
    pen.shape(
        "-2,85 -6,70 -5.5,56 -2,52 1.5,56 2,70",
        light,
    )
    for side in (-1, 1):
        eye(pen, -0.02 + side * 0.105, 0.675, 0.026, dark, look)
    pen.shape("-6,53 -2,54.5 2,53 -2,48.5", dark)


def cat(pen: Pen, look: Look) -> None:
    """A sitting cat with a curled tail."""
    own: tuple[Colour, ...] = ((58, 58, 74), (214, 132, 66), (120, 112, 118), (236, 226, 210))
    body, shade, light = look.fur(look.rng.choice(own))
    iris = look.rng.choice(((242, 196, 66), (134, 204, 120), (110, 190, 220)))
    pen.line(
        "16,6 36,4 46,15 43,32 35,40 37,50",
        0.075,
        body,
        taper=0.75,
    )
    pen.shape(
        "-19,0 -25,12 -21,32 -13,56 13,56 21,32 26,12 20,0",
        body,
    )
    pen.within("10,60 22,36 30,10 22,-4 15,14 16,34", shade)
    pen.shape("-9,54 -10,38 -4,24 4,24 10,38 9,54", light)
    for x in (-0.075, 0.075):
        pen.shape(
            traced("-5.5,30 5.5,30 5,6 6.5,1 -6.5,1 -5,6", x=x),
            body,
        )
        pen.oval(x, 0.035, 0.068, 0.037, light)
    pen.line("0,5 0,27", 0.012, shade)
    for side in (-1, 1):
        pen.poly(traced("5,82 18.5,99 23,68", side=side), body)
        pen.poly(traced("11,82 17,92 19.5,74", side=side), (226, 150, 150))
    pen.shape(
        "0,87 -15,84 -23.5,73 -25,63 -16,53 0,49.5 16,53 25,63 23.5,73 15,84",
        body,
    )
    if look.detail:
        for x in (-0.05, 0.0, 0.05):
            pen.within([(x - 0.014, 0.9), (x + 0.014, 0.9), (x * 0.8, 0.765)], shade, sharp=True)
    pen.oval(-0.045, 0.565, 0.062, 0.045, light)
    pen.oval(0.045, 0.565, 0.062, 0.045, light)
    for side in (-1, 1):
        pen.oval(side * 0.105, 0.67, 0.05, 0.046, iris)
        pen.oval(side * 0.105, 0.67, 0.018, 0.043, (20, 18, 28))
        pen.disc(side * 0.105 - 0.015, 0.69, 0.012, (255, 255, 255))
        for lift in (-0.012, 0.02):
            pen.line(
                [(side * 0.09, 0.57 + lift * 0.4), (side * 0.31, 0.575 + lift * 1.8)],
                0.006,
                lighter(light, 0.4),
            )
    pen.poly("-2.6,60.5 2.6,60.5 0,57.5", (214, 108, 112))


def dog(pen: Pen, look: Look) -> None:
    """A sitting dog with hanging ears and a collar."""
    own: tuple[Colour, ...] = ((196, 142, 84), (120, 80, 56), (228, 206, 170))
    body, shade, light = look.fur(look.rng.choice(own))
    nose: Colour = (34, 28, 34)
    pen.line("17,8 34,12 42,26 43,38", 0.07, body, taper=0.5)
    pen.shape(
        "-18,0 -22,20 -17,42 -10,58 10,58 17,42 25,18 22,0",
        body,
    )
    pen.within("10,60 20,36 30,10 20,-4 14,14 14,34", shade)
    pen.shape("-10,52 -12,34 0,16 12,34 10,52", _CREAM)
    for x in (-0.09, 0.09):
        pen.shape(
            traced("-6,30 6,30 5.5,6 7,0 -7,0 -5.5,6", x=x),
            body,
        )
        pen.oval(x, 0.035, 0.075, 0.04, _CREAM)
    pen.shape(
        "0,98 -15,94 -22,80 -20,64 -10,54 0,52 10,54 20,64 22,80 15,94",
        body,
    )
    pen.shape("0,95 -5,86 -6,72 0,68 6,72 5,86", _CREAM)
    for side in (-1, 1):
        pen.shape(
            traced("13,95 24,90 32,74 29,58 21,62 19,80", side=side),
            shade,
        )
        eye(pen, side * 0.1, 0.77, 0.03, nose, look)
    pen.oval(0, 0.625, 0.115, 0.085, _CREAM)
    pen.oval(0, 0.668, 0.045, 0.033, nose)
    pen.line("-5.5,59.5 0,58 5.5,59.5", 0.012, nose)
    pen.shape("-3,58.5 3,58.5 2.8,53 0,51.5 -2.8,53", (232, 108, 116))
    pen.line("-13,53 0,49.5 13,53", 0.035, look.accent)
    pen.disc(0, 0.47, 0.026, (244, 204, 92))
    del light


def owl(pen: Pen, look: Look) -> None:
    """An owl on a branch."""
    body, shade, light = look.fur((124, 92, 70))
    bark = mix(look.dark, (84, 60, 48), 0.6)
    pen.line("-50,7 -10,10 20,8 50,13", 0.055, bark)
    pen.line("28,10 40,22", 0.025, bark, taper=0.5)
    pen.shape(
        "0,97 -20,90 -27,70 -29,44 -20,20 0,10 20,20 29,44 27,70 20,90",
        body,
    )
    for side in (-1, 1):
        pen.poly(traced("6,92 22,102 24,80", side=side), body)
        pen.shape(
            traced("20,64 30,50 28,30 17,14 19,40", side=side),
            shade,
        )
    pen.shape("0,60 -15,52 -17,34 0,15 17,34 15,52", light)
    for row in range(4 if look.detail else 2):
        for column in range(-2, 3):
            x = column * 0.062 + (row % 2) * 0.031
            y = 0.5 - row * 0.085
            if abs(x) < 0.14 - abs(y - 0.38) * 0.25:
                pen.line([(x - 0.02, y), (x, y - 0.022), (x + 0.02, y)], 0.012, shade)
    for side in (-1, 1):
        pen.disc(side * 0.115, 0.74, 0.128, light)
        pen.disc(side * 0.115, 0.74, 0.088, (247, 190, 62))
        pen.disc(side * 0.115, 0.74, 0.052, (24, 20, 28))
        pen.disc(side * 0.115 - 0.02, 0.765, 0.018, (255, 255, 255))
        for toe in (-0.03, 0.0, 0.03):
            pen.oval(side * 0.09 + toe, 0.1, 0.016, 0.035, (232, 160, 60))
    pen.poly("-4,70 4,70 0,60", (236, 156, 48))


def deer(pen: Pen, look: Look) -> None:
    """A stag standing with raised head."""
    body, shade, light = look.fur((150, 96, 60))
    horn = mix(look.dark, (116, 84, 60), 0.6)
    for x, tone in ((-0.06, shade), (0.3, shade), (-0.14, body), (0.22, body)):
        pen.line(traced("0,36 -1,20 0.5,0", x=x), 0.05, tone, taper=0.5)
    pen.shape(
        "-22,54 -20,40 -10,30 14,31 30,30 35,42 33,54 20,57 -5,54",
        body,
    )
    pen.within("-20,36 10,36 36,38 30,26 -10,26", light)
    pen.poly("34,54 40,47 33,46", _CREAM)
    pen.shape(
        "-22,42 -26,62 -27,74 -19,77 -12,66 -4,53 -10,40",
        body,
    )
    pen.shape(
        "-46,66.5 -41,72 -30,79 -19,79 -18,71 -28,66 -42,63",
        body,
    )
    pen.shape("-19,77 -9,83 -6,79 -15,73", shade)
    pen.disc(-0.305, 0.735, 0.014, (24, 20, 26))
    pen.oval(-0.45, 0.66, 0.022, 0.018, (34, 28, 32))
    for lean in (0.0, 0.1):
        tip = -0.2 + lean
        pen.line(
            [(-0.23, 0.78), (tip, 0.86), (tip + 0.06, 0.94), (tip + 0.04, 1.02)],
            0.022,
            horn,
            taper=0.5,
        )
        pen.line(traced("0,86 -10,92 -11,99", x=tip), 0.017, horn, taper=0.5)
        pen.line([(tip + 0.06, 0.93), (tip + 0.14, 0.98)], 0.014, horn, taper=0.6)


def bird(pen: Pen, look: Look) -> None:
    """A large bird gliding on spread wings."""
    body, shade, light = look.fur((240, 238, 232))
    pen.shape(
        "2,52 16,72 34,86 56,90 40,76 26,58 14,46",
        shade,
    )
    pen.shape(
        "-36,47 -30,53 -20,52 10,50 30,42 50,40 30,35 5,36 -20,41",
        body,
    )
    pen.shape(
        "-2,48 -6,68 -16,88 -34,98 -20,76 -14,58 -12,46",
        light,
    )
    pen.poly("-35.5,48.5 -43,45.5 -34,45", (240, 160, 52))
    pen.disc(-0.29, 0.492, 0.012, (28, 26, 34))


def fish(pen: Pen, look: Look) -> None:
    """A fish swimming to the left, fins spread."""
    body, shade, light = look.fur(look.accent)
    fin = mix(body, look.glow, 0.35)
    pen.shape(
        "22,50 36,66 56,84 52,62 50,50 52,38 56,16 36,34",
        fin,
    )
    pen.shape("-14,72 0,94 18,92 24,68 10,62", fin)
    pen.shape("-6,30 4,10 16,14 14,34", fin)
    pen.shape(
        "-50,50 -38,64 -18,75 6,72 24,58 30,50 24,42 6,28 -18,25 -38,36",
        body,
    )
    pen.within(
        "-50,46 -20,36 10,38 30,48 20,20 -20,16",
        lighter(light, 0.35),
    )
    for x in (-0.12, 0.06, 0.2):
        pen.within(
            traced("-3,80 2.5,80 4.5,50 2,20 -3,20 -0.5,50", x=x),
            shade,
        )
    pen.shape("-14,48 -2,56 6,46 -2,36", fin)
    pen.disc(-0.35, 0.55, 0.055, (252, 250, 240))
    pen.disc(-0.36, 0.55, 0.032, (24, 22, 34))
    pen.disc(-0.372, 0.563, 0.011, (255, 255, 255))
    pen.line("-48.5,47 -44,44.5 -41,45", 0.012, shade)


def whale(pen: Pen, look: Look) -> None:
    """A whale coming up to breathe."""
    body, shade, light = look.fur((52, 84, 120))
    spray = (226, 240, 246)
    for side in (-1, 1):
        pen.line(
            [
                (-0.2, 0.5),
                (-0.2 + side * 0.03, 0.74),
                (-0.2 + side * 0.16, 0.84),
                (-0.2 + side * 0.23, 0.72),
            ],
            0.035,
            spray,
            taper=0.3,
        )
    pen.shape(
        "38,10 46,30 42,48 56,56 64,66 68,52 62,40 56,20 50,0",
        shade,
    )
    pen.shape("46,46 40,60 28,62 36,50 44,40", shade)
    pen.shape(
        "-62,0 -62,22 -50,42 -24,50 6,46 32,30 50,8 52,0 0,-4",
        body,
    )
    pen.within("-70,10 -30,14 0,10 20,-10 -70,-10", light)
    for line in range(4 if look.detail else 2):
        low = 0.02 + line * 0.032
        pen.line([(-0.58, low + 0.03), (-0.3, low + 0.02), (-0.1, low - 0.02)], 0.007, shade)
    pen.disc(-0.36, 0.21, 0.02, (18, 22, 34))
    pen.disc(-0.365, 0.216, 0.007, (255, 255, 255))
