"""Where the pretend API's pictures are drawn and put into files; everything here takes its time."""

import random
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Protocol

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from bot.demo import painter
from bot.demo.pretend_checks import Order
from bot.demo.pretend_parts import opened, unreadable

_HUGE = 12 * 2**20


Blur = Callable[[Image.Image, float], Image.Image]
"""Makes of a finished picture what it looked like at a fraction of the work."""


class Paint(Protocol):
    """How a picture comes from a prompt; ``painter.paint`` and ``painter.plain`` are two."""

    def __call__(
        self,
        prompt: str,
        width: int,
        height: int,
        *,
        quality: str,
        transparent: bool,
        variation: int,
    ) -> Image.Image:
        """Paint; see ``painter.paint``."""
        ...


def drawn(order: Order, index: int, paint: Paint) -> Image.Image:
    """Draw or edit one picture of an order.

    Args:
        order: What was asked for.
        index: Which of its pictures, from 0.
        paint: How.

    Raises:
        Refusal: A picture that was sent in cannot be decoded.
    """
    if order.kind == "generations":
        return paint(
            order.prompt,
            order.width,
            order.height,
            quality=order.quality,
            transparent=order.transparent,
            variation=index,
        )
    files = order.files
    pictures = [_decoded(content, number) for number, content in enumerate(files.images, 1)]
    first = _fitted(pictures[0], order)
    if files.markup is not None:
        overlay = _fitted(_decoded(files.markup, 1), order).convert("RGBA")
        first = Image.alpha_composite(first.convert("RGBA"), overlay)
    mask = _mask(order)
    prompt = order.prompt if index == 0 else f"{order.prompt} ({index + 1})"
    result = painter.edited(first, mask, prompt)
    if mask is None:
        _show_references(result, pictures[1:])
        if order.transparent:
            _cut_out(result)
    return result


def encoded(image: Image.Image, order: Order) -> bytes:
    """Put a picture into the file format of an order."""
    target = BytesIO()
    if order.output_format == "jpeg":
        image.convert("RGB").save(target, "JPEG", quality=min(95, max(1, order.compression)))
    elif order.output_format == "webp":
        image.save(target, "WEBP", quality=order.compression, method=2)
    else:
        # The packing that costs least time; grain does not get much smaller by better ones.
        image.save(target, "PNG", compress_level=1)
    return target.getvalue()


def huge(image: Image.Image) -> bytes:
    """A valid PNG of more than 12 MiB: the picture under noise, and a chunk that readers skip."""
    rng = random.Random(0)
    size = image.width, image.height
    bands = [Image.frombytes("L", size, rng.randbytes(size[0] * size[1])) for _ in range(3)]
    noisy = Image.blend(image.convert("RGB"), Image.merge("RGB", bands), 0.3)
    target = BytesIO()
    noisy.save(target, "PNG", compress_level=1)
    content = target.getvalue()
    missing = max(0, _HUGE - len(content)) + 1
    # Small letters in the name: ancillary, private, safe to copy.
    kind, body = b"eaSl", rng.randbytes(missing)
    chunk = struct.pack(">I", len(body)) + kind + body
    chunk += struct.pack(">I", zlib.crc32(kind + body))
    end = content.rindex(b"IEND") - 4
    return content[:end] + chunk + content[end:]


def unfinished(image: Image.Image, order: Order, step: int, blur: Blur) -> bytes:
    """One partial picture of a finished one, encoded; ``step`` counts from 0."""
    return encoded(blur(image, (step + 1) / (order.partials + 1)), order)


def _decoded(content: bytes, number: int) -> Image.Image:
    image = opened(content, number)
    try:
        image.load()
    except (OSError, ValueError, SyntaxError, zlib.error) as error:
        raise unreadable(number) from error
    return image


def _mask(order: Order) -> Image.Image | None:
    """White where the picture is to change; the API's masks are transparent there."""
    if order.files.mask is None:
        return None
    if order.ignores_mask:
        return Image.new("L", (order.width, order.height), 255)
    alpha = _decoded(order.files.mask, 1).convert("RGBA").getchannel("A")
    return _fitted(ImageChops.invert(alpha), order)


def _cut_out(image: Image.Image) -> None:
    """Take the backdrop away, as far as one can without knowing it: an oval stays."""
    oval = Image.new("L", image.size, 0)
    across, down = image.width // 10, image.height // 10
    ImageDraw.Draw(oval).ellipse((across, down, image.width - across, image.height - down), 255)
    image.putalpha(oval.filter(ImageFilter.GaussianBlur(max(1, min(image.size) // 100))))


def _fitted(image: Image.Image, order: Order) -> Image.Image:
    size = order.width, order.height
    return image if image.size == size else ImageOps.fit(image, size)


def _show_references(image: Image.Image, references: list[Image.Image]) -> None:
    """Lay the other pictures sent in along the lower edge, as prints, so that one sees them."""
    side = max(8, min(image.size) // 6)
    rim = max(2, side // 16)
    for index, reference in enumerate(references[:5]):
        reference_rgb = ImageOps.fit(reference.convert("RGB"), (side, side))
        framed = ImageOps.expand(reference_rgb, rim, (248, 246, 240))
        left = image.width - (index + 1) * (framed.width + rim * 2)
        image.paste(framed, (left, image.height - framed.height - rim * 2))
