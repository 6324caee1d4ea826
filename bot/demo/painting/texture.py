"""Brushes that work on whole pictures: gradients, glows, clouds of noise, grain."""

import random
from collections.abc import Callable, Sequence

from PIL import Image, ImageChops, ImageOps

from bot.demo.painting.colour import Colour, Stop, ramp

_BICUBIC = Image.Resampling.BICUBIC
_BILINEAR = Image.Resampling.BILINEAR


def gradient(width: int, height: int, stops: Sequence[Stop]) -> Image.Image:
    """A vertical gradient, top to bottom."""
    strip = Image.new("RGB", (1, 192))
    strip.putdata(ramp(stops, 192))
    return strip.resize((1, height), _BICUBIC).resize((width, height), Image.Resampling.NEAREST)


def curve(shape: Callable[[float], float]) -> list[int]:
    """A lookup table for ``Image.point`` from a function of 0..1 to 0..1."""
    return [min(255, max(0, round(shape(value / 255) * 255))) for value in range(256)]


def rings(shape: Callable[[float], float]) -> Image.Image:
    """A square of ``shape`` over the distance from its middle: 0 there, 1 at the rim and beyond."""
    distance = Image.radial_gradient("L")
    # Pillow 13 reaches white in the corners, earlier ones at the rim.
    rim = distance.getpixel((0, 128))
    reach = rim if isinstance(rim, int | float) else 255
    return distance.point(curve(lambda value: shape(min(1.0, value * 255 / reach))))


def faded(mask: Image.Image, share: float) -> Image.Image:
    """A mask with only a share of its strength."""
    return mask.point(curve(lambda value: value * share))


def halo(width: int, height: int, strength: float, falloff: float) -> Image.Image:
    """A round mask, strongest in the middle and nothing at the rim."""
    mask = rings(lambda value: strength * (1 - value) ** falloff)
    return mask.resize((width, height), _BICUBIC if width > 128 else _BILINEAR)


def fractal(
    width: int,
    height: int,
    rng: random.Random,
    *,
    cells: float = 4,
    octaves: int = 4,
    stretch: float = 1.0,
) -> Image.Image:
    """Cloud-like noise as a greyscale picture that uses the whole range.

    Args:
        width: In pixels.
        height: In pixels.
        rng: Where the randomness comes from.
        cells: How many blobs fit into the height.
        octaves: How many ever finer layers are added.
        stretch: How many times longer than high a blob is.
    """
    small = max(8, width // 4), max(8, height // 4)
    total = 0.0
    result = Image.new("L", small, 128)
    for octave in range(octaves):
        high = max(2, round(cells * 2**octave))
        wide = max(2, round(cells * 2**octave * width / height / stretch))
        if high > small[1] * 2:
            break
        layer = Image.frombytes("L", (wide, high), rng.randbytes(wide * high))
        weight = 0.55**octave
        total += weight
        result = Image.blend(result, layer.resize(small, _BICUBIC), weight / total)
    return ImageOps.autocontrast(result, cutoff=1).resize((width, height), _BICUBIC)


def light_up(
    image: Image.Image,
    centre: tuple[float, float],
    radius: float,
    colour: Colour,
    strength: float,
    falloff: float = 2.0,
) -> None:
    """Add a round glow in place, as light adds: what is bright stays bright.

    Args:
        image: An RGB picture, changed in place.
        centre: In pixels.
        radius: In pixels.
        colour: Of the light.
        strength: 0..1 in the middle.
        falloff: 1 falls off evenly, more hugs the middle.
    """
    side = max(2, round(radius * 2))
    left, top = round(centre[0] - radius), round(centre[1] - radius)
    box = max(0, left), max(0, top), min(image.width, left + side), min(image.height, top + side)
    if box[0] >= box[2] or box[1] >= box[3]:
        return
    mask = halo(side, side, strength, falloff)
    mask = mask.crop((box[0] - left, box[1] - top, box[2] - left, box[3] - top))
    image.paste(ImageChops.screen(image.crop(box), coloured(mask, colour)), box[:2])


def coloured(mask: Image.Image, colour: Colour) -> Image.Image:
    """A greyscale picture as shades of one colour, black where it is black."""
    bands = [mask.point([value * part // 255 for value in range(256)]) for part in colour]
    return Image.merge("RGB", bands)


def shine(image: Image.Image, mask: Image.Image, colour: Colour) -> None:
    """Add light of one colour in place, as much as the mask says."""
    image.paste(ImageChops.screen(image, coloured(mask, colour)), (0, 0))


def shade(image: Image.Image, mask: Image.Image, colour: Colour, strength: float) -> None:
    """Lay a colour over the picture in place, as much as mask times strength says."""
    image.paste(colour, (0, 0), mask.point(curve(lambda value: value * strength)))


def grain(image: Image.Image, rng: random.Random, amount: int) -> Image.Image:
    """Film grain of plus or minus ``amount`` (of 255); it also hides the bands of gradients."""
    side = 256
    # Two draws averaged: most grains are faint, few are strong.
    first, second = (
        Image.frombytes("L", (side, side), rng.randbytes(side * side)) for _ in range(2)
    )
    table = [round(value * 2 * amount / 255) for value in range(256)]
    tile = Image.blend(first, second, 0.5).point(table)
    noise = Image.new("L", image.size)
    for top in range(0, image.height, side):
        for left in range(0, image.width, side):
            # Turned at random, or the eye finds the repetition.
            turn = rng.choice(list(Image.Transpose))
            noise.paste(tile.transpose(turn), (left, top))
    return ImageChops.add(image, Image.merge("RGB", [noise] * 3), 1, -amount)


def enlarged(image: Image.Image, width: int, height: int) -> Image.Image:
    """Bring a picture to its final size."""
    if image.size == (width, height):
        return image
    return image.resize((width, height), Image.Resampling.LANCZOS)


def smaller(image: Image.Image, factor: int) -> Image.Image:
    """A reduced copy for work that does not need detail."""
    size = max(1, image.width // factor), max(1, image.height // factor)
    return image.resize(size, _BILINEAR, reducing_gap=2.0)
