"""The same picture written another way: another format, lossier, smaller.

Plain functions that take their time: `PillowImaging` calls them in its threads. Each decodes an
image of its own: Pillow keeps the options of a save in the image, and two saves of one image at
the same time leave them mixed up for good.
"""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps

from bot.core.fitting import Rung
from bot.core.images import Format
from bot.imaging.inspect import decode, distrust, is_see_through

SKETCH_EDGE = 512
"""Pixels of the longer edge of a partial picture's sketch."""

SKETCH_QUALITY = 80

LONGEST_EDGE = {Format.PNG: 100_000, Format.WEBP: 16_383, Format.JPEG: 65_500}
"""Pixels; what the formats, or their encoders, can hold."""

PNG_LEVEL = 3
"""Half the time of the default 6 for a few percent more bytes; `optimize` costs more than both."""

WEBP_METHOD = 4
"""Never 6: it gains 3 % and takes eight seconds for a noisy picture that 4 does in 0.25."""

# Profiles of other modes describe colours that the rewritten picture does not have any more.
PROFILED = ("RGB", "RGBA", "P")


def rewrite(data: bytes, rung: Rung) -> bytes:
    """The picture, or the first frame of it, as the rung says.

    Everything that `inspect.decode` reads is taken, GIF too. Colour profiles stay; everything
    else that a file may carry along (EXIF, text) does not. JPEG shows white where there was
    nothing.

    Raises:
        BadAnswer: The bytes cannot be read.
    """
    image = decode(data)
    with distrust(data):
        # Once the EXIF data is gone, nothing else says which side is up.
        ImageOps.exif_transpose(image, in_place=True)
        profile = image.info.get("icc_profile") if image.mode in PROFILED else None
        image = plain(image, keep_alpha=rung.format is not Format.JPEG)
    longest = min(max(image.size) * rung.percent / 100, LONGEST_EDGE[rung.format])
    return encoded(shrunk(image, longest), rung.format, rung.quality, profile)


def sketch(data: bytes) -> bytes:
    """A JPEG of at most 512 pixels an edge.

    Raises:
        BadAnswer: The bytes cannot be read.
    """
    image = decode(data, about=2 * SKETCH_EDGE)
    with distrust(data):
        image = plain(image, keep_alpha=False)
    return encoded(shrunk(image, SKETCH_EDGE), Format.JPEG, SKETCH_QUALITY, None)


def plain(image: Image.Image, *, keep_alpha: bool) -> Image.Image:
    """The same picture as RGB, or as RGBA if it is see-through and that is to be kept."""
    if image.mode.startswith("I;16"):
        # Pillow's own conversion cuts everything brighter than 255 of 65,535 off to white.
        image.info.pop("transparency", None)
        image = image.point(lambda grey: grey * (1 / 257)).convert("L")
    if not is_see_through(image):
        return image if image.mode == "RGB" else image.convert("RGB")
    rgba = image if image.mode == "RGBA" else image.convert("RGBA")
    if keep_alpha:
        return rgba
    paper = Image.new("RGB", rgba.size, "white")
    paper.paste(rgba, mask=rgba.getchannel("A"))
    return paper


def shrunk(image: Image.Image, longest: float) -> Image.Image:
    """The picture with its longer edge brought down to that many pixels; never enlarged."""
    ratio = longest / max(image.size)
    if ratio >= 1:
        return image
    width, height = (max(1, round(edge * ratio)) for edge in image.size)
    # The gap lets Pillow halve first, which is four times as fast and looks the same.
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)


def encoded(image: Image.Image, form: Format, quality: int, profile: bytes | None = None) -> bytes:
    """The image as a file with nothing in it but pixels and, if one is given, a colour profile.

    JPEG keeps its colours in full from a quality of 95 on; below, at half the resolution.
    """
    # Encoders write what the decoder left here, comments for one.
    image.info.clear()
    written = BytesIO()
    match form:
        case Format.PNG:
            image.save(written, "PNG", compress_level=PNG_LEVEL, icc_profile=profile)
        case Format.JPEG:
            subsampling = "4:4:4" if quality >= 95 else "4:2:0"
            image.save(
                written, "JPEG", quality=quality, subsampling=subsampling, icc_profile=profile
            )
        case Format.WEBP:
            image.save(written, "WEBP", quality=quality, method=WEBP_METHOD, icc_profile=profile)
    return written.getvalue()
