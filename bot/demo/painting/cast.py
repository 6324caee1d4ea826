"""Subjects stepping into a scene: chosen, sized, lit by its light and set on its ground."""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from bot.demo.painting import animals, buildings, figures, things
from bot.demo.painting.colour import darker, lighter, mix
from bot.demo.painting.looks import Look
from bot.demo.painting.pen import Pen, Sprite
from bot.demo.painting.stage import Stage
from bot.demo.painting.texture import curve, faded, halo, light_up, shine


@dataclass(frozen=True)
class Role:
    """How a subject is drawn and where it belongs.

    ``kind`` is one of creature, bust, building, afloat, flying, thing; ``size`` its height;
    ``aspect`` the width of the sheet it needs per height; ``home`` the place it suggests.
    """

    draw: Callable[[Pen, Look], None]
    kind: str
    size: float
    aspect: float
    home: str


def role(subject: str) -> Role:
    """Look a subject up; the names are those of ``words``."""
    return _ROLES[subject]


def sprite(stage: Stage, subject: str, height: float, *, lit: bool, plain: bool = False) -> Sprite:
    """Draw a subject ``height`` pixels high in the colours of the stage.

    Args:
        stage: Gives palette, seed and detail.
        subject: A name of ``words``.
        height: In pixels.
        lit: Whether its lamps burn.
        plain: Leave out the light of the scene, for a subject on its own.
    """
    part = role(subject)
    palette = stage.palette
    coats = dict(zip(stage.theme.subjects, stage.theme.coats, strict=True))
    look = Look(
        coat=coats.get(subject),
        accent=palette.accent,
        glow=(255, 208, 120),
        dark=darker(palette.near, 0.1) if not plain else (44, 40, 58),
        detail=stage.detail,
        lit=lit,
        rng=stage.dice(f"look {subject}"),
    )
    pen = Pen(height, aspect=part.aspect)
    part.draw(pen, look)
    drawn = pen.lifted()
    if stage.dice(f"turn {subject}").random() < 0.5:
        drawn = drawn.mirrored()
    return Sprite(_lit(stage, drawn, plain=plain), drawn.foot, drawn.lamps)


def place(
    stage: Stage, drawn: Sprite, x: float, foot: float, *, shadow: bool = True, glow: float = 1.0
) -> None:
    """Set a sprite on the stage with its middle at x and its feet at foot, in pixels."""
    image = drawn.image
    left, top = round(x - image.width / 2), round(foot - drawn.foot)
    if stage.palette.gloom > 0.5:
        # In the dark a breath of light behind it keeps a subject from drowning.
        air = mix(stage.palette.sky[-1], stage.palette.light, 0.2)
        light_up(stage.image, (x, top + image.height * 0.45), image.height * 0.8, air, 0.3, 1.4)
    if shadow:
        _shadow(stage, x, foot, image.width)
    stage.image.paste(image, (left, top), image)
    for lamp in drawn.lamps if glow else ():
        centre = left + lamp.x, top + lamp.y
        light_up(stage.image, centre, lamp.radius * 1.6, lamp.colour, 0.75 * glow, 2.2)


def afloat(stage: Stage, drawn: Sprite, x: float, foot: float) -> None:
    """Set a sprite on water, with its broken mirror image below it."""
    image = drawn.image
    left = round(x - image.width / 2)
    sink = max(2, round(drawn.foot * 0.018))
    visible = image.crop((0, 0, image.width, round(drawn.foot) - sink))
    mirror = visible.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    mirror = mirror.resize((mirror.width, max(1, round(mirror.height * 0.55))))
    mirror = mirror.filter(ImageFilter.GaussianBlur(stage.unit / 300))
    rng = stage.dice("afloat")
    row = 0
    while row < mirror.height:
        high = max(1, round(stage.unit / 260 * (0.7 + 1.6 * row / mirror.height)))
        strip = mirror.crop((0, row, mirror.width, min(mirror.height, row + high)))
        alpha = faded(strip.getchannel("A"), 0.55 * (1 - row / mirror.height))
        shift = round(rng.uniform(-1, 1) * stage.unit * 0.008 * (0.3 + row / mirror.height))
        stage.image.paste(strip, (left + shift, round(foot) + row), alpha)
        row += high
    stage.image.paste(visible, (left, round(foot) - visible.height), visible)
    for lamp in drawn.lamps:
        centre = left + lamp.x, foot - visible.height + lamp.y
        light_up(stage.image, centre, lamp.radius * 1.6, lamp.colour, 0.75, 2.2)


