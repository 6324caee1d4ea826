"""Pictures brought to another size and to eight bits a colour, a few rows at a time.

Decoders give pictures of up to 200 MB. Whatever is done to one as a whole needs a second one, and
some of it holds up the interpreter meanwhile; bands of rows need and do neither.
"""

from __future__ import annotations

from math import ceil, floor

from PIL import Image

BAND = 500_000
"""Pixels that are worked on at a time."""

REACH = 4
"""Rows of the result over which a filter looks around; Lanczos takes three."""


def fitted(size: tuple[int, int], max_edge: int) -> tuple[int, int]:
    """The size with its longer edge brought down to so many pixels; never enlarged."""
    ratio = max_edge / max(size)
    if ratio >= 1:
        return size
    width, height = (max(1, round(edge * ratio)) for edge in size)
    return width, height


def scaled(image: Image.Image, size: tuple[int, int], resample: Image.Resampling) -> Image.Image:
    """The picture in that size as RGB, as RGBA if it may be see-through, or as CMYK if it was."""
    mode = _mode(image)
    if size == image.size and mode == image.mode:
        return image
    result = Image.new(mode, size)
    width, height = size
    ratio = image.height / height
    rows = max(1, int(BAND / max(image.width * ratio, width)))
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        first, last = max(0, top - REACH), min(height, bottom + REACH)
        upper, lower = floor(first * ratio), min(image.height, ceil(last * ratio))
        band = _eight_bits(image.crop((0, upper, image.width, lower)), mode)
        if size != image.size:
            part = (0, first * ratio - upper, band.width, min(last * ratio - upper, band.height))
            band = band.resize((width, last - first), resample, box=part)
        result.paste(band.crop((0, top - first, width, bottom - first)), (0, top))
    return result


def _mode(image: Image.Image) -> str:
    if image.mode == "CMYK":
        return "CMYK"
    # A grey of 16 bits that stands for "nothing" does not survive its rounding.
    see_through = image.has_transparency_data and not image.mode.startswith("I;16")
    return "RGBA" if see_through else "RGB"


def _eight_bits(band: Image.Image, mode: str) -> Image.Image:
    if band.mode.startswith("I;16"):
        # Pillow's own conversion cuts everything brighter than 255 of 65,535 off to white.
        band.info.pop("transparency", None)
        band = band.point(lambda grey: grey * (1 / 257)).convert("L")
    return band if band.mode == mode else band.convert(mode)
