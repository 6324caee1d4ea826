"""A picture on a larger canvas, so that a model can go on where it ended.

Plain functions that take their time: `PillowImaging` calls them in its threads.
"""

from __future__ import annotations

from PIL import Image, ImageFilter

from bot.core.canvas import Canvas
from bot.core.images import Format
from bot.imaging.encode import encoded, plain
from bot.imaging.inspect import decode, distrust

BOX, NEAREST = Image.Resampling.BOX, Image.Resampling.NEAREST

OVERLAP = 50
"""One so-manyth of the picture's shorter edge is drawn anew beside what is new: a seam that may be
painted over does not show."""

RIM = 64
"""One so-manyth of an edge goes on, as its mean colours, into what is new."""

SOFT = 32
"""The fill is blurred by one so-manyth of the canvas: streaks would be taken for part of it."""


def pad(data: bytes, canvas: Canvas) -> tuple[bytes, bytes]:
    """The picture on the canvas, and the mask that marks what is new, both PNG.

    What is new is filled with the colours of the picture's rim, blurred: models go on from colours
    and light, where they would take black for a wall. What is see-through goes on see-through. The
    mask reaches a fiftieth of the picture's shorter edge into it, on the sides that grow; nothing
    else of the picture changes if it need not be scaled.

    Raises:
        BadAnswer: The bytes cannot be read.
    """
    image = decode(data)
    size = (canvas.picture.width, canvas.picture.height)
    with distrust(data):
        image = plain(image, keep_alpha=True)
        if image.size != size:
            image = image.resize(size, Image.Resampling.LANCZOS)
    padded = _surroundings(image, canvas)
    padded.paste(image, (canvas.left, canvas.top))
    marked = Image.new("L", padded.size, 255)
    marked.paste(0, _kept(canvas))
    return encoded(padded, Format.PNG, 100), encoded(marked, Format.PNG, 100)


def _surroundings(image: Image.Image, canvas: Canvas) -> Image.Image:
    """The colours of the picture's rim drawn out to the edges of the canvas, and blurred."""
    right = canvas.size.width - canvas.left - image.width
    below = canvas.size.height - canvas.top - image.height
    wide = _widened(image, canvas.left, right).transpose(Image.Transpose.TRANSPOSE)
    filled = _widened(wide, canvas.top, below).transpose(Image.Transpose.TRANSPOSE)
    blur = ImageFilter.GaussianBlur(max(1, max(filled.size) // SOFT))
    if filled.mode == "RGB":
        return filled.filter(blur)
    # Else the colour of what is see-through, black as a rule, would run into what is not.
    return filled.convert("RGBa").filter(blur).convert("RGBA")


def _widened(image: Image.Image, before: int, after: int) -> Image.Image:
    """The image with the mean of its first and of its last columns drawn out to the sides."""
    width, height = image.size
    rim = -(-width // RIM)
    wide = Image.new(image.mode, (before + width + after, height))
    wide.paste(image, (before, 0))
    for left, start, columns in ((0, 0, before), (width - rim, before + width, after)):
        if columns:
            mean = image.crop((left, 0, left + rim, height)).resize((1, height), BOX)
            wide.paste(mean.resize((columns, height), NEAREST), (start, 0))
    return wide


def _kept(canvas: Canvas) -> tuple[int, int, int, int]:
    """What of the canvas is not drawn anew; never empty."""
    width, height = canvas.picture.width, canvas.picture.height
    overlap = -(-min(width, height) // OVERLAP)
    right, bottom = canvas.left + width, canvas.top + height
    left, right = _inside(canvas.left, right, canvas.size.width, overlap)
    top, bottom = _inside(canvas.top, bottom, canvas.size.height, overlap)
    return left, top, right, bottom


def _inside(start: int, end: int, whole: int, overlap: int) -> tuple[int, int]:
    start_kept = start + overlap if start > 0 else start
    end_kept = end - overlap if end < whole else end
    return (start_kept, end_kept) if end_kept > start_kept else (start, end)