def beam(stage: Stage, x: float, y: float, side: int) -> None:
    """The turning beam of a lighthouse, from its lamp across the sky."""
    mask = Image.new("L", stage.image.size, 0)
    draw = ImageDraw.Draw(mask)
    reach = stage.width * 1.1
    for spread, strong in ((0.13, 40), (0.09, 70), (0.05, 110)):
        for direction, far in ((side, reach), (-side, reach * 0.45)):
            tip = x + direction * far
            draw.polygon(
                [(x, y), (tip, y - far * (spread + 0.05)), (tip, y + far * (spread - 0.05))],
                fill=strong,
            )
    mask = mask.reduce(2).filter(ImageFilter.GaussianBlur(stage.unit / 160)).resize(mask.size)
    fade = Image.linear_gradient("L").rotate(90).resize(mask.size)
    near = x / stage.width
    fade = fade.point(curve(lambda value: max(0.0, 1 - abs((1 - value) - near) * 1.15)))
    strength = 0.35 + 0.65 * stage.palette.gloom
    beams = ImageChops.multiply(mask, fade).point(curve(lambda value: value * strength))
    shine(stage.image, beams, (255, 232, 176))


def _lit(stage: Stage, drawn: Sprite, *, plain: bool) -> Image.Image:
    """Tone a sprite into the air of the scene and give it an edge of light."""
    image = drawn.image
    alpha = image.getchannel("A")
    tone = Image.new("RGB", image.size, mix(stage.palette.near, stage.palette.sky[-2], 0.2))
    gloom = 0.0 if plain else stage.palette.gloom * 0.5
    body = Image.blend(image.convert("RGB"), tone, gloom)
    # Light from above: a soft gradient over the body.
    top = (
        Image.linear_gradient("L")
        .resize(image.size)
        .point(curve(lambda value: value**1.5 * (0.16 if plain else 0.26)))
    )
    body.paste(darker(stage.palette.near, 0.2), (0, 0), ImageChops.multiply(top, alpha))
    if stage.detail:
        side = -1 if stage.light[0] < 0.5 else 1
        reach = max(1, round(image.height * 0.007))
        moved = ImageChops.offset(alpha, -side * reach, reach)
        rim = ImageChops.subtract(alpha, moved)
        strong = 0.22 if plain else 0.2 + 0.4 * stage.palette.gloom
        edge = mix(stage.palette.light, stage.palette.sky[-1], 0.35)
        body.paste(lighter(edge, 0.1), (0, 0), rim.point(curve(lambda value: value * strong)))
    body.putalpha(alpha)
    return body


def _shadow(stage: Stage, x: float, foot: float, width: float) -> None:
    reach = width * 0.46
    high = max(2.0, reach * 0.16)
    size = round(reach * 2), round(high * 2)
    mask = halo(*size, 0.75, 1.3)
    lean = (0.5 - stage.light[0]) * reach * 0.5
    corner = round(x - reach + lean), round(foot - high)
    stage.image.paste(darker(stage.palette.near, 0.4), corner, mask)


_ROLES: dict[str, Role] = {
    "lighthouse": Role(buildings.lighthouse, "building", 0.5, 0.8, "sea"),
    "boat": Role(buildings.boat, "afloat", 0.34, 1.0, "sea"),
    "house": Role(buildings.house, "building", 0.3, 1.15, "meadow"),
    "castle": Role(buildings.castle, "building", 0.46, 1.1, "mountain"),
    "tree": Role(things.tree, "building", 0.56, 1.15, "meadow"),
    "fox": Role(animals.fox, "creature", 0.46, 1.2, "forest"),
    "cat": Role(animals.cat, "creature", 0.46, 1.05, "studio"),
    "dog": Role(animals.dog, "creature", 0.46, 1.0, "meadow"),
    "owl": Role(animals.owl, "creature", 0.46, 1.1, "forest"),
    "bird": Role(animals.bird, "flying", 0.24, 1.25, "sea"),
    "fish": Role(animals.fish, "thing", 0.4, 1.25, "underwater"),
    "whale": Role(animals.whale, "afloat", 0.36, 1.5, "sea"),
    "flower": Role(things.flower, "thing", 0.72, 0.9, "studio"),
    "rocket": Role(buildings.rocket, "flying", 0.5, 0.8, "space"),
    "robot": Role(figures.robot, "creature", 0.6, 1.0, "studio"),
    "person": Role(figures.person, "bust", 0.72, 1.2, "studio"),
    "sitter": Role(figures.person, "bust", 0.72, 1.2, "studio"),
    "woman": Role(figures.woman, "bust", 0.72, 1.2, "studio"),
    "man": Role(figures.man, "bust", 0.72, 1.2, "studio"),
    "balloon": Role(buildings.balloon, "flying", 0.44, 0.9, "mountain"),
    "cactus": Role(things.cactus, "building", 0.42, 0.9, "desert"),
    "mushroom": Role(things.mushroom, "creature", 0.4, 1.2, "forest"),
    "cup": Role(things.cup, "thing", 0.5, 1.1, "studio"),
    "deer": Role(animals.deer, "creature", 0.5, 1.1, "forest"),
    "planet": Role(things.planet, "flying", 0.44, 1.25, "space"),
}
